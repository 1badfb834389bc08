"""The command line of the local runner: `python -m localdev run | stop | clean`."""

from __future__ import annotations

import argparse
import os
import sys

from localdev import cleanup
from localdev.console import Console
from localdev.files import Layout
from localdev.ports import parse_port


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m localdev", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="start everything, make one run, keep serving")
    run.add_argument("--once", action="store_true", help="exit after the summary")
    run.add_argument("--port", help="port of the Airflow UI (default: $PORT or 8080)")
    commands.add_parser("stop", help="stop what runs, a killed run's leftovers included")
    commands.add_parser("clean", help="stop what runs, then remove .local/")
    options = parser.parse_args(arguments)
    layout = Layout.of_this_checkout()
    console = Console()

    def execute() -> int:
        if options.command == "stop":
            return cleanup.stop(layout, console)
        if options.command == "clean":
            return cleanup.clean(layout, console)
        # stop and clean have to work without any package installed.
        from localdev.run import LocalRun  # noqa: PLC0415

        port = parse_port(options.port or os.environ.get("PORT") or "8080")
        return LocalRun(layout, console, port=port, once=options.once)()

    return console.guard(execute)


if __name__ == "__main__":
    sys.exit(main())
