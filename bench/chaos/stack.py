"""A deployment on this machine: Airflow with its executor, and a PostgreSQL of its own for events.

What ``make run`` starts, with two differences: the discovery database is on another server than
Airflow's, so that it can be killed alone; and with Redis there are Celery workers.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from localdev import airflow, ports, roles
from localdev.airflow_api import AirflowApi, ApiUnavailableError
from localdev.components import Component, Supervisor
from localdev.files import Layout, Memory
from localdev.postgres import EmbeddedPostgres
from localdev.preparation import Preparation, owner_variable
from localdev.processes import GuardedProcess, StopStep, session_members

ROOT = Path(__file__).parents[2]
START_SECONDS = 300.0
WORKERS = ("worker-1", "worker-2")
SLOTS = 8
SOON = (StopStep(signal.SIGTERM, 5.0), StopStep(signal.SIGKILL, 1.0))

IMPATIENT = {
    "DISCOVERY_RETRY_DELAYS": "2,4,8",
    "DISCOVERY_RETRY_SPREAD": "1",
    "DISCOVERY_START_SPREAD": "0",
    "DISCOVERY_PRIVATE_HOSTS": "127.0.0.0/8",
    "AIRFLOW__CORE__PARALLELISM": str(SLOTS),
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "30",
    # What waits in the queue of a worker that died is given to another one.
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "30",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "10",
}
"""A night is to end within minutes: what is killed is noticed sooner than by default."""


@dataclass(frozen=True, slots=True)
class Celery:
    """What CeleryExecutor needs that this project does not."""

    redis: Path
    """The program ``redis-server``."""
    packages: Path
    """A folder with Celery and Airflow's provider of it, which are not in the environment."""


