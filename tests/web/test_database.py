"""The api-server's connections to the discovery database."""

from __future__ import annotations

import pytest

from include.discovery.errors import CodeOutdated, DatabaseUnavailable, NotMigrated
from include.discovery.store.connection import Connection, connect
from include.discovery.web.database import DiscoveryDatabase, open_for_requests


def test_a_connection_is_used_again_by_the_next_request(database_url: str) -> None:
    database = DiscoveryDatabase(lambda: connect(database_url))
    with database.lend() as first:
        pass
    with database.lend() as second:
        assert second is first
    database.close()
    assert first.closed


def test_a_broken_connection_is_not_used_again(database_url: str, conn: Connection) -> None:
    database = DiscoveryDatabase(lambda: connect(database_url))
    with database.lend() as first:
        pid = first.info.backend_pid
    conn.execute("SELECT pg_terminate_backend(%s)", [pid])

    with database.lend() as second:
        assert second is not first
        assert second.execute("SELECT 1").fetchone() == (1,)
    database.close()


def test_a_connection_is_closed_after_its_request_failed(database_url: str) -> None:
    database = DiscoveryDatabase(lambda: connect(database_url))

    with pytest.raises(ZeroDivisionError), database.lend() as conn:
        raise ZeroDivisionError

    assert conn.closed


def test_concurrent_requests_have_a_connection_each(database_url: str) -> None:
    database = DiscoveryDatabase(lambda: connect(database_url))

    with database.lend() as first, database.lend() as second:
        assert first is not second
    database.close()


def test_the_page_uses_the_airflow_connection(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", database_url)

    with open_for_requests() as conn:
        assert conn.info.get_parameters()["connect_timeout"] == "5"


def test_no_request_can_hold_the_database_for_long(database_url: str) -> None:
    database = DiscoveryDatabase(lambda: connect(database_url))

    with database.lend() as conn:
        assert conn.execute("SHOW statement_timeout").fetchone() == ("10s",)
    database.close()


def test_the_writes_of_a_failed_request_are_rolled_back(
    database_url: str, conn: Connection
) -> None:
    database = DiscoveryDatabase(lambda: connect(database_url))

    def request() -> None:
        with database.lend() as lent:
            lent.execute("INSERT INTO discovery.countries VALUES ('PL', 'Poland')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        request()

    assert conn.execute("SELECT count(*) FROM discovery.countries").fetchone() == (0,)


def test_an_unreachable_server_is_reported_by_the_name_of_its_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", "postgresql://u:hidden@127.0.0.1:1/none")

    with pytest.raises(DatabaseUnavailable, match="discovery_db") as failure:
        open_for_requests()

    assert "hidden" not in str(failure.value)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ("DELETE FROM discovery.schema_migrations WHERE name >= '0002'", NotMigrated),
        ("INSERT INTO discovery.schema_migrations VALUES ('9999_later.sql', '')", CodeOutdated),
    ],
)
def test_a_schema_that_does_not_fit_the_code_is_noticed_at_the_next_request(
    database_url: str, conn: Connection, change: str, error: type[DatabaseUnavailable]
) -> None:
    database = DiscoveryDatabase(lambda: connect(database_url))
    with database.lend():
        pass
    conn.execute(change.encode())

    with pytest.raises(error), database.lend():
        pytest.fail("nothing may be read or written")
