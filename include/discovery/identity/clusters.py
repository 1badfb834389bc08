"""Clusters of listings that are one event: what judgements tie, never across a 'different'."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from include.discovery.identity.judging import Judgement, Verdict


def clusters(ids: Iterable[str], judgements: Iterable[Judgement]) -> list[tuple[str, ...]]:
    """Put the listings into clusters, one event each.

    Pairs judged the same are joined, the surest first, unless any two members of the two clusters
    are judged different: no bridge can tie what must stay apart. The result does not depend on the
    order of ids or judgements: members and clusters come sorted.
    """
    members = {one: [one] for one in ids}
    apart: dict[str, set[str]] = defaultdict(set)
    ties = []
    for judgement in judgements:
        if judgement.first not in members or judgement.second not in members:
            continue
        if judgement.verdict is Verdict.DIFFERENT:
            apart[judgement.first].add(judgement.second)
            apart[judgement.second].add(judgement.first)
        elif judgement.verdict is Verdict.SAME:
            ties.append(judgement)
    for tie in sorted(ties, key=lambda one: (-one.score, one.first, one.second)):
        left, right = members[tie.first], members[tie.second]
        if left is right or any(not apart[one].isdisjoint(right) for one in left):
            continue
        left.extend(right)
        for one in right:
            members[one] = left
    return sorted({id(group): tuple(sorted(group)) for group in members.values()}.values())
