"""Real metadata databases, migrated by Airflow itself, of each kind that Airflow may have."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine

from tests.web.metadata_support import clear


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Return an empty metadata database of each kind that Airflow may have."""
    kind = "sqlite_metadata_url" if request.param == "sqlite" else "postgres_metadata_url"
    engine = create_engine(request.getfixturevalue(kind))
    clear(engine)
    yield engine
    engine.dispose()
