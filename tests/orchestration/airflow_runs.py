"""Real runs of the DAG by Airflow's own task runner, without a scheduler: ``dag.test``."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.models import dagrun as dagruns
from airflow.models.asset import (
    AssetDagRunQueue,
    AssetEvent,
    AssetModel,
    AssetPartitionDagRun,
)
from airflow.models.xcom import XComModel
from airflow.sdk import timezone
from airflow.utils.session import create_session
from airflow.utils.types import DagRunTriggeredByType, DagRunType
from sqlalchemy import select

CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//tests//EN
{events}END:VCALENDAR
"""
EVENT = """\
BEGIN:VEVENT
UID:{uid}
SUMMARY:Concert {uid}
DTSTART;TZID=Europe/Warsaw:{day:%Y%m%d}T190000
END:VEVENT
"""


class Calendars:
    """A site of calendars, one at each path; some of them do not answer as they should."""

    def __init__(self) -> None:
        self.statuses: dict[str, list[int]] = {}
        """Path → what it answers, in turn; the last goes on for ever. Others answer 200."""
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/robots.txt":
                    self.send_error(404)
                    return
                site.asked.append(self.path)
                turns = site.statuses.get(self.path, [200])
                status = turns.pop(0) if len(turns) > 1 else turns[0]
                body = site.calendar(self.path).encode() if status == 200 else b""
                self.send_response(status)
                self.send_header("content-type", "text/calendar")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    @staticmethod
    def calendar(path: str) -> str:
        soon = datetime.now() + timedelta(days=7)  # noqa: DTZ005  any day within the window
        events = "".join(EVENT.format(uid=f"{path}-{n}", day=soon) for n in range(2))
        return CALENDAR.format(events=events).replace("\n", "\r\n")

    @contextmanager
    def serving(self) -> Iterator[Calendars]:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


@dataclass(frozen=True)
class AirflowRun:
    """What became of one run, as Airflow has it."""

    run_id: str
    state: str
    tasks: dict[tuple[str, int], str | None]
    tries: dict[str, int]
    """Name of a mapped task, which is its pair's → its tries."""

    @property
    def pairs(self) -> set[str]:
        """The names of the pairs that the run took."""
        return set(self.tries)

    def of(self, task: str) -> list[str | None]:
        """Return the states of a task's instances, in order."""
        return [state for (name, _), state in sorted(self.tasks.items()) if name == task]

    def xcom(self, task: str, key: str) -> Any:
        """Return what a task has left."""
        with create_session() as session:
            found = XComModel.get_many(
                run_id=self.run_id, key=key, task_ids=task, dag_ids="city_discovery"
            )
            return session.scalars(found.with_only_columns(XComModel.value)).one()

    def asset_events(self) -> list[tuple[str, str | None, dict[str, Any]]]:
        """Return the asset, the partition and the extra of each event of the run, in order."""
        query = (
            select(AssetModel.name, AssetEvent.partition_key, AssetEvent.extra)
            .join(AssetModel, AssetModel.id == AssetEvent.asset_id)
            .where(AssetEvent.source_run_id == self.run_id)
            .order_by(AssetModel.name, AssetEvent.partition_key)
        )
        with create_session() as session:
            return [tuple(row) for row in session.execute(query)]


def waiting_for_assets() -> set[tuple[str, str | None]]:
    """Return which other DAGs are about to run, each with its partition."""
    plain = select(AssetDagRunQueue.target_dag_id)
    partitioned = select(AssetPartitionDagRun.target_dag_id, AssetPartitionDagRun.partition_key)
    with create_session() as session:
        return {(dag, None) for dag in session.scalars(plain)} | {
            (row[0], row[1]) for row in session.execute(partitioned)
        }


class Runner:
    """Runs the DAG to its end, in this process."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._monkeypatch = monkeypatch

    def scheduled(self, at: datetime) -> AirflowRun:
        """Run as the schedule does for the given time."""

        def created(*, dag: Any, run_after: datetime, session: Any, **_: Any) -> Any:
            return dag.create_dagrun(
                run_id=f"scheduled__{run_after.isoformat()}",
                run_type=DagRunType.SCHEDULED,
                logical_date=run_after,
                data_interval=(run_after, run_after),
                run_after=run_after,
                start_date=timezone.utcnow(),
                triggered_by=DagRunTriggeredByType.TIMETABLE,
                state="running",
                session=session,
            )

        with self._monkeypatch.context() as patched:
            patched.setattr(dagruns, "get_or_create_dagrun", created)
            return self._run(logical_date=at, run_after=at)

    def triggered(self, **conf: Any) -> AirflowRun:
        """Run as somebody who triggers it does.

        Airflow clears the tasks of earlier triggered runs then, and with them what they have left.
        """
        return self._run(logical_date=None, run_conf=conf)

    def _run(self, **options: Any) -> AirflowRun:
        # Parsed for every run: the file reads its settings.
        dag: Any = DagBag(dag_folder=self._folder / "city_discovery.py").dags["city_discovery"]
        run = dag.test(**options)
        tasks = run.get_task_instances()
        return AirflowRun(
            run.run_id,
            str(run.state),
            {(ti.task_id, ti.map_index): ti.state and str(ti.state) for ti in tasks},
            {ti.rendered_map_index: ti.try_number for ti in tasks if ti.map_index >= 0},
        )
