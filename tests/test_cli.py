"""The command line: what it prints where, and with which status it exits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
import yaml

from include.demo.server import DemoServer
from include.discovery.cli import main
from include.discovery.connectors import kinds
from include.discovery.due import RunTime
from include.discovery.model import EventRecord, Scope
from include.discovery.store.connection import Connection
from include.discovery.store.plans import plan_pairs
from include.discovery.store.runs import Attempt, begin, fail, finish
from tests.conftest import count
from tests.support.builders import plan_run, source, stored_pair

SHIPPED = Path(__file__).parents[1] / "include" / "config" / "discovery.yaml"

CALENDAR = """\
BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
SUMMARY:Koncert „Łódź”
DTSTART:20260601T190000
LOCATION:Sala
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:No date
END:VEVENT
BEGIN:VEVENT
UID:3
SUMMARY:Story hour
DTSTART:20260703T100000Z
END:VEVENT
END:VCALENDAR
"""


class Done(NamedTuple):
    """What a command left: its exit status and what it printed."""

    status: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call the command line as a shell would, without a database."""
    monkeypatch.delenv("AIRFLOW_CONN_DISCOVERY_DB", raising=False)
    monkeypatch.setenv("DISCOVERY_PRIVATE_HOSTS", "127.0.0.1")
    monkeypatch.delenv("AIRFLOW_CONN_DISCOVERY_DB_OWNER", raising=False)

    def call(*arguments: object) -> Done:
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as usage:
            status = int(usage.code or 0)
        captured = capsys.readouterr()
        return Done(status, captured.out, captured.err)

    return call


@pytest.fixture
def run_db(run: Run, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call the command line with this test's database."""
    monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", database_url)
    return run


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    file = tmp_path / "feed.ics"
    file.write_text(CALENDAR, "utf-8")
    return file


def json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


class TestUsage:
    """Wrong usage ends with 2 and names what is allowed."""

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            ([], "COMMAND"),
            (["fly"], "invalid choice: 'fly'"),
            (["parse"], "KIND, FILE"),
            (["parse", "icalendar", "x.ics", "--from", "tomorrow"], "--from"),
            (["sync", "krakow"], "SOURCE"),
            (["sync", "krakow", "x", "--limit", "few"], "--limit"),
            (["apply"], "FILE"),
            (["export", "extra"], "extra"),
        ],
    )
    def test_wrong_usage_ends_with_2_and_a_message(
        self, run: Run, arguments: list[str], said: str
    ) -> None:
        done = run(*arguments)

        assert (done.status, done.out) == (2, "")
        assert said in done.err

    @pytest.mark.parametrize("command", ["parse", "sync", "apply", "export", "report", "migrate"])
    def test_every_command_has_help(self, run: Run, command: str) -> None:
        done = run(command, "--help")

        assert done.status == 0
        assert f"usage: python -m include.discovery {command}" in done.out


