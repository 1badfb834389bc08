"""The page as Airflow's own api-server mounts it, with the data of real runs."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psutil
import pytest

from include.discovery.report import report
from include.discovery.store.connection import Connection
from include.discovery.web.statistics import CACHE_SECONDS, KILLED
from tests.support.stack import Stack, wait_for

pytestmark = pytest.mark.airflow


def get(stack: Stack, path: str, **query: Any) -> Any:
    answer = stack.client.get(f"/discovery{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@contextmanager
def silence() -> Iterator[int]:
    """Open a port that takes requests and never answers: whoever asks can be killed meanwhile."""
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)
    for connection in held:
        connection.close()


def kill_whoever_asks(port: int) -> bool:
    """Kill the task process that is connected to the port, if there is one."""
    for process in psutil.process_iter():
        try:
            connections = process.net_connections("tcp")
        except psutil.Error:
            continue
        if any(found.raddr and found.raddr.port == port for found in connections):
            process.kill()
            return True
    return False


def test_airflow_lists_the_page_and_serves_its_code(stack: Stack) -> None:
    plugins = stack.client.get("/api/v2/plugins").json()["plugins"]
    (plugin,) = (plugin for plugin in plugins if plugin["name"] == "discovery")
    (app,) = plugin["react_apps"]
    errors = stack.client.get("/api/v2/plugins/importErrors").json()

    code = stack.client.get(f"/{app['bundle_url']}")

    assert errors["import_errors"] == []
    assert code.status_code == 200
    assert code.headers["content-type"].startswith("text/javascript")
    assert "immutable" in code.headers["cache-control"]
    assert httpx.get(stack.client.base_url.join(f"/{app['bundle_url']}")).status_code == 401


def test_the_overview_counts_the_runs_and_failures_of_each_pair_of_the_first_run(
    stack: Stack, db: Connection
) -> None:
    # Other tests make more runs, some of which fail on purpose: all of them are counted.
    runs = db.execute(
        "SELECT dag_run_id FROM discovery.planned_syncs"
        " GROUP BY dag_run_id ORDER BY min(planned_at)"
    ).fetchall()
    reports = [report(db, run_id) for (run_id,) in runs]
    first = {outcome.label for outcome in reports[0].outcomes}
    outcomes = [o for each in reports for o in each.outcomes if o.label in first]
    made = Counter(outcome.label for outcome in outcomes)
    failed = Counter(outcome.label for outcome in outcomes if outcome.state == "failed")
    expected = {label: (made[label], failed[label]) for label in first}

    def counted(overview: Any) -> dict[str, tuple[int, int]]:
        return {
            row["label"]: (row["statistics"]["runs"], row["statistics"]["failed"])
            for row in overview["pairs"]
            if row["label"] in first and row["statistics"]
        }

    # Statistics are kept for some seconds: a run may just have ended.
    deadline = time.monotonic() + 2 * CACHE_SECONDS
    while counted(overview := get(stack, "/api/overview")) != expected:
        if time.monotonic() > deadline:
            break
        time.sleep(0.1)
    assert counted(overview) == expected
    assert failed["helsinki · demo-gone"] >= 1
    assert overview["statistics_error"] is overview["dag_error"] is None
    assert overview["permissions"]["can_edit"] is True
    rows = {found["label"]: found for found in overview["pairs"]}
    gone = rows["helsinki · demo-gone"]["statistics"]["last_error"]
    assert gone["category"] == "not_found"
    assert "404" in gone["message"]
    assert stack.client.get(f"/{gone['log_path']}").status_code == 200


def test_a_pair_killed_at_every_try_is_counted_and_has_a_last_error(
    stack: Stack, db: Connection
) -> None:
    with silence() as port:
        seed = stack.folder / "silent.yaml"
        seed.write_text(
            "sources: {silent: {name: Silent, kind: icalendar}}\n"
            "pairs: [{city: krakow, source: silent,"
            f" settings: {{url: 'http://127.0.0.1:{port}/x.ics'}}}}]\n"
            "countries: {PL: Poland}\n"
            "cities: {krakow: {name: Kraków, country: PL, timezone: Europe/Warsaw,"
            " latitude: 50.0619, longitude: 19.9369, radius_km: 25,"
            " alternate_names: [Cracow, Krakau, Cracovie]}}\n"
        )
        applied = stack.command("apply", str(seed))
        assert applied.returncode == 0, applied.stderr
        run_id = stack.trigger(sources=["silent"], force=True)
        for attempt in range(4):
            wait_for(lambda: kill_whoever_asks(port), f"attempt {attempt + 1}")
            if attempt == 0:
                assert get(stack, "/api/live")["running"] is True
        stack.finished(run_id)
    db.execute(
        "UPDATE discovery.city_source SET enabled = false FROM discovery.sources s"
        " WHERE s.id = source_id AND s.slug = 'silent'"
    )

    (task,) = stack.task_instances(run_id, "sync")
    # Whether Airflow knows the name of a killed task depends on how far it had come: the bare index
    # stands for a lost one, and the statistics count the pair with both.
    assert task["state"] == "failed"
    assert task["rendered_map_index"] in {"0", "krakow · silent"}
    (counted,) = (
        row
        for row in wait_for(
            lambda: [
                row
                for row in get(stack, "/api/statistics")["statistics"]
                if row["source"] == "silent" and row["last_state"] == "failed"
            ],
            "fresh statistics",
        )
    )
    assert (counted["city"], counted["runs"], counted["failed"]) == ("krakow", 1, 1)
    assert counted["last_error"]["category"] == "interrupted"
    assert counted["last_error"]["message"].startswith(KILLED)


def test_a_pair_is_edited_through_the_running_server(stack: Stack) -> None:
    pair = {"city": "paris", "source": "demo-tickets"}
    rows = get(stack, "/api/overview")["pairs"]
    row = next(r for r in rows if (r["city"], r["source"]) == ("paris", "demo-tickets"))

    def switch(*, enabled: bool, version: int) -> httpx.Response:
        return stack.client.put(
            "/discovery/api/pairs/enabled",
            params=pair,
            json={"enabled": enabled, "version": version},
        )

    off = switch(enabled=False, version=row["version"])
    stale = switch(enabled=True, version=row["version"])
    on = switch(enabled=True, version=off.json()["version"])

    assert [off.status_code, stale.status_code, on.status_code] == [200, 409, 200]
    changed = get(stack, "/api/changes", limit=2)["changes"]
    assert {change["changed_by"] for change in changed} == {"admin"}


def test_a_large_body_without_a_login_is_refused_before_any_of_it_was_sent(stack: Stack) -> None:
    host, port = stack.client.base_url.host, stack.client.base_url.port
    head = (
        f"POST /discovery/api/cities HTTP/1.1\r\nHost: {host}:{port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {60 * 1024 * 1024}\r\n\r\n"
    )
    with socket.create_connection((host, port or 80), timeout=60) as connection:
        connection.sendall(head.encode())
        answer = b""
        while piece := connection.recv(65_536):  # until Airflow's server closes the connection
            answer += piece

    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b'{"detail":"Not authenticated"}' in answer


def test_the_paths_of_the_openapi_document_are_those_of_airflows_server(stack: Stack) -> None:
    document = get(stack, "/api/openapi.json")

    assert document["servers"] == [{"url": "/"}]
    for path in ("/discovery/api/live", "/discovery/api/cities", "/discovery/api/changes"):
        assert path in document["paths"]
        assert stack.client.get(path).status_code == 200
