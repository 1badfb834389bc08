"""``parse`` and ``probe``: what they print where, and with which status they end."""

from __future__ import annotations

from pathlib import Path

import pytest

from include.demo.server import DemoServer
from include.discovery.connectors import kinds
from include.discovery.model import EventRecord
from include.discovery.store.connection import Connection
from tests.cli.command_support import Run, json_lines
from tests.support.builders import stored_pair


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

    @pytest.mark.slow
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


def test_every_file_that_is_not_of_the_kind_is_named(run: Run, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.ics", "b.ics")]
    for file in files:
        file.write_bytes(b"x")

    done = run("parse", "icalendar", *files)

    assert done.status == 2
    assert [str(file) in line for file, line in zip(files, done.err.splitlines(), strict=True)] == [
        True, True,
    ]  # fmt: skip


class TestProbe:
    """Says how an address can be read, and writes nothing."""

    @pytest.mark.slow
    def test_a_probe_prints_a_report(self, run: Run, demo: DemoServer) -> None:
        done = run("probe", f"{demo.url}/library/krakow.ics", "--timezone", "Europe/Warsaw")

        assert done.status == 0
        assert done.out.startswith("1. icalendar – ")
        assert f'settings: {{"url": "{demo.url}/library/krakow.ics"}}' in done.out

    @pytest.mark.slow
    def test_a_probe_can_print_json(self, run: Run, demo: DemoServer) -> None:
        done = run("probe", f"{demo.url}/theatres/krakow/", "--json")

        (findings,) = json_lines(done.out)
        best = findings["proposals"][0]
        assert best["kind"] == "events_calendar"
        assert len(best["events"]) == 5
        assert "read as UTC" in findings["notes"][0]

    @pytest.mark.slow
    def test_a_probe_of_an_address_that_does_not_answer_is_one_line(self, run: Run) -> None:
        done = run("probe", "http://127.0.0.1:1/")

        assert (done.status, done.out) == (1, "")
        assert done.err.startswith("error: ")
        assert len(done.err.splitlines()) == 1

    @pytest.mark.slow
    def test_a_probe_that_finds_nothing_ends_with_1(self, run: Run, demo: DemoServer) -> None:
        done = run("probe", f"{demo.url}/health")

        assert done.status == 1
        assert done.out.startswith(f"{demo.url}/health: nothing found.\nTried:\n")

    @pytest.mark.slow
    def test_a_probe_may_be_for_a_configured_city(
        self, run_db: Run, demo: DemoServer, conn: Connection
    ) -> None:
        stored_pair(conn)

        assert run_db("probe", f"{demo.url}/library/krakow.ics", "--city", "krakow").status == 0
        unknown = run_db("probe", f"{demo.url}/library/krakow.ics", "--city", "rome")
        assert (unknown.status, unknown.out) == (2, "")
        assert "there is no city 'rome'; there are: krakow" in unknown.err

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["http://127.0.0.1:1/"], "127.0.0.1"),
            (["not an address"], "is not a web address such as https://example.org/"),
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

    @pytest.mark.slow
    def test_a_probe_of_this_machine_is_refused_unless_its_host_is_listed(
        self, run: Run, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("DISCOVERY_PRIVATE_HOSTS")

        done = run("probe", f"{demo.url}/library/krakow.ics")

        assert done.status == 2
        assert "not a public address" in done.err