class TestParse:
    """Offline: events on standard output, rejects on standard error."""

    def test_events_and_rejects_are_json_lines(self, run: Run, calendar: Path) -> None:
        done = run("parse", "icalendar", calendar)

        assert done.status == 0
        records = [EventRecord.model_validate_json(line) for line in done.out.splitlines()]
        assert [record.title for record in records] == ["Koncert „Łódź”", "Story hour"]
        (reject,) = json_lines(done.err)
        assert reject.keys() == {"rejected", "item", "detail", "file"}
        assert reject["file"] == str(calendar)

    def test_letters_are_printed_as_they_are(self, run: Run, calendar: Path) -> None:
        assert "Koncert „Łódź”" in run("parse", "icalendar", calendar).out

    def test_the_time_zone_of_parse_may_be_given(self, run: Run, calendar: Path) -> None:
        done = run("parse", "icalendar", calendar, "--timezone", "europe/warsaw")

        assert json_lines(done.out)[0]["starts_at"] == "2026-06-01T19:00:00+02:00"

    @pytest.mark.parametrize(
        ("window", "ids"),
        [
            ((), ["1", "3"]),
            (("--from", "2026-06-02"), ["3"]),
            (("--to", "2026-06-01"), ["1"]),
            (("--from", "2026-06-01", "--to", "2026-07-03"), ["1", "3"]),
            (("--from", "2027-01-01"), []),
            (("--from", "9999-12-31"), []),
        ],
    )
    def test_the_days_of_parse_bound_what_is_printed(
        self, run: Run, calendar: Path, window: tuple[str, ...], ids: list[str]
    ) -> None:
        done = run("parse", "icalendar", calendar, *window)

        assert done.status == 0
        assert [record["external_id"] for record in json_lines(done.out)] == ids

    def test_settings_of_the_connector_are_checked_and_used(self, run: Run, calendar: Path) -> None:
        bad = run("parse", "icalendar", calendar, "--settings", '{"horizon_day": 1}')

        assert bad.status == 2
        assert "horizon_day: unknown setting; icalendar has: " in bad.err
        good = run("parse", "icalendar", calendar, "--settings", '{"horizon_days": 1}')
        assert good.status == 0

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (("--settings", "{"), "--settings is not JSON"),
            (("--settings", "[]"), "--settings must be a JSON object"),
            (("--timezone", "Europe/Cracow"), "--timezone Europe/Cracow is not a known time zone"),
            (("--from", "2026-02-01", "--to", "2026-01-01"), "--from and --to: the window ends"),
            (("--url", "example.org"), "must be an absolute http or https URL"),
        ],
    )
    def test_a_bad_option_is_explained(
        self, run: Run, calendar: Path, options: tuple[str, ...], said: str
    ) -> None:
        done = run("parse", "icalendar", calendar, *options)

        assert (done.status, done.out) == (2, "")
        assert done.err.startswith("error: ")
        assert said in done.err

    def test_an_unknown_kind_is_answered_with_the_existing_ones(
        self, run: Run, calendar: Path
    ) -> None:
        done = run("parse", "ical", calendar)

        assert done.status == 2
        assert done.err == f"error: unknown kind 'ical'; there are: {', '.join(kinds())}\n"

    def test_a_file_of_another_kind_ends_with_2_and_the_others_are_read(
        self, run: Run, calendar: Path, tmp_path: Path
    ) -> None:
        other = tmp_path / "page.html"
        other.write_text("<html></html>", "utf-8")

        done = run("parse", "icalendar", other, calendar)

        assert done.status == 2
        assert len(json_lines(done.out)) == 2
        assert done.err.startswith(f"error: {other}: ")

    def test_a_missing_file_is_named(self, run: Run, tmp_path: Path) -> None:
        done = run("parse", "icalendar", tmp_path / "none.ics")

        assert done.status == 2
        assert "cannot read" in done.err
        assert "No such file" in done.err

    @pytest.mark.parametrize("kind", kinds())
    @pytest.mark.parametrize(
        "body", [b"", b"\x00\xff\xfe", b"{", b"[]", b"null", b"7", b'"x"', b"<html>", b"PK\x03\x04"]
    )
    def test_any_file_ends_the_command_without_a_traceback(
        self, run: Run, tmp_path: Path, kind: str, body: bytes
    ) -> None:
        file = tmp_path / "file"
        file.write_bytes(body)

        done = run("parse", kind, file)

        assert done.status in {0, 2}
        assert done.out == ""
        assert (done.status == 2) == done.err.startswith("error: ")


class TestWithoutADatabase:
    """An unusable database is reported in one line."""

    COMMANDS = (["migrate"], ["export"], ["report", "x"], ["apply", str(SHIPPED)],
                ["sync", "krakow", "theatres"])  # fmt: skip

    @pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
    def test_a_command_without_an_address_of_the_database_says_what_to_set(
        self, run: Run, command: list[str]
    ) -> None:
        done = run(*command)

        assert (done.status, done.out) == (2, "")
        assert done.err == (
            "error: where is the discovery database? Set "
            "AIRFLOW_CONN_DISCOVERY_DB=postgresql://user:password@host:5432/discovery\n"
        )

    @pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
    def test_a_command_reports_a_database_that_does_not_answer_in_one_line(
        self, run: Run, command: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", "postgresql://me:s3cret@127.0.0.1:1/d")

        done = run(*command)

        assert (done.status, done.out) == (1, "")
        assert done.err.startswith(
            "error: cannot use the discovery database (connection discovery_db): "
        )
        assert len(done.err.splitlines()) == 1
        assert "s3cret" not in done.err

    def test_a_wrong_password_is_reported_without_showing_it(
        self, run: Run, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        head, _, tail = database_url.partition("@")
        wrong = f"{head.rpartition(':')[0]}:s3cret@{tail}"
        monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", wrong)

        done = run("export")

        assert done.status == 1
        assert "password authentication failed" in done.err
        assert "s3cret" not in done.err

    @pytest.mark.parametrize("command", COMMANDS[1:], ids=lambda command: command[0])
    def test_a_command_on_a_database_without_schema_says_what_to_run(
        self, run_db: Run, conn: Connection, command: list[str]
    ) -> None:
        conn.execute("DROP SCHEMA discovery CASCADE")

        done = run_db(*command)

        assert done.status == 1
        assert done.err.endswith("run: python -m include.discovery migrate\n")

    @pytest.mark.parametrize("command", COMMANDS[1:], ids=lambda command: command[0])
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ("DELETE FROM discovery.schema_migrations WHERE name >= '0002'",
             "is older than this code (it lacks 0002_page.sql"),
            ("INSERT INTO discovery.schema_migrations VALUES ('9999_later.sql', '')",
             "this code is older than the discovery database (which has 9999_later.sql)"),
        ],
    )  # fmt: skip
    def test_a_command_on_a_schema_that_does_not_fit_the_code_says_so_in_one_line(
        self, run_db: Run, conn: Connection, command: list[str], change: str, said: str
    ) -> None:
        stored_pair(conn)
        conn.execute(change.encode())

        done = run_db(*command)

        assert (done.status, done.out) == (1, "")
        assert said in done.err
        assert len(done.err.splitlines()) == 1
        assert count(conn, "SELECT count(*) FROM discovery.sync_runs") == 0