class Stack:
    """Starts everything, looks after it, and breaks it where it is told to.

    :param folder: an empty folder, for a copy of this checkout and all its state.
    :param celery: where Celery and Redis are; ``None``: LocalExecutor.
    """

    def __init__(self, folder: Path, celery: Celery | None, tell: Callable[[str], None]) -> None:
        self._layout = Layout(folder)
        self._celery = celery
        self._tell = tell
        self._memory = Memory(self._layout.run / "memory.json")
        self._events_memory = Memory(self._layout.run / "memory-events.json")
        self._metadata = EmbeddedPostgres(self._layout.local / "postgres-airflow")
        self._events = EmbeddedPostgres(self._layout.postgres)
        self._supervisor = Supervisor(tell)
        self._environment: dict[str, str] = {}
        self._addresses = airflow.Addresses(ports.any_free(), ports.UNUSED_PORT)
        self.database = ""
        """The URL of the discovery database."""
        self.api: AirflowApi

    def __enter__(self) -> Self:
        for package in ("dags", "plugins", "include", "localdev"):
            shutil.copytree(
                ROOT / package, self._layout.root / package,
                ignore=shutil.ignore_patterns("__pycache__"),
            )  # fmt: skip
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    @property
    def ui(self) -> str:
        """The address of Airflow's UI and of its API."""
        return self._addresses.ui

    def look_after(self, seconds: float = 0.2) -> None:
        """Let time pass, and start anew what has died."""
        self._supervisor.tick()
        time.sleep(seconds)

    def configure(self, configuration: str) -> None:
        """Apply a configuration of sources and pairs."""
        file = self._layout.root / "chaos.yaml"
        file.write_text(configuration, encoding="utf-8")
        self._to_its_end("apply", ["include.discovery", "apply", str(file)])

    # --- what is done to it -----------------------------------------------------------------

    def kill_task(self, site_ports: set[int]) -> bool:
        """Kill a task (SIGKILL) while it asks one of the sources; false if none does just now."""
        own = os.getpid()
        for connection in psutil.net_connections(kind="tcp4"):
            peer = connection.raddr
            if peer and peer.port in site_ports and connection.pid not in {None, own}:
                os.kill(connection.pid, signal.SIGKILL)
                return True
        return False

    def kill_database(self) -> bool:
        """Kill the server of the discovery database (SIGKILL), as a lost machine would be."""
        os.kill(self._events.pid, signal.SIGKILL)
        return True

    def stop_database(self) -> bool:
        """Stop it as `pg_ctl stop --mode fast` does: it breaks off what runs."""
        os.kill(self._events.pid, signal.SIGINT)
        return True

    def kill_scheduler(self) -> bool:
        """Kill the scheduler and, with LocalExecutor, all that it runs (SIGKILL)."""
        return self._kill("scheduler")

    def kill_worker(self) -> bool:
        """Kill a Celery worker with all its tasks (SIGKILL)."""
        return self._celery is not None and self._kill(WORKERS[0])

    def _kill(self, name: str) -> bool:
        noted = json.loads((self._layout.run / f"component-{name}.json").read_text("utf-8"))
        leader = int(noted["child"][0])
        try:
            below = psutil.Process(leader).children(recursive=True)
        except psutil.NoSuchProcess:
            return False
        for pid in {leader, *session_members(leader), *(child.pid for child in below)}:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        return True

    # --- its start and its end --------------------------------------------------------------

    def _start(self) -> None:
        self._layout.run.mkdir(parents=True)
        self._layout.airflow.mkdir()
        self._component("airflow's postgres", self._metadata.start)
        self._component("postgres", self._events.start)
        metadata = roles.prepare(self._metadata, self._layout, self._memory)
        events = roles.prepare(self._events, self._layout, self._events_memory)
        self.database = events.discovery_owner
        self._environment = self._environment_of(metadata.metadata, events.discovery)
        self._tell("migrating the databases")
        preparation = Preparation(
            self._layout,
            self._memory,
            self._spawn,
            self._tell,
        )
        self.wait_for(preparation.migrate_airflow(metadata.metadata), "Airflow's migration")
        self._to_its_end(
            "migrate", ["include.discovery", "migrate"], owner_variable(events.discovery_owner)
        )
        if self._celery is not None:
            self._component("redis", self._spawn_redis)
        started = datetime.now(UTC)
        self._module("api-server", ["airflow", "api-server"])
        self._module("dag-processor", ["airflow", "dag-processor"])
        self._module("scheduler", ["airflow", "scheduler", "--skip-serve-logs"])
        if self._celery is not None:
            for name in WORKERS:
                self._module(name, self._worker(name))
        password = airflow.password(self._layout)
        self.api = AirflowApi(self._addresses.ui, airflow.USER, password)
        self.wait_for(lambda: self._is_up(started), "Airflow")

    def _environment_of(self, metadata: str, discovery: str) -> dict[str, str]:
        environment = airflow.environment(
            self._layout,
            self._addresses,
            airflow.Secrets.kept_in(self._memory),
            metadata_url=metadata,
            discovery_url=discovery,
        )
        environment |= IMPATIENT
        if self._celery is not None:
            environment |= {
                "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
                "AIRFLOW__CELERY__BROKER_URL": f"redis+socket://{self._socket}",
                "AIRFLOW__CELERY__RESULT_BACKEND": metadata.replace(
                    "postgresql://", "db+postgresql+psycopg2://", 1
                ),
                "AIRFLOW__CELERY__WORKER_CONCURRENCY": str(SLOTS // len(WORKERS)),
                "PYTHONPATH": f"{self._layout.root}{os.pathsep}{self._celery.packages}",
            }
        return environment

    @property
    def _socket(self) -> Path:
        return self._layout.run / "redis.sock"

    def _spawn_redis(self) -> GuardedProcess:
        assert self._celery is not None
        options = ["--port", "0", "--unixsocket", str(self._socket), "--save", ""]
        return GuardedProcess(
            [str(self._celery.redis), *options],
            record=self._layout.run / "component-redis.json",
            log=self._layout.logs / "redis.log",
            environment=dict(os.environ),
            directory=self._layout.run,
            stop_steps=SOON,
        )

    def _worker(self, name: str) -> list[str]:
        options = ["--skip-serve-logs", "--without-gossip", "--without-mingle"]
        pid = ["--pid", str(self._layout.run / f"{name}.pid")]
        return ["airflow", "celery", "worker", "--celery-hostname", name, *options, *pid]

    def _component(self, name: str, spawn: Callable[[], GuardedProcess]) -> None:
        self._supervisor.start(Component(name, spawn))

    def _module(self, name: str, module: list[str]) -> None:
        self._component(name, lambda: self._spawn(name, module))

    def _spawn(
        self, name: str, module: list[str], more: Mapping[str, str] | None = None
    ) -> GuardedProcess:
        return GuardedProcess(
            [sys.executable, "-m", *module],
            record=self._layout.run / f"component-{name}.json",
            log=self._layout.logs / f"{name}.log",
            environment={**self._environment, **(more or {})},
            directory=self._layout.root,
            stop_steps=SOON,
        )

    def _to_its_end(
        self, name: str, module: list[str], more: Mapping[str, str] | None = None
    ) -> None:
        process = self._spawn(name, module, more)
        self.wait_for(lambda: process.poll() is not None, name)
        if process.poll() != 0:
            raise SystemExit(f"{name} failed:\n{process.log_tail()}")

    def _is_up(self, started: datetime) -> bool:
        health = self.api.health()
        if health is None or health.scheduler is None or health.scheduler < started:
            return False
        try:
            parsed = self.api.dag_parsed_at()
        except ApiUnavailableError:
            return False
        return parsed is not None and parsed >= started

    def wait_for(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for something that must happen at the start."""
        deadline = time.monotonic() + START_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise SystemExit(f"{what} took more than {START_SECONDS:.0f} s")
            self.look_after()

    def _stop(self) -> None:
        self._supervisor.stop()
        self._events.destroy()
        self._metadata.destroy()
