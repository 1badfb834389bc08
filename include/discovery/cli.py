"""The command line: the code that the DAG and the page call, for terminals and scripts.

Results go to standard output, one JSON object a line where programs may read them; messages and
logs go to standard error. Exit status: 0 done, 1 failed, 2 wrong usage or (``parse``) wrong kind.

Long because each command stands beside the options that it takes.
"""

from __future__ import annotations

import argparse
import getpass
import json
import logging
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml

from include.discovery.configuration import Configuration, load_configuration
from include.discovery.connectors import connector_for, kinds
from include.discovery.connectors.base import ParseContext
from include.discovery.credentials import credentials_from, database_parameters
from include.discovery.dates.timezones import zone_named
from include.discovery.due import RunTime
from include.discovery.errors import (
    Defect,
    DiscoveryError,
    InvalidSettings,
    MissingConnection,
    UnreadableResponse,
)
from include.discovery.model import City, Scope, Window, pair_label
from include.discovery.plan import RunParams, choose
from include.discovery.probe.bounded import probe_bounded
from include.discovery.redaction.typed_secrets import without_secrets
from include.discovery.report import report, stats_as_json
from include.discovery.scaffold import Scaffold
from include.discovery.settings import Settings
from include.discovery.stopping import Terminated, terminable
from include.discovery.store.configuration import apply_configuration
from include.discovery.store.connection import Connection, connect, reported
from include.discovery.store.entities import read_configuration
from include.discovery.store.migrate import check_schema, migrate
from include.discovery.store.plans import Plan
from include.discovery.store.runs import Attempt
from include.discovery.sync import sync_pair
from include.discovery.sync_environment import SyncEnvironment
from include.discovery.text.cleaning import web_url
from include.discovery.text.wording import moment_in_words, some_of
from include.discovery.timetable import shortfall

# How far recurrences of a parsed file reach when only the first day is given.
_DEFAULT_REACH = timedelta(days=400)
_WHERE_CONNECTIONS_ARE = (
    "a command does not see Airflow's connections: set the variable AIRFLOW_CONN_ with the"
    " connection's id in capitals"
)


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.WARNING,
        format="%(levelname)s %(message)s",
        stream=sys.stderr,
    )
    try:
        return int(options.run(options))
    except MissingConnection as error:
        return _complain(f"{error}; {_WHERE_CONNECTIONS_ARE}", 2)
    except InvalidSettings as error:
        return _complain(error, 2)
    except Defect as error:
        traceback.print_exception(error)
        return _complain(error, 1)
    except DiscoveryError as error:
        return _complain(error, 1)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Terminated as asked:
        return 128 + asked.signum
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _complain(message: object, status: int) -> int:
    print(f"error: {message}", file=sys.stderr)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m include.discovery",
        description="Discovers public city events. The database is the one of the connection "
        "discovery_db (environment variable AIRFLOW_CONN_DISCOVERY_DB); other connections are read "
        "from such variables, too.",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="log what is being done")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_parse(commands)
    _add_probe(commands)

    sync = commands.add_parser("sync", help="sync one pair now, without Airflow")
    sync.add_argument("city", metavar="CITY", help="a city's slug, or - for a source without one")
    sync.add_argument("source", metavar="SOURCE", help="a source's slug")
    sync.add_argument("--limit", type=int, metavar="N", help="stop after N events")
    sync.add_argument("--dry-run", action="store_true", help="fetch and parse, load nothing")
    sync.add_argument("--force", action="store_true", help="sync what is not due, and all of it")
    sync.add_argument(
        "--withdraw-missing",
        action="store_true",
        help="withdraw at once all that the source lists no more, however much it is: you have "
        "looked at it",
    )
    sync.set_defaults(run=_sync)

    apply = commands.add_parser("apply", help="make the configuration what a file says")
    apply.add_argument("file", type=Path, metavar="FILE")
    apply.add_argument(
        "--dry-run", action="store_true", help="print the differences, change nothing"
    )
    apply.add_argument(
        "--prune",
        action="store_true",
        help="remove what the file does not mention, with its listings and the events that no "
        "other source lists; --dry-run says how many first",
    )
    apply.set_defaults(run=_apply)

    export = commands.add_parser("export", help="print the configuration as such a file")
    export.set_defaults(run=_export)

    show = commands.add_parser("report", help="print what an Airflow run did, pair by pair")
    show.add_argument("run_id", metavar="RUN_ID")
    show.add_argument("--json", action="store_true", help="print JSON instead of a table")
    show.set_defaults(run=_report)

    kind = _add_scaffold(commands, "new-kind", "crawled", "a kind that crawls a site")
    kind.add_argument(
        "--bespoke",
        dest="form",
        action="store_const",
        const="bespoke",
        help="begin a connector that does all by itself instead, for what is no site of pages",
    )
    _add_scaffold(commands, "new-preset", "preset", "a kind that is a map of an API's fields")

    upgrade = commands.add_parser("migrate", help="bring the database to the current schema")
    upgrade.set_defaults(run=_migrate)
    return parser