class TestMigrate:
    """Brings an empty database to the schema, and says what it did."""

    def test_migrate_can_be_run_again(self, run_db: Run, conn: Connection) -> None:
        conn.execute("DROP SCHEMA discovery CASCADE")

        assert run_db("migrate").out.startswith("Applied 0001_initial.sql")
        assert run_db("migrate") == Done(0, "The database is current.\n", "")

    def test_migrate_uses_the_connection_of_the_owner_where_there_is_one(
        self, run: Run, empty_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", "postgresql://nobody@127.0.0.1:1/none")
        monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB_OWNER", empty_url)

        assert run("migrate").out.startswith("Applied 0001_initial.sql")

    def test_an_unusable_connection_of_the_owner_is_named(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB_OWNER", "mysql://me:s3cret@h/d")

        done = run("migrate")

        assert done.status == 2
        assert "AIRFLOW_CONN_DISCOVERY_DB_OWNER is not a connection to PostgreSQL" in done.err
        assert "s3cret" not in done.err


class TestApplyAndExport:
    """Configuration as code, in and out."""

    def test_apply_prints_the_changes_once(self, run_db: Run) -> None:
        first, second = run_db("apply", SHIPPED), run_db("apply", SHIPPED)

        assert "+ pair krakow · ticketmaster" in first.out.splitlines()
        assert second == Done(0, "Nothing to change.\n", "")

    def test_apply_warns_of_frequencies_that_the_schedule_cannot_keep(
        self, run_db: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "often.yaml"
        often = "{city: krakow, source: ticketmaster, frequency_hours: 6, "
        shipped = SHIPPED.read_text("utf-8")
        file.write_text(shipped.replace("{city: krakow, source: ticketmaster, ", often), "utf-8")

        nightly = run_db("apply", str(file), "--dry-run")
        monkeypatch.setenv("DISCOVERY_SCHEDULE", "0 */6 * * *")
        six_hourly = run_db("apply", str(file), "--dry-run")

        assert nightly.err.startswith(
            "warning: krakow · ticketmaster: the schedule (0 0 * * *) cannot"
        )
        assert nightly.status == 0
        assert six_hourly.err == ""

    def test_a_dry_run_of_apply_changes_nothing(self, run_db: Run) -> None:
        dry = run_db("apply", SHIPPED, "--dry-run")

        assert dry.out == run_db("apply", SHIPPED).out

    def test_an_exported_configuration_can_be_applied(
        self, run_db: Run, tmp_path: Path, conn: Connection
    ) -> None:
        run_db("apply", SHIPPED)
        conn.execute("INSERT INTO discovery.countries VALUES ('NO', 'Norge: „Noreg” #1')")
        exported = run_db("export").out
        file = tmp_path / "exported.yaml"
        file.write_text(exported, "utf-8")

        assert run_db("apply", file, "--prune").out == "Nothing to change.\n"

    def test_an_exported_configuration_can_be_applied_to_an_empty_database(
        self, run_db: Run, tmp_path: Path, conn: Connection
    ) -> None:
        run_db("apply", SHIPPED)
        exported = run_db("export").out
        file = tmp_path / "exported.yaml"
        file.write_text(exported, "utf-8")
        conn.execute("TRUNCATE discovery.countries, discovery.cities, discovery.sources CASCADE")

        run_db("apply", file)

        assert run_db("export").out == exported

    def test_an_empty_database_exports_as_an_empty_file(self, run_db: Run) -> None:
        assert yaml.safe_load(run_db("export").out) == {}

    def test_prune_removes_what_is_not_mentioned(self, run_db: Run, tmp_path: Path) -> None:
        run_db("apply", SHIPPED)
        file = tmp_path / "less.yaml"
        file.write_text("countries: {PL: Poland}", "utf-8")

        done = run_db("apply", file, "--prune")

        assert "- city krakow" in done.out.splitlines()
        assert set(yaml.safe_load(run_db("export").out)) == {"countries"}

    def test_a_fault_of_a_configuration_file_is_located(self, run_db: Run, tmp_path: Path) -> None:
        file = tmp_path / "bad.yaml"
        file.write_text("countries:\n  PL: Poland\ncities:\n  krakow: {}\n", "utf-8")

        done = run_db("apply", file)

        assert (done.status, done.out) == (2, "")
        assert done.err.startswith(f"error: {file}:4: cities.krakow.name: Field required")

    def test_the_change_log_names_the_user_who_applied(self, run_db: Run, conn: Connection) -> None:
        run_db("apply", SHIPPED)

        rows = conn.execute("SELECT DISTINCT changed_by FROM discovery.config_changes").fetchall()
        assert [row[0].partition(" (")[2] for row in rows] == ["apply discovery.yaml)"]

    def test_a_user_without_a_name_may_apply(
        self, run_db: Run, conn: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A container may run as a number that its passwd does not know."""

        def nameless() -> str:
            raise KeyError("getpwuid(): uid not found: 50000")

        monkeypatch.setattr("getpass.getuser", nameless)

        assert run_db("apply", SHIPPED).status == 0
        rows = conn.execute("SELECT DISTINCT changed_by FROM discovery.config_changes").fetchall()
        assert rows[0][0].startswith("user ")


class TestReport:
    """What an Airflow run did, as a table or as JSON."""

    @pytest.fixture(autouse=True)
    def runs(self, conn: Connection) -> None:
        good, bad = (stored_pair(conn, source=source(slug)) for slug in ("good", "bad"))
        plan_run(conn, "run")
        finish(conn, begin(conn, good, Attempt("run", 0)).id, complete=True)
        fail(conn, begin(conn, bad, Attempt("run", 1)).id, category="network", message="no answer")

    def test_a_report_is_a_table(self, run_db: Run) -> None:
        done = run_db("report", "run")

        assert done.status == 0
        assert "krakow · good  success" in done.out
        assert "no answer" in done.out
        assert "1 of 2" in done.out

    def test_a_report_can_be_json(self, run_db: Run) -> None:
        pairs = json.loads(run_db("report", "run", "--json").out)["pairs"]

        assert [pair["state"] for pair in pairs] == ["success", "failed"]

    @pytest.mark.parametrize(("threshold", "status"), [("0.49", 1), ("0.5", 0)])
    def test_a_report_ends_with_1_beyond_the_failure_threshold(
        self, run_db: Run, monkeypatch: pytest.MonkeyPatch, threshold: str, status: int
    ) -> None:
        monkeypatch.setenv("DISCOVERY_FAILURE_THRESHOLD", threshold)

        assert run_db("report", "run").status == status

    def test_a_report_names_an_unknown_run(self, run_db: Run) -> None:
        assert run_db("report", "none") == Done(2, "", "error: no run 'none' has synced anything\n")


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(port=0) as server:
        yield server


class TestProbe:
    """Says how an address can be read, and writes nothing."""

    def test_a_probe_prints_a_report(self, run: Run, demo: DemoServer) -> None:
        done = run("probe", f"{demo.url}/library/krakow.ics", "--timezone", "Europe/Warsaw")

        assert done.status == 0
        assert done.out.startswith("1. icalendar – ")
        assert f'settings: {{"url": "{demo.url}/library/krakow.ics"}}' in done.out

    def test_a_probe_can_print_json(self, run: Run, demo: DemoServer) -> None:
        done = run("probe", f"{demo.url}/theatres/krakow/", "--json")

        (findings,) = json_lines(done.out)
        best = findings["proposals"][0]
        assert best["kind"] == "events_calendar"
        assert len(best["events"]) == 5
        assert "read as UTC" in findings["notes"][0]

    def test_a_probe_that_finds_nothing_ends_with_1(self, run: Run, demo: DemoServer) -> None:
        done = run("probe", f"{demo.url}/health")

        assert done.status == 1
        assert done.out.startswith(f"{demo.url}/health: nothing found.\nTried:\n")

    def test_a_probe_may_be_for_a_configured_city(
        self, run_db: Run, demo: DemoServer, conn: Connection
    ) -> None:
        stored_pair(conn)

        assert run_db("probe", f"{demo.url}/library/krakow.ics", "--city", "krakow").status == 0
        unknown = run_db("probe", f"{demo.url}/library/krakow.ics", "--city", "rome")
        assert (unknown.status, unknown.out) == (2, "")
        assert "there is no city 'rome'; there are: krakow" in unknown.err

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["http://127.0.0.1:1/"], "127.0.0.1"),
            (["not an address"], "is no web address, as https://example.org/ is"),
            (["https://example.org", "--timezone", "Mars"], "--timezone Mars is not a known"),
        ],
    )
    def test_an_invalid_argument_of_probe_is_explained(
        self, run: Run, arguments: list[str], said: str
    ) -> None:
        done = run("probe", *arguments)

        assert done.status in {1, 2}
        assert done.err.startswith("error: ")
        assert said in done.err

    def test_a_probe_of_this_machine_is_refused_unless_its_host_is_listed(
        self, run: Run, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("DISCOVERY_PRIVATE_HOSTS")

        done = run("probe", f"{demo.url}/library/krakow.ics")

        assert done.status == 2
        assert "not a public address" in done.err


class TestSync:
    """One pair, now, from the demo feeds into the database."""

    @pytest.fixture
    def library(self, run_db: Run, demo: DemoServer, conn: Connection) -> Run:
        """Call the command line with a library, and a national source whose address is gone."""
        stored_pair(conn, source=source("library"),
                    settings={"url": f"{demo.url}/library/krakow.ics"})  # fmt: skip
        stored_pair(conn, None, source("national", scope=Scope.COUNTRY),
                    settings={"url": f"{demo.url}/gone/helsinki.ics"})  # fmt: skip
        return run_db

    def listings(self, conn: Connection) -> int:
        row = conn.execute("SELECT count(*) FROM discovery.listings").fetchone()
        assert row is not None
        return int(row[0])

    def test_a_sync_loads_events_and_prints_the_counts(
        self, library: Run, conn: Connection
    ) -> None:
        done = library("sync", "krakow", "library")

        (stats,) = json_lines(done.out)
        assert done.status == 0
        assert stats["inserted"] == self.listings(conn) > 0
        assert stats["complete"] is True

    def test_a_second_sync_is_not_due(self, library: Run) -> None:
        library("sync", "krakow", "library")

        done = library("sync", "krakow", "library")

        assert (done.status, done.out) == (1, "")
        assert done.err == (
            "error: krakow · library is not due; sync it all the same with --force\n"
        )

    def test_a_forced_second_sync_finds_everything_unchanged(self, library: Run) -> None:
        library("sync", "krakow", "library")

        (stats,) = json_lines(library("sync", "krakow", "library", "--force").out)
        assert stats["inserted"] == stats["updated"] == 0
        assert stats["unchanged"] > 0

    def test_a_sync_with_a_limit_loads_no_more_events(self, library: Run, conn: Connection) -> None:
        (stats,) = json_lines(library("sync", "krakow", "library", "--limit", "2").out)

        assert stats["inserted"] == self.listings(conn) == 2
        assert stats["complete"] is False

    def test_a_dry_run_of_sync_loads_nothing_and_keeps_the_schedule(
        self, library: Run, conn: Connection
    ) -> None:
        done = library("sync", "krakow", "library", "--dry-run")

        (stats,) = json_lines(done.out)
        assert stats["fetched"] > 0
        assert self.listings(conn) == 0
        assert json_lines(library("sync", "krakow", "library").out)[0]["inserted"] > 0

    def test_missing_listings_are_withdrawn_when_the_command_line_asks_for_it(
        self, library: Run, conn: Connection
    ) -> None:
        library("sync", "krakow", "library")
        conn.execute("UPDATE discovery.listings SET external_id = 'renamed ' || id")
        (kept,) = json_lines(library("sync", "krakow", "library", "--force").out)
        done = library("sync", "krakow", "library", "--force", "--withdraw-missing")

        (stats,) = json_lines(done.out)
        assert kept["withdrawn"] == 0
        assert "'Withdraw missing' confirms that they are gone" in kept["warnings"][0]
        assert stats["withdrawn"] > 0
        assert stats["warnings"] == []

    def test_a_missing_connection_is_reported_with_the_variable_to_set(
        self, run_db: Run, conn: Connection
    ) -> None:
        stored_pair(conn, source=source("shop", kind="ticketmaster"), settings={})

        done = run_db("sync", "krakow", "shop")

        assert done.status == 2
        assert "needs connection discovery_shop" in done.err
        assert "set the variable AIRFLOW_CONN_ with the connection's id in capitals" in done.err

    def test_a_source_that_fails_ends_with_1_and_one_line(
        self, library: Run, conn: Connection
    ) -> None:
        done = library("sync", "-", "national")

        assert (done.status, done.out) == (1, "")
        assert len(done.err.splitlines()) == 1
        states = conn.execute("SELECT state, error_category FROM discovery.sync_runs").fetchall()
        assert states == [("failed", "not_found")]

    def test_a_pair_is_free_after_the_command(self, library: Run, conn: Connection) -> None:
        library("sync", "-", "national")
        library("sync", "krakow", "library", "--limit", "1")

        running = conn.execute("SELECT FROM discovery.sync_runs WHERE state = 'running'")
        assert running.fetchall() == []

    def test_a_sync_by_command_leaves_the_pair_due_in_the_next_scheduled_run(
        self, library: Run, conn: Connection
    ) -> None:
        library("sync", "krakow", "library")

        midnight = datetime.now(ZoneInfo("UTC"))
        planned = plan_pairs(conn, "night", RunTime(midnight, midnight), capacity=9)
        assert [pair.label for pair in planned.pairs] == ["krakow · library", "national"]

    def test_a_sync_by_command_is_no_run_of_airflow(self, library: Run, conn: Connection) -> None:
        library("sync", "krakow", "library")

        assert conn.execute("SELECT map_index FROM discovery.sync_runs").fetchall() == [(-1,)]
        assert conn.execute("SELECT count(*) FROM discovery.planned_syncs").fetchone() == (0,)

    def test_a_sync_of_a_pair_that_a_run_holds_is_refused(
        self, library: Run, conn: Connection
    ) -> None:
        pair = next(pair for pair in plan_run(conn).pairs if pair.source.slug == "library")
        begin(conn, pair, Attempt("scheduled__1", 0))

        done = library("sync", "krakow", "library", "--force")

        assert done.status == 1
        assert "krakow · library is being synced by run scheduled__1 since" in done.err
        assert len(done.err.splitlines()) == 1

    def test_a_sync_of_a_source_with_cities_needs_a_city(
        self, library: Run, conn: Connection
    ) -> None:
        """Else whichever city comes first would be synced."""
        done = library("sync", "-", "library")

        assert done == Done(2, "", "error: library has scope city: say which city\n")
        assert conn.execute("SELECT count(*) FROM discovery.sync_runs").fetchone() == (0,)

    @pytest.mark.parametrize(
        ("arguments", "status", "said"),
        [
            (("kraków", "library"), 2, "parameter cities.0 = 'kraków': "),
            (("krakov", "library"), 2, "no city is configured as 'krakov'"),
            (("krakow", "librarian"), 2, "Did you mean library?"),
            (("krakow", "national"), 2, "there is no pair of krakow with national: krakow has"),
            (("krakow", "library", "--limit", "0"), 2, "parameter limit = 0: "),
        ],
    )
    def test_an_invalid_argument_of_sync_is_explained(
        self, library: Run, arguments: tuple[str, ...], status: int, said: str
    ) -> None:
        done = library("sync", *arguments)

        assert (done.status, done.out) == (status, "")
        assert said in done.err

    def test_a_disabled_pair_is_refused_even_with_force(
        self, library: Run, conn: Connection
    ) -> None:
        conn.execute("UPDATE discovery.sources SET enabled = false")

        done = library("sync", "krakow", "library", "--force")

        assert done.status == 2
        assert "krakow · library (its source is disabled)" in done.err


def test_ctrl_c_ends_with_130(run: Run, calendar: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "read_bytes", interrupted)

    assert run("parse", "icalendar", calendar).status == 130


def test_every_file_that_is_not_of_the_kind_is_named(run: Run, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.ics", "b.ics")]
    for file in files:
        file.write_bytes(b"x")

    done = run("parse", "icalendar", *files)

    assert done.status == 2
    assert [str(file) in line for file, line in zip(files, done.err.splitlines(), strict=True)] == [
        True, True,
    ]  # fmt: skip
