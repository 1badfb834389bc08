"""What has to be in the two databases before Airflow starts: their tables, and the seeds."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import psycopg

from localdev.errors import LocalRunError
from localdev.files import Layout, Memory
from localdev.processes import GuardedProcess

Spawn = Callable[[str, list[str], Mapping[str, str]], GuardedProcess]
"""Starts a Python module: its name among the processes, its arguments, more environment."""


def owner_variable(url: str) -> dict[str, str]:
    """Return what the environment of Airflow leaves out: no task needs the owner's rights."""
    return {"AIRFLOW_CONN_DISCOVERY_DB_OWNER": url}


@dataclass(frozen=True)
class Preparation:
    """Starts what migrates and seeds; each method returns a condition to wait for."""

    layout: Layout
    memory: Memory
    spawn: Spawn
    tell: Callable[[str], None]

    def migrate_airflow(self, url: str) -> Callable[[], bool]:
        """Migrate Airflow's database, unless this version of Airflow has done it already.

        The database itself is asked, too: the note is worthless once the database was replaced.
        """
        version = importlib.metadata.version("apache-airflow-core")
        revision = _alembic_revision(url)
        if revision is not None and self.memory.get("airflow") == [version, revision]:
            return lambda: True
        self.tell("migrating Airflow's database")
        job = self._job(
            "migrate-airflow", "the migration of Airflow's database", ["airflow", "db", "migrate"]
        )

        def ready() -> bool:
            if not job.finished():
                return False
            self.memory.put("airflow", [version, _alembic_revision(url)])
            return True

        return ready

    def prepare_discovery(self, url: str, owner_url: str, demo: str) -> Callable[[], bool]:
        """Migrate the discovery database and, into a new one or from new files, seed it.

        Unchanged seeds are not applied again: what was changed on the page since must stay.

        :param demo: the address of the demo's feeds, which its seed names; its port may change.
        """
        content = b"".join(seed.read_bytes() for seed in self.layout.seeds)
        applied = [_cluster_identity(url), hashlib.sha256(content).hexdigest(), demo]
        current = self._job(
            "migrate-discovery",
            "the migration of the discovery database",
            ["include.discovery", "migrate"],
            owner_variable(owner_url),
        )
        left = [] if self.memory.get("seed") == applied else list(self.layout.seeds)

        def ready() -> bool:
            nonlocal current
            if not current.finished():
                return False
            if not left:
                self.memory.put("seed", applied)
                return True
            seed = left.pop(0)
            current = self._job(
                "seed", f"applying {seed}", ["include.discovery", "apply", str(seed)]
            )
            return False

        return ready

    def _job(
        self, name: str, what: str, module: list[str], more: Mapping[str, str] | None = None
    ) -> _Job:
        return _Job(what, self.spawn(name, module, more or {}))


@dataclass(frozen=True)
class _Job:
    """A command that has to end, successfully, before things can go on."""

    what: str
    process: GuardedProcess

    def finished(self) -> bool:
        """Whether it has ended; an end with a failure is an error."""
        code = self.process.poll()
        if code:
            raise LocalRunError(
                f"{self.what} failed (exit code {code}); the end of {self.process.log}:\n"
                f"{self.process.log_tail()}"
            )
        return code is not None


def _alembic_revision(url: str) -> str | None:
    """Return the revision of Airflow's tables; None where there are none."""
    with psycopg.connect(url, connect_timeout=10) as session:
        try:
            row = session.execute("SELECT version_num FROM alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return None
    return str(row[0]) if row else None


def _cluster_identity(url: str) -> str:
    """Return what tells this database cluster from one that was made later in its place."""
    with psycopg.connect(url, connect_timeout=10) as session:
        row = session.execute("SELECT system_identifier FROM pg_control_system()").fetchone()
    return str(row[0]) if row else ""
