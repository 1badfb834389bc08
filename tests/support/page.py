"""The page's real app on real databases: fixtures for every test that asks it something.

Airflow is imported within the fixtures: tests that need none of them do not wait for it.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from psycopg.sql import SQL, Identifier

from include.discovery.store.connection import connect
from localdev.postgres import EmbeddedPostgres
from tests.support.background import wait_for_background

if TYPE_CHECKING:
    from fastapi import FastAPI
    from sqlalchemy.engine import Engine

    from tests.web.page_support import Page

_METADATA = "metadata"


@pytest.fixture(scope="session")
def postgres_metadata_url(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """Migrate a metadata database, as Airflow itself does."""
    from tests.web.metadata_support import migrate_metadata

    with connect(postgres.url("postgres")) as admin:
        admin.execute(SQL("CREATE DATABASE {}").format(Identifier(_METADATA)))
    url = postgres.url(_METADATA).replace("postgresql://", "postgresql+psycopg2://", 1)
    migrate_metadata(url, tmp_path_factory.mktemp("home"))
    return url


@pytest.fixture(scope="session")
def sqlite_metadata_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Migrate a metadata database of the kind that Airflow has without any configuration."""
    from tests.web.metadata_support import migrate_metadata

    folder: Path = tmp_path_factory.mktemp("home")
    url = f"sqlite:///{folder}/metadata.db"
    migrate_metadata(url, folder)
    return url


@pytest.fixture(scope="session")
def airflow_on_postgres(postgres_metadata_url: str) -> Iterator[Engine]:
    """Point this process's Airflow at a real metadata database, with the DAG known to it."""
    from airflow import settings

    from tests.web.metadata_support import add_dag

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
    from tests.web.metadata_support import clear

    clear(airflow_on_postgres)
    return airflow_on_postgres


@pytest.fixture(scope="session")
def page_app(airflow_on_postgres: Engine) -> FastAPI:
    """Build the page's app once: its routes take longer than most tests do."""
    from airflow.api_fastapi.app import create_auth_manager

    from include.discovery.web.app import create_app

    os.environ["AIRFLOW__API_AUTH__JWT_SECRET"] = "a-secret-of-the-tests" * 4
    create_auth_manager()
    return create_app()


@pytest.fixture
def page(metadata: Engine, database_url: str, page_app: FastAPI) -> Iterator[Page]:
    """Return the page's real app on real databases, with users of every role."""
    from fastapi.testclient import TestClient

    from include.discovery.web.cache import Cached
    from include.discovery.web.database import DiscoveryDatabase
    from include.discovery.web.metadata import metadata_session
    from include.discovery.web.services import Services
    from include.discovery.web.statistics import StatisticsReader
    from tests.web.page_support import Page

    services = Services(
        database=DiscoveryDatabase(lambda: connect(database_url)),
        statistics=StatisticsReader(metadata_session, keep_seconds=0),
        events=Cached(0),
        charts=defaultdict(lambda: Cached(0)),
    )
    page_app.state.services = services
    routes = [*page_app.router.routes]
    with TestClient(
        page_app, base_url="http://airflow.test", raise_server_exceptions=False
    ) as client:
        yield Page(page_app, client, services)
    wait_for_background()
    page_app.router.routes[:] = routes  # without those that a test has added
