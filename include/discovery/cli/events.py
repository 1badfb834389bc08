"""``events``: what was found, by city, source, date, status and words."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from include.discovery.cli.database import open_database, require_known
from include.discovery.cli.terminal import Commands, day, starts
from include.discovery.model import EventStatus
from include.discovery.store.connection import Connection, reported
from include.discovery.store.queries.event_search import (
    EventFilter,
    Position,
    When,
    search_events,
)
from include.discovery.text.tables import aligned

_PAGE = 200


def add_commands(commands: Commands) -> None:
    """Add ``events``."""
    show = commands.add_parser(
        "events",
        help="search the stored events",
        description="Lists upcoming events, or those that the options ask for. Times are local to "
        "the venue.",
    )
    show.add_argument("--city", metavar="CITY", help="only events of this city")
    show.add_argument("--source", metavar="SOURCE", help="only events that this source lists")
    show.add_argument(
        "--from", dest="first", type=day, metavar="DATE", help="only events on that day or later"
    )
    show.add_argument(
        "--to", dest="last", type=day, metavar="DATE", help="only events on that day or earlier"
    )
    show.add_argument(
        "--status", choices=[*(status.value for status in EventStatus), "withdrawn"],
        help="only events with this status; withdrawn: no source lists them any more",
    )  # fmt: skip
    show.add_argument(
        "--text",
        default="",
        metavar="WORDS",
        help="only events with these words in title, performers or venue",
    )
    show.add_argument(
        "--changed-since",
        type=_moment,
        metavar="MOMENT",
        help="only events added or changed since then, latest first: 2026-12-01, or"
        " 2026-12-01T06:00+01:00 (UTC without an offset)",
    )
    show.add_argument(
        "--when",
        choices=[each.value for each in When],
        help="undated: postponed without a new date. The default is upcoming, and any with --from,"
        " --to or --changed-since",
    )
    show.add_argument(
        "--limit", type=_number, default=50, metavar="N", help="at most so many (50); 0 for all"
    )
    show.add_argument("--json", action="store_true", help="print one JSON object per line")
    show.set_defaults(run=_events)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is not a time such as 2026-12-01 or 2026-12-01T06:00+01:00"
        raise argparse.ArgumentTypeError(message) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0")
    return int(text)


def _events(options: argparse.Namespace) -> int:
    limit = options.limit or None
    with open_database() as conn, reported():
        require_known(conn, city=options.city, source=options.source)
        found = _search(conn, _filter(options), limit)
        if options.json:
            for row in found:
                print(json.dumps(row, ensure_ascii=False, default=_plain))
            return 0
        events = list(found)
    print(_as_table(events) if events else "No event matches.")
    if len(events) == limit:
        print(f"\nThe first {limit}: see more with --limit, or all with --limit 0.")
    return 0


def _filter(options: argparse.Namespace) -> EventFilter:
    is_bounded = options.first or options.last or options.changed_since
    is_withdrawn = options.status == "withdrawn"
    return EventFilter(
        text=options.text,
        city=options.city,
        source=options.source,
        when=When(options.when or (When.ANY if is_bounded else When.UPCOMING)),
        first=options.first,
        last=options.last,
        status=EventStatus(options.status) if options.status and not is_withdrawn else None,
        withdrawn=is_withdrawn,
        changed_since=options.changed_since,
    )


def _search(conn: Connection, wanted: EventFilter, limit: int | None) -> Iterator[dict[str, Any]]:
    """Read page by page, so that all events never stand in memory at once."""
    after: Position | None = None
    left = limit
    while left is None or left > 0:
        page = search_events(
            conn, wanted, after=after, limit=_PAGE if left is None else min(_PAGE, left)
        )
        yield from page.events
        after = page.next
        if after is None:
            return
        left = None if left is None else left - len(page.events)


def _as_table(events: list[dict[str, Any]]) -> str:
    return aligned(
        ("when", "city", "status", "venue", "sources", "title"),
        [
            (
                starts(row),
                row["city"] or "",
                "withdrawn" if row["withdrawn_at"] else row["status"].replace("_", " "),
                (row["venue"] or "")[:40],
                ", ".join(source["slug"] for source in row["sources"] or ()),
                row["title"],
            )
            for row in events
        ],
    )


def _plain(value: object) -> str:
    """Write what JSON does not know: times as ISO 8601, amounts as decimals."""
    return value.isoformat() if isinstance(value, datetime) else str(value)
