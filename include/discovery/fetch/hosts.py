"""What all tasks know together of the hosts that they ask: how fast, how many at once, since when.

:class:`Hosts` is what the client asks by. The discovery database keeps it for all tasks and
machines (``store.hosts``); :class:`LocalHosts` keeps it for one process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

LONGEST_WAIT: Final = timedelta(minutes=2)
"""A turn that is later is refused: a worker slot is not for sleeping.

A wait of a minute or two is kept in the task: a source that sends one in five requests away so
would use up the few tries of the task before its listing has ended.
"""

BLOCKS_THAT_OPEN: Final = 5
"""After so many blocks without an answer in between, the host is left alone."""

LEFT_ALONE_FOR: Final = timedelta(hours=6)
"""After the first opening of the circuit; twice as long after the second, four times from then."""

MOST_DOUBLINGS: Final = 2

ROBOTS_KEPT_FOR: Final = timedelta(hours=24)
"""RFC 9309 §2.4: a robots.txt is not to be used for longer."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How a host may be asked."""

    interval: float = 0.0
    """Seconds between two requests."""
    at_once: int | None = None
    """Requests that may be on their way at the same time; ``None``: any number."""
    per_day: int | None = None
    """Requests of a day of UTC; ``None``: any number."""
    held_for: float = 60.0
    """Seconds after which a request that was not given back counts as dead, with its task."""


class Refusal(StrEnum):
    """Why there is no turn now."""

    BUSY = "busy"
    """As many requests as may be are on their way."""
    HELD = "held"
    """The host has asked for a wait that is too long to sleep through."""
    BLOCKED = "blocked"
    """The host blocks requests, and is left alone."""
    QUOTA = "quota"
    """The requests of the day are used up."""


@dataclass(frozen=True, slots=True)
class Turn:
    """When a request may be sent, or why not."""

    wait: float
    """Seconds until it may be sent; of a refusal, until it is worth asking again."""
    at: datetime
    """The same as a time (aware), by the clock of whoever has given it."""
    blocks: int = 0
    """How often the host has blocked requests since its last answer."""
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """What a host answered to ``/robots.txt``."""

    status: int
    body: bytes


class Hosts(Protocol):
    """What tasks know of hosts. A name stands for a host, or for a key at a host."""

    async def turn(self, name: str, allowance: Allowance) -> Turn:
        """Reserve the next moment at which a request may be sent, if there is one soon."""
        ...

    async def is_put_off(self, name: str, turn: Turn) -> bool:
        """Say whether the host has asked for a wait beyond a turn, since that was given."""
        ...

    async def give_back(self, name: str, turn: Turn, allowance: Allowance) -> None:
        """Note that the request of a turn is answered, or will not be sent."""
        ...

    async def hold_off(self, name: str, seconds: float) -> None:
        """Note that the host is not to be asked before so many seconds have passed."""
        ...

    async def note_block(self, name: str) -> float | None:
        """Count a block; return for how long (s) the host is left alone if it opens the circuit."""
        ...

    async def note_answer(self, name: str) -> None:
        """Note that a host that has blocked requests answers them: the circuit is closed."""
        ...

    async def robots_of(self, origin: str) -> RobotsFile | None:
        """Return the robots.txt of a site, if one was kept in the last 24 hours."""
        ...

    async def keep_robots(self, origin: str, file: RobotsFile) -> None:
        """Keep the robots.txt of a site, for all tasks."""
        ...

    async def aclose(self) -> None:
        """Free what is held."""
        ...


@dataclass(slots=True)
class _State:
    asked_at: datetime
    busy_until: list[datetime] = field(default_factory=list)
    held_until: datetime | None = None
    blocks: int = 0
    openings: int = 0
    used: int = 0


