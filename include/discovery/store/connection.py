"""Connections to the discovery database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from include.discovery.errors import DatabaseUnavailable

Connection = psycopg.Connection[TupleRow]
Connect = Callable[[], Connection]
"""Opens a new connection; each thread and each task needs its own."""

NOT_MIGRATED = (
    "the discovery database has no current schema; run: python -m include.discovery migrate"
)


def connect(conninfo: str) -> Connection:
    """Open a connection by URI or key-value string.

    :raises DatabaseUnavailable: when the server does not answer or refuses.
    """
    with reported():
        try:
            conn = psycopg.connect(conninfo, connect_timeout=10, application_name="discovery")
        except psycopg.ProgrammingError:
            # What libpq says about an address that it cannot read quotes it, password and all.
            raise DatabaseUnavailable(
                "the address of the discovery database (connection discovery_db) is malformed, "
                "or has parameters that PostgreSQL does not know"
            ) from None
        return prepared(conn)


def prepared(conn: psycopg.Connection[Any]) -> Connection:
    """Set a fresh connection up as this room expects it: autocommit, times in UTC."""
    conn.autocommit = True
    conn.execute("SET TIME ZONE 'UTC'")
    return conn


@contextmanager
def reported() -> Iterator[None]:
    """Turn what an operator can mend into :class:`DatabaseUnavailable`.

    That is: no server, no schema, no right to use it, a standby that may only be read.
    """
    try:
        yield
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as error:
        raise DatabaseUnavailable(NOT_MIGRATED) from error
    except (
        psycopg.OperationalError,
        psycopg.errors.InsufficientPrivilege,
        psycopg.errors.ReadOnlySqlTransaction,
    ) as error:
        # libpq repeats the line for each address it tried, and never shows the password.
        cause = (str(error).strip().splitlines() or ["no reason given"])[0]
        raise DatabaseUnavailable(
            f"cannot use the discovery database (connection discovery_db): {cause}"
        ) from error
