"""What all tasks know together of the hosts that they ask, kept in the discovery database.

Each question is one statement, and so a transaction of its own: a turn is reserved by whoever
writes the host's row first, and no lock outlives it. A task that is killed leaves a request behind
that counts as dead after some time. Times are those of the database, whatever the clocks of the
machines say.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Mapping
from typing import Any, Final

import psycopg
from psycopg.rows import TupleRow

from include.discovery.fetch.hosts import (
    BLOCKS_THAT_OPEN,
    LEFT_ALONE_FOR,
    LONGEST_WAIT,
    MOST_DOUBLINGS,
    ROBOTS_KEPT_FOR,
    Allowance,
    Refusal,
    RobotsFile,
    Turn,
    until_midnight,
)
from include.discovery.store.connection import Connection, address_of, connect_async, reported

log = logging.getLogger(__name__)

_TODAY: Final = "(now() AT TIME ZONE 'UTC')::date"

# For this transaction alone: a crash of the server may forget the turns of its last moments, and
# nobody has to wait for the disk while a host's row is locked. What hosts ask for is not forgotten.
_QUICKLY: Final = "set_config('synchronous_commit', 'off', true)"

_AT: Final = "greatest(now(), h.asked_at + %(interval)s * interval '1 s', h.held_until)"

_TURN: Final = f"""
INSERT INTO discovery.hosts AS h (name, asked_at, busy_until, day, used)
SELECT %(name)s, now(),
    CASE WHEN %(at_once)s::int IS NULL THEN '{{}}'
         ELSE ARRAY[now() + %(held_for)s * interval '1 s'] END,
    {_TODAY}, 1
FROM {_QUICKLY}
ON CONFLICT (name) DO UPDATE SET
    asked_at = {_AT},
    busy_until = CASE WHEN %(at_once)s::int IS NULL THEN '{{}}' ELSE
        ARRAY(SELECT u FROM unnest(h.busy_until) u WHERE u > now())
        || ({_AT} + %(held_for)s * interval '1 s') END,
    -- The one request that finds out whether a host still blocks; the others wait for its outcome.
    held_until = CASE WHEN h.blocks >= %(opening)s
                      THEN now() + %(held_for)s * interval '1 s' ELSE h.held_until END,
    day = {_TODAY},
    used = CASE WHEN h.day = {_TODAY} THEN h.used ELSE 0 END + 1
WHERE (h.blocks < %(opening)s OR COALESCE(h.held_until <= now(), true))
  AND {_AT} <= now() + %(longest)s
  AND (%(at_once)s::int IS NULL
       OR (SELECT count(*) FROM unnest(h.busy_until) u WHERE u > now()) < %(at_once)s::int)
  AND (%(per_day)s::int IS NULL OR h.day <> {_TODAY} OR h.used < %(per_day)s::int)
RETURNING extract(epoch FROM h.asked_at - clock_timestamp())::float, h.asked_at, h.blocks
"""  # noqa: S608  the module's own text

_WHY_NOT: Final = f"""
SELECT extract(epoch FROM greatest({_AT} - now(), interval '0'))::float, now(),
    h.blocks >= %(opening)s AND h.held_until > now(),
    h.day = {_TODAY} AND h.used >= %(per_day)s::int,
    {_AT} > now() + %(longest)s
FROM discovery.hosts h WHERE h.name = %(name)s
"""  # noqa: S608  the module's own text

_IS_PUT_OFF: Final = "SELECT held_until > %(at)s FROM discovery.hosts WHERE name = %(name)s"

_GIVE_BACK: Final = f"""
UPDATE discovery.hosts h
SET busy_until = array_remove(h.busy_until, %(at)s + %(held_for)s * interval '1 s')
FROM {_QUICKLY} WHERE h.name = %(name)s
"""  # noqa: S608  the module's own text

_HOLD_OFF: Final = f"""
INSERT INTO discovery.hosts AS h (name, asked_at, held_until, day)
VALUES (%(name)s, now(), now() + %(wait)s * interval '1 s', {_TODAY})
ON CONFLICT (name) DO UPDATE SET held_until = greatest(h.held_until, EXCLUDED.held_until)
"""  # noqa: S608  the module's own text

_NOTE_BLOCK: Final = """
UPDATE discovery.hosts SET
    blocks = blocks + 1,
    openings = openings + (blocks + 1 >= %(opening)s)::int,
    held_until = CASE WHEN blocks + 1 >= %(opening)s
        THEN now() + %(alone)s * 2 ^ least(openings, %(doublings)s) ELSE held_until END
WHERE name = %(name)s
RETURNING CASE WHEN blocks >= %(opening)s
               THEN extract(epoch FROM held_until - now())::float END
