"""A server with the databases and roles that the documentation tells to make, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from include.discovery.store.connection import connect
from include.discovery.store.migrate import migrate, migrations
from localdev.postgres import EmbeddedPostgres

ROOT = Path(__file__).parents[2]
ROLES = ROOT / "include" / "discovery" / "store" / "roles.sql"
READER = ROOT / "include" / "discovery" / "store" / "reader.sql"
GUIDE = ROOT / "docs" / "deployment.md"
PASSWORD = "of-the-tests"


@dataclass(frozen=True)
class RoleUrls:
    """How each role connects to the discovery database, which the owner has migrated."""

    runtime: str
    owner: str
    metadata: str
    """The runtime role's way to Airflow's database on the same server: it has no right to it."""
    superuser: str
    reader: str
    """Of those who query: made when the schema is current, as the documentation tells to."""


@pytest.fixture(scope="session", params=["superuser", "administrator", "used before"])
def role_urls(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RoleUrls]:
    """Make the roles as a superuser does, as the first user of a managed server does, and late.

    Late is: in a database that a superuser has migrated before.
    """
    server = EmbeddedPostgres(
        tmp_path_factory.mktemp("roles"), durable=False, databases=("airflow",)
    )
    with server, psycopg.connect(server.url("postgres"), autocommit=True) as root:
        at = f"{urlsplit(server.url('')).hostname}:{server.port}"

        def url(role: str, database: str = "discovery") -> str:
            return f"postgresql://{role}:{PASSWORD}@{at}/{database}"

        root.execute(
            sql.SQL("CREATE ROLE administrator LOGIN CREATEROLE CREATEDB PASSWORD {}").format(
                PASSWORD
            )
        )

        def admin(database: str) -> str:
            if request.param == "administrator":
                return url("administrator", database)
            return server.url(database)

        with psycopg.connect(admin("postgres"), autocommit=True) as session:
            session.execute("CREATE DATABASE discovery")
        if request.param == "used before":
            with connect(server.url("discovery")) as former:
                migrate(former, migrations()[:-1])
        with psycopg.connect(admin("discovery"), autocommit=True) as session:
            session.execute(ROLES.read_bytes())
            for role in ("discovery_owner", "discovery"):
                session.execute(
                    sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), PASSWORD)
                )
            if request.param == "used before":
                session.execute(_handing_over().encode())
        with psycopg.connect(server.url("airflow"), autocommit=True) as session:
            session.execute("CREATE TABLE connection (password text)")
        with connect(url("discovery_owner")) as owner:
            migrate(owner)
        with psycopg.connect(admin("discovery"), autocommit=True) as session:
            session.execute(READER.read_bytes())
            session.execute(sql.SQL("ALTER ROLE discovery_reader PASSWORD {}").format(PASSWORD))
        yield RoleUrls(
            url("discovery"),
            url("discovery_owner"),
            url("discovery", "airflow"),
            server.url("discovery"),
            url("discovery_reader"),
        )
    server.destroy()


def _handing_over() -> str:
    guide = GUIDE.read_text("utf-8")
    (found,) = re.findall(r"^```sql\n(ALTER SCHEMA.*?)^```", guide, re.MULTILINE | re.DOTALL)
    return str(found)
