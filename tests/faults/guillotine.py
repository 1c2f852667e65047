"""Killing a process before or after each of its statements, one after the other.

`strikes()` runs a piece of work in a child process over and over; the n-th child kills itself with SIGKILL before or
after its n-th event. An event is whatever goes to the database (BEGIN, SET ROLE, each statement, COMMIT) or, for the
outbox, to the mail server. The last child is not killed: it did everything.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from workflows.engine import mail

MOST = 200


@dataclass(frozen=True)
class Strike:
    """A child that ran: at which event it was killed and on which side of it; `number` 0: it was not killed."""

    number: int
    after: bool
    event: str

    def __str__(self) -> str:
        return (
            f"{'after' if self.after else 'before'} event {self.number} ({self.event})" if self.number else "not killed"
        )


class _Counter:
    """Counts the events of this process and kills it at one of them."""

    def __init__(self, number: int, after: bool, pipe: int) -> None:
        self.number, self.after, self.pipe, self.count = number, after, pipe, 0

    def around(self, name: str, work: Callable[[], Any]) -> Any:
        self.count += 1
        mine = self.count == self.number
        if mine:
            os.write(self.pipe, name.encode()[:200])
            if not self.after:
                os.kill(os.getpid(), signal.SIGKILL)
        answer = work()
        if mine:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    def install(self) -> None:
        """Watch this process's connection, at every place where something is sent, and the handing over of mail."""
        connection.ensure_connection()
        raw: Any = connection.connection
        raw_execute, raw_commit, hand_over = raw.execute, raw.commit, mail.hand_over
        raw.execute = lambda sql, *rest: self.around(str(sql), lambda: raw_execute(sql, *rest))
        raw.commit = lambda: self.around("COMMIT", raw_commit)
        mail.hand_over = lambda *given: self.around("mail", lambda: hand_over(*given))  # type: ignore[assignment]

        def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            return self.around(" ".join(sql.split())[:60], lambda: execute(sql, params, many, context))

        connection.execute_wrappers.append(wrapper)


def _run(work: Callable[[], object], number: int, after: bool) -> tuple[int, str]:
    """Run `work` in a child that is killed at an event. Out: its exit code, and the event."""
    connection.close()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reading)
            counter = _Counter(number, after, writing)
            counter.install()
            work()
            code = 0
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        event = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), event


def strikes(prepare: Callable[[], Callable[[], object]]) -> Iterator[Strike]:
    """Kill the work that `prepare` makes ready at every event of it; after each, the caller looks at what there is."""
    for number in range(1, MOST):
        for after in (False, True):
            code, event = _run(prepare(), number, after)
            if code == 0:
                yield Strike(0, after, "")
                return
            assert code == -signal.SIGKILL, f"the child failed by itself with {code}"
            yield Strike(number, after, event)
    raise AssertionError("it never ends")
