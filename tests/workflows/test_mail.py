"""Handing over one mail: what the answer of a mail server, or its silence, means."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from tests.workflows.mailserver import DROP, HANG, Mailserver, serving
from workflows.engine import mail
from workflows.engine.mail import Answer, EmailBackend, hand_over


def backend(server: Mailserver) -> EmailBackend:
    """Our backend, which waits for that server half a second at most."""
    return EmailBackend(host="127.0.0.1", port=server.port, timeout=0.5, username="", password="", use_tls=False)


def letter(to: str = "persoon@example.invalid") -> EmailMessage:
    """Any mail."""
    return EmailMessage("Loods: 1 notice", "text", "loods@example.invalid", [to])


@pytest.mark.parametrize(
    ("stage", "says", "answer", "why"),
    [
        ("greeting", "554 no service", Answer.NO_SERVER, "no_server"),
        ("greeting", HANG, Answer.NO_SERVER, "no_server"),
        ("EHLO", DROP, Answer.NO_SERVER, "no_server"),
        ("MAIL", "451 4.7.1 slow down", Answer.LATER, "451 4.7.1"),
        ("MAIL", "550 5.7.1 who are you", Answer.REFUSED, "550 5.7.1"),
        ("MAIL", "421 closing", Answer.LATER, "421"),
        ("MAIL", DROP, Answer.NO_SERVER, "no_server"),
        ("RCPT", "550 5.1.1 no such person", Answer.REFUSED, "550 5.1.1"),
        ("RCPT", "450 4.2.1 later", Answer.LATER, "450 4.2.1"),
        ("RCPT", "421 closing", Answer.LATER, "421"),
        ("RCPT", HANG, Answer.NO_SERVER, "no_server"),
        ("DATA", "451 not now", Answer.LATER, "451"),
        ("DATA", "250 what?", Answer.LATER, "250"),
        ("DATA", DROP, Answer.NO_SERVER, "no_server"),
        ("content", "250 2.0.0 accepted", Answer.ACCEPTED, ""),
        ("content", "252 accepted, more or less", Answer.ACCEPTED, ""),
        ("content", "451 4.3.0 try again", Answer.LATER, "451 4.3.0"),
        ("content", "421 closing", Answer.LATER, "421"),
        ("content", "554 5.7.1 not wanted", Answer.REFUSED, "554 5.7.1"),
        ("content", "554 5.7.1x Jan Jansen does not want it", Answer.REFUSED, "554"),
        ("content", HANG, Answer.UNDECIDED, "no_answer"),
        ("content", DROP, Answer.UNDECIDED, "no_answer"),
        ("content", "nonsense", Answer.UNDECIDED, "no_answer"),
        ("content", "x" * 9000, Answer.UNDECIDED, "no_answer"),
    ],
)
def test_only_silence_after_the_content_is_undecidable(stage: str, says: str, answer: Answer, why: str) -> None:
    with serving(**{stage: says}) as server:
        reply = hand_over(backend(server), letter())
    assert (reply.answer, reply.why) == (answer, why)


def test_a_server_that_is_not_there_has_not_accepted_anything() -> None:
    with serving() as server:
        gone = backend(server)
    reply = hand_over(gone, letter())
    assert reply.answer is Answer.NO_SERVER
    assert not mail.reach(gone)


def test_many_mails_go_over_one_connection() -> None:
    with serving() as server:
        connection = backend(server)
        assert [hand_over(connection, letter()).answer for _ in range(3)] == [Answer.ACCEPTED] * 3
        mail.close(connection)
        assert (server.connections, len(server.contents)) == (1, 3)


def test_a_connection_closed_while_idle_is_made_anew_without_sending_twice() -> None:
    with serving() as server:
        connection = backend(server)
        assert hand_over(connection, letter()).answer is Answer.ACCEPTED
        connection.connection.sock.shutdown(2)
        assert hand_over(connection, letter()).answer is Answer.ACCEPTED
        assert (server.connections, len(server.contents)) == (2, 2)


def test_after_silence_the_next_mail_gets_a_new_connection() -> None:
    with serving(content=HANG) as server:
        connection = backend(server)
        assert hand_over(connection, letter()).answer is Answer.UNDECIDED
        server.says.clear()
        assert hand_over(connection, letter()).answer is Answer.ACCEPTED


@pytest.mark.parametrize("address", ["persoon\n@example.invalid", "@"])
def test_an_address_that_cannot_be_written_to_is_refused_before_anything_is_sent(address: str) -> None:
    with serving() as server:
        reply = hand_over(backend(server), letter(address))
        assert server.contents == []
    assert (reply.answer, reply.why) == (Answer.REFUSED, "address")


def test_files_and_the_console_work_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=str(tmp_path / "mail"))
    assert mail.reach(files)
    assert hand_over(files, letter()).answer is Answer.ACCEPTED
    mail.close(files)
    assert "Loods: 1 notice" in next((tmp_path / "mail").iterdir()).read_text()
    console = get_connection("django.core.mail.backends.console.EmailBackend")
    assert hand_over(console, letter()).answer is Answer.ACCEPTED
    assert "Loods: 1 notice" in capsys.readouterr().out


def test_a_backend_of_somebody_else_that_fails_leaves_it_undecided() -> None:
    class Broken(BaseEmailBackend):
        def send_messages(self, messages: object) -> int:
            raise ConnectionResetError

    assert hand_over(Broken(), letter()).answer is Answer.UNDECIDED
