"""``report``: what a run did, pair by pair."""

from __future__ import annotations

import argparse
import os
from dataclasses import asdict

from include.discovery.cli.database import open_database
from include.discovery.cli.terminal import Commands, print_json
from include.discovery.errors import InvalidSettings
from include.discovery.report import report
from include.discovery.settings import Settings
from include.discovery.store.matching import read_joined
from include.discovery.text.wording import counted


def add_commands(commands: Commands) -> None:
    """Add ``report``."""
    show = commands.add_parser(
        "report",
        help="show what a run of the DAG did, pair by pair",
        description="Shows what a run of the DAG did, pair by pair. Exit status 1 if the run as a"
        " whole has failed.",
    )
    show.add_argument("run_id", metavar="RUN_ID", help="id of the run, as Airflow shows it")
    show.add_argument("--json", action="store_true", help="print JSON instead of a table")
    show.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> int:
    threshold = Settings.from_environment(os.environ).failure_threshold
    with open_database() as conn:
        run = report(conn, options.run_id)
        joined = read_joined(conn, options.run_id)
    if not run.outcomes:
        raise InvalidSettings(f"no run {options.run_id!r} has synced anything")
    if options.json:
        print_json({**run.as_json(), "joined": asdict(joined)})
    else:
        print(run.as_table())
        print(
            f"\n{counted(joined.listings, 'listing')} of these pairs are"
            f" {counted(joined.events, 'event')}, {joined.of_several:,} of them listed by more than"
            " one source."
        )
    return 0 if run.verdict(threshold) is None else 1
