"""`python -m project.launch COMMAND`: what the Makefile calls once the environment is there."""

from __future__ import annotations

import argparse
import signal
import sys

from project.launch.console import Trouble, guarded, say
from project.launch.places import PROFILES, base_var, keep_compiled


def main(arguments: list[str] | None = None) -> int:
    """Run one command of the launcher; answers the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    return guarded(lambda: _run(given), base_var() / "log" / "launch.log")


def _run(given: list[str]) -> int:
    # A command that is ended from outside stops what it started, as with Ctrl-C.
    signal.signal(signal.SIGTERM, _as_interrupt)
    keep_compiled()
    if given[:1] == ["test"]:
        # Everything after it is pytest's.
        from project.launch import testing

        return testing.run(given[1:])
    chosen = _parser().parse_args(given)
    if chosen.command == "services":
        from project.launch import services

        return services.command(chosen.profile)
    if chosen.command == "stop":
        return _stop()
    if chosen.command == "lint":
        from project.launch import testing

        return testing.lint()
    from project.launch import demo

    if chosen.command == "demo":
        return demo.run(_port(chosen.port))
    if chosen.command == "data":
        return demo.with_services("demo", ["manage.py", "demo_data", "--size", chosen.size], demonstration=True)
    only = ["--only", chosen.only] if chosen.only else []
    return demo.with_services("bench", ["-m", "bench", *only])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m project.launch", description="Start and stop Loods.")
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="start everything with demonstration data")
    demo.add_argument("--port", default="8000")
    services = commands.add_parser("services", help="start PostgreSQL and Redis and print their addresses")
    services.add_argument("--profile", choices=PROFILES, default="demo")
    commands.add_parser("stop", help="stop everything of ours that runs")
    commands.add_parser("test", help="run the tests; all that follows goes to pytest")
    commands.add_parser("lint", help="run every check that is no test")
    data = commands.add_parser("data", help="load demonstration data")
    data.add_argument("--size", choices=("small", "large"), default="small")
    bench = commands.add_parser("bench", help="measure against the bare database")
    bench.add_argument("--only", default="")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal():
        raise Trouble(f"PORT={text} is no port; choose a number from 1024 to 65535.")
    return int(text)


def _as_interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _stop() -> int:
    from project.launch import demo, services

    stopped = demo.stop()
    stopped += [name for profile in PROFILES for name in services.stop(profile)]
    say(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing of ours was running.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
