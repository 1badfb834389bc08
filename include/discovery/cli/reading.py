"""``parse`` and ``probe``: what a file or an address holds. They load nothing."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from include.discovery.cli.database import open_database, require_known
from include.discovery.cli.terminal import Commands, complain, day, print_json
from include.discovery.connectors import connector_for, kinds
from include.discovery.connectors.base import ParseContext
from include.discovery.dates.timezones import zone_named
from include.discovery.errors import InvalidSettings, UnreadableResponse
from include.discovery.model import City, Window
from include.discovery.probe.bounded import probe_bounded
from include.discovery.settings import Settings
from include.discovery.store.connection import reported
from include.discovery.store.entities import read_configuration
from include.discovery.text.cleaning import web_url

# How far recurrences of a parsed file reach when only the first day is given.
_DEFAULT_REACH = timedelta(days=400)


def add_commands(commands: Commands) -> None:
    """Add ``parse`` and ``probe``."""
    parse = commands.add_parser(
        "parse",
        help="print the events of local files",
        description="Prints the events of files that were saved from a source, one JSON object per "
        "line; rejected items go to standard error in the same form. Nothing is requested or "
        "stored. Exit status 2 if a file is not of the kind.",
    )
    parse.add_argument("kind", metavar="KIND", help=", ".join(kinds()))
    parse.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parse.add_argument("--url", help="address of the file, to resolve its links")
    parse.add_argument("--timezone", default="UTC", help="time zone of times that name none (UTC)")
    parse.add_argument(
        "--from", dest="first", type=day, metavar="DATE", help="only events on that day or later"
    )
    parse.add_argument(
        "--to", dest="last", type=day, metavar="DATE", help="only events on that day or earlier"
    )
    parse.add_argument("--settings", default="{}", metavar="JSON", help="settings of the source")
    parse.set_defaults(run=_parse)

    probe = commands.add_parser(
        "probe",
        help="find out how an address can be read",
        description="Requests an address, says which kinds of source fit it and why, and shows a "
        "sample of each. Stores nothing. Exit status 1 if no kind fits.",
    )
    probe.add_argument("url", metavar="URL", help="a site's home page, or a feed")
    probe.add_argument("--timezone", metavar="TZ", help="time zone of times that name none")
    probe.add_argument("--city", metavar="CITY", help="slug of a configured city")
    probe.add_argument("--json", action="store_true", help="print JSON instead of a report")
    probe.set_defaults(run=_probe)


def _parse(options: argparse.Namespace) -> int:
    connector = connector_for(options.kind)
    zone = zone_named(options.timezone)
    if zone is None:
        raise InvalidSettings(f"--timezone {options.timezone} is not a known time zone")
    if options.url is not None and not web_url(options.url):
        raise InvalidSettings(f"--url must be an absolute http or https URL, not {options.url}")
    context = ParseContext(
        settings=connector.parse_settings(_given_settings(options.settings), options.url),
        timezone=zone,
        window=_window(options.first, options.last),
        url=options.url,
    )
    status = 0
    for path in options.files:
        try:
            parsed = connector.parse(path.read_bytes(), context)
        except UnreadableResponse as error:
            status = complain(f"{path}: {error}", 2)
            continue
        except OSError as error:
            raise InvalidSettings(f"cannot read {path}: {error.strerror}") from error
        for record in parsed.records:
            print(record.model_dump_json())
        for reject in parsed.rejects:
            line = {"rejected": reject.reason, "item": reject.item, "detail": reject.detail}
            print(json.dumps({**line, "file": str(path)}, ensure_ascii=False), file=sys.stderr)
    return status


def _probe(options: argparse.Namespace) -> int:
    zone = zone_named(options.timezone) if options.timezone else None
    if options.timezone and zone is None:
        raise InvalidSettings(f"--timezone {options.timezone} is not a known time zone")
    found = probe_bounded(
        options.url,
        Settings.from_environment(os.environ),
        city=_city(options.city) if options.city else None,
        timezone=zone,
    )
    if options.json:
        print_json(found.data)
    else:
        print(found.text)
    return 0 if found.data["proposals"] else 1


def _city(slug: str) -> City:
    with open_database() as conn, reported():
        require_known(conn, city=slug)
        return read_configuration(conn).cities[slug]


def _given_settings(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except ValueError as error:
        raise InvalidSettings(f"--settings is not JSON: {error}") from None
    if not isinstance(given, dict):
        raise InvalidSettings("--settings must be a JSON object")
    return given


def _window(first: date | None, last: date | None) -> Window | None:
    if first is None and last is None:
        return None
    start = first or date(1970, 1, 1)
    try:
        return Window(start, last or start + min(_DEFAULT_REACH, date.max - start))
    except ValueError as error:
        raise InvalidSettings(f"--from and --to: {error}") from None
