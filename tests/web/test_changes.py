"""Who changed the configuration, and who triggered runs."""

from __future__ import annotations

import csv
import io
import re

import pytest
from psycopg.types.json import Jsonb
from sqlalchemy.engine import Engine

from include.discovery.store.audit import Author, Change, note, note_trigger
from include.discovery.store.connection import Connection
from include.discovery.web import assets, security
from tests.support.builders import event, stored_events, stored_pair
from tests.web.metadata_support import add_run
from tests.web.page_support import Page


def test_the_changes_include_manual_runs(page: Page, metadata: Engine) -> None:
    add_run(metadata, "manual__1", [], run_type="manual", who="ada", conf={"force": True})
    add_run(metadata, "scheduled__1", [])

    (trigger,) = page.get("/api/changes")["triggers"]

    assert trigger["triggered_by"] == "ada"
    assert trigger["conf"] == {"force": True}
    assert trigger["run_path"] == "dags/city_discovery/runs/manual__1"


def test_changes_have_the_values_before_and_after_and_come_in_pages(
    page: Page, conn: Connection
) -> None:
    stored_pair(conn)
    for n, enabled in enumerate((False, True, False), start=1):
        page.ask("PUT", "/api/cities/krakow/enabled", json={"enabled": enabled, "version": n})

    first = page.get("/api/changes", limit=2)
    second = page.get("/api/changes", limit=2, before=first["next_before"])

    assert first["changes"][0]["summary"] == "~ city krakow: enabled true → false"
    assert first["changes"][0]["before"]["enabled"] is True
    assert len(second["changes"]) == 1
    assert second["next_before"] is None
    assert second["triggers"] is None


class TestFromWhere:
    """The page's own requests are told apart from programs that use its API."""

    def test_a_change_by_a_program_and_one_on_the_page_are_told_apart(
        self, page: Page, conn: Connection
    ) -> None:
        stored_pair(conn)
        path = "/api/cities/krakow/enabled"
        page.ask("PUT", path, json={"enabled": False, "version": 1})
        page.ask("PUT", path, json={"enabled": True, "version": 2},
                 headers={"X-Requested-With": "City Discovery"})  # fmt: skip

        assert [each["origin"] for each in page.get("/api/changes")["changes"]] == ["page", "api"]

    def test_what_the_page_sends_is_what_the_server_expects(self) -> None:
        script = (assets.FOLDER / "shared" / "api.js").read_text("utf-8")

        assert f'"x-requested-with": "{security.PAGE}"' in script

    def test_a_removal_is_noted_with_what_went_with_it(self, page: Page, conn: Connection) -> None:
        stored_events(conn, stored_pair(conn), [event()])

        page.ask("DELETE", "/api/pairs", params={
            "source": "theatres", "city": "krakow", "version": 1, "confirm": "theatres",
        })  # fmt: skip

        (change,) = page.get("/api/changes")["changes"]
        assert (change["action"], change["entity"]) == ("delete", "krakow · theatres")
        assert change["removed"]["listings"] == 1


