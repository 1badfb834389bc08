"""The discovery database by its Airflow connection: for tasks and for the page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from airflow.sdk.exceptions import AirflowNotFoundException

from include.discovery.credentials import DISCOVERY_DB
from include.discovery.errors import DatabaseUnavailable
from include.discovery.store.connection import Connection, prepared, reported

if TYPE_CHECKING:
    import psycopg


def open_discovery_db(connect_timeout_seconds: int = 10) -> Connection:
    """Open the database of the Airflow connection ``discovery_db``.

    :param connect_timeout_seconds: how long to wait where a firewall swallows packets; a timeout
        among the connection's own extras wins.
    :raises DatabaseUnavailable: when there is no such connection, or no answer.
    """
    # Imported late: the api-server needs the hook at the first request, not at its start.
    from airflow.providers.postgres.hooks.postgres import PostgresHook  # noqa: PLC0415

    hook = PostgresHook(postgres_conn_id=DISCOVERY_DB)
    try:
        with reported():
            extra = {"connect_timeout": connect_timeout_seconds, **hook.connection.extra_dejson}
            hook.connection.extra = json.dumps(extra)
            # Typed as either driver's connection; with SQLAlchemy 2 it is psycopg 3's.
            return prepared(cast("psycopg.Connection", hook.get_conn()))
    except AirflowNotFoundException as error:
        raise DatabaseUnavailable(
            f"Airflow has no connection {DISCOVERY_DB}; add it (type Postgres), "
            "or set AIRFLOW_CONN_DISCOVERY_DB"
        ) from error
