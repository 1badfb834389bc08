"""What something costs: processor time of client and server, wall time, bytes written ahead."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import log

import psutil

from include.discovery.store.connection import Connection


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds, and bytes of PostgreSQL's write-ahead log."""

    client: float
    server: float
    wall: float
    wal: int

    @property
    def processor(self) -> float:
        """Processor time of both sides."""
        return self.client + self.server


def cost_of(action: Callable[[], float], conn: Connection, postmaster: int) -> Cost:
    """Measure an action on a server that has nothing else to do.

    :param action: returns the processor time of the client.
    :param conn: to the database that the action uses.
    :param postmaster: the pid of the server.
    """
    # Autovacuum would begin in the midst of one measurement or another.
    conn.execute("ALTER SYSTEM SET autovacuum = off")
    conn.execute("SELECT pg_reload_conf()")
    # What was done before has left work behind; so has ANALYZE: who reads a statistic first marks
    # it as committed, and where pages have checksums, each of these is then written to the log.
    conn.execute("VACUUM ANALYZE")
    conn.execute("VACUUM pg_catalog.pg_statistic")
    conn.execute("CHECKPOINT")
    position, seconds = _wal_position(conn), _server_seconds(postmaster)
    began = time.perf_counter()
    client = action()
    wall = time.perf_counter() - began
    return Cost(client, _server_seconds(postmaster) - seconds, wall, _wal_position(conn) - position)


def processor_time(action: Callable[[], object]) -> float:
    """Return the processor time that an action takes of this process, in seconds."""
    began = time.process_time()
    action()
    return time.process_time() - began


def exponent(sizes: tuple[int, int], costs: tuple[float, float]) -> float:
    """Return the power of the size with which the cost grows: 1 is linear."""
    return log(costs[1] / costs[0]) / log(sizes[1] / sizes[0])


def _server_seconds(postmaster: int) -> float:
    """Return the processor time of a PostgreSQL so far, ended sessions included."""
    process = psutil.Process(postmaster)
    while True:
        there = process.children()
        ended = process.cpu_times()
        try:
            every = [ended, *(each.cpu_times() for each in there)]
        except psutil.NoSuchProcess:
            continue
        # One that has ended in between would be counted twice, or not at all.
        if process.children() == there:
            seconds = sum(times.user + times.system for times in every)
            return seconds + ended.children_user + ended.children_system


def _wal_position(conn: Connection) -> int:
    row = conn.execute("SELECT pg_current_wal_insert_lsn() - '0/0'").fetchone()
    assert row is not None
    return int(row[0])
