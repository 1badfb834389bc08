"""Real metadata databases, migrated by Airflow itself, and the page's app on them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from airflow.api_fastapi.app import create_auth_manager
from fastapi.testclient import TestClient
from psycopg.sql import SQL, Identifier
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine

from include.discovery.store.connection import connect
from include.discovery.web.app import create_app
from include.discovery.web.database import DiscoveryDatabase
from include.discovery.web.metadata import metadata_session
from include.discovery.web.services import Kept, Services
from include.discovery.web.statistics import StatisticsReader
from localdev.postgres import EmbeddedPostgres
from tests.web.metadata_support import add_dag, clear, migrate_metadata
from tests.web.page_support import Page

METADATA = "metadata"


@pytest.fixture(scope="session")
def postgres_metadata_url(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> str:
    with connect(postgres.url("postgres")) as admin:
        admin.execute(SQL("CREATE DATABASE {}").format(Identifier(METADATA)))
    url = postgres.url(METADATA).replace("postgresql://", "postgresql+psycopg2://", 1)
    migrate_metadata(url, tmp_path_factory.mktemp("home"))
    return url


@pytest.fixture(scope="session")
def sqlite_metadata_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("home")
    url = f"sqlite:///{folder}/metadata.db"
    migrate_metadata(url, folder)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Return an empty metadata database of each kind that Airflow may have."""
    kind = "sqlite_metadata_url" if request.param == "sqlite" else "postgres_metadata_url"
    engine = create_engine(request.getfixturevalue(kind))
    clear(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def airflow_on_postgres(postgres_metadata_url: str) -> Iterator[Engine]:
    """Point this process's Airflow at a real metadata database, with the DAG known to it."""
    from airflow import settings

    before = settings.SQL_ALCHEMY_CONN, settings.engine, settings.Session
    scope = settings.NonScopedSession
    settings.SQL_ALCHEMY_CONN = postgres_metadata_url
    settings.configure_orm()
    assert settings.engine is not None
    add_dag(settings.engine)
    yield settings.engine
    settings.engine.dispose()
    settings.SQL_ALCHEMY_CONN, settings.engine, settings.Session = before
    settings.NonScopedSession = scope


@pytest.fixture
def metadata(airflow_on_postgres: Engine) -> Engine:
    """Return the metadata database of this process's Airflow, without any run."""
    clear(airflow_on_postgres)
    return airflow_on_postgres


@pytest.fixture
def page(metadata: Engine, database_url: str) -> Iterator[Page]:
    """Return the page's real app on real databases, with users of every role."""
    os.environ["AIRFLOW__API_AUTH__JWT_SECRET"] = "a-secret-of-the-tests" * 4
    create_auth_manager()
    services = Services(
        database=DiscoveryDatabase(lambda: connect(database_url)),
        statistics=StatisticsReader(metadata_session, keep_seconds=0),
        events=Kept(0),
    )
    app = create_app(services)
    with TestClient(app, base_url="http://airflow.test", raise_server_exceptions=False) as client:
        yield Page(app, client, services)