def _add_parse(commands: Any) -> None:  # noqa: ANN401  argparse does not export the type
    parse = commands.add_parser(
        "parse",
        help="parse files offline",
        description="Prints one event a line; rejected items go to standard error as JSON lines. "
        "Exit status 2 if a file is not of the kind.",
    )
    parse.add_argument("kind", metavar="KIND", help=", ".join(kinds()))
    parse.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parse.add_argument("--url", help="where the file comes from, to resolve its links")
    parse.add_argument("--timezone", default="UTC", help="zone of times that name none (UTC)")
    parse.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DATE")
    parse.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DATE")
    parse.add_argument("--settings", default="{}", metavar="JSON", help="settings of the connector")
    parse.set_defaults(run=_parse)


def _add_probe(commands: Any) -> None:  # noqa: ANN401  argparse does not export the type
    probe = commands.add_parser(
        "probe",
        help="say how an address can be read",
        description="Looks at an address, says which kinds of source fit and why, and reads a "
        "sample of each. Writes nothing. Exit status 1 if nothing fits.",
    )
    probe.add_argument("url", metavar="URL", help="a site's home page, or a feed")
    probe.add_argument("--timezone", metavar="TZ", help="zone of times that name none")
    probe.add_argument("--city", metavar="CITY", help="slug of a configured city")
    probe.add_argument("--json", action="store_true", help="print JSON instead of a report")
    probe.set_defaults(run=_probe)


def _add_scaffold(
    commands: Any,  # noqa: ANN401  argparse does not export the type
    command: str,
    form: str,
    what: str,
) -> argparse.ArgumentParser:
    new: argparse.ArgumentParser = commands.add_parser(
        command,
        help=f"begin {what}",
        description=f"Begins {what}: writes its files, with a made-up site that it reads and one "
        "red test, and says what to do next. Nothing is fetched and nothing overwritten.",
    )
    new.add_argument("name", metavar="NAME", help="name of the kind, as village_board")
    new.add_argument("url", metavar="URL", help="address of the site's list of events, or its API")
    new.add_argument(
        "--record",
        action="store_true",
        help="fetch the address once and keep the answer in tests/sites/recorded/, for your eyes: "
        "git ignores that folder",
    )
    new.set_defaults(run=_scaffold, form=form)
    return new


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
            status = _complain(f"{path}: {error}", 2)
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
    print(json.dumps(found.data, ensure_ascii=False) if options.json else found.text)
    return 0 if found.data["proposals"] else 1


