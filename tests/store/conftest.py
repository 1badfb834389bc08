"""Databases that are not yet what the system needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from psycopg.sql import SQL, Identifier

from include.discovery.store.connection import connect
from localdev.postgres import EmbeddedPostgres


@pytest.fixture
def empty_url(postgres: EmbeddedPostgres, request: pytest.FixtureRequest) -> Iterator[str]:
    """Give each test a database with nothing in it."""
    name = f"empty_{abs(hash(request.node.nodeid)):x}"
    with connect(postgres.url("postgres")) as admin:
        admin.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            yield postgres.url(name)
        finally:
            admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
