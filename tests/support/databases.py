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
# does not. Objects that come with PostgreSQL have numbers below 16384.
_SCHEMA = """
SELECT md5(string_agg(object, ' ' ORDER BY object)) FROM (
    SELECT concat_ws('.', 'class', oid, xmin) FROM pg_class WHERE oid >= 16384
    UNION ALL
    SELECT concat_ws('.', 'attribute', attrelid, attnum, xmin) FROM pg_attribute
        WHERE attrelid >= 16384
    UNION ALL SELECT concat_ws('.', 'default', oid, xmin) FROM pg_attrdef
    UNION ALL SELECT concat_ws('.', 'constraint', oid, xmin) FROM pg_constraint WHERE oid >= 16384
    UNION ALL SELECT concat_ws('.', 'trigger', oid, xmin) FROM pg_trigger
    UNION ALL SELECT concat_ws('.', 'event trigger', oid, xmin) FROM pg_event_trigger
    UNION ALL SELECT concat_ws('.', 'policy', oid, xmin) FROM pg_policy
    UNION ALL SELECT concat_ws('.', 'function', oid, xmin) FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT concat_ws('.', 'type', oid, xmin) FROM pg_type WHERE oid >= 16384
    UNION ALL SELECT concat_ws('.', 'extension', oid, xmin) FROM pg_extension
    UNION ALL SELECT concat_ws('.', 'default rights', oid, xmin) FROM pg_default_acl
    UNION ALL SELECT concat_ws('.', 'setting', setdatabase, setrole, xmin) FROM pg_db_role_setting
    UNION ALL
    SELECT concat_ws('.', 'database', oid, xmin) FROM pg_database
        WHERE datname = current_database()
    UNION ALL
    SELECT concat_ws('.', 'schema', oid, xmin) FROM pg_namespace
        WHERE nspname NOT LIKE 'pg\\_%' -- the schemas of temporary tables
    UNION ALL SELECT concat_ws('.', 'migration', name, xmin) FROM discovery.schema_migrations
) AS everything (object)
"""

_SIZE = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND oid >= 16384"

_END_OTHER_SESSIONS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
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


@dataclass(frozen=True)
class _Watch:
    """A session in a database that is lent, and what it was like when it was new."""

    session: Connection
    schema: object
    emptying: Composed

    @classmethod
    def of(cls, url: str) -> _Watch:
        # Foreign keys have triggers, which this setting keeps quiet: tables may be emptied in any
        # order.
        session = connect(url, options="-c session_replication_role=replica")
        tables = session.execute(_TABLES).fetchall()
        emptying = SQL("; ").join(SQL("DELETE FROM {}").format(Identifier(*at)) for at in tables)
        return cls(session, _only(session, _SCHEMA), emptying)

    def empty(self) -> bool:
        """End all other sessions and delete all rows; False where that does not restore it."""
        self.session.execute(_END_OTHER_SESSIONS)
        try:
            if _only(self.session, _SCHEMA) != self.schema:
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

    @contextmanager
    def lent(self) -> Iterator[str]:
        """Give the URL; at the end whoever still uses the database is disconnected."""
        url = self._server.url(_NAME)
        if self._watch is None:
            create_database(self._server, _NAME, self._template)
            self._watch = _Watch.of(url)
        yield url
        if not self._watch.empty():
            self._watch.session.close()
            self._watch = None
            drop_database(self._server, _NAME)


def _only(session: Connection, query: str) -> object:
    row = session.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]
