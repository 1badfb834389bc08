"""How the cost of a call grows with its input: processor time of one length against that of two.

A function that looks at each character once costs twice as much for twice the length; one that
looks back at what it has seen costs four times as much. Times are those of the thread's processor,
the least of several calls, at lengths that take long enough to be measured; what looks bad is
measured again, at greater lengths, and these once more in turns, before it is said to be: on a busy
machine a single call may take several times as long as it should.
"""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import clear_cache

MOST_GROWTH = 2.6
"""What doubling the input may multiply the cost by: two, and room for noise and for sorting."""

_SIZES = (128, 1_024, 8_192, 65_536)
_SUSPICIOUS = 1.4  # times as much as in proportion, from one of these sizes to the next
_MEASURABLE = 0.002  # seconds
_ENOUGH = 0.3  # seconds; a call that takes longer is assessed by what was measured until then
_CLEAR = 3.4  # what a doubling multiplies costs by where there is nothing more to ask
_LARGEST = 4_000_000
_PATIENCE = 3.0  # seconds that a call may take while a suspicion is looked into


@dataclass(frozen=True, slots=True)
class Growth:
    """Lengths and their costs in seconds; each length is twice the one before."""

    sizes: tuple[int, ...]
    costs: tuple[float, ...]

    @property
    def is_too_fast(self) -> bool:
        """Say whether each of the last two doublings cost more than is allowed."""
        return all(cost > MOST_GROWTH * before for before, cost in pairwise(self.costs[-3:]))

    def __str__(self) -> str:
        """Show the last of the costs."""
        shown = zip(self.sizes[-4:], self.costs[-4:], strict=True)
        return ", ".join(f"{size:,}: {cost * 1000:.1f} ms" for size, cost in shown)


def growth_of(call: Callable[[str], object], build: Callable[[int], str]) -> Growth | None:
    """Return how the cost grows if it grows too fast; ``None`` if all is well."""
    before = cost_of(call, build, _SIZES[0], times=1)
    for smaller, size in pairwise(_SIZES):
        cost = cost_of(call, build, size, times=1)
        bound = max(_MEASURABLE, before * _SUSPICIOUS * size / smaller)
        if cost > bound:  # most of these are noise, which a second look tells at once
            cost = min(cost, cost_of(call, build, size, times=1))
        if cost > bound:
            growth = _measured(call, build, size)
            if growth.is_too_fast:
                growth = _confirmed(growth, call, build)
            if growth.is_too_fast:
                return growth
        if cost > _ENOUGH:
            break
        before = cost
    return None


def _measured(call: Callable[[str], object], build: Callable[[int], str], size: int) -> Growth:
    """Measure a suspicion again: from a quarter of the length up, as long as that takes no time."""
    sizes = [size // 4]
    costs = [cost_of(call, build, sizes[0], times=3)]
    while costs[-1] < _PATIENCE and sizes[-1] < _LARGEST:
        sizes.append(sizes[-1] * 2)
        costs.append(cost_of(call, build, sizes[-1], times=3 if costs[-1] < 0.1 else 1))
        is_clear = len(sizes) > 3 and all(
            after > _CLEAR * one for one, after in pairwise(costs[-3:])
        )
        if is_clear and costs[-1] > 0.2:
            break
        is_linear = len(sizes) > 3 and all(
            after <= MOST_GROWTH * one for one, after in pairwise(costs[-3:])
        )
        if is_linear and costs[-1] > 0.3:
            break
    return Growth(tuple(sizes), tuple(costs))


def _confirmed(
    growth: Growth, call: Callable[[str], object], build: Callable[[int], str]
) -> Growth:
    """Measure the greatest lengths again, in turns, so that no busy moment counts for one alone."""
    sizes, costs = growth.sizes[-3:], growth.costs[-3:]
    for _ in range(2):
        again = (cost_of(call, build, size, times=1) for size in sizes)
        costs = tuple(map(min, costs, again))
    return Growth(sizes, costs)


def cost_of(
    call: Callable[[str], object], build: Callable[[int], str], size: int, *, times: int
) -> float:
    """Return the least processor time of some calls; what the function refuses, it refuses."""
    text = build(size)
    least = float("inf")
    collects = gc.isenabled()
    gc.disable()  # its full rounds cost more than what is measured
    try:
        for _ in range(times):
            clear_cache()  # of addresses
            began = time.thread_time()
            with contextlib.suppress(Exception):  # refusing is an answer, too: its cost counts
                call(text)
            least = min(least, time.thread_time() - began)
    finally:
        if collects:
            gc.enable()
    return least