class LocalHosts:
    """:class:`Hosts` of one process, for whoever has no database.

    :param now: the current time, aware.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._states: dict[str, _State] = {}
        self._robots: dict[str, tuple[datetime, RobotsFile]] = {}

    async def turn(self, name: str, allowance: Allowance) -> Turn:
        """Reserve the next moment at which a request may be sent, if there is one soon."""
        now = self._now()
        state = self._states.get(name)
        if state is None:
            state = self._states[name] = _State(now - timedelta(seconds=allowance.interval))
        if state.asked_at.astimezone(UTC).date() < now.astimezone(UTC).date():
            state.used = 0
        held = max(timedelta(), (state.held_until or now) - now)
        if state.blocks >= BLOCKS_THAT_OPEN:
            if held:
                return _refused(Refusal.BLOCKED, now, held)
            # One request finds out; the others wait for its outcome.
            state.held_until = now + timedelta(seconds=allowance.held_for)
        at = max(now + held, state.asked_at + timedelta(seconds=allowance.interval))
        if at - now > LONGEST_WAIT:
            return _refused(Refusal.HELD, now, at - now)
        if allowance.per_day is not None and state.used >= allowance.per_day:
            return _refused(Refusal.QUOTA, now, until_midnight(now))
        state.busy_until = [until for until in state.busy_until if until > now]
        if allowance.at_once is not None and len(state.busy_until) >= allowance.at_once:
            return _refused(Refusal.BUSY, now, timedelta())
        state.asked_at = at
        state.used += 1
        state.busy_until.append(at + timedelta(seconds=allowance.held_for))
        return Turn((at - now).total_seconds(), at, state.blocks)

    async def is_put_off(self, name: str, turn: Turn) -> bool:
        """Say whether the host has asked for a wait beyond a turn, since that was given."""
        held_until = self._states[name].held_until
        return held_until is not None and held_until > turn.at

    async def give_back(self, name: str, turn: Turn, allowance: Allowance) -> None:
        """Note that the request of a turn is answered, or will not be sent."""
        until = turn.at + timedelta(seconds=allowance.held_for)
        busy = self._states[name].busy_until
        if until in busy:
            busy.remove(until)

    async def hold_off(self, name: str, seconds: float) -> None:
        """Note that the host is not to be asked before so many seconds have passed."""
        now = self._now()
        state = self._states.setdefault(name, _State(now))
        state.held_until = max(state.held_until or now, now + timedelta(seconds=seconds))

    async def note_block(self, name: str) -> float | None:
        """Count a block; return for how long (s) the host is left alone if it opens the circuit."""
        state = self._states[name]
        state.blocks += 1
        if state.blocks < BLOCKS_THAT_OPEN:
            return None
        alone: timedelta = LEFT_ALONE_FOR * 2 ** min(state.openings, MOST_DOUBLINGS)
        state.openings += 1
        state.held_until = self._now() + alone
        return alone.total_seconds()

    async def note_answer(self, name: str) -> None:
        """Note that a host that has blocked requests answers them: the circuit is closed."""
        state = self._states[name]
        state.blocks = state.openings = 0
        state.held_until = None

    async def robots_of(self, origin: str) -> RobotsFile | None:
        """Return the robots.txt of a site, if one was kept in the last 24 hours."""
        kept_at, file = self._robots.get(origin, (None, None))
        is_fresh = kept_at is not None and self._now() - kept_at < ROBOTS_KEPT_FOR
        return file if is_fresh else None

    async def keep_robots(self, origin: str, file: RobotsFile) -> None:
        """Keep the robots.txt of a site, for all who ask with this object."""
        self._robots[origin] = (self._now(), file)

    async def aclose(self) -> None:
        """Hold nothing, and free nothing."""


def until_midnight(now: datetime) -> timedelta:
    """Return how long the day of UTC lasts, by which quotas are counted."""
    utc = now.astimezone(UTC)
    return utc.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - utc


def _refused(why: Refusal, now: datetime, wait: timedelta) -> Turn:
    return Turn(wait.total_seconds(), now + wait, refusal=why)
