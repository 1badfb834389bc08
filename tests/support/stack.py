"""The product as its user runs it: ``make run`` on a fresh copy, with Airflow's own scheduler.

Started once for the whole session, and shared by the end-to-end and the browser tests: each of them
leaves the configuration as it was.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil
import pytest

from include.discovery.store.connection import Connection, connect

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
PACKAGES = ("dags", "plugins", "include", "localdev")
DAG = "/api/v2/dags/city_discovery"


def wait_for(condition: Callable[[], T | None], what: str, seconds: float = 600) -> T:
    """Wait until a condition gives something; fail saying what did not happen."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    pytest.fail(f"{what} did not happen within {seconds:g} s")


@dataclass(frozen=True)
class Stack:
    """A running ``make run``: its process, what it has printed, and ways to talk to it."""

    process: subprocess.Popen[bytes]
    folder: Path
    log: Path
    client: httpx.Client
    database_url: str
    environment: dict[str, str]

    @property
    def output(self) -> str:
        return self.log.read_text("utf-8")

    def trigger(self, **conf: Any) -> str:
        """Trigger a run by the public API and return its id; refusals fail the test."""
        answer = self.post(conf)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["dag_run_id"])

    def post(self, conf: dict[str, Any]) -> httpx.Response:
        return self.client.post(f"{DAG}/dagRuns", json={"logical_date": None, "conf": conf})

    def finished(self, run_id: str) -> str:
        """Wait for a run's end and return its state."""

        def state() -> str | None:
            found = self.client.get(f"{DAG}/dagRuns/{run_id}").json()["state"]
            return found if found in {"success", "failed"} else None

        return wait_for(state, f"the end of {run_id}")

    def run(self, **conf: Any) -> tuple[str, str]:
        """Trigger a run and wait for its end; return its id and state."""
        run_id = self.trigger(**conf)
        return run_id, self.finished(run_id)

    def task_instances(self, run_id: str, task_id: str) -> list[dict[str, Any]]:
        found = self.client.get(f"{DAG}/dagRuns/{run_id}/taskInstances", params={"limit": 100})
        return [ti for ti in found.json()["task_instances"] if ti["task_id"] == task_id]

    def queued_when(self, run_id: str, task_id: str, map_index: int) -> str:
        """Return when the scheduler sent the first try of a mapped task to its executor."""
        path = f"{DAG}/dagRuns/{run_id}/taskInstances/{task_id}/{map_index}/tries"
        tries = self.client.get(path).json()["task_instances"]
        return str(next(each["queued_when"] for each in tries if each["try_number"] == 1))

    def task_log(self, run_id: str, task_id: str, try_number: int = 1, map_index: int = -1) -> str:
        answer = self.client.get(
            f"{DAG}/dagRuns/{run_id}/taskInstances/{task_id}/logs/{try_number}",
            params={"map_index": map_index, "full_content": True},
            headers={"accept": "application/json"},
        )
        return "\n".join(line.get("event", "") for line in answer.json()["content"])

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the library against this stack's database."""
        return subprocess.run(
            [sys.executable, "-m", "include.discovery", *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _environment_of(process: psutil.Process, module: str) -> dict[str, str] | None:
    for child in process.children(recursive=True):
        try:
            if module in child.cmdline():
                return child.environ()
        except psutil.Error:
            continue
    return None


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start everything once for all tests; at the end Ctrl-C has to leave nothing behind."""
    folder = tmp_path_factory.mktemp("checkout")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("*.pyc"))
    port = _free_port()
    log = folder / "output.log"
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AIRFLOW", "DISCOVERY", "PYTEST"))
    }
    environment["DISCOVERY_RETRY_DELAYS"] = "1,1,1"
    environment["DISCOVERY_RETRY_SPREAD"] = environment["DISCOVERY_START_SPREAD"] = "0"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "localdev", "run", "--port", str(port)],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(
            lambda: (
                "Ctrl-C stops everything" in log.read_text("utf-8") or process.poll() is not None
            ),
            "the start of make run",
            1500,
        )
        assert process.poll() is None, log.read_text("utf-8")
        runner = psutil.Process(process.pid)
        inner = _environment_of(runner, "include.demo")
        assert inner is not None
        password = next(
            line.split("/")[-1].strip()
            for line in log.read_text("utf-8").splitlines()
            if line.startswith("Login")
        )
        base = f"http://127.0.0.1:{port}"
        token = httpx.post(
            f"{base}/auth/token", json={"username": "admin", "password": password}
        ).json()["access_token"]
        with httpx.Client(
            base_url=base, headers={"authorization": f"Bearer {token}"}, timeout=300
        ) as client:
            yield Stack(process, folder, log, client, inner["AIRFLOW_CONN_DISCOVERY_DB"], inner)
        started = [runner, *runner.children(recursive=True)]
        process.send_signal(signal.SIGINT)
        assert process.wait(600) == 0, log.read_text("utf-8")
        _, alive = psutil.wait_procs(started, timeout=60)
        assert alive == []
    finally:
        if process.poll() is None:
            process.kill()
        subprocess.run(
            [sys.executable, "-m", "localdev", "clean"], cwd=folder, env=environment, check=False
        )


@pytest.fixture(scope="session")
def db(stack: Stack) -> Iterator[Connection]:
    """Open the discovery database of the running stack."""
    with connect(stack.database_url) as connection:
        yield connection
