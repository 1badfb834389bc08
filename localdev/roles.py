"""The roles of the local databases: nothing that runs here is a superuser.

Airflow owns its database. The discovery database has an owner, for migrations, and a role with the
rights to read and write rows, as a deployment should have them: from the same file.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from localdev.errors import LocalRunError
from localdev.files import Layout, Memory
from localdev.ports import HOST
from localdev.postgres import EmbeddedPostgres

AIRFLOW, OWNER, RUNTIME = "airflow", "discovery_owner", "discovery"


@dataclass(frozen=True)
class Urls:
    """`postgresql://` URLs, each with the role and its password."""

    metadata: str
    discovery: str
    discovery_owner: str


def prepare(postgres: EmbeddedPostgres, layout: Layout, memory: Memory) -> Urls:
    """Make the roles if they are missing, and say how they connect.

    Passwords are kept for the next run, where only the owner of the checkout may read them.
    """
    kept = memory.get("database_passwords")
    if not isinstance(kept, dict):
        kept = {role: secrets.token_urlsafe(24) for role in (AIRFLOW, OWNER, RUNTIME)}
        memory.put("database_passwords", kept)
    with _superuser(postgres, "airflow") as session:
        if not _exists(session, AIRFLOW):
            _refuse_used(session, "public.alembic_version")
            session.execute("CREATE ROLE airflow LOGIN")
        session.execute("ALTER DATABASE airflow OWNER TO airflow")
        session.execute("REVOKE ALL ON DATABASE airflow FROM PUBLIC")
    with _superuser(postgres, "discovery") as session:
        if not _exists(session, OWNER):
            _refuse_used(session, "discovery.schema_migrations")
            session.execute(layout.roles.read_bytes())
        for role, password in kept.items():
            session.execute(
                SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(role), Literal(password))
            )

    def url(role: str, database: str) -> str:
        return f"postgresql://{role}:{kept[role]}@{HOST}:{postgres.port}/{database}"

    return Urls(url(AIRFLOW, "airflow"), url(RUNTIME, "discovery"), url(OWNER, "discovery"))


def _superuser(postgres: EmbeddedPostgres, database: str) -> psycopg.Connection:
    return psycopg.connect(postgres.url(database), autocommit=True, connect_timeout=10)


def _exists(session: psycopg.Connection, role: str) -> bool:
    found = session.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    return found is not None


def _refuse_used(session: psycopg.Connection, table: str) -> None:
    """Refuse databases of the time when a superuser owned everything in them."""
    (found,) = session.execute("SELECT to_regclass(%s)", [table]).fetchone() or (None,)
    if found is not None:
        raise LocalRunError(
            "the local databases were made by an earlier version of this project, and belong to "
            "a superuser; start anew with `make clean`"
        )
