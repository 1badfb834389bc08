"""Brings the discovery database to the current schema: numbered SQL files, each applied once.

Every file runs in one transaction together with its row in ``discovery.schema_migrations``, under a
lock of that transaction, so that any number of processes may start at once and one that is killed
leaves nothing half done. The lock belongs to the transaction, not to the session, so it also works
behind a connection pooler in transaction mode.

Every user of the database first checks (:func:`check_schema`) that it has the schema for which
this code was written: code and schema are upgraded one after the other, and while they differ
nothing may be claimed or changed.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import psycopg

from include.discovery.errors import CodeOutdated, DatabaseUnavailable, NotMigrated
from include.discovery.store.connection import Connection, reported

log = logging.getLogger(__name__)

_LOCK = 0x6469_7363_6F76  # "discov": any number that no other program uses

# An administrator may have created the schema for an owner who must not create schemas.
_CREATE_HISTORY = """
DO $$ BEGIN
    IF to_regnamespace('discovery') IS NULL THEN CREATE SCHEMA discovery; END IF;
END $$;
CREATE TABLE IF NOT EXISTS discovery.schema_migrations (
    name       text PRIMARY KEY,
    sha256     text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
"""

_HISTORY = "SELECT name, sha256 FROM discovery.schema_migrations"


@dataclass(frozen=True, slots=True)
class Migration:
    """One SQL file: its name orders it, its checksum proves that it is still what was applied."""

    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Checksum over the text, in hex."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations() -> list[Migration]:
    """Read the migration files in their order."""
    found = (Migration(file.name, file.read_text("utf-8")) for file in _files())
    return sorted(found, key=lambda migration: migration.name)


def _files() -> Iterator[Traversable]:
    folder = files(__package__) / "migrations"
    return (file for file in folder.iterdir() if file.name.endswith(".sql"))


def migrate(conn: Connection, wanted: list[Migration] | None = None) -> list[str]:
    """Apply what is missing and return the names of it; an empty list means: already current.

    :param conn: a connection of the schema's owner, unless the database is current.
    :raises CodeOutdated: when the database is ahead of this code.
    :raises DatabaseUnavailable: when an applied file was changed afterwards, or the connection's
        role may not change the schema.
    """
    wanted = migrations() if wanted is None else wanted
    if _is_current(conn, wanted):
        return []
    applied = []
    for migration in wanted:
        with conn.transaction(), _owner_needed(conn):
            conn.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            conn.execute(_CREATE_HISTORY)
            history: dict[str, str] = dict(conn.execute(_HISTORY).fetchall())
            _check_history(history, wanted)
            if migration.name in history:
                continue
            conn.execute(migration.sql.encode())
            conn.execute(
                "INSERT INTO discovery.schema_migrations (name, sha256) VALUES (%s, %s)",
                [migration.name, migration.sha256],
            )
        log.info("Migration %s is applied.", migration.name)
        applied.append(migration.name)
    return applied


def check_schema(conn: Connection) -> None:
    """Refuse a database whose schema is not the one this code was written for: one cheap query.

    :raises NotMigrated: when migrations are missing.
    :raises CodeOutdated: when there are migrations that this code does not know.
    """
    known = _names()
    with reported():
        there = {name for name, _ in conn.execute(_HISTORY).fetchall()}
    _refuse_newer(there, known)
    if missing := sorted(known - there):
        raise NotMigrated(
            f"the discovery database is older than this code (it lacks {', '.join(missing)}); "
            "run: python -m include.discovery migrate"
        )


def schema_version(conn: Connection) -> str | None:
    """Return the name of the newest applied migration."""
    return max((name for name, _ in conn.execute(_HISTORY).fetchall()), default=None)


@cache
def _names() -> frozenset[str]:
    """Return the names of this code's migrations, which do not change while a process runs."""
    return frozenset(file.name for file in _files())


def _is_current(conn: Connection, wanted: list[Migration]) -> bool:
    """Whether nothing is left to do, so that neither the owner's rights nor the lock are needed."""
    try:
        with conn.transaction():
            history: dict[str, str] = dict(conn.execute(_HISTORY).fetchall())
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        return False
    _check_history(history, wanted)
    return len(history) == len(wanted)


@contextmanager
def _owner_needed(conn: Connection) -> Iterator[None]:
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseUnavailable(
            f"role {conn.info.user} may not change the schema of the discovery database "
            f"({error.diag.message_primary}); migrate as its owner: "
            "set the connection discovery_db_owner (docs/deployment.md, 'Roles')"
        ) from error


def _check_history(history: Mapping[str, str], wanted: list[Migration]) -> None:
    known = {migration.name: migration.sha256 for migration in wanted}
    _refuse_newer(history.keys(), known.keys())
    if changed := sorted(name for name, sha256 in history.items() if known[name] != sha256):
        raise DatabaseUnavailable(
            f"migration {', '.join(changed)} was changed after it had been applied; "
            "restore the file and put the change into a new one"
        )


def _refuse_newer(there: AbstractSet[str], known: AbstractSet[str]) -> None:
    if ahead := sorted(there - known):
        raise CodeOutdated(
            f"this code is older than the discovery database (which has {', '.join(ahead)}); "
            "deploy the newer code"
        )
