"""``venues``: which venues lack a source of their own."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from include.discovery.cli.database import open_database
from include.discovery.cli.terminal import Commands, complain, print_json
from include.discovery.store.connection import reported
from include.discovery.store.queries.event_search import cities_and_sources
from include.discovery.store.queries.venues import venues_through_aggregators
from include.discovery.text.tables import aligned


def add_commands(commands: Commands) -> None:
    """Add ``venues``."""
    show = commands.add_parser(
        "venues",
        help="list venues that are known only through aggregators",
        description="Lists the venues whose upcoming events only aggregators list, the busiest"
        " first: look for a calendar of theirs, and give its address to probe.",
    )
    show.add_argument("--city", metavar="CITY", help="a city's slug; all cities if it is left out")
    show.add_argument("--json", action="store_true", help="print one JSON object a line instead")
    show.set_defaults(run=_venues)


def _venues(options: argparse.Namespace) -> int:
    with open_database() as conn, reported():
        cities, _ = cities_and_sources(conn)
        if options.city is not None and options.city not in cities:
            there = ", ".join(sorted(cities))
            return complain(f"there is no city {options.city!r}; there are: {there}", 2)
        found = [
            (city, venue)
            for city in ([options.city] if options.city else sorted(cities))
            for venue in venues_through_aggregators(conn, city)
        ]
    if options.json:
        for city, venue in found:
            print_json({"city": city, **asdict(venue)})
        return 0
    if not found:
        print("No venue is known only through aggregators.")
        return 0
    print(
        aligned(
            ("city", "venue", "address", "events", "sources"),
            [
                (
                    city,
                    venue.name,
                    ", ".join(filter(None, (venue.street, venue.locality))),
                    str(venue.events),
                    ", ".join(venue.sources),
                )
                for city, venue in found
            ],
        )
    )
    return 0
