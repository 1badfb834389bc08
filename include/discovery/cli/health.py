"""``health``: how the pairs are doing, and why."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime, timedelta
from typing import Any

from include.discovery.cli.database import open_database, require_known
from include.discovery.cli.terminal import Commands, print_json
from include.discovery.health.verdict import HealthState
from include.discovery.monitoring.pair_health import verdict_of
from include.discovery.settings import Settings
from include.discovery.store.connection import reported
from include.discovery.store.queries.pairs import PairState, read_pairs
from include.discovery.text.tables import aligned
from include.discovery.text.wording import in_words

_BROKEN = frozenset({HealthState.FAILING, HealthState.STALE, HealthState.STUCK, HealthState.EMPTY})
"""States that end the command with 1: somebody must look."""


def add_commands(commands: Commands) -> None:
    """Add ``health``."""
    show = commands.add_parser(
        "health",
        help="show how each pair is doing, and why",
        description="Shows the state of each pair with its reason. Exit status 1 if one is "
        f"{' or '.join(sorted(_BROKEN))}. Missing keys are not checked: only Airflow knows its "
        "connections.",
    )
    show.add_argument("--city", metavar="CITY", help="only pairs of this city")
    show.add_argument("--source", metavar="SOURCE", help="only pairs of this source")
    show.add_argument(
        "--state", choices=[state.value for state in HealthState], help="only pairs in this state"
    )
    show.add_argument("--json", action="store_true", help="print one JSON object per line")
    show.set_defaults(run=_health)


def _health(options: argparse.Namespace) -> int:
    time_limit = Settings.from_environment(os.environ).sync_timeout
    with open_database() as conn, reported():
        require_known(conn, city=options.city, source=options.source)
        pairs = read_pairs(conn)
    now = datetime.now(UTC)
    found = [
        row
        for pair in pairs
        if options.city in {None, pair.city} and options.source in {None, pair.source}
        for row in [_row(pair, now, time_limit)]
        if options.state in {None, row["state"]}
    ]
    if options.json:
        for row in found:
            print_json(row)
    elif found:
        print(_as_table(found, now))
    else:
        print("No pair matches." if pairs else "No pair is configured.")
    return 1 if any(row["state"] in _BROKEN for row in found) else 0


def _row(pair: PairState, now: datetime, time_limit: timedelta) -> dict[str, Any]:
    verdict = verdict_of(pair, now, time_limit=time_limit)
    succeeded = pair.totals["last_success_at"]
    last = pair.last_run
    return {
        "pair": pair.label,
        "city": pair.city,
        "source": pair.source,
        "state": verdict.state.value,
        "reason": verdict.reason,
        "last_success_at": succeeded and succeeded.isoformat(),
        "last_run_at": last and last.started_at.isoformat(),
        "fetched": last and last.stats.fetched,
        "new": last and last.stats.inserted,
        "rejected": last and last.stats.rejected_total,
    }


def _as_table(found: list[dict[str, Any]], now: datetime) -> str:
    return aligned(
        ("pair", "state", "last success", "fetched", "new", "rejected", "why"),
        [
            (
                row["pair"],
                row["state"].replace("_", " "),
                _ago(row["last_success_at"], now),
                *("" if row[name] is None else f"{row[name]:,}" for name in _COUNTS),
                row["reason"],
            )
            for row in found
        ],
        numeric=_COUNTS,
    )


_COUNTS = ("fetched", "new", "rejected")


def _ago(moment: str | None, now: datetime) -> str:
    return f"{in_words(now - datetime.fromisoformat(moment))} ago" if moment else "never"
