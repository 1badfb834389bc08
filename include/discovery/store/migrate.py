"""Brings the discovery database to the current schema: numbered SQL files, each applied once.

Every file runs in one transaction together with its line in ``discovery.schema_migrations``, under
a lock of that transaction, so that any number of processes may start at once and a killed one
leaves nothing half done. The lock is a transaction's, not a session's: it also holds behind a
connection pooler in transaction mode.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from importlib.resources import files

from include.discovery.errors import DatabaseUnavailable
from include.discovery.store.connection import Connection

log = logging.getLogger(__name__)

_LOCK = 0x6469_7363_6F76  # "discov": any number will do that no other program uses

_CREATE_HISTORY = """
CREATE SCHEMA IF NOT EXISTS discovery;
CREATE TABLE IF NOT EXISTS discovery.schema_migrations (
    name       text PRIMARY KEY,
    sha256     text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
"""


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
    folder = files(__package__) / "migrations"
    return sorted(
        (
            Migration(f.name, f.read_text("utf-8"))
            for f in folder.iterdir()
            if f.name.endswith(".sql")
        ),
        key=lambda migration: migration.name,
    )


def migrate(conn: Connection, wanted: list[Migration] | None = None) -> list[str]:
    """Apply what is missing and return the names of it; an empty list means: already current.

    :raises DatabaseUnavailable: when an applied file was changed afterwards, or the database is
        ahead of this code.
    """
    wanted = migrations() if wanted is None else wanted
    applied = []
    for migration in wanted:
        with conn.transaction():
            conn.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            conn.execute(_CREATE_HISTORY)
            history: dict[str, str] = dict(
                conn.execute("SELECT name, sha256 FROM discovery.schema_migrations").fetchall()
            )
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


def _check_history(history: dict[str, str], wanted: list[Migration]) -> None:
    known = {migration.name: migration.sha256 for migration in wanted}
    if ahead := sorted(history.keys() - known.keys()):
        raise DatabaseUnavailable(
            f"the discovery database is ahead of this code (it has {', '.join(ahead)}); "
            "deploy the newer code"
        )
    if changed := sorted(name for name, sha256 in history.items() if known[name] != sha256):
        raise DatabaseUnavailable(
            f"migration {', '.join(changed)} was changed after it had been applied; "
            "restore the file and put the change into a new one"
        )