"""

_NOTE_ANSWER: Final = """
UPDATE discovery.hosts SET blocks = 0, openings = 0, held_until = NULL
WHERE name = %(name)s AND blocks > 0
"""

_ROBOTS_OF: Final = """
SELECT status, body FROM discovery.robots_files
WHERE origin = %(origin)s AND read_at > now() - %(kept_for)s
"""

_KEEP_ROBOTS: Final = """
INSERT INTO discovery.robots_files (origin, read_at, status, body)
VALUES (%(origin)s, now(), %(status)s, %(body)s)
ON CONFLICT (origin) DO UPDATE SET
    read_at = EXCLUDED.read_at, status = EXCLUDED.status, body = EXCLUDED.body
"""


class SharedHosts:
    """:class:`~include.discovery.fetch.hosts.Hosts` in the discovery database.

    It has a connection of its own, beside the one by which pages are loaded, since a turn must not
    wait for the end of a page's transaction; it is opened when the first request is due.

    :param address: of the database, as libpq reads it.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._conn: psycopg.AsyncConnection[TupleRow] | None = None

    @classmethod
    def beside(cls, conn: Connection) -> SharedHosts:
        """Return those in the database of a connection."""
        return cls(address_of(conn))

    async def turn(self, name: str, allowance: Allowance) -> Turn:
        """Reserve the next moment at which a request may be sent, if there is one soon."""
        values = {
            "name": name,
            "interval": allowance.interval,
            "at_once": allowance.at_once,
            "per_day": allowance.per_day,
            "held_for": allowance.held_for,
            "longest": LONGEST_WAIT,
            "opening": BLOCKS_THAT_OPEN,
        }
        if row := await self._row(_TURN, values):
            wait, at, blocks = row
            return Turn(max(0.0, wait), at, blocks)
        row = await self._row(_WHY_NOT, values)
        if row is None:  # deleted between the two
            return await self.turn(name, allowance)
        wait, now, is_blocked, is_used_up, is_held = row
        if is_blocked:
            refusal = Refusal.BLOCKED
        elif is_used_up:
            refusal, wait = Refusal.QUOTA, until_midnight(now).total_seconds()
        else:
            refusal = Refusal.HELD if is_held else Refusal.BUSY
        return Turn(wait, now, refusal=refusal)

    async def is_put_off(self, name: str, turn: Turn) -> bool:
        """Say whether the host has asked for a wait beyond a turn, since that was given."""
        row = await self._row(_IS_PUT_OFF, {"name": name, "at": turn.at})
        return bool(row and row[0])

    async def give_back(self, name: str, turn: Turn, allowance: Allowance) -> None:
        """Note that the request of a turn is answered, or will not be sent."""
        if allowance.at_once is not None:
            values = {"name": name, "at": turn.at, "held_for": allowance.held_for}
            await self._row(_GIVE_BACK, values)

    async def hold_off(self, name: str, seconds: float) -> None:
        """Note that the host is not to be asked before so many seconds have passed."""
        await self._row(_HOLD_OFF, {"name": name, "wait": seconds})

    async def note_block(self, name: str) -> float | None:
        """Count a block; return for how long (s) the host is left alone if it opens the circuit."""
        values = {
            "name": name,
            "opening": BLOCKS_THAT_OPEN,
            "alone": LEFT_ALONE_FOR,
            "doublings": MOST_DOUBLINGS,
        }
        row = await self._row(_NOTE_BLOCK, values)
        return row[0] if row else None

    async def note_answer(self, name: str) -> None:
        """Note that a host that has blocked requests answers them: the circuit is closed."""
        await self._row(_NOTE_ANSWER, {"name": name})

    async def robots_of(self, origin: str) -> RobotsFile | None:
        """Return the robots.txt of a site, if one was kept in the last 24 hours."""
        row = await self._row(_ROBOTS_OF, {"origin": origin, "kept_for": ROBOTS_KEPT_FOR})
        return RobotsFile(row[0], zlib.decompress(row[1])) if row else None

    async def keep_robots(self, origin: str, file: RobotsFile) -> None:
        """Keep the robots.txt of a site, for all tasks."""
        values = {"origin": origin, "status": file.status, "body": zlib.compress(file.body)}
        await self._row(_KEEP_ROBOTS, values)

    async def aclose(self) -> None:
        """Close the connection, if one was needed."""
        if self._conn is not None:
            await self._conn.close()
            self._conn = None

    async def _row(self, statement: str, values: Mapping[str, Any]) -> TupleRow | None:
        """Execute a statement, once more if the connection was lost since the last one.

        :raises DatabaseUnavailable: if the database cannot be reached.
        """
        is_new = self._conn is None
        try:
            return await self._executed(statement, values)
        except psycopg.OperationalError as error:
            lost, self._conn = self._conn, None
            if is_new or lost is None or not lost.closed:
                with reported():
                    raise
            log.info(
                "The connection by which turns are given was lost, and is made anew: %s", error
            )
        with reported():
            return await self._executed(statement, values)

    async def _executed(self, statement: str, values: Mapping[str, Any]) -> TupleRow | None:
        if self._conn is None:
            self._conn = await connect_async(self._address)
        cursor = await self._conn.execute(statement.encode(), values)
        return await cursor.fetchone() if cursor.description else None
