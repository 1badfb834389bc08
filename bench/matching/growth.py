"""What matching costs as listings grow: seconds of processor and wall time.

Larger sets are copies of the generated one in other cities and months, so each city and day stays
as full as before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import log
from typing import TypeVar

from bench.matching.generated import generate
from bench.matching.world import TUNING
from include.discovery.identity.listing import Listing
from include.discovery.identity.matching import match

T = TypeVar("T")

SIZES = (1_000, 10_000, 100_000)
_CITIES_A_MONTH = 10


@dataclass(frozen=True, slots=True)
class Cost:
    """What one size cost; ``exponent`` is the power of the size that the time grew with since."""

    listings: int
    cpu: float
    wall: float
    clusters: int
    exponent: float | None

    def row(self) -> dict[str, object]:
        return {
            "cpu_s": self.cpu, "wall_s": self.wall,
            "us_each": round(1e6 * self.cpu / self.listings),
            "events": self.clusters, "exponent": self.exponent,
        }  # fmt: skip


def listings(count: int) -> Iterator[Listing]:
    """Make as many listings as wanted."""
    first = [one.listing for one in generate(TUNING)]
    for number in range(count):
        copy, position = divmod(number, len(first))
        one = first[position]
        month, city = divmod(copy, _CITIES_A_MONTH)
        later = timedelta(days=28 * month)
        yield replace(
            one,
            id=f"{copy}/{one.id}",
            city=f"{one.city}-{city}",
            local_date=one.local_date and one.local_date + later,
            starts_at=one.starts_at and one.starts_at + later,
            ends_at=one.ends_at and one.ends_at + later,
        )


def costs(sizes: Sequence[int] = SIZES) -> Iterator[Cost]:
    """Match sets of growing size."""
    before: Cost | None = None
    for size in sizes:
        some = list(listings(size))
        cpu, wall, found = timed(lambda some=some: match(some))  # type: ignore[misc]
        grown = None
        if before is not None:
            grown = log(cpu / before.cpu) / log(size / before.listings)
        before = Cost(size, cpu, wall, len(found.clusters), grown)
        yield before


def timed(do: Callable[[], T]) -> tuple[float, float, T]:
    """Return processor seconds, wall seconds and the result."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = do()
    return time.process_time() - cpu, time.perf_counter() - wall, result
