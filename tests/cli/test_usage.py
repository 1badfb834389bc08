"""The command line itself: its usage, its help, and what ends any command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from include.discovery.store.connection import Connection
from tests.cli.command_support import SHIPPED, Run
from tests.conftest import count
from tests.support.builders import stored_pair


class TestUsage:
    """Wrong usage ends with 2 and names what is allowed."""

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            ([], "COMMAND"),
            (["fly"], "invalid choice: 'fly'"),
            (["parse"], "KIND, FILE"),
            (
                ["parse", "icalendar", "x.ics", "--from", "tomorrow"],
                "argument --from: 'tomorrow' is not a date such as 2026-12-01",
            ),
            (["events", "--to", "soon"], "'soon' is not a date such as 2026-12-01"),
            (["events", "--changed-since", "noon"], "'noon' is not a time such as 2026-12-01"),
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

    def test_every_command_says_in_its_help_what_it_does(self, run: Run) -> None:
        commands = re.findall(r"^    ([\w-]+) ", run("--help").out, re.MULTILINE)

        helps = {command: run(command, "--help") for command in commands}

        assert len(commands) > 20
        assert {done.status for done in helps.values()} == {0}
        # The description is a sentence between the usage and the arguments.
        described = {command: done.out.split("\n\n")[1] for command, done in helps.items()}
        assert [command for command, text in described.items() if not text.endswith(".")] == []


class TestWithoutADatabase:
    """An unusable database is reported in one line."""

    COMMANDS = (["migrate"], ["export"], ["prune"], ["list"], ["health"], ["events"],
                ["report", "x"], ["apply", str(SHIPPED)],
                ["sync", "krakow", "theatres"])  # fmt: skip

    @pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
    def test_a_command_without_an_address_of_the_database_says_what_to_set(
        self, run: Run, command: list[str]
    ) -> None:
        done = run(*command)

        assert (done.status, done.out) == (2, "")
        assert done.err == (
            "error: no connection discovery_db: set "
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

    @pytest.mark.slow
    @pytest.mark.parametrize("command", COMMANDS[1:], ids=lambda command: command[0])
    def test_a_command_on_a_database_without_schema_says_what_to_run(
        self, run_db: Run, conn: Connection, command: list[str]
    ) -> None:
        conn.execute("DROP SCHEMA discovery CASCADE")

        done = run_db(*command)

        assert done.status == 1
        assert done.err.endswith("run: python -m include.discovery migrate\n")

    @pytest.mark.slow
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


def test_ctrl_c_ends_with_130(run: Run, calendar: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "read_bytes", interrupted)

    assert run("parse", "icalendar", calendar).status == 130
