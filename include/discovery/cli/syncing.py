"""``sync``: one pair, now, without Airflow."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from include.discovery.cli.database import open_database, user
from include.discovery.cli.terminal import Commands, complain, print_json
from include.discovery.credentials import credentials_from
from include.discovery.due import RunTime
from include.discovery.errors import InvalidSettings
from include.discovery.model import Scope, SyncStats, pair_label
from include.discovery.plan import RunParams, choose
from include.discovery.report import stats_as_json
from include.discovery.settings import Settings
from include.discovery.store.audit import Author, note_trigger
from include.discovery.store.connection import Connection, reported
from include.discovery.store.entities import read_configuration
from include.discovery.store.hosts import SharedHosts
from include.discovery.store.plans import Plan
from include.discovery.store.runs import Attempt
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.sync.pair import SyncResult, sync_pair
from include.discovery.sync.stopping import terminable
from include.discovery.text.wording import counted, moment_in_words


def add_commands(commands: Commands) -> None:
    """Add ``sync``."""
    sync = commands.add_parser(
        "sync",
        help="sync one pair now, without Airflow",
        description="Syncs one pair now, without Airflow. Shows progress and a summary on a"
        " terminal, and prints JSON into a pipe. Exit status 1 if the sync fails or is not due.",
    )
    sync.add_argument("city", metavar="CITY", help="a city's slug, or - for a source without one")
    sync.add_argument("source", metavar="SOURCE", help="a source's slug")
    sync.add_argument("--limit", type=int, metavar="N", help="stop after N events")
    sync.add_argument("--dry-run", action="store_true", help="fetch and parse, store no events")
    sync.add_argument(
        "--force",
        action="store_true",
        help="sync even if it is not due, and read what has not changed, too",
    )
    sync.add_argument(
        "--withdraw-missing",
        action="store_true",
        help="withdraw everything that the source no longer lists, at once and however much it is; "
        "check first that it is really gone",
    )
    sync.add_argument("--json", action="store_true", help="print JSON on a terminal, too")
    sync.set_defaults(run=_sync)


def _sync(options: argparse.Namespace) -> int:
    city = None if options.city == "-" else options.city
    settings = Settings.from_environment(os.environ)
    params = RunParams.read(
        {
            "cities": [city] if city else [],
            "sources": [options.source],
            "limit": options.limit,
            "force": options.force,
            "dry_run": options.dry_run,
            "withdraw_missing": options.withdraw_missing,
        }
    )
    attempt = Attempt(f"cli__{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}__{uuid4().hex[:8]}")
    with open_database() as conn, terminable():
        _check_scope(conn, city, options.source)
        chosen = choose(conn, params, RunTime(datetime.now(UTC)), capacity=1)
        if not chosen.pairs or (chosen.parked and not params.force):
            return complain(_why_not_due(chosen, pair_label(city, options.source)), 1)
        (pair,) = chosen.pairs
        with reported():
            given = params.model_dump(mode="json")
            note_trigger(conn, attempt.dag_run_id, given, Author(user(), "cli"))
        environment = replace(
            SyncEnvironment.live(credentials_from(os.environ), settings, SharedHosts.beside(conn)),
            on_page=_progress(pair.label, verbose=options.verbose),
        )
        try:
            result = sync_pair(
                conn,
                pair,
                attempt,
                environment,
                limit=params.limit,
                dry_run=params.dry_run,
                everything=params.force,
                withdraw_missing=params.withdraw_missing,
            )
        finally:
            _end_progress()
    if options.json or not sys.stdout.isatty():
        print_json(_as_json(result))
    else:
        print(_in_words(pair.label, result))
    return 0


def _progress(label: str, *, verbose: bool) -> Callable[[SyncStats], None]:
    """Return what shows the counts after each page, where a person looks on."""
    if verbose or not sys.stderr.isatty():
        return lambda _: None

    def show(stats: SyncStats) -> None:
        # Back to the start of the line, and clear it: each page writes over the one before.
        words = f"{label}: {counted(stats.pages, 'page')}, {stats.fetched:,} fetched"
        print(f"\r\x1b[K{words}", end="", file=sys.stderr, flush=True)

    return show


def _end_progress() -> None:
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _as_json(result: SyncResult) -> dict[str, Any]:
    return {
        **stats_as_json(result.stats),
        "complete": result.complete,
        "gaps": result.gaps,
        "warnings": result.warnings,
        "expected": result.expected,
    }


def _in_words(label: str, result: SyncResult) -> str:
    stats = result.stats
    counts = {
        "fetched": stats.fetched,
        "new": stats.inserted,
        "updated": stats.updated,
        "unchanged": stats.unchanged,
        "withdrawn": stats.withdrawn,
        "rejected": stats.rejected_total,
    }
    of_expected = f" of {result.expected:,}" if result.expected is not None else ""
    lines = [
        f"{label}: {'complete' if result.complete else 'incomplete'}",
        *(
            f"  {count:>7,} {name}{of_expected if name == 'fetched' else ''}"
            for name, count in counts.items()
            if count or name == "fetched"
        ),
        *(f"          {count:,} × {reason}" for reason, count in stats.rejected.items()),
        *(f"  missing: {gap}" for gap in result.gaps),
        *(f"  warning: {warning}" for warning in result.warnings),
    ]
    return "\n".join(lines)


def _check_scope(conn: Connection, city: str | None, slug: str) -> None:
    """Refuse a source without its city: it would be synced for whichever city comes first."""
    with reported():
        source = read_configuration(conn).sources.get(slug)
    if source and city is None and source.scope is Scope.CITY:
        raise InvalidSettings(f"{slug} has scope city: name a city")


def _why_not_due(chosen: Plan, label: str) -> str:
    parked = [moment_in_words(each.until, datetime.now(UTC)) for each in chosen.parked]
    state = f"parked until {parked[0]}, as its source asked" if parked else "not due"
    return f"{label} is {state}; sync it anyway with --force"
