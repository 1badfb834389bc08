"""Claims are leases: an attempt holds its pair while its row is running and is renewed.

There is at most one running row per pair (a unique index ensures it), and it says until when it is
valid. Its holder renews it from a thread with connections of its own, so that neither a long page
nor a slow source lets it lapse. An attempt that wants a pair whose lease has lapsed closes the row
as interrupted. Everything that a holder writes goes through its row: one that was thought dead
(because its machine was suspended, for example) finds the row closed, and its page is rolled back.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import psycopg
from psycopg.conninfo import make_conninfo

from include.discovery.errors import DatabaseUnavailable
from include.discovery.store.connection import Connection, connect

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)
"""How long a pair stays held after its holder has died."""

RENEWED_EVERY = LEASE / 6
"""Five renewals may fail, or be delayed by a parser that keeps other threads from running."""

_RENEW = """
UPDATE discovery.sync_runs SET lease_until = now() + %(lease)s
WHERE id = %(id)s AND state = 'running' RETURNING id
"""


@contextmanager
def renewed(conn: Connection, run_id: int, every: timedelta = RENEWED_EVERY) -> Iterator[None]:
    """Renew the lease of a running row for as long as the block lasts.

    :param conn: the holder's connection; each renewal opens one of its own to the same database.
    """
    address = make_conninfo(conn.info.dsn, password=conn.info.password)
    ended = Event()

    def keep() -> None:
        while not ended.wait(every.total_seconds()):
            try:
                with connect(address) as own:
                    is_held = own.execute(_RENEW, {"id": run_id, "lease": LEASE}).fetchone()
            except (DatabaseUnavailable, psycopg.Error) as error:
                log.warning("The claim could not be renewed, which is tried again: %s", error)
                continue
            if not is_held:
                return

    keeper = Thread(target=keep, name=f"lease-{run_id}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        # One that still waits for the database has nothing left to renew.
        keeper.join(timeout=5)