class TestFilters:
    """What of the log is shown."""

    @pytest.fixture(autouse=True)
    def noted(self, conn: Connection) -> None:
        pair = {"city": "krakow", "source": "theatres"}
        for change, author in (
            (Change("create", "city", "krakow", after={"slug": "krakow"}), Author("Ada", "page")),
            (Change("create", "pair", "krakow · theatres", after=pair), Author("ben", "apply")),
            (Change("delete", "city", "paris", before={"slug": "paris"}), Author("ada", "api")),
        ):
            note(conn, change, author)
        note_trigger(conn, "manual__1", {"cities": ["krakow"], "force": False}, Author("cy", "dag"))

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({}, ["manual__1", "paris", "krakow · theatres", "krakow"]),
            ({"who": "ADA"}, ["paris", "krakow"]),
            ({"who": "100%"}, []),
            ({"origin": "apply"}, ["krakow · theatres"]),
            ({"action": "trigger"}, ["manual__1"]),
            ({"type": "city"}, ["paris", "krakow"]),
            ({"city": "krakow"}, ["manual__1", "krakow · theatres", "krakow"]),
            ({"source": "theatres"}, ["krakow · theatres"]),
            ({"from": "2100-01-01"}, []),
            ({"to": "2000-01-01"}, []),
            ({"from": "2000-01-01", "to": "2100-01-01", "who": "ben"}, ["krakow · theatres"]),
        ],
    )
    def test_the_log_can_be_filtered(
        self, page: Page, query: dict[str, str], expected: list[str]
    ) -> None:
        shown = page.get("/api/changes", **query)["changes"]
        lines = page.ask("GET", "/api/changes.csv", params=query).text

        assert [each["entity"] for each in shown] == expected
        assert [row["entity"] for row in csv.DictReader(io.StringIO(lines))] == expected

    def test_a_run_that_the_log_has_is_told_once_with_its_state(
        self, page: Page, metadata: Engine
    ) -> None:
        add_run(metadata, "manual__1", [], run_type="manual", state="failed", who="cy")
        add_run(metadata, "manual__queued", [], run_type="manual", state="queued", who="cy")

        answer = page.get("/api/changes")

        (noted,) = (each for each in answer["changes"] if each["entity_type"] == "run")
        assert (noted["entity"], noted["state"]) == ("manual__1", "failed")
        assert [trigger["run_id"] for trigger in answer["triggers"]] == ["manual__queued"]

    def test_a_run_on_an_older_page_of_the_log_has_its_state_too(
        self, page: Page, metadata: Engine, conn: Connection
    ) -> None:
        add_run(metadata, "manual__1", [], run_type="manual", state="failed", who="cy")
        note_trigger(conn, "manual__2", {"force": True}, Author("cy", "dag"))
        newest = page.get("/api/changes", type="run", limit=1)

        (older,) = page.get("/api/changes", type="run", before=newest["next_before"])["changes"]

        assert (older["entity"], older["state"]) == ("manual__1", "failed")

    def test_a_triggered_run_has_its_parameters_and_leads_to_airflow(self, page: Page) -> None:
        (run,) = page.get("/api/changes", type="run")["changes"]

        assert run["after"] == {"cities": ["krakow"]}
        assert run["summary"] == '> run manual__1: cities ["krakow"]'
        assert run["run_path"] == "dags/city_discovery/runs/manual__1"

    def test_a_run_of_single_pairs_concerns_their_cities_and_sources(
        self, page: Page, conn: Connection
    ) -> None:
        note_trigger(conn, "manual__2", {"pairs": ["oslo/opera", "guide"]}, Author("cy", "dag"))

        def runs(**query: str) -> list[str]:
            return [each["entity"] for each in page.get("/api/changes", **query)["changes"]]

        for query in ({"city": "oslo"}, {"source": "opera"}, {"source": "guide"}):
            assert runs(**query) == ["manual__2"]
        for query in ({"city": "guide"}, {"source": "oslo"}, {"city": "os"}):
            assert runs(**query) == []

    def test_a_run_is_noted_once_however_often_it_is_planned(
        self, page: Page, conn: Connection
    ) -> None:
        note_trigger(conn, "manual__1", {}, Author("cy", "dag"))

        assert len(page.get("/api/changes", type="run")["changes"]) == 1

    @pytest.mark.parametrize("query", [{"origin": "moon"}, {"from": "soon"}, {"city": "Ü"}])
    def test_a_filter_that_can_match_nothing_is_refused(
        self, page: Page, query: dict[str, str]
    ) -> None:
        assert page.ask("GET", "/api/changes", params=query).status_code == 422


class TestCsv:
    """The log as a file that a spreadsheet opens."""

    @pytest.mark.parametrize(
        "name", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "  =1", "＝1", "=cmd|' /C calc'!A0"]
    )
    def test_no_cell_is_a_formula(self, page: Page, conn: Connection, name: str) -> None:
        note(conn, Change("create", "country", name, after={"name": name}), Author(name, "api"))

        answer = page.ask("GET", "/api/changes.csv", "viewer")

        (row,) = csv.DictReader(io.StringIO(answer.text, newline=""))
        assert row["changed_by"] == row["entity"] == f"'{name}"
        assert not any(cell.lstrip()[:1] in {"=", "+", "-", "@"} for cell in row.values())

    def test_the_file_is_to_be_saved_and_names_its_day(self, page: Page) -> None:
        answer = page.ask("GET", "/api/changes.csv")

        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert re.fullmatch(
            r'attachment; filename="changes-\d{4}-\d\d-\d\d\.csv"',
            answer.headers["content-disposition"],
        )

    def test_a_secret_that_was_typed_into_settings_is_in_no_file(
        self, page: Page, conn: Connection
    ) -> None:
        settings = {"settings": {"url": "https://ann:hunter2hunter2@a.example/"}}
        conn.execute(
            "INSERT INTO discovery.config_changes (changed_by, action, entity_type, entity, after)"
            " VALUES ('me', 'create', 'source', 'opera', %s)", [Jsonb(settings)],
        )  # fmt: skip

        text = page.ask("GET", "/api/changes.csv").text

        assert "opera" in text
        assert "hunter2" not in text
