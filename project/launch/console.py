"""What the terminal shows: a line per stage with the time it took, and one clear sentence when something fails."""

from __future__ import annotations

import contextlib
import errno
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

INTERRUPTED = 130


class Trouble(Exception):
    """Something the reader can act on. The message is one sentence that says what is wrong and what to do."""


def say(text: str = "") -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201 - the launcher talks to a terminal


def warn(text: str) -> None:
    """Print a line to the error stream at once."""
    print(f"Loods: {text}", file=sys.stderr, flush=True)  # noqa: T201 - the launcher talks to a terminal


class Stage:
    """The running stage; `note` says what it found, `quiet` leaves the stage out when it had nothing to do."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.detail = ""
        self.hidden = False

    def note(self, detail: str) -> None:
        self.detail = detail

    def quiet(self) -> None:
        self.hidden = True


@contextlib.contextmanager
def stage(name: str) -> Iterator[Stage]:
    """Show `name` while the block runs, and after it the seconds it took."""
    terminal = sys.stdout.isatty()
    begun = time.monotonic()
    current = Stage(name)
    if terminal:
        sys.stdout.write(f"   … {name}")
        sys.stdout.flush()
    try:
        yield current
    except BaseException:
        if terminal:
            sys.stdout.write("\r\033[K")
        say(f"  no {name:<28} {time.monotonic() - begun:6.1f} s")
        raise
    if terminal:
        sys.stdout.write("\r\033[K")
    if not current.hidden:
        say(f"  ok {name:<28} {time.monotonic() - begun:6.1f} s  {current.detail}".rstrip())


def sentence_for(error: OSError) -> str:
    """One sentence for an error of the operating system: what, where and what to do."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full{where}; free at least 1 GB and start again."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"No permission to write or read{where}; run as the owner of this folder, or change its owner."
    if error.errno == errno.EROFS:
        return f"This folder is on a read-only disk{where}; use a folder that can be written."
    return f"{error.strerror or error}{where}."


def guarded(work: Callable[[], int], log: Path | None = None) -> int:
    """Run `work` and answer its exit code; whatever goes wrong becomes one sentence, never a traceback.

    An error nobody foresaw is written with its traceback to `log`, and the sentence names that file.
    """
    try:
        return work()
    except Trouble as trouble:
        warn(str(trouble))
    except KeyboardInterrupt:
        warn("Stopped.")
        return INTERRUPTED
    except BrokenPipeError:
        return 1
    except OSError as error:
        warn(sentence_for(error))
    except Exception as error:  # the last resort: the reader gets a sentence, the file gets the rest
        where = ""
        if log is not None:
            with contextlib.suppress(OSError):
                log.parent.mkdir(parents=True, exist_ok=True)
                with log.open("a", encoding="utf-8") as file:
                    file.write(traceback.format_exc() + "\n")
                where = f"; the details are in {log}"
        warn(f"Something unexpected went wrong ({type(error).__name__}: {error}){where}.")
    return 1
