"""The api-server's way to the discovery database: a few connections, kept while they are used."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock

import psycopg

from include.discovery.orchestration.connection import open_discovery_db
from include.discovery.store.connection import Connect, Connection, reported
from include.discovery.store.migrate import check_schema

_KEPT = 4
_IDLE_SECONDS = 60.0
_CONNECT_SECONDS = 5

# No request can hold the database for long; and compiling such queries takes longer than they do.
# For one transaction only: behind a pooler the session belongs to other clients, too.
_FOR_REQUESTS = "SET LOCAL statement_timeout = '10s'; SET LOCAL jit = off"


def open_for_requests() -> Connection:
    """Open a connection for the page, which does not wait as long as a task.

    :raises DatabaseUnavailable: when there is no such connection, or no answer.
    """
    return open_discovery_db(_CONNECT_SECONDS)


class DiscoveryDatabase:
    """Lends connections. One that idles for a minute, or that broke, is not lent again."""

    def __init__(self, connect: Connect = open_for_requests) -> None:
        self._connect = connect
        self._lock = Lock()
        self._idle: list[tuple[float, Connection]] = []

    @contextmanager
    def lend(self) -> Iterator[Connection]:
        """Lend a connection for one request, in one transaction that ends with it.

        :raises DatabaseUnavailable: what an operator can mend, whenever it shows.
        """
        with reported():
            conn = self._take() or self._connect()
            try:
                with conn.transaction():
                    conn.execute(_FOR_REQUESTS)
                    check_schema(conn)
                    yield conn
            except BaseException:
                conn.close()
                raise
            self._give_back(conn)

    def close(self) -> None:
        """Close what is idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, conn in idle:
            conn.close()

    def _take(self) -> Connection | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                since, conn = self._idle.pop()
            if time.monotonic() - since < _IDLE_SECONDS:
                with suppress(psycopg.Error):  # the server may have gone meanwhile
                    conn.execute("SELECT 1")
                    return conn
            conn.close()

    def _give_back(self, conn: Connection) -> None:
        with self._lock:
            if len(self._idle) < _KEPT and not conn.closed:
                self._idle.append((time.monotonic(), conn))
                return
        conn.close()
