"""A mail server in a process of its own, which keeps a ledger of what it accepted and behaves badly by plan.

    python tests/faults/provider.py LEDGER SEED

prints its port and serves until it is killed. Each line of the ledger is written before the answer is sent:
``accepted KEY RECIPIENT NOTICES MODE`` or ``refused KEY RECIPIENT NOTICES MODE``. What it does with a mail is
decided by seed, key and how often it saw that key, so that a run can be repeated. Recipients whose address begins
with ``refused`` are refused for good; a seed of 0 accepts everything.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import sys
from collections import Counter
from email.parser import BytesHeaderParser
from typing import IO, Any

from aiosmtpd.smtp import SMTP, Envelope, Session

LONG = 30.0
"""Seconds for which it keeps somebody waiting: longer than anybody waits."""
SHARES = [
    ("hang_after", 0.006),  # accepts and never says so
    ("drop_after", 0.006),  # accepts and hangs up
    ("drop_before", 0.006),  # takes the content, does not accept it, and hangs up
    ("later", 0.02),  # 451
    ("never", 0.004),  # 554
]
EARLY = 150
"""Every so many mails it hangs up before it has seen any content."""


class Provider:
    """Decides about each mail and writes the ledger."""

    def __init__(self, ledger: IO[str], seed: int) -> None:
        self.ledger, self.seed, self.seen, self.begun = ledger, seed, Counter[str](), 0

    def mode(self, key: str) -> str:
        """How this mail is dealt with, this time."""
        if not self.seed:
            return "well"
        self.seen[key] += 1
        drawn = hashlib.sha256(f"{self.seed}:{key}:{self.seen[key]}".encode()).digest()
        share = int.from_bytes(drawn[:6], "big") / 2**48
        for name, part in SHARES:
            if share < part:
                return name
            share -= part
        return "well"

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.begun += 1
        if self.seed and self.begun % EARLY == 0:
            server.transport.abort()  # type: ignore[attr-defined]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("refused"):
            return "550 5.1.1 no such person here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        content = envelope.content or b""
        headers = BytesHeaderParser().parsebytes(content if isinstance(content, bytes) else content.encode())
        key = headers["Message-ID"]
        notices = re.search(r"\d+", headers["Subject"] or "")
        mode = self.mode(key)
        accepts = mode in ("well", "hang_after", "drop_after")
        self.write(
            "accepted" if accepts else "refused", key, envelope.rcpt_tos[0], notices[0] if notices else "0", mode
        )
        if mode == "hang_after":
            await asyncio.sleep(LONG)
        if mode.startswith("drop"):
            server.transport.abort()
            await asyncio.sleep(LONG)
        return {"later": "451 4.3.0 try again later", "never": "554 5.7.1 not wanted"}.get(mode, "250 2.0.0 accepted")

    def write(self, *words: str) -> None:
        """Write a line so that it survives this process."""
        self.ledger.write(" ".join(words) + "\n")
        self.ledger.flush()


async def serve(path: str, seed: int) -> None:
    """Listen until killed; prints the port."""
    with open(path, "a", encoding="ascii") as ledger:
        provider = Provider(ledger, seed)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(provider, hostname="provider.example", enable_SMTPUTF8=False), "127.0.0.1", 0
        )
        sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
