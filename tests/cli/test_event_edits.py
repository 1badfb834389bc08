"""``edit``: what a person says of an event in place of its sources."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from include.discovery.store.connection import Connection
from tests.cli.command_support import Run
from tests.support.builders import event, stored_events, stored_pair

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
            (["7", "{}"], "no value to set and none to take back"),
            (["7", '{"title": ""}'], "title: "),
            (["7", "Tosca"], "Invalid JSON"),
            (["7", '{"title": "Tosca"}'], "there is no event 7"),
            (["9" * 30, '{"title": "Tosca"}'], "is not an id"),
        ],
    )
    def test_what_cannot_be_edited_is_refused(
        self, run_db: Run, arguments: list[str], said: str
    ) -> None:
        done = run_db("edit", *arguments, "--reason", "x")

        assert done.status == 2
        assert said in done.err
