"""Fills a metadata database as Airflow leaves it behind after runs of the DAG."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.utils.sqlalchemy import UtcDateTime
from sqlalchemy import JSON, bindparam, text
from sqlalchemy.engine import Engine

NOW = datetime.now(UTC).replace(microsecond=0)

Pair = tuple[str | None, str]


def migrate_metadata(url: str, home: Path) -> None:
    """Let Airflow itself create its tables."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")
    }
    environment |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url,
    }
    done = subprocess.run(
        [sys.executable, "-m", "airflow", "db", "migrate"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@dataclass(frozen=True)
class Instance:
    """What became of one mapped task instance."""

    state: str | None = "success"
    try_number: int = 1
    name: str | None = "kept"
    """``kept``: named after its pair, as a task that ended by itself is; else what stands there."""
    log_event: str | None = None
    started: bool = True


_DAG_RUN = text(
    "INSERT INTO dag_run (dag_id, run_id, run_type, state, run_after, start_date, conf,"
    " clear_number, triggering_user_name)"
    " VALUES (:dag, :run_id, :run_type, :state, :run_after, :run_after, :conf, 0, :who)"
).bindparams(bindparam("run_after", type_=UtcDateTime()), bindparam("conf", type_=JSON()))
_INSTANCE = text(
    "INSERT INTO task_instance (id, dag_id, task_id, run_id, map_index, state, try_number,"
    " pool, pool_slots, rendered_map_index, start_date, end_date)"
    " VALUES (:id, :dag, :task, :run_id, :map_index, :state, :try_number, 'default_pool', 1,"
    " :name, :start_date, :end_date)"
).bindparams(
    bindparam("start_date", type_=UtcDateTime()), bindparam("end_date", type_=UtcDateTime())
)
_LOG = text(
    "INSERT INTO log (dttm, dag_id, task_id, run_id, map_index, event, try_number)"
    " VALUES (:at, :dag, :task, :run_id, :map_index, :event, :try_number)"
).bindparams(bindparam("at", type_=UtcDateTime()))


def label(pair: Pair) -> str:
    city, source = pair
    return f"{city} · {source}" if city else source


def add_run(
    engine: Engine,
    run_id: str,
    instances: Sequence[tuple[Pair, Instance]],
    *,
    age: timedelta = timedelta(),
    dag: str = "city_discovery",
    run_type: str = "scheduled",
    state: str = "success",
    who: str | None = None,
    conf: dict[str, Any] | None = None,
) -> None:
    """Add a run as the scheduler would leave it."""
    at = NOW - age
    with engine.begin() as conn:
        conn.execute(
            _DAG_RUN,
            {"dag": dag, "run_id": run_id, "run_after": at, "run_type": run_type, "state": state,
             "who": who, "conf": conf or {}},
        )  # fmt: skip
        key = {"dag": dag, "run_id": run_id}
        plan = Instance(name=None)
        rows = [("plan", -1, plan, None)] + [
            ("sync", index, instance, pair) for index, (pair, instance) in enumerate(instances)
        ]
        for task, index, instance, pair in rows:
            name = label(pair) if pair and instance.name == "kept" else instance.name
            conn.execute(
                _INSTANCE,
                {**key, "id": _id(conn.dialect.name), "task": task, "map_index": index,
                 "state": instance.state, "try_number": instance.try_number, "name": name,
                 "start_date": at if instance.started else None,
                 "end_date": at + timedelta(minutes=1) if instance.started else None},
            )  # fmt: skip
        for index, (_, instance) in enumerate(instances):
            if instance.log_event is not None:
                conn.execute(
                    _LOG,
                    {**key, "task": "sync", "map_index": index, "event": instance.log_event,
                     "try_number": instance.try_number, "at": at},
                )  # fmt: skip


def _id(dialect: str) -> str:
    return str(uuid.uuid4()) if dialect == "postgresql" else uuid.uuid4().hex


def add_dag(engine: Engine) -> None:
    """Let Airflow know the DAG, as after its file was parsed."""
    with engine.begin() as conn:
        conn.execute(text("INSERT INTO dag_bundle (name, active) VALUES ('dags', true)"))
        conn.execute(
            text(
                "INSERT INTO dag (dag_id, is_paused, is_stale, bundle_name, timetable_type,"
                " timetable_summary, partition_mapper_info, max_active_tasks,"
                " max_consecutive_failed_dag_runs,"
                " has_task_concurrency_limits, next_dagrun_create_after)"
                " VALUES ('city_discovery', false, false, 'dags', 'cron', '0 0 * * *', '{}', 16, 0,"
                " false, now() + interval '3 hours')"
            )
        )


def clear(engine: Engine) -> None:
    """Forget all runs."""
    with engine.begin() as conn:
        for table in ("log", "task_instance", "dag_run"):
            conn.execute(text(f"DELETE FROM {table}"))
