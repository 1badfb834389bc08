"""``list``: what is configured."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from include.discovery.cli.database import open_database
from include.discovery.cli.terminal import Commands, print_json
from include.discovery.due import why_less_often
from include.discovery.model import inactive_because
from include.discovery.store.connection import Connection, reported
from include.discovery.store.queries.cities import read_cities_in_use
from include.discovery.store.queries.pairs import read_pairs
from include.discovery.store.queries.sources import read_sources_in_use
from include.discovery.text.tables import aligned

_EVERYTHING = "all"


def add_commands(commands: Commands) -> None:
    """Add ``list``."""
    show = commands.add_parser(
        "list",
        help="list the configured cities, sources and pairs",
        description="Lists what is configured, and whether runs include it.",
    )
    show.add_argument(
        "what",
        nargs="?",
        choices=[*_SECTIONS, _EVERYTHING],
        default=_EVERYTHING,
        help="which list; all by default",
    )
    show.add_argument("--json", action="store_true", help="print JSON instead of tables")
    show.set_defaults(run=_list)


def _list(options: argparse.Namespace) -> int:
    names = _SECTIONS if options.what == _EVERYTHING else [options.what]
    with open_database() as conn, reported():
        found = {name: _SECTIONS[name].read(conn) for name in names}
    if options.json:
        print_json(found)
        return 0
    tables = {name: _SECTIONS[name].as_table(rows) for name, rows in found.items()}
    if len(tables) == 1:
        print(*tables.values())
    else:
        print("\n\n".join(f"{name.capitalize()}\n{table}" for name, table in tables.items()))
    return 0


@dataclass(frozen=True, slots=True)
class _Section:
    """One of the lists: how its rows are read, and which columns its table has."""

    read: Callable[[Connection], list[dict[str, Any]]]
    columns: Sequence[str]
    numeric: Sequence[str] = ()

    def as_table(self, rows: Sequence[Mapping[str, Any]]) -> str:
        if not rows:
            return "none"
        headings = [column.replace("_", " ") for column in self.columns]
        cells = [[_cell(row[column]) for column in self.columns] for row in rows]
        return aligned(headings, cells, numeric=[name.replace("_", " ") for name in self.numeric])


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _cities(conn: Connection) -> list[dict[str, Any]]:
    return [
        {
            "city": each.city.slug,
            "name": each.city.name,
            "country": each.city.country,
            "timezone": each.city.timezone,
            "enabled": each.city.enabled,
            "sources": len(each.sources),
        }
        for each in read_cities_in_use(conn)
    ]


def _sources(conn: Connection) -> list[dict[str, Any]]:
    return [
        {
            "source": each.source.slug,
            "name": each.source.name,
            "kind": each.source.kind,
            "scope": each.source.scope.value,
            "role": each.source.role.value,
            "trust": each.source.trust,
            "enabled": each.source.enabled,
            "pairs": each.pairs,
            "active_pairs": each.active_pairs,
        }
        for each in read_sources_in_use(conn)
    ]


def _pairs(conn: Connection) -> list[dict[str, Any]]:
    return [
        {
            "pair": each.label,
            "city": each.city,
            "source": each.source,
            "kind": each.kind,
            "hours": each.frequency_hours,
            "priority": each.priority,
            "state": inactive_because(
                pair=each.enabled, city=each.city_enabled, source=each.source_enabled
            )
            or "active",
            "less_often": why_less_often(each.schedule),
        }
        for each in read_pairs(conn)
    ]


_SECTIONS = {
    "cities": _Section(
        _cities, ("city", "name", "country", "timezone", "enabled", "sources"), ("sources",)
    ),
    "sources": _Section(
        _sources,
        ("source", "kind", "scope", "role", "trust", "enabled", "pairs", "active_pairs", "name"),
        ("trust", "pairs", "active_pairs"),
    ),
    "pairs": _Section(
        _pairs, ("pair", "kind", "hours", "priority", "state", "less_often"), ("hours", "priority")
    ),
}
