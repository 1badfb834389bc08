"""Which pairs of a run share a mapped task, and what such a task is called."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from include.discovery.model import Pair
from include.discovery.text.wording import some_of

IN_NAMES_OF_SHARES: Final = " pairs: "
"""Stands in the name of every task that pairs share, and in no pair's."""

_LONGEST_NAME: Final = 250
"""What Airflow keeps of a mapped task's name, in characters."""

_NAMED: Final = 3


def shared_out(
    pairs: Sequence[Pair], *, tasks: int, per_task: Mapping[str, int]
) -> tuple[list[list[Pair]], list[Pair]]:
    """Give pairs to mapped tasks; return the pairs of each task, and those that found no room.

    Only pairs of one kind share a task: some kinds take seconds, others hours. The tasks of a kind
    get as many as each other, and each of them has its share of what is to come first.

    :param pairs: in the order in which they are to be synced.
    :param tasks: how many tasks there may be.
    :param per_task: kind → how many of its pairs may share a task; of other kinds none do.
    """
    sizes = {pair.source.kind: per_task.get(pair.source.kind, 1) for pair in pairs}
    taken: list[Pair] = []
    left: list[Pair] = []
    of_kind = Counter[str]()
    room = tasks
    for pair in pairs:
        kind = pair.source.kind
        needs_task = of_kind[kind] % sizes[kind] == 0
        if needs_task and not room:
            left.append(pair)
            continue
        room -= needs_task
        of_kind[kind] += 1
        taken.append(pair)
    dealt = Counter[str]()
    shares = defaultdict[tuple[str, int], list[Pair]](list)
    for pair in taken:
        kind = pair.source.kind
        shares[kind, dealt[kind] % -(-of_kind[kind] // sizes[kind])].append(pair)
        dealt[kind] += 1
    return list(shares.values()), left


def name_of_task(pairs: Sequence[Pair]) -> str:
    """Name a mapped task after the pair that it syncs, or after those that share it."""
    labels = [pair.label for pair in pairs]
    if len(labels) == 1:
        return labels[0]
    kind = pairs[0].source.kind
    name = f"{len(labels)} {kind}{IN_NAMES_OF_SHARES}{some_of(labels, _NAMED)}"
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
