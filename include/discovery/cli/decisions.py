"""``explain``, ``merge``, ``split``: why listings are one event, and a person's word on it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from include.discovery.cli.database import open_database, user
from include.discovery.cli.terminal import Commands, print_json, row_id, starts
from include.discovery.errors import InvalidSettings
from include.discovery.identity.explaining import findings, points
from include.discovery.identity.judging import Verdict
from include.discovery.store.audit import Author
from include.discovery.store.connection import Connection, reported
from include.discovery.store.decisions import Decision, merge_events, split_event
from include.discovery.store.event_ids import event_now
from include.discovery.store.queries.event_search import listings_of, read_event
from include.discovery.store.queries.judgements import (
    JudgedPair,
    judgements_of_listings,
    merged_into,
)
from include.discovery.store.queries.venues import VenueJudgement, venue_judgements_of_event
from include.discovery.text.tables import aligned, printable

_LISTED = (
    "id", "source", "external_id", "title", "url", "local_date", "starts_at", "timezone", "venue",
    "withdrawn_at",
)  # fmt: skip
"""What is told of each listing, to know it by."""


def add_commands(commands: Commands) -> None:
    """Add ``explain``, ``merge`` and ``split``."""
    show = commands.add_parser(
        "explain",
        help="show why listings are one event",
        description="Shows the listings of an event, and each judgement that joins them or keeps"
        " other listings apart: the rule with its points, or who decided it and why.",
    )
    _add_event(show)
    show.add_argument("--json", action="store_true", help="print one JSON object instead")
    show.set_defaults(run=_explain)

    merge = commands.add_parser(
        "merge",
        help="make two events one, for good",
        description="Makes two events one; no rule separates them again. The older id stays, and"
        " the other one leads to it.",
    )
    _add_event(merge)
    merge.add_argument("other", type=row_id, metavar="EVENT", help="the other event's id")
    _add_reason(merge)
    merge.set_defaults(run=_merge)

    split = commands.add_parser(
        "split",
        help="separate listings from an event, for good",
        description="Separates listings from an event; no rule joins them again. The id stays with"
        " the oldest listing.",
    )
    _add_event(split)
    split.add_argument(
        "listings",
        type=row_id,
        nargs="+",
        metavar="LISTING",
        help="ids of listings, as explain shows them",
    )
    _add_reason(split)
    split.set_defaults(run=_split)


def _add_event(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("event", type=row_id, metavar="EVENT", help="an event's id")


def _add_reason(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--reason", required=True, metavar="TEXT", help="why; kept with the decision"
    )


def _merge(options: argparse.Namespace) -> int:
    with open_database() as conn, reported():
        done = merge_events(
            conn, options.event, options.other, author=_author(), reason=options.reason
        )
    return _tell(done)


def _split(options: argparse.Namespace) -> int:
    with open_database() as conn, reported():
        done = split_event(
            conn, options.event, options.listings, author=_author(), reason=options.reason
        )
    return _tell(done)


def _author() -> Author:
    return Author(user(), "cli")


def _tell(done: Decision) -> int:
    print(done.change)
    for event in sorted(set(done.events.values())):
        listings = [str(one) for one, of in done.events.items() if of == event]
        print(f"  event {event}: {_numbered('listing', listings)}")
    return 0


def _explain(options: argparse.Namespace) -> int:
    with open_database() as conn, reported():
        found = _read(conn, options.event)
    if options.json:
        print_json(_as_json(found))
    else:
        print("\n".join(_as_text(options.event, found)))
    return 0


@dataclass(frozen=True, slots=True)
class _Found:
    """An event, and what is known of its listings."""

    event: Mapping[str, Any]
    listings: Sequence[Mapping[str, Any]]
    judgements: Sequence[JudgedPair]
    merged: Mapping[int, datetime]
    """Ids that have become part of it, and since when."""
    venues: Sequence[VenueJudgement]
    """What people have decided about the venues of its listings."""


def _read(conn: Connection, asked: int) -> _Found:
    now = event_now(conn, asked)
    event = None if now is None else read_event(conn, now)
    if now is None or event is None:
        raise InvalidSettings(f"there is no event {asked}")
    listings = listings_of(conn, now)
    judgements = judgements_of_listings(conn, [listing["id"] for listing in listings])
    venues = venue_judgements_of_event(conn, now)
    return _Found(event, listings, judgements, merged_into(conn, now), venues)


def _as_json(found: _Found) -> dict[str, Any]:
    return {
        "event": found.event["id"],
        "title": found.event["title"],
        "merged": [{"event": old, "at": at.isoformat()} for old, at in found.merged.items()],
        "listings": [{name: _plain(row[name]) for name in _LISTED} for row in found.listings],
        "judgements": [
            {name: _plain(value) for name, value in asdict(each).items()}
            for each in found.judgements
        ],
        "venues": [
            {name: _plain(value) for name, value in asdict(each).items()} for each in found.venues
        ],
    }


def _plain(value: Any) -> Any:  # noqa: ANN401  of any column
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, date) else value


def _as_text(asked: int, found: _Found) -> Iterator[str]:
    yield printable(f"Event {found.event['id']}: {found.event['title']}")
    for old, at in found.merged.items():
        was_asked = ", which was asked for," if old == asked else ""
        yield f"Event {old}{was_asked} has been part of it since {at:%Y-%m-%d %H:%M} UTC."
    yield ""
    yield aligned(
        ("listing", "source", "starts", "venue", "title"),
        [
            (str(row["id"]), row["source"], starts(row), (row["venue"] or "")[:40], row["title"])
            for row in found.listings
        ],
        numeric=["listing"],
    )
    within = [each for each in found.judgements if each.is_within_event]
    beyond = [each for each in found.judgements if not each.is_within_event]
    if within:
        yield "\nWhy they are one"
        yield from _judgements(within)
    elif len(found.listings) > 1:
        yield "\nTheir title, start and venue are the same; they are yet to be compared."
    if beyond:
        yield "\nListings of other events that they were compared with"
        yield from _judgements(beyond)
    if found.venues:
        yield "\nDecisions about the venues"
        yield ""
        yield from map(_of_venues, found.venues)


def _judgements(judged: Iterable[JudgedPair]) -> Iterator[str]:
    for each in judged:
        yield ""
        yield printable(f"{_named(each)}: {each.verdict}, {_by(each)}")
        for found in findings(each.features):
            weight = "" if found.points is None else f"{found.points:+g}"
            yield printable(f"  {weight:>6}  {found.text}")


def _of_venues(said: VenueJudgement) -> str:
    first, second = (f"{side.id} “{side.name}”" for side in (said.first, said.second))
    verb = "is" if said.verdict is Verdict.SAME else "is not"
    by = f"decided by {said.decided_by} on {said.decided_at:%Y-%m-%d %H:%M} UTC"
    return printable(f"{first} {verb} {second}: {by}: {said.reason}")


def _named(each: JudgedPair) -> str:
    first, second = each.first, each.second
    if each.is_within_event:
        return f"{first.listing} and {second.listing}"
    return (
        f"{first.listing} (event {first.event}) and {second.listing} (event {second.event}),"
        f" “{first.title}” and “{second.title}”"
    )


def _by(each: JudgedPair) -> str:
    at = f"{each.judged_at:%Y-%m-%d %H:%M} UTC"
    if each.decided_by is not None:
        return f"decided by {each.decided_by} on {at}: {each.reason}"
    return f"{points(each.features):g} points, “{each.rule}” (rules {each.rules_version}, {at})"


def _numbered(noun: str, numbers: list[str]) -> str:
    return f"{noun}{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"
