"""``alerts``, ``mute``, ``unmute``, ``assertions``: what is open, muted, and expected of runs."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from typing import Any

from include.discovery.cli.database import open_database, require_known, user
from include.discovery.cli.terminal import Commands, day, print_json
from include.discovery.configuration import Key, PairConfiguration
from include.discovery.errors import InvalidSettings
from include.discovery.expectations import Assertion, Measure, Mute
from include.discovery.model import Source, pair_label
from include.discovery.store import edits, proposals
from include.discovery.store.alerts import open_alerts_of_pairs
from include.discovery.store.audit import Author
from include.discovery.store.connection import Connection, reported
from include.discovery.store.entities import read_entity
from include.discovery.store.proposals import Proposal
from include.discovery.store.queries.pairs import read_pairs
from include.discovery.text.tables import aligned
from include.discovery.text.wording import in_words

_ALL = "-"


def add_commands(commands: Commands) -> None:
    """Add ``alerts``, ``mute``, ``unmute`` and ``assertions``."""
    show = commands.add_parser(
        "alerts",
        help="list open alerts and mutes",
        description="Lists the open alerts (pairs that are failing, stale, empty or doubtful) and "
        "the pairs that are muted.",
    )
    show.add_argument("--json", action="store_true", help="print one JSON object per line")
    show.set_defaults(run=_alerts)

    mute = _about_pair(commands, "mute", "send no alerts about a pair or a source until a date")
    mute.add_argument(
        "--issue", required=True, metavar="URL", help="the issue in which the cause is worked on"
    )
    mute.add_argument(
        "--until", required=True, type=day, metavar="DATE", help="last day of the mute (UTC)"
    )
    mute.add_argument("--reason", metavar="TEXT", help="why; shown beside the mute")
    mute.set_defaults(run=_mute)

    unmute = _about_pair(commands, "unmute", "send alerts about a pair or a source again")
    unmute.set_defaults(run=_unmute)

    bounds = commands.add_parser(
        "assertions",
        help="list or accept the assertions that are proposed from past runs",
        description="Lists the assertions that are proposed for each source and pair, beside those "
        "that apply now. An assertion bounds a measure of a run, such as its number of events. "
        "The DAG renews proposals once a week; none applies until it is accepted.",
    )
    bounds.add_argument("--source", metavar="SOURCE", help="only those of this source")
    bounds.add_argument(
        "--measure",
        choices=[measure.value for measure in Measure],
        help="only those of this measure",
    )
    bounds.add_argument(
        "--renew", action="store_true", help="propose again from the latest runs first"
    )
    bounds.add_argument("--accept", action="store_true", help="accept what would be listed")
    bounds.add_argument("--json", action="store_true", help="print one JSON object per line")
    bounds.set_defaults(run=_assertions)


def _about_pair(commands: Commands, name: str, help_text: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name, help=help_text, description=f"{help_text[0].upper()}{help_text[1:]}."
    )
    parser.add_argument(
        "city", metavar="CITY", help=f"a city's slug, or {_ALL} for all pairs of the source"
    )
    parser.add_argument("source", metavar="SOURCE", help="a source's slug")
    return parser


def _alerts(options: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    with open_database() as conn, reported():
        alerts = open_alerts_of_pairs(conn)
        pairs = read_pairs(conn)
    found: list[dict[str, Any]] = [
        {
            "pair": pair_label(row["city"], row["source"]),
            "state": row["condition"],
            "since": row["opened_at"],
            "why": row["reason"],
        }
        for row in alerts
    ]
    for pair in pairs:
        mute = pair.monitoring.mute_on(now.date())
        if mute:
            why = f"until {mute.until}: {mute.reason or ''} {mute.issue}"
            found.append(
                {"pair": pair.label, "state": "muted", "since": None, "why": " ".join(why.split())}
            )
    if options.json:
        for row in found:
            print_json({**row, "since": row["since"] and row["since"].isoformat()})
    elif found:
        rows = [
            (
                row["pair"],
                row["state"],
                in_words(now - row["since"]) if row["since"] else "",
                row["why"],
            )
            for row in found
        ]
        print(aligned(("pair", "state", "for", "why"), rows))
    else:
        print("No alert is open and nothing is muted.")
    return 0


def _mute(options: argparse.Namespace) -> int:
    if options.until < datetime.now(UTC).date():
        raise InvalidSettings(f"--until {options.until} is over")
    values = {"issue": options.issue, "until": options.until, "reason": options.reason}
    try:
        mute = Mute.model_validate(values)
    except ValueError:
        raise InvalidSettings(f"--issue {options.issue!r} is not a web address") from None
    return _set_mute(options, mute)


def _unmute(options: argparse.Namespace) -> int:
    return _set_mute(options, None)


def _set_mute(options: argparse.Namespace, mute: Mute | None) -> int:
    key = (
        Key("source", slug=options.source)
        if options.city == _ALL
        else Key("pair", city=options.city, source=options.source)
    )
    with open_database() as conn, reported(), conn.transaction():
        saved = _change(conn, key, mute)
    print(saved.change or "Nothing to change.")
    return 0


def _change(conn: Connection, key: Key, mute: Mute | None) -> edits.Saved:
    stored = read_entity(conn, key)
    if stored is None and key.type == "pair":
        raise InvalidSettings(f"there is no pair {pair_label(key.city, key.source or '')}")
    if stored is None or not isinstance(stored.entity, Source | PairConfiguration):
        raise InvalidSettings(f"there is no source {key.slug}")
    monitoring = stored.entity.monitoring.model_copy(update={"mute": mute})
    changed = stored.entity.model_copy(update={"monitoring": monitoring})
    return edits.change(conn, changed, version=stored.version, changed_by=Author(user(), "cli"))


def _assertions(options: argparse.Namespace) -> int:
    with open_database() as conn, reported():
        require_known(conn, source=options.source)
        if options.renew:
            proposals.propose(conn, datetime.now(UTC))
        found = [
            each
            for each in proposals.read_proposals(conn)
            if options.source in {None, each.source} and options.measure in {None, each.measure}
        ]
        if options.accept:
            for proposal in found:
                print(proposals.accept(conn, proposal, changed_by=Author(user(), "cli")).change)
            return 0
    if options.json:
        for proposal in found:
            print_json(_as_json(proposal))
    elif found:
        rows = [
            (each.label, each.measure, _words(each.assertion), _words(each.current))
            for each in found
        ]
        print(aligned(("source or pair", "measure", "proposed", "now"), rows))
    else:
        print("Nothing is proposed.")
    return 0


def _as_json(proposal: Proposal) -> dict[str, Any]:
    return {
        "source": proposal.source,
        "city": proposal.city,
        "is_of_pair": proposal.is_of_pair,
        "measure": proposal.measure.value,
        "proposed": proposal.assertion.model_dump(mode="json", exclude_none=True),
        "current": proposal.current and proposal.current.model_dump(mode="json", exclude_none=True),
    }


def _words(assertion: Assertion | None) -> str:
    if assertion is None:
        return "none"
    bounds = [
        f"at least {assertion.least:g}" if assertion.least is not None else "",
        f"at most {assertion.most:g}" if assertion.most is not None else "",
    ]
    return ", ".join(filter(None, bounds)) + _muted(assertion.muted_until)


def _muted(until: date | None) -> str:
    return f" (muted until {until})" if until else ""
