"""`python -m project.launch COMMAND`: what the Makefile calls once the environment is there."""

from __future__ import annotations

import argparse
import sys

from project.launch.console import guarded, say
from project.launch.places import PROFILES, base_var


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m project.launch", description="Start and stop Loods.")
    commands = parser.add_subparsers(dest="command", required=True)
    services = commands.add_parser("services", help="start PostgreSQL and Redis and print their addresses")
    services.add_argument("--profile", choices=PROFILES, default="demo")
    stop = commands.add_parser("stop", help="stop everything of ours that runs")
    stop.add_argument("--profile", choices=PROFILES, action="append")
    chosen = parser.parse_args(arguments)

    def work() -> int:
        if chosen.command == "services":
            from project.launch import services as services_module

            return services_module.command(chosen.profile)
        if chosen.command == "stop":
            return _stop(chosen.profile or list(PROFILES))
        raise AssertionError(chosen.command)

    return guarded(work, base_var() / "log" / "launch.log")


def _stop(profiles: list[str]) -> int:
    from project.launch import services

    stopped = [name for profile in profiles for name in services.stop(profile)]
    say(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing of ours was running.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
