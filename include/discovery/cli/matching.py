"""``match``: which listings of a file are one event. It needs no database."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from include.discovery.cli.terminal import Commands, complain, print_json
from include.discovery.errors import InvalidSettings
from include.discovery.identity.listing import Listing
from include.discovery.identity.matching import match
from include.discovery.model import EventRecord

_BESIDE_THE_RECORD = ("source", "city", "cluster")


def add_commands(commands: Commands) -> None:
    """Add ``match``."""
    parser = commands.add_parser(
        "match",
        help="find out which listings of a file are one event",
        description="Reads listings as JSON lines, as parse prints them, optionally with the fields"
        " source and city, and prints the same lines with a field cluster: listings with the same"
        " number are one event. Lines that cannot be read are reported on standard error; the exit"
        " status is 1 then. No database is needed.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a file, or - for standard input")
    parser.add_argument(
        "--explain",
        action="store_true",
        help="print the judgements instead, one JSON object per line",
    )
    parser.set_defaults(run=_match)


def _match(options: argparse.Namespace) -> int:
    status = 0
    lines: list[dict[str, Any]] = []
    listings: list[Listing] = []
    for number, text in _lines(options.file):
        try:
            line, listing = _read(text, str(len(lines)))
        except ValueError as error:
            status = complain(f"line {number}: {_said(error)}", 1)
            continue
        lines.append(line)
        listings.append(listing)
    found = match(listings)
    if options.explain:
        for one in found.judgements:
            print_json(
                {
                    "first": lines[int(one.first)]["external_id"],
                    "second": lines[int(one.second)]["external_id"],
                    "verdict": one.verdict,
                    "score": round(one.score, 3),
                    "rule": one.rule,
                    "features": dict(one.features),
                }
            )
        return status
    numbers = {one: number for number, group in enumerate(found.clusters) for one in group}
    for position, line in enumerate(lines):
        print_json({**line, "cluster": numbers[str(position)]})
    return status


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not empty, with their numbers."""
    try:
        with (Path("/dev/stdin") if str(path) == "-" else path).open(encoding="utf-8") as file:
            yield from _numbered(file)
    except OSError as error:
        raise InvalidSettings(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InvalidSettings(f"{path} is not UTF-8: {error}") from error


def _numbered(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, 1):
        if text := line.strip():
            yield number, text


def _read(text: str, id: str) -> tuple[dict[str, Any], Listing]:  # noqa: A002
    line = json.loads(text)
    if not isinstance(line, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004  all that a line can have wrong
    record = EventRecord.model_validate(
        {name: value for name, value in line.items() if name not in _BESIDE_THE_RECORD}
    )
    source, city = (str(line.get(name) or "") for name in ("source", "city"))
    return line, Listing.of(record, source=source, city=city, id=id)


def _said(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        said = str(first["msg"]).removeprefix("Value error, ")
        return f"{place}: {said}" if place else said
    return f"not JSON: {error}" if isinstance(error, json.JSONDecodeError) else str(error)
