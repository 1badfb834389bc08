"""``alerts``, ``mute``, ``unmute`` and ``assertions``: what they print, and what they change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from include.discovery.health.measures import Measures
from include.discovery.model import SyncStats
from include.discovery.monitoring.alerting import tell
from include.discovery.monitoring.messages import Places
from include.discovery.settings import Settings
from include.discovery.store import runs
from include.discovery.store.connection import Connection
from include.discovery.store.entities import read_configuration
from include.discovery.store.runs import Attempt, PageResult
from tests.cli.command_support import Run, json_lines
from tests.support.builders import stored_pair

UNTIL = ("--issue", "https://issues.example/1", "--until", "2099-12-24")


def test_what_is_told_and_what_is_muted_is_listed(run_db: Run, conn: Connection) -> None:
    pair = stored_pair(conn)
    for n in range(3):
        opened = runs.begin(conn, pair, Attempt(f"night-{n}"))
        runs.fail(conn, opened.id, category="server", message="answered 503")
    assert run_db("alerts").out == "No alert is open and nothing is muted.\n"
    tell(conn, "night-2", (), Settings(), Places(), datetime.now(UTC), is_scheduled=False)

    told = run_db("alerts").out
    run_db("mute", "krakow", "theatres", *UNTIL, "--reason", "being rebuilt")
    (failing, muted) = json_lines(run_db("alerts", "--json").out)

    assert "krakow · theatres  failing  " in told
    assert told.rstrip().endswith("the last: answered 503")
    assert failing["state"] == "failing"
    assert muted == {
        "pair": "krakow · theatres",
        "state": "muted",
        "since": None,
        "why": "until 2099-12-24: being rebuilt https://issues.example/1",
    }


@pytest.mark.parametrize(("city", "entity"), [("krakow", "pair krakow · theatres"),
                                              ("-", "source theatres")])  # fmt: skip
def test_a_mute_is_set_and_ended(run_db: Run, conn: Connection, city: str, entity: str) -> None:
    stored_pair(conn)

    muted = run_db("mute", city, "theatres", *UNTIL)
    again = run_db("mute", city, "theatres", *UNTIL)
    ended = run_db("unmute", city, "theatres")

    assert muted.out.startswith(f"~ {entity}: monitoring ")
    assert again.out == "Nothing to change.\n"
    assert ended.out.startswith(f"~ {entity}: monitoring ")
    assert run_db("alerts").out == "No alert is open and nothing is muted.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("krakow", "nowhere", *UNTIL), "there is no pair krakow · nowhere"),
        (("-", "nowhere", *UNTIL), "there is no source nowhere"),
        (("krakow", "theatres", "--issue", "12", "--until", "2099-12-24"), "is not a web address"),
        (("krakow", "theatres", *UNTIL[:2], "--until", "2020-01-01"), "2020-01-01 is over"),
        (("krakow", "theatres", *UNTIL[:2], "--until", "soon"), "'soon' is not a date"),
        (("krakow", "theatres", *UNTIL[2:]), "--issue"),
    ],
)
def test_a_mute_that_cannot_be_meant_is_refused(
    run_db: Run, conn: Connection, arguments: tuple[str, ...], said: str
) -> None:
    stored_pair(conn)

    done = run_db("mute", *arguments)

    assert done.status == 2
    assert said in done.err


def test_proposed_assertions_are_listed_and_accepted(run_db: Run, conn: Connection) -> None:
    pair = stored_pair(conn)
    for n in range(6):
        opened = runs.begin(conn, pair, Attempt(f"night-{n}"))
        measures = Measures(events=100, with_venue=100)
        counts = SyncStats(fetched=100, unchanged=100)
        runs.advance(conn, opened.id, PageResult(counts, measures=measures))
        runs.finish(conn, opened.id, complete=True)
    assert run_db("assertions").out == "Nothing is proposed.\n"
    assert run_db("assertions", "--source", "gone").status == 2

    table = run_db("assertions", "--renew").out
    accepted = run_db("assertions", "--accept", "--measure", "with_venue").out
    left = json_lines(run_db("assertions", "--json").out)

    assert "krakow · theatres  events" in table
    assert "at least 80, at most 200  none" in table
    assert accepted.startswith("~ source theatres: monitoring ")
    stored = read_configuration(conn).sources["theatres"].monitoring
    assert [(each.value, bound.least) for each, bound in stored.assertions.items()] == [
        ("with_venue", 0.8)
    ]
    assert "with_venue" not in {each["measure"] for each in left}
    assert left[0]["measure"] in {"events", "at_midnight", "rejected", "with_warnings"}
