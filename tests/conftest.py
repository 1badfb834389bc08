"""What all tests share: one PostgreSQL for the session, and no network beyond this machine."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import hypothesis
import psycopg
import pytest
from psycopg.sql import SQL

from include.discovery.store.connection import Connection, connect
from include.discovery.store.migrate import migrate
from localdev.postgres import EmbeddedPostgres
from tests.support.databases import DatabaseOfTests, create_database, drop_database
from tests.support.offline import leave_the_network

# Before anything imports Airflow: a home of its own, and a metadata database that does not answer,
# so that a test which reaches for it fails instead of using a developer's.
_airflow_home = tempfile.TemporaryDirectory(prefix="discovery-tests-airflow-")
os.environ["AIRFLOW_HOME"] = _airflow_home.name
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = "postgresql+psycopg2://127.0.0.1:1/none"

# Timings are benched, not asserted: on a busy machine any example may be slow. `make check` chooses
# the second profile (--hypothesis-profile=check).
hypothesis.settings.register_profile(
    "full", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile(
    "check", hypothesis.settings.get_profile("full"), max_examples=20
)
hypothesis.settings.load_profile("full")

pytest_plugins = [
    "tests.support.page",
    "tests.support.stack",
    "tests.support.roles",
    "tests.support.sharing",
]

ISOLATED = leave_the_network()
"""Whether nothing but loopback exists for this process and all that it starts."""

_MARKERS = {
    "stack": "airflow",
    "postgres_metadata_url": "airflow",
    "sqlite_metadata_url": "airflow",
    "postgres": "database",
    "role_urls": "slow",  # three more servers
}
"""The markers of tests that use these fixtures."""

_TEMPLATE = "discovery_template"
_EMPTY = "empty"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Spare the garbage collector the items of a session: they live to its end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture in _MARKERS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(_MARKERS[fixture])


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """Run a real server, without its guarantees against power cuts."""
    folder: Path = tmp_path_factory.mktemp("postgres")
    server = EmbeddedPostgres(folder, durable=False)
    with server:
        _make_logins_quick(server)
        yield server
    server.destroy()


def _make_logins_quick(server: EmbeddedPostgres) -> None:
    """Hash the password once, not 4096 times as each client else does: tests log in often."""
    with connect(server.url("postgres")) as admin:
        admin.execute("SET scram_iterations = 1")
        password = urlsplit(server.url("postgres")).password
        admin.execute(SQL("ALTER ROLE postgres PASSWORD {}").format(password))


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """Migrate one database, for all others to be copied from."""
    create_database(postgres, _TEMPLATE)
    with connect(postgres.url(_TEMPLATE)) as conn:
        migrate(conn)
    return _TEMPLATE


@pytest.fixture(scope="session")
def _database_of_tests(postgres: EmbeddedPostgres, template: str) -> DatabaseOfTests:
    return DatabaseOfTests(postgres, template)


@pytest.fixture
def database_url(_database_of_tests: DatabaseOfTests) -> Iterator[str]:
    """Give each test a migrated discovery database with nothing in it."""
    with _database_of_tests.lent() as url:
        yield url


@pytest.fixture
def conn(database_url: str, _database_of_tests: DatabaseOfTests) -> Iterator[Connection]:
    """Open a connection to this test's database."""
    with _database_of_tests.session(database_url) as connection:
        yield connection


@pytest.fixture
def empty_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """Give each test a database that was never migrated."""
    create_database(postgres, _EMPTY)
    yield postgres.url(_EMPTY)
    drop_database(postgres, _EMPTY)


def count(conn: psycopg.Connection, query: str) -> int:
    """Return the single number that a query gives."""
    row = conn.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])
