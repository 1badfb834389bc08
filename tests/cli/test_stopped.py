"""The sync command as a process that is stopped, killed or paused in the middle of a source."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from include.discovery.model import Pair
from include.discovery.store.connection import Connection
from tests.support.builders import lapse, source, stored_pair
from tests.support.slow_site import SlowSite
from tests.support.stack import wait_for

ROOT = Path(__file__).parents[2]

Start = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def site() -> Iterator[SlowSite]:
    found = SlowSite()
    with found.serving():
        yield found


@pytest.fixture
def pair(conn: Connection, site: SlowSite) -> Pair:
    return stored_pair(
        conn, source=source("slow", kind="events_calendar"), settings={"site_url": site.url}
    )


@pytest.fixture
def start(database_url: str) -> Iterator[Start]:
    """Start the command as a shell does; what is left of it at the end is killed."""
    processes: list[subprocess.Popen[str]] = []

    def command() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "include.discovery", "sync", "krakow", "slow", "--force"],
            cwd=ROOT,
            env={
                **os.environ,
                "AIRFLOW_CONN_DISCOVERY_DB": database_url,
                "DISCOVERY_PRIVATE_HOSTS": "127.0.0.1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_with_signals_as_in_a_shell,  # noqa: PLW1509  nothing else runs yet
        )
        processes.append(process)
        return process

    yield command
    for process in processes:
        process.kill()
        process.communicate()


def _with_signals_as_in_a_shell() -> None:
    """Undo what the tests may have been started with, as in the background or by nohup."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def at_page_3(start: Start, site: SlowSite, conn: Connection) -> subprocess.Popen[str]:
    """Start a sync and wait until two pages are loaded and the third is being waited for."""
    process = start()
    wait_for(
        lambda: (site.waiting.is_set() and pages(conn) == 2) or process.poll() is not None,
        "the request for page 3",
    )
    assert process.poll() is None, process.communicate()
    return process


def pages(conn: Connection) -> int | None:
    row = conn.execute("SELECT pages FROM discovery.sync_runs ORDER BY id DESC LIMIT 1").fetchone()
    return row and row[0]


def attempts(conn: Connection) -> list[tuple[Any, ...]]:
    return conn.execute(
        "SELECT state, error_category, error_message FROM discovery.sync_runs ORDER BY id"
    ).fetchall()


def titles(conn: Connection) -> list[str]:
    rows = conn.execute("SELECT title FROM discovery.listings ORDER BY title").fetchall()
    return [row[0] for row in rows]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "status", "words"),
    [
        (signal.SIGTERM, 143, "stopped by a signal"),
        (signal.SIGHUP, 129, "stopped by a signal"),
        (signal.SIGINT, 130, "stopped by Ctrl-C"),
    ],
    ids=["SIGTERM", "a closed terminal", "Ctrl-C"],
)
@pytest.mark.usefixtures("pair")
def test_a_command_that_is_stopped_records_why_and_frees_its_pair(
    start: Start,
    site: SlowSite,
    conn: Connection,
    number: signal.Signals,
    status: int,
    words: str,
) -> None:
    process = at_page_3(start, site, conn)

    process.send_signal(number)

    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (status, "", "")
    ((state, category, message),) = attempts(conn)
    assert (state, category) == ("failed", "interrupted")
    assert message.startswith(words)
    assert titles(conn) == ["Event 1", "Event 2"]
    site.go.set()
    assert start().wait(60) == 0


@pytest.mark.slow
def test_a_command_that_was_killed_holds_its_pair_until_its_lease_lapses(
    start: Start, site: SlowSite, conn: Connection, pair: Pair
) -> None:
    killed = at_page_3(start, site, conn)
    killed.kill()
    killed.wait()
    site.go.set()

    too_soon = start()
    _, err = too_soon.communicate(timeout=60)
    assert too_soon.returncode == 1
    assert err.startswith("error: krakow · slow is being synced by run cli__")

    lapse(conn, pair)
    later = start()
    assert later.wait(60) == 0
    assert [state for state, *_ in attempts(conn)] == ["failed", "success"]
    assert attempts(conn)[0][1] == "interrupted"


@pytest.mark.slow
@pytest.mark.usefixtures("pair")
def test_the_second_of_two_concurrent_commands_is_refused_and_the_first_goes_on(
    start: Start, site: SlowSite, conn: Connection
) -> None:
    first = at_page_3(start, site, conn)

    second = start()
    _, err = second.communicate(timeout=60)
    assert second.returncode == 1
    assert "is being synced by run cli__" in err

    site.go.set()
    assert first.wait(60) == 0
    assert [state for state, *_ in attempts(conn)] == ["success"]


@pytest.mark.slow
def test_a_command_that_was_paused_and_taken_for_dead_writes_no_further_page(
    start: Start, site: SlowSite, conn: Connection, pair: Pair
) -> None:
    paused = at_page_3(start, site, conn)
    paused.send_signal(signal.SIGSTOP)
    lapse(conn, pair)
    site.go.set()
    assert start().wait(60) == 0
    loaded = conn.execute("SELECT max(last_seen_at) FROM discovery.listings").fetchone()

    paused.send_signal(signal.SIGCONT)

    _, err = paused.communicate(timeout=60)
    assert paused.returncode == 1
    assert err.startswith("error: the claim on the pair was lost")
    assert [state for state, *_ in attempts(conn)] == ["failed", "success"]
    assert conn.execute("SELECT max(last_seen_at) FROM discovery.listings").fetchone() == loaded
    assert len(titles(conn)) == SlowSite.PAGES
