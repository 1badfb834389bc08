"""Connections to the discovery database, directly or through a pooler in transaction mode.

Such a pooler (PgBouncer, say) hands each transaction to whichever server connection is free. What a
session keeps would be lost, or be left to other clients: hence no SET but within a transaction, no
prepared statements, no advisory locks of a session, no temporary table that outlives its
transaction. Nor may a query depend on the session's time zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Format
from psycopg.rows import TupleRow, dict_row

from include.discovery.errors import DatabaseUnavailable, NotMigrated

Connection = psycopg.Connection[TupleRow]
Connect = Callable[[], Connection]
"""Opens a new connection; each thread and each task needs its own."""

NO_SCHEMA = "the discovery database has no current schema; run: python -m include.discovery migrate"

# What holds unless the connection says otherwise.
_DEFAULTS: dict[str, Any] = {
    "connect_timeout": 10,
    "application_name": "discovery",
    # A server that has vanished without a word, as in a failover, is given up within two minutes.
    "keepalives_idle": 60,
    "keepalives_interval": 15,
    "keepalives_count": 4,
    "tcp_user_timeout": 120_000,
}

# Extras that concern Airflow's PostgresHook alone. All others are parameters of libpq, as sslmode.
_NOT_FOR_LIBPQ = frozenset(
    {"iam", "redshift", "redshift-serverless", "cursor", "cluster-identifier", "workgroup-name",
     "aws_conn_id", "sqlalchemy_scheme", "sqlalchemy_query", "azure_conn_id"}
)  # fmt: skip


def connection_parameters(
    *,
    host: str | None,
    port: str | int | None,
    login: str | None,
    password: str | None,
    schema: str | None,
    extra: Mapping[str, Any],
) -> dict[str, Any]:
    """Translate an Airflow connection to PostgreSQL into the parameters of :func:`connect`.

    Tasks, page and command line all come through here, so that an extra means the same to each,
    whether it was written into a URI's query (where each value is a text) or as JSON.
    """
    given = {"host": host, "port": port, "user": login, "password": password, "dbname": schema}
    extras = {name: value for name, value in extra.items() if name not in _NOT_FOR_LIBPQ}
    return {name: value for name, value in (given | extras).items() if value not in (None, "")}


def connect(conninfo: str = "", **parameters: Any) -> Connection:  # noqa: ANN401  libpq takes any
    """Open a connection that commits each statement by itself and gives times in UTC.

    :param conninfo: a URI or key-value string, as libpq reads it.
    :param parameters: libpq's parameters, which win over those of ``conninfo``; and psycopg's
        ``prepare_threshold``: without it no statement is prepared.
    :raises DatabaseUnavailable: when the server does not answer or refuses.
    """
    threshold = _prepare_threshold(parameters.pop("prepare_threshold", None))
    with _opening():
        conn = psycopg.connect(
            _with_defaults(conninfo, parameters), autocommit=True, prepare_threshold=threshold
        )
    conn.adapters.register_loader("timestamptz", _UtcLoader)
    return conn


async def connect_async(conninfo: str) -> psycopg.AsyncConnection[TupleRow]:
    """Open a connection as :func:`connect` does, for who asks beside other things.

    :raises DatabaseUnavailable: when the server does not answer or refuses.
    """
    with _opening():
        conn = await psycopg.AsyncConnection.connect(
            _with_defaults(conninfo, {}), autocommit=True, prepare_threshold=None
        )
    conn.adapters.register_loader("timestamptz", _UtcLoader)
    return conn


# Never more than the role or the database allow, where they do.
_LIMIT = """
SELECT set_config('statement_timeout', ceil(1000 * extract(epoch FROM least(
    %s, NULLIF(current_setting('statement_timeout')::interval, '0'))))::text, true)
"""


@contextmanager
def transaction(conn: Connection, limit: timedelta | None) -> Iterator[None]:
    """Open a transaction in which PostgreSQL ends a statement that takes too long.

    Even if the process that waits for it is gone: it would go on otherwise, and hold its locks.

    :param limit: for each statement, a second at least; None: what role and database allow.
    """
    with conn.transaction():
        if limit is not None:
            conn.execute(_LIMIT, [max(limit, timedelta(seconds=1))])
        yield


def address_of(conn: Connection) -> str:
    """Return how to connect to a connection's database once more, password and all."""
    return make_conninfo(conn.info.dsn, password=conn.info.password)


def _with_defaults(conninfo: str, parameters: Mapping[str, Any]) -> str:
    given: dict[str, Any] = _DEFAULTS | conninfo_to_dict(conninfo, **parameters)
    return make_conninfo(**given)


@contextmanager
def _opening() -> Iterator[None]:
    with reported():
        try:
            yield
        except psycopg.ProgrammingError:
            # What libpq says about an address that it cannot read quotes it, password and all.
            raise DatabaseUnavailable(
                "the address of the discovery database (connection discovery_db) is malformed, "
                "or has parameters that PostgreSQL does not know"
            ) from None


class _UtcLoader(Loader):
    """Gives instants in UTC, whatever the time zone of the session.

    It asks the loader that psycopg would use, which is a compiled one where there is: a subclass of
    the one in Python takes five times as long.
    """

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        local = psycopg.adapters.get_loader(oid, Format.TEXT)
        assert local is not None
        self._load = local(oid, context).load

    def load(self, data: Buffer) -> datetime:
        moment: datetime = self._load(data)
        return moment.astimezone(UTC)


def _prepare_threshold(value: object) -> int | None:
    """Read psycopg's parameter from a URI or from JSON."""
    if value is None or str(value).lower() in {"", "none", "null"}:
        return None
    try:
        return int(str(value))
    except ValueError:
        raise DatabaseUnavailable(
            f"prepare_threshold={value!r} of connection discovery_db is not a whole number, or none"
        ) from None


@contextmanager
def reported() -> Iterator[None]:
    """Turn what an operator can mend into :class:`DatabaseUnavailable`.

    That is: no server, no schema, no right to use it, a standby that may only be read.
    """
    try:
        yield
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as error:
        raise NotMigrated(NO_SCHEMA) from error
    except (
        psycopg.errors.DuplicatePreparedStatement,
        psycopg.errors.InvalidSqlStatementName,
    ) as error:
        raise DatabaseUnavailable(
            "the pooler before the discovery database does not keep prepared statements apart; "
            "remove prepare_threshold from connection discovery_db"
        ) from error
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


def rows(
    conn: Connection, query: str, values: Mapping[str, Any] | Sequence[Any] | None = None
) -> list[dict[str, Any]]:
    """Return what a query finds, each row by the names of its columns.

    :param query: made of texts of this code alone.
    :param values: those to bind.
    """
    return list(each_row(conn, query, values))


def each_row(
    conn: Connection, query: str, values: Mapping[str, Any] | Sequence[Any] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield what a query finds as :func:`rows` does, one row at a time.

    For rows of which something smaller is made at once: thousands of dictionaries that exist at one
    time cost more than all the rest of an answer.
    """
    with conn.cursor(row_factory=dict_row) as cursor:
        yield from cursor.execute(query.encode(), values)
