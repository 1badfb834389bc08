"""The command line as a shell would call it, and what it reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from include.demo.server import DemoServer
from include.discovery.cli import main
from tests.cli.command_support import Done, Run

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


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(port=0) as server:
        yield server
