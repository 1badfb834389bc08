"""What the page asks Airflow's metadata database beside the statistics: a query a question."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from airflow.configuration import ensure_secrets_loaded
from airflow.models.connection import Connection
from airflow.models.dag import DagModel
from airflow.models.dagrun import DagRun
from airflow.models.log import Log
from airflow.secrets import BaseSecretsBackend
from airflow.secrets.metastore import MetastoreBackend
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState
from airflow.utils.types import DagRunType
from pydantic import Field, JsonValue
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from include.discovery.credentials import StoredConnection, credentials_of
from include.discovery.errors import InvalidSettings
from include.discovery.fetch.keys import KeyHost
from include.discovery.links import DAG_ID, run_path
from include.discovery.web.answers import Answer

log = logging.getLogger(__name__)

_UNDER_WAY = (DagRunState.QUEUED, DagRunState.RUNNING)
_CONNECTIONS_KEPT_SECONDS = 30.0

_CONNECTION_COLUMNS = (
    "conn_id", "conn_type", "host", "port", "login", "schema",
    "_password", "_extra", "is_encrypted", "is_extra_encrypted",
)  # fmt: skip

SessionScope = Callable[[], AbstractContextManager[Session]]


@contextmanager
def metadata_session() -> Iterator[Session]:
    """Open a session of this thread's own on the metadata database."""
    with create_session(scoped=False) as session:
        yield session


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """What the page may know of a connection. The key itself is not kept."""

    exists: bool | None
    """``None``: that could not be found out."""
    has_key: bool | None
    """Whether it has a password."""
    hosts: tuple[KeyHost, ...] = ()
    """Who may get the key, as far as the connection says."""
    problem: str | None = None
    """Why it cannot hold a source's key, in words."""


class DagRunLink(Answer):
    """A run of the DAG."""

    run_id: str
    state: str
    run_type: str
    run_after: datetime
    started_at: datetime | None
    finished_at: datetime | None
    run_path: str


class Dag(Answer):
    """What the page needs to know of the DAG itself."""

    dag_id: str
    known: bool
    """False while Airflow has not parsed it yet."""
    paused: bool
    """A paused DAG runs nothing, 'Run now' included."""
    schedule: str | None = None
    """The cron expression by which it runs; None where it has none."""
    next_run_at: datetime | None
    scheduled_before: list[datetime] = Field(default=[])
    """When the schedule meant the last two runs that it started, newest first."""
    last_run: DagRunLink | None
    running: bool
    """Whether a run is queued or on."""
    running_ids: list[str] = Field(default=[])
    """Those runs."""


class Trigger(Answer):
    """A run that somebody triggered."""

    run_id: str
    at: datetime
    triggered_by: str
    state: str
    conf: dict[str, JsonValue]
    run_path: str


