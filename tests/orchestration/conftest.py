"""An Airflow of its own for the tests that run the DAG, with its metadata in SQLite."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.orchestration.airflow_runs import Calendars, Runner

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def empty_metadata(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate a metadata database in SQLite, for each test to copy."""
    from tests.web.metadata_support import migrate_metadata

    folder = tmp_path_factory.mktemp("home")
    migrate_metadata(f"sqlite:///{folder}/metadata.db", folder)
    return folder / "metadata.db"


@pytest.fixture
def airflow(
    empty_metadata: Path,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Runner]:
    """Return what runs the DAG on databases of this test's own, without waits between tries."""
    from airflow import settings

    from tests.orchestration.airflow_runs import Runner

    database, dags = tmp_path / "metadata.db", tmp_path / "dags"
    shutil.copy(empty_metadata, database)
    shutil.copytree(ROOT / "dags", dags, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(Path(__file__).with_name("consumers.py.txt"), dags / "consumers.py")
    bundle = {
        "name": "dags",
        "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
        "kwargs": {"path": str(dags)},
    }
    monkeypatch.setenv("AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST", json.dumps([bundle]))
    monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", database_url)
    monkeypatch.setenv("DISCOVERY_PRIVATE_HOSTS", "127.0.0.1")
    monkeypatch.setenv("DISCOVERY_RETRY_DELAYS", "0,0,0")
    monkeypatch.setenv("DISCOVERY_RETRY_SPREAD", "0")
    monkeypatch.setenv("DISCOVERY_START_SPREAD", "0")
    # Airflow looks once a second whether something has become ready.
    sleep = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: sleep(min(seconds, 0.05)))
    before = settings.SQL_ALCHEMY_CONN, settings.engine, settings.Session
    scope = settings.NonScopedSession
    settings.SQL_ALCHEMY_CONN = f"sqlite:///{database}"
    settings.configure_orm()
    yield Runner(dags, monkeypatch)
    assert settings.engine is not None
    settings.engine.dispose()
    settings.SQL_ALCHEMY_CONN, settings.engine, settings.Session = before
    settings.NonScopedSession = scope


@pytest.fixture
def site() -> Iterator[Calendars]:
    """Serve calendars, a path each."""
    from tests.orchestration.airflow_runs import Calendars

    with Calendars().serving() as calendars:
        yield calendars
