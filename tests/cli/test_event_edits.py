"""``edit`` and ``venues``: what a person says of an event, and which venues lack a source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from include.discovery.model import SourceRole, Venue
from include.discovery.store.connection import Connection
from tests.cli.command_support import Run, json_lines
from tests.support.builders import PARIS, event, source, stored_events, stored_pair

SOON = datetime.now(UTC) + timedelta(days=3)


def title(conn: Connection) -> tuple[int, str]:
    (found,) = conn.execute("SELECT id, title FROM discovery.events").fetchall()
    return found


class TestEdit:
    """A person's word wins until it is taken back."""

    def test_an_event_is_edited_and_the_edit_taken_back(
        self, conn: Connection, run_db: Run
    ) -> None:
        stored_events(conn, stored_pair(conn), [event("1", title="TOSKA")])
        number, _ = title(conn)

        edited = run_db("edit", str(number), '{"title": "Tosca"}', "--reason", "the poster")
        assert title(conn) == (number, "Tosca")
        back = run_db("edit", str(number), "--take-back", "title", "--reason", "a misprint")

        assert (edited.status, back.status) == (0, 0)
        assert edited.out.startswith(f'~ event {number}: title "TOSKA" → "Tosca"')
        assert title(conn) == (number, "TOSKA")

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["7", "{}"], "nothing is edited"),
            (["7", '{"title": ""}'], "title: "),
            (["7", "Tosca"], "Invalid JSON"),
            (["7", '{"title": "Tosca"}'], "there is no event 7"),
            (["9" * 30, '{"title": "Tosca"}'], "is not the number of an event"),
        ],
    )
    def test_what_cannot_be_edited_is_refused(
        self, run_db: Run, arguments: list[str], said: str
    ) -> None:
        done = run_db("edit", *arguments, "--reason", "x")

        assert done.status == 2
        assert said in done.err


class TestVenues:
    """Venues whose upcoming events only aggregators list."""

    @pytest.fixture(autouse=True)
    def found(self, conn: Connection) -> None:
        portal = stored_pair(conn, source=source("portal"))
        house = source("house", role=SourceRole.OFFICIAL_VENUE)
        club, hall = Venue(name="Club", locality="Kraków"), Venue(name="Hall", locality="Kraków")
        stored_events(conn, portal, [
            event("1", venue=club, starts_at=SOON), event("2", venue=club, starts_at=SOON),
            event("3", venue=hall, starts_at=SOON),
            event("4", venue=Venue(name="Over"), starts_at=SOON - timedelta(days=9)),
        ])  # fmt: skip
        stored_events(
            conn, stored_pair(conn, source=house), [event("9", venue=hall, starts_at=SOON)]
        )
        stored_pair(conn, PARIS, source("portal"))

    def test_those_without_a_source_of_their_own_are_listed(self, run_db: Run) -> None:
        lines = run_db("venues").out.splitlines()

        assert [line.split() for line in lines[2:]] == [
            ["krakow", "Club", "Kraków", "2", "portal"],
        ]  # fmt: skip

    def test_they_can_be_had_as_json_and_for_one_city(self, run_db: Run) -> None:
        (row,) = json_lines(run_db("venues", "--city", "krakow", "--json").out)

        assert (row["city"], row["name"], row["events"]) == ("krakow", "Club", 2)
        assert "No venue" in run_db("venues", "--city", "paris").out

    def test_a_city_that_there_is_not_is_named(self, run_db: Run) -> None:
        done = run_db("venues", "--city", "atlantis")

        assert (done.status, "there is no city 'atlantis'" in done.err) == (2, True)