class Metadata:
    """Reads the DAG's state, manual runs and connections; writes entries of the audit log."""

    def __init__(self, open_session: SessionScope = metadata_session) -> None:
        self._open_session = open_session
        self._connections: dict[str, tuple[float, ConnectionState]] = {}

    def ping(self) -> None:
        """Raise unless the database answers."""
        with self._open_session() as session:
            session.execute(text("SELECT 1"))

    def dag(self) -> Dag:
        """Return the DAG's switch, its last run and its next."""
        last = (
            select(DagRun.id)
            .where(DagRun.dag_id == DAG_ID)
            .order_by(DagRun.run_after.desc(), DagRun.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = (
            select(
                DagModel.is_paused,
                DagModel.timetable_summary,
                DagModel.next_dagrun_create_after,
                DagRun.run_id,
                DagRun.state,
                DagRun.run_type,
                DagRun.run_after,
                DagRun.start_date,
                DagRun.end_date,
            )
            .select_from(DagModel)
            .join(DagRun, DagRun.id == last, isouter=True)
            .where(DagModel.dag_id == DAG_ID)
        )
        under_way = select(DagRun.run_id).where(
            DagRun.dag_id == DAG_ID, DagRun.state.in_(_UNDER_WAY)
        )
        scheduled = (
            select(DagRun.run_after)
            .where(DagRun.dag_id == DAG_ID, DagRun.run_type == DagRunType.SCHEDULED)
            .order_by(DagRun.run_after.desc())
            .limit(2)
        )
        with self._open_session() as session:
            row = session.execute(query).one_or_none()
            running_ids = list(session.scalars(under_way))
            scheduled_before = list(session.scalars(scheduled))
        if row is None:
            return Dag(
                dag_id=DAG_ID,
                known=False,
                paused=False,
                next_run_at=None,
                last_run=None,
                running=False,
            )
        return Dag(
            dag_id=DAG_ID,
            known=True,
            paused=row.is_paused,
            schedule=row.timetable_summary,
            next_run_at=None if row.is_paused else row.next_dagrun_create_after,
            last_run=_link(row) if row.run_id else None,
            running=bool(running_ids),
            running_ids=running_ids,
            scheduled_before=scheduled_before,
        )

    def states_of(self, run_ids: Collection[str]) -> dict[str, str]:
        """Return the states of runs of the DAG: run id → state, of those that there are."""
        query = select(DagRun.run_id, DagRun.state).where(
            DagRun.dag_id == DAG_ID, DagRun.run_id.in_(run_ids)
        )
        with self._open_session() as session:
            return {run_id: str(state) for run_id, state in session.execute(query)}

    def triggers(self, limit: int) -> list[Trigger]:
        """Return the newest runs that somebody triggered."""
        query = (
            select(
                DagRun.run_id,
                DagRun.run_after,
                DagRun.state,
                DagRun.conf,
                DagRun.triggering_user_name,
            )
            .where(DagRun.dag_id == DAG_ID, DagRun.run_type == DagRunType.MANUAL)
            .order_by(DagRun.run_after.desc())
            .limit(limit)
        )
        with self._open_session() as session:
            rows = session.execute(query).all()
        return [
            Trigger(
                run_id=row.run_id,
                at=row.run_after,
                triggered_by=row.triggering_user_name or "",
                state=str(row.state),
                conf=row.conf if isinstance(row.conf, dict) else {},
                run_path=run_path(row.run_id),
            )
            for row in rows
        ]

    def connections(
        self, ids: Collection[str], keep_seconds: float = _CONNECTIONS_KEPT_SECONDS
    ) -> dict[str, ConnectionState]:
        """Say which connections there are, by every way that Airflow knows to find one.

        Those of the metadata database are read in one query.

        :param keep_seconds: how old an answer may be that was given before.
        """
        now = time.monotonic()
        found = {
            name: state
            for name, (read_at, state) in self._connections.items()
            if name in ids and now - read_at < keep_seconds
        }
        asked = set(ids) - found.keys()
        if asked:
            read = self._read_connections(asked)
            self._connections.update({name: (now, state) for name, state in read.items()})
            found |= read
        return found

    def _read_connections(self, ids: set[str]) -> dict[str, ConnectionState]:
        found: dict[str, ConnectionState] = {}
        unanswered: set[str] = set()
        for backend in ensure_secrets_loaded():
            rest = ids - found.keys()
            if isinstance(backend, MetastoreBackend):
                found |= self._stored_connections(rest)
            else:
                answers, failed = _from_backend(backend, rest)
                found |= answers
                unanswered |= failed
        missing = ConnectionState(exists=False, has_key=False)
        unknown = ConnectionState(exists=None, has_key=None)
        return {
            name: found.get(name) or (unknown if name in unanswered else missing) for name in ids
        }

    def _stored_connections(self, ids: set[str]) -> dict[str, ConnectionState]:
        columns = [getattr(Connection, name) for name in _CONNECTION_COLUMNS]
        with self._open_session() as session:
            rows = session.execute(select(*columns).where(Connection.conn_id.in_(ids))).all()
        found = {}
        for row in rows:
            # Not loaded as an entity: Airflow decrypts it then, and one that cannot be decrypted
            # would take all others with it.
            connection = Connection()
            for name, value in zip(_CONNECTION_COLUMNS, row, strict=True):
                setattr(connection, name, value)
            found[connection.conn_id] = _state(connection)
        return found

    def audit(self, event: str, user: str, extra: Mapping[str, Any]) -> None:
        """Note a change in Airflow's own audit log, too; the change stands if that fails."""
        try:
            with self._open_session() as session:
                session.add(
                    Log(
                        event=event,
                        owner=user,
                        owner_display_name=user,
                        dag_id=DAG_ID,
                        extra=json.dumps(extra, ensure_ascii=False),
                    )
                )
        except SQLAlchemyError:
            log.exception("Airflow's audit log does not have this change: %s by %s.", event, user)


def _from_backend(
    backend: BaseSecretsBackend, ids: set[str]
) -> tuple[dict[str, ConnectionState], set[str]]:
    """Return what a backend knows, and the ids of which it could not be asked."""
    found, failed = {}, set()
    for name in ids:
        try:
            connection = backend.get_connection(name)
        except Exception:  # noqa: BLE001  any backend's own failures; what else is known counts
            log.warning("Could not ask %s for connection %s.", type(backend).__name__, name)
            failed.add(name)
            continue
        if connection is not None:
            found[name] = _state(connection)
    return found, failed


def _state(connection: Connection) -> ConnectionState:
    try:
        credentials = credentials_of(connection.conn_id, StoredConnection.of(connection))
    except InvalidSettings as error:
        return ConnectionState(exists=True, has_key=None, problem=str(error))
    except Exception:  # noqa: BLE001  encrypted by another key than Airflow has now
        log.warning("Connection %s cannot be decrypted.", connection.conn_id)
        return ConnectionState(exists=True, has_key=None)
    return ConnectionState(exists=True, has_key=bool(credentials.key), hosts=credentials.hosts)


def _link(row: Any) -> DagRunLink:  # noqa: ANN401  a row of the query above
    return DagRunLink(
        run_id=row.run_id,
        state=str(row.state),
        run_type=str(row.run_type),
        run_after=row.run_after,
        started_at=row.start_date,
        finished_at=row.end_date,
        run_path=run_path(row.run_id),
    )
