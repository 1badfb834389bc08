"""The discovery database by its Airflow connection: for tasks and for the page."""

from __future__ import annotations

from airflow.sdk.exceptions import AirflowNotFoundException

from include.discovery.errors import DatabaseUnavailable
from include.discovery.field_types import DISCOVERY_DB, DISCOVERY_DB_OWNER
from include.discovery.store.connection import Connection, connect, connection_parameters


def open_discovery_db(connect_timeout_seconds: int = 10) -> Connection:
    """Open the database of the Airflow connection ``discovery_db``.

    :param connect_timeout_seconds: how long to wait where a firewall swallows packets; a timeout
        among the connection's own extras wins.
    :raises DatabaseUnavailable: when there is no such connection, or no answer.
    """
    try:
        return _open(DISCOVERY_DB, connect_timeout_seconds)
    except AirflowNotFoundException as error:
        raise DatabaseUnavailable(
            f"Airflow has no connection {DISCOVERY_DB}; add it (type Postgres), "
            "or set AIRFLOW_CONN_DISCOVERY_DB"
        ) from error


def open_for_migration() -> Connection:
    """Open the discovery database as its owner: by ``discovery_db_owner``, if there is such.

    :raises DatabaseUnavailable: when there is no connection, or no answer.
    """
    try:
        return _open(DISCOVERY_DB_OWNER)
    except AirflowNotFoundException:
        return open_discovery_db()


def _open(connection_id: str, connect_timeout_seconds: int = 10) -> Connection:
    # Imported late: the api-server needs the hook at the first request, not at its start.
    from airflow.providers.postgres.hooks.postgres import PostgresHook  # noqa: PLC0415

    hook = PostgresHook(postgres_conn_id=connection_id)
    found = hook.connection
    extra = found.extra_dejson
    login, password, port = found.login, found.password, found.port
    if extra.get("iam"):
        # A token of AWS or Azure stands for the password: the hook knows how to get one.
        login, password, port = hook.get_iam_token(found)
    return connect(
        **connection_parameters(
            host=found.host,
            port=port,
            login=login,
            password=password,
            schema=found.schema,
            extra={"connect_timeout": connect_timeout_seconds, **extra},
        )
    )
