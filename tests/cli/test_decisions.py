"""``explain``, ``merge`` and ``split``: what they print, and what they change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from include.discovery.cli.database import user
from include.discovery.identity.weights import POINTS
from include.discovery.model import Venue
from include.discovery.store.audit import read_changes
from include.discovery.store.connection import Connection
from include.discovery.store.matching import match_unmatched
from tests.cli.command_support import Run, json_lines
from tests.support.builders import event, source, stored_events, stored_pair

WHY = ("--reason", "the organiser says so")
OLD_MILL = Venue(name="Stary Młyn", locality="Kraków", country="PL")
_runs = count()


@dataclass
class Found:
    """What is in the database: listings by their sources."""

    listings: Mapping[str, int]
    events: Mapping[str, int]


def found(conn: Connection) -> Found:
    rows = conn.execute(
        "SELECT s.slug, l.id, l.event_id FROM discovery.listings l"
        " JOIN discovery.sources s ON s.id = l.source_id"
    ).fetchall()
    return Found({slug: one for slug, one, _ in rows}, {slug: of for slug, _, of in rows})


def listed(conn: Connection, **titles: str | Mapping[str, Any]) -> Found:
    """Sync sources of these names, which bring one listing each."""
    for slug, said in titles.items():
        changes = {"title": said} if isinstance(said, str) else said
        pair = stored_pair(conn, source=source(slug))
        record = event(slug, **{"venue": OLD_MILL, **changes})
        stored_events(conn, pair, [record], f"run-{next(_runs)}")
        match_unmatched(conn, pair)
    return found(conn)


def test_explain_says_why_listings_are_one_event(run_db: Run, conn: Connection) -> None:
    later = event().starts_at
    assert later is not None
    there = listed(
        conn, portal="Brass Lantern Quartet",
        shop={"title": "BRASS LANTERN QUARTET!", "starts_at": later + timedelta(minutes=30)},
    )  # fmt: skip
    of = there.events["portal"]
    assert there.events["shop"] == of

    said = run_db("explain", of).out
    (told,) = json_lines(run_db("explain", of, "--json").out)

    assert said.startswith(f"Event {of}: Brass Lantern Quartet\n")
    assert "portal  2026-12-24 19:00  Stary Młyn  Brass Lantern Quartet" in said
    first, second = sorted(there.listings.values())
    assert f"{first} and {second}: same, " in said
    assert " points, “enough in common” (rules " in said
    assert f"  {POINTS['title: equal']:>+6g}  the titles are equal\n" in said
    assert told["event"] == of
    assert [row["source"] for row in told["listings"]] == ["portal", "shop"]
    (judged,) = told["judgements"]
    assert judged["verdict"] == "same"
    assert judged["features"]["title: equal"] == POINTS["title: equal"]
    assert judged["first"] == {"listing": first, "event": of, "title": "Brass Lantern Quartet"}


def test_two_events_are_merged_and_the_younger_id_leads_to_the_older(
    run_db: Run, conn: Connection
) -> None:
    there = listed(conn, portal="Brass Lantern Quartet", shop="An evening of jazz")
    older, younger = sorted(there.events.values())
    assert older != younger

    done = run_db("merge", younger, older, *WHY)
    said = run_db("explain", younger).out

    assert done.status == 0
    assert done.out.startswith(f"= event {older}: events [{younger}, {older}], reason ")
    assert set(found(conn).events.values()) == {older}
    assert f"Event {younger}, which was asked for, has been part of it since " in said
    assert f": same, decided by {user()} on " in said
    assert said.rstrip().endswith(": the organiser says so")
    (noted,) = read_changes(conn, limit=1)
    assert (noted.author.name, noted.author.origin) == (user(), "cli")
    assert noted.change.action == "merge"


def test_listings_are_parted_from_an_event_which_keeps_its_id(
    run_db: Run, conn: Connection
) -> None:
    there = listed(conn, portal="Brass Lantern Quartet", shop="Brass Lantern Quartet")
    whole = there.events["portal"]

    done = run_db("split", whole, there.listings["shop"], *WHY)
    said = run_db("explain", whole).out

    assert done.status == 0
    now = found(conn).events
    assert now["portal"] == whole != now["shop"]
    assert f"  event {now['shop']}: listing {there.listings['shop']}\n" in done.out
    assert "Listings of other events that they were compared with" in said
    assert f"(event {now['shop']})" in said
    assert "different, decided by " in said


def test_listings_with_one_key_that_no_sync_has_compared_say_so(
    run_db: Run, conn: Connection
) -> None:
    for slug in ("portal", "shop"):
        stored_events(conn, stored_pair(conn, source=source(slug)), [event("1")], slug)

    said = run_db("explain", found(conn).events["portal"]).out

    assert said.rstrip().endswith("they are yet to be compared.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("explain", 4711), "there is no event 4711"),
        (("explain", "x"), "'x' is not an id"),
        (("explain", 2**63), "is not an id"),
        (("merge", 1, 1, *WHY), "one event already"),
        (("merge", 1, 4711, *WHY), "there is no event 4711"),
        (("merge", 1, 2, "--reason", " "), "say why"),
        (("merge", 1, 2), "--reason"),
        (("split", 1, 4711, *WHY), "event 1 has no listing 4711"),
        (("split", 1, 1, *WHY), "not all of them"),
        (("split", 1, *WHY), "LISTING"),
    ],
)
def test_what_cannot_be_done_is_refused(
    run_db: Run, conn: Connection, arguments: tuple[object, ...], said: str
) -> None:
    listed(conn, portal="Brass Lantern Quartet", shop="An evening of jazz")

    done = run_db(*arguments)

    assert done.status == 2
    assert said in done.err


def test_what_would_move_the_cursor_of_a_terminal_is_taken_out(
    run_db: Run, conn: Connection
) -> None:
    there = listed(conn, portal="Jazz", shop="Quiz")
    conn.execute("UPDATE discovery.events SET title = E'a\\x1b[2Jb' WHERE true")

    said = run_db("explain", there.events["portal"]).out

    assert "\x1b" not in said
