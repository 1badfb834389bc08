"""``venues``: which lack a source of their own, which may be one, and a person's word on them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TypeVar

from include.discovery.cli.database import open_database, require_known, user
from include.discovery.cli.terminal import Commands, print_json, row_id
from include.discovery.store.audit import Author, Change
from include.discovery.store.connection import Connection, reported
from include.discovery.store.queries.event_search import cities_and_sources
from include.discovery.store.queries.venues import (
    FoundVenue,
    KnownVenue,
    ProposedMerge,
    VenueSide,
    find_venues,
    proposed_merges,
    venues_through_aggregators,
)
from include.discovery.store.venues import (
    merge_venues,
    place_in_building,
    rename_venue,
    split_venues,
    take_back_venue_judgement,
)
from include.discovery.text.tables import aligned

_T = TypeVar("_T", bound="KnownVenue | ProposedMerge")


def add_commands(commands: Commands) -> None:
    """Add ``venues``."""
    venues = commands.add_parser(
        "venues",
        help="list venues that only aggregators list; decide which venues are one",
        description="Lists the venues whose upcoming events only aggregators list, the busiest"
        " first, with the sites that only their events link to: candidates for probe.",
    )
    _add_options(venues)
    venues.set_defaults(run=_through_aggregators)
    more = venues.add_subparsers(metavar="COMMAND")

    find = more.add_parser("find", help="find venues, and their ids, by name")
    find.add_argument("text", metavar="TEXT", help="words of the name, or their beginnings")
    find.add_argument("--json", action="store_true", help="print one JSON object per line")
    find.set_defaults(run=_find)

    proposals = more.add_parser(
        "proposals",
        help="list venues that may be one",
        description="Lists pairs of venues at which sources list the same titles at the same"
        " times, and which no source lists as two. Decide each with merge or split.",
    )
    _add_options(proposals)
    proposals.set_defaults(run=_proposals)

    merge = more.add_parser(
        "merge",
        help="make two venues one, for good",
        description="Makes two venues one; no sync separates them again, and matching treats both"
        " as one place. The older one stays.",
    )
    _add_venue(merge)
    _add_venue(merge, "other")
    merge.set_defaults(run=_merge)

    split = more.add_parser(
        "split",
        help="keep two venues apart, for good",
        description="Keeps two venues apart, whether they were merged, proposed, or only the rules"
        " took them as one: no rule makes one event of what is listed at them.",
    )
    _add_venue(split)
    _add_venue(split, "other")
    split.set_defaults(run=_split)

    undo = more.add_parser(
        "undo",
        help="take back a merge or a split: the rules judge again",
        description="Takes back what was said of two venues by merge or split. The rules judge"
        " again what is listed there.",
    )
    _add_venue(undo)
    _add_venue(undo, "other")
    undo.set_defaults(run=_undo)

    rename = more.add_parser("rename", help="give a venue another name, for good")
    _add_venue(rename)
    name = rename.add_mutually_exclusive_group(required=True)
    name.add_argument("name", nargs="?", metavar="NAME", help="the name that is shown")
    name.add_argument("--take-back", action="store_true", help="show the source's name again")
    rename.set_defaults(run=_rename)

    place = more.add_parser(
        "place",
        help="make a venue a hall of a building",
        description="Makes a venue a hall of a building; events in two of its halls stay two.",
    )
    _add_venue(place)
    building = place.add_mutually_exclusive_group(required=True)
    building.add_argument(
        "building", nargs="?", type=row_id, metavar="BUILDING", help="the building's id"
    )
    building.add_argument("--take-back", action="store_true", help="it is a hall of no building")
    place.set_defaults(run=_place)

    for decision in (merge, split, rename, place):
        decision.add_argument(
            "--reason", required=True, metavar="TEXT", help="why; kept with the decision"
        )


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--city", metavar="CITY", help="a city's slug; all cities by default")
    parser.add_argument("--json", action="store_true", help="print one JSON object per line")


def _add_venue(parser: argparse.ArgumentParser, name: str = "venue") -> None:
    parser.add_argument(name, type=row_id, metavar="VENUE", help="a venue's id, as find shows it")


def _merge(options: argparse.Namespace) -> int:
    return _decided(
        lambda conn, author: merge_venues(
            conn, options.venue, options.other, author=author, reason=options.reason
        )
    )


def _split(options: argparse.Namespace) -> int:
    return _decided(
        lambda conn, author: split_venues(
            conn, options.venue, options.other, author=author, reason=options.reason
        )
    )


def _undo(options: argparse.Namespace) -> int:
    return _decided(
        lambda conn, author: take_back_venue_judgement(
            conn, options.venue, options.other, author=author
        )
    )


def _rename(options: argparse.Namespace) -> int:
    return _decided(
        lambda conn, author: rename_venue(
            conn, options.venue, options.name, author=author, reason=options.reason
        )
    )


def _place(options: argparse.Namespace) -> int:
    return _decided(
        lambda conn, author: place_in_building(
            conn, options.venue, options.building, author=author, reason=options.reason
        )
    )


def _decided(decide: Callable[[Connection, Author], Change]) -> int:
    with open_database() as conn, reported():
        change = decide(conn, Author(user(), "cli"))
    print(change)
    return 0


def _find(options: argparse.Namespace) -> int:
    with open_database() as conn, reported():
        found = find_venues(conn, text=options.text)
    if options.json:
        for venue in found.venues:
            print_json(asdict(venue))
    else:
        headings = ("id", "venue", "address", "events", "hall of", "made one with")
        print(_table(headings, list(map(_found, found.venues)), "No venue has that name."))
    return 0


def _found(venue: FoundVenue) -> tuple[str, ...]:
    return (
        str(venue.id),
        venue.name,
        _address(venue),
        str(venue.upcoming),
        "" if venue.building is None else str(venue.building),
        ", ".join(f"{other} {name}" for other, name in venue.names.items()),
    )


def _through_aggregators(options: argparse.Namespace) -> int:
    return _of_cities(
        options,
        venues_through_aggregators,
        ("city", "id", "venue", "address", "events", "sources", "sites to probe"),
        lambda venue: (
            str(venue.id),
            venue.name,
            _address(venue),
            str(venue.events),
            ", ".join(venue.sources),
            ", ".join(venue.sites),
        ),
        "No venue is known only through aggregators.",
    )


def _proposals(options: argparse.Namespace) -> int:
    return _of_cities(
        options,
        proposed_merges,
        ("city", "one", "other", "titles", "rules say", "such as"),
        lambda pair: (
            _named(pair.first),
            _named(pair.second),
            str(pair.titles),
            pair.rules,
            "; ".join(pair.examples),
        ),
        "No two venues share enough titles.",
    )


def _of_cities(
    options: argparse.Namespace,
    read: Callable[[Connection, str], list[_T]],
    headings: Sequence[str],
    line: Callable[[_T], tuple[str, ...]],
    none: str,
) -> int:
    """Print what there is in a city, or in each, by lines with the city before them."""
    with open_database() as conn, reported():
        require_known(conn, city=options.city)
        cities, _ = cities_and_sources(conn)
        chosen = sorted(cities) if options.city is None else [options.city]
        found = [(city, each) for city in chosen for each in read(conn, city)]
    if options.json:
        for city, each in found:
            print_json({"city": city, **asdict(each)})
    else:
        print(_table(headings, [(city, *line(each)) for city, each in found], none))
    return 0


def _table(headings: Sequence[str], lines: Sequence[Sequence[str]], none: str) -> str:
    return aligned(headings, lines) if lines else none


def _named(venue: VenueSide) -> str:
    return ", ".join(filter(None, (f"{venue.id} {venue.name}", venue.street)))


def _address(venue: FoundVenue | KnownVenue) -> str:
    return ", ".join(filter(None, (venue.street, venue.locality)))
