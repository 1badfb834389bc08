"""Nothing of the local run is a superuser of its databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from include.discovery.store.connection import connect
from include.discovery.store.migrate import check_schema, migrate
from localdev import roles
from localdev.errors import LocalRunError
from localdev.files import Layout, Memory
from localdev.postgres import EmbeddedPostgres
from localdev.roles import Urls

LAYOUT = Layout.of_this_checkout()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(tmp_path / "postgres", durable=False) as running:
        yield running
    running.destroy()


def prepare(server: EmbeddedPostgres, folder: Path) -> Urls:
    return roles.prepare(server, LAYOUT, Memory(folder / "memory.json"))


def test_each_role_has_its_rights_and_is_kept_for_the_next_run(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    first = prepare(server, tmp_path)
    with connect(first.discovery_owner) as owner:
        migrate(owner)

    assert prepare(server, tmp_path) == first
    with connect(first.discovery) as runtime:
        check_schema(runtime)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            runtime.execute("CREATE TABLE discovery.mine (id int)")
    with psycopg.connect(first.metadata) as airflow:
        airflow.execute("CREATE TABLE dag (id int)")
        superusers = airflow.execute("SELECT rolname FROM pg_roles WHERE rolsuper").fetchall()
    assert superusers == [("postgres",)]
    assert {urlsplit(url).username for url in (first.metadata, first.discovery)} == {
        "airflow",
        "discovery",
    }


def test_the_discovery_roles_cannot_reach_airflows_database(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    urls = prepare(server, tmp_path)

    for url in (urls.discovery, urls.discovery_owner):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(f"{url.rpartition('/')[0]}/airflow")


def test_lost_passwords_are_replaced(server: EmbeddedPostgres, tmp_path: Path) -> None:
    first = prepare(server, tmp_path)
    (tmp_path / "memory.json").unlink()

    second = prepare(server, tmp_path)

    assert second != first
    psycopg.connect(second.discovery).close()


def test_databases_that_a_superuser_owns_are_refused_with_the_way_out(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    with connect(server.url("discovery")) as superuser:
        migrate(superuser)

    with pytest.raises(LocalRunError, match="start anew with `make clean`"):
        prepare(server, tmp_path)