def _city(slug: str) -> City:
    with _open_database() as conn, reported():
        cities = read_configuration(conn).cities
    if slug not in cities:
        raise InvalidSettings(f"there is no city {slug!r}; there are: {', '.join(sorted(cities))}")
    return cities[slug]


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
    with _open_database() as conn, terminable():
        _check_scope(conn, city, options.source)
        chosen = choose(conn, params, RunTime(datetime.now(UTC)), capacity=1)
        if not chosen.pairs or (chosen.parked and not params.force):
            return _complain(_why_not_due(chosen, pair_label(city, options.source)), 1)
        result = sync_pair(
            conn,
            chosen.pairs[0],
            attempt,
            SyncEnvironment.live(credentials_from(os.environ), settings),
            limit=params.limit,
            dry_run=params.dry_run,
            everything=params.force,
            withdraw_missing=params.withdraw_missing,
        )
    summary = {
        "complete": result.complete,
        "gaps": result.gaps,
        "warnings": result.warnings,
        "expected": result.expected,
    }
    print(json.dumps({**stats_as_json(result.stats), **summary}, ensure_ascii=False))
    return 0


def _check_scope(conn: Connection, city: str | None, slug: str) -> None:
    """Refuse a source without its city: it would be synced for whichever city comes first."""
    with reported():
        source = read_configuration(conn).sources.get(slug)
    if source and city is None and source.scope is Scope.CITY:
        raise InvalidSettings(f"{slug} has scope city: say which city")


def _why_not_due(chosen: Plan, label: str) -> str:
    parked = [moment_in_words(each.until, datetime.now(UTC)) for each in chosen.parked]
    state = f"parked until {parked[0]}, as its source asked" if parked else "not due"
    return f"{label} is {state}; sync it all the same with --force"


def _apply(options: argparse.Namespace) -> int:
    wanted = load_configuration(options.file, os.environ)
    cron = Settings.from_environment(os.environ).schedule
    with _open_database() as conn, reported():
        changes = apply_configuration(
            conn,
            wanted,
            changed_by=f"{_user()} (apply {options.file.name})",
            prune=options.prune,
            dry_run=options.dry_run,
        )
    for change in changes:
        print(change)
    if not changes:
        print("Nothing to change.")
    for hours, pairs in _pairs_by_frequency(wanted).items():
        if found := shortfall(cron, timedelta(hours=hours)):
            print(f"warning: {some_of(pairs)}: {found}", file=sys.stderr)
    return 0


def _pairs_by_frequency(configured: Configuration) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for pair in configured.pairs:
        found.setdefault(pair.frequency_hours, []).append(pair.label)
    return found


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number that has no name
        return f"user {os.getuid()}"


def _export(options: argparse.Namespace) -> int:  # noqa: ARG001  every command takes its options
    with _open_database() as conn, reported():
        configured = read_configuration(conn).model_dump(mode="json", exclude_defaults=True)
    document: dict[str, Any] = without_secrets(configured)
    for section in ("cities", "sources"):
        for entry in document.get(section, {}).values():
            del entry["slug"]
    print(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), end="")
    return 0


def _report(options: argparse.Namespace) -> int:
    threshold = Settings.from_environment(os.environ).failure_threshold
    with _open_database() as conn:
        run = report(conn, options.run_id)
    if not run.outcomes:
        raise InvalidSettings(f"no run {options.run_id!r} has synced anything")
    print(json.dumps(run.as_json(), ensure_ascii=False) if options.json else run.as_table())
    return 0 if run.verdict(threshold) is None else 1


def _scaffold(options: argparse.Namespace) -> int:
    scaffold = Scaffold.of(options.form, options.name, options.url)
    written = []
    if options.record:
        settings = Settings.from_environment(os.environ)
        environment = SyncEnvironment.live(credentials_from(os.environ), settings)
        written.append(scaffold.record(environment.open_fetcher))
    written += scaffold.write()
    print("Written:", *(f"  {path}" for path in written), "", scaffold.next_steps, sep="\n", end="")
    return 0


def _migrate(options: argparse.Namespace) -> int:  # noqa: ARG001  every command takes its options
    with connect(**database_parameters(os.environ, as_owner=True)) as conn, reported():
        applied = migrate(conn)
    print(f"Applied {', '.join(applied)}." if applied else "The database is current.")
    return 0


def _open_database() -> Connection:
    """Open the database, provided that it has the schema that this code needs."""
    conn = connect(**database_parameters(os.environ))
    try:
        check_schema(conn)
    except BaseException:
        conn.close()
        raise
    return conn
