"""A migrated discovery database for each test: one is emptied between tests, not made for each.

What a test did to rows is undone by deleting them, which takes a hundredth of the time. Where it
changed anything else (tables, functions, rights, the history of migrations), or made the database
large, the database is dropped, and the next test gets a new copy of the template.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from include.discovery.store.connection import Connection, connect
from localdev.postgres import EmbeddedPostgres

_NAME = "discovery_tests"
_LARGE_BYTES = 4_000_000  # deleted rows stay in the files, and every scan reads them

# Each change of the schema writes rows of the catalogue anew, which the server's own maintenance
# does not: unchanged, it has as many rows as before, and none of a later transaction. Objects that
# come with PostgreSQL have numbers below 16384; temporary tables are in schemas named pg_….
_OWN = "oid >= 16384"
_CATALOGUE = {
    "pg_class": _OWN,
    "pg_attribute": "attrelid >= 16384",
    "pg_attrdef": "true",
    "pg_constraint": _OWN,
    "pg_trigger": "true",
    "pg_event_trigger": "true",
    "pg_policy": "true",
    "pg_proc": _OWN,
    "pg_type": _OWN,
    "pg_extension": "true",
    "pg_default_acl": "true",
    "pg_db_role_setting": "true",
    "pg_database": "datname = current_database()",
    "pg_namespace": "nspname NOT LIKE 'pg\\_%%'",
    "discovery.schema_migrations": "true",
}
_SCHEMA = "SELECT sum(rows), sum(later) FROM ({}) AS catalogue".format(
    " UNION ALL ".join(
        "SELECT count(*) AS rows, count(*) FILTER (WHERE age(xmin) < age(%(since)s::xid)) AS later"
        f" FROM {table} WHERE {condition}"
        for table, condition in _CATALOGUE.items()
    )
)

_SIZE = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND oid >= 16384"

_END_OTHER_SESSIONS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> ALL(%s)
"""

_TABLES = """
SELECT schemaname, tablename FROM pg_tables
WHERE schemaname = 'discovery' AND tablename <> 'schema_migrations'
"""

_RESTART_SEQUENCES = "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence"


def create_database(server: EmbeddedPostgres, name: str, template: str = "template1") -> None:
    """Make a database; to copy the template's files is quickest where nothing is synced to disk."""
    with connect(server.url("postgres")) as admin:
        admin.execute(
            SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                Identifier(name), Identifier(template)
            )
        )


def drop_database(server: EmbeddedPostgres, name: str) -> None:
    """Remove a database with all sessions in it."""
    with connect(server.url("postgres")) as admin:
        admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def delete_rows(conn: Connection) -> None:
    """Delete all rows between two examples of one test; to truncate makes each file anew."""
    with conn.transaction():
        conn.execute("SET LOCAL session_replication_role = replica")
        conn.execute(_emptying(conn))


@dataclass(frozen=True)
class _Watch:
    """A session in a database that is lent, and what it was like when it was new."""

    session: Connection
    since: str
    """The transaction after which nothing of the schema may have changed."""
    schema: object
    emptying: Composed

    @classmethod
    def of(cls, url: str) -> _Watch:
        session = connect(url, options="-c session_replication_role=replica")
        since = str(_only(session, "SELECT pg_current_xact_id()::xid"))
        return cls(session, since, _schema(session, since), _emptying(session))

    def empty(self, kept: Connection | None) -> bool:
        """End other sessions and delete all rows; False where that does not restore it.

        :param kept: a session that may stay.
        """
        pids = [each.info.backend_pid for each in (self.session, kept) if each is not None]
        self.session.execute(_END_OTHER_SESSIONS, [pids])
        try:
            if _schema(self.session, self.since) != self.schema:
                return False
        except psycopg.errors.UndefinedTable:
            return False
        self.session.execute(self.emptying)
        self.session.execute(_RESTART_SEQUENCES)
        return int(str(_only(self.session, _SIZE))) < _LARGE_BYTES


class DatabaseOfTests:
    """One database of a server, which each test in turn finds migrated and empty."""

    def __init__(self, server: EmbeddedPostgres, template: str) -> None:
        self._server = server
        self._template = template
        self._watch: _Watch | None = None
        self._session: Connection | None = None

    @contextmanager
    def lent(self) -> Iterator[str]:
        """Give the URL; at the end whoever still uses the database is disconnected."""
        url = self._server.url(_NAME)
        if self._watch is None:
            create_database(self._server, _NAME, self._template)
            self._watch = _Watch.of(url)
        yield url
        if not self._watch.empty(self._usable_session()):
            self._watch.session.close()
            self._watch = None
            self._close_session()
            drop_database(self._server, _NAME)

    @contextmanager
    def session(self, url: str) -> Iterator[Connection]:
        """Give a session in the database that is lent, as good as a new one.

        A new one would have to log in and to read the catalogue, which takes ten times as long as
        most tests.
        """
        session = self._usable_session() or connect(url)
        self._session = None  # a test that breaks off leaves none behind
        yield session
        self._session = session

    def _usable_session(self) -> Connection | None:
        """Return the session that a test has left, reset; None where it cannot be used again."""
        session = self._session
        if session is None or session.closed or not session.autocommit:
            self._close_session()
            return None
        if session.row_factory is not psycopg.rows.tuple_row:
            self._close_session()
            return None
        try:
            session.execute("ROLLBACK")
            session.execute("DISCARD ALL")
        except psycopg.Error:
            self._close_session()
            return None
        return session

    def _close_session(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def _emptying(session: Connection) -> Composed:
    """Return what deletes all rows, in a session with session_replication_role = replica.

    Foreign keys have triggers, which that setting keeps quiet: tables may be emptied in any order.
    """
    tables = session.execute(_TABLES).fetchall()
    return SQL("; ").join(SQL("DELETE FROM {}").format(Identifier(*at)) for at in tables)


def _schema(session: Connection, since: str) -> object:
    return session.execute(_SCHEMA.encode(), {"since": since}).fetchone()


def _only(session: Connection, query: str) -> object:
    row = session.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]
