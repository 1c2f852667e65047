"""A mail server that says exactly what a test wants at exactly the moment it wants, over a real socket."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HANG, DROP = "hang", "drop"
WELL = {
    "greeting": "220 test", "EHLO": "250 test", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on",
    "content": "250 accepted", "RSET": "250 ok", "QUIT": "221 bye",
}  # fmt: skip


@dataclass
class Mailserver:
    """Answers each command as `says` has it (HANG: no answer, DROP: hangs up); keeps what it was sent."""

    says: dict[str, str] = field(default_factory=dict)
    contents: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def answer(self, stage: str) -> str:
        return self.says.get(stage, WELL.get(stage, "250 ok"))

    def talk(self, client: socket.socket) -> None:
        """One conversation."""
        self.connections += 1
        with client, client.makefile("rwb") as lines:

            def say(stage: str) -> bool:
                text = self.answer(stage)
                if text == HANG:
                    client.settimeout(5)
                    lines.readline()
                    return False
                if text == DROP:
                    return False
                lines.write(f"{text}\r\n".encode())
                lines.flush()
                return True

            if not say("greeting"):
                return
            while line := lines.readline():
                verb = line.split()[0].decode().upper() if line.split() else ""
                if not say(verb):
                    return
                if verb == "DATA" and self.answer("DATA").startswith("354"):
                    content = b""
                    while (part := lines.readline()) not in (b".\r\n", b""):
                        content += part
                    self.contents.append(content.decode())
                    if not say("content"):
                        return
                if verb == "QUIT":
                    return


@contextmanager
def serving(**says: str) -> Iterator[Mailserver]:
    """A mail server on a free port."""
    server = Mailserver({stage.replace("_", ""): text for stage, text in says.items()})
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.port = listening.getsockname()[1]

        def accept() -> None:
            while True:
                try:
                    client, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=_quietly, args=(server, client), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield server
        listening.shutdown(socket.SHUT_RDWR)


def _quietly(server: Mailserver, client: socket.socket) -> None:
    try:
        server.talk(client)
    except OSError:
        return
