"""Clusters of listings that are one event: what judgements tie, never across a veto."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from include.discovery.identity.judging import Judgement, Verdict


def clusters(ids: Iterable[str], judgements: Iterable[Judgement]) -> list[tuple[str, ...]]:
    """Put the listings into clusters, one event each.

    Pairs judged the same are joined, the surest first, unless any two members of the two clusters
    must stay apart (``Judgement.is_veto``): no bridge can tie them. That two members have too
    little in common is no veto, since a third may know both of their names. What people say goes
    first, and only another person's word stands against it. The result does not depend on the
    order of ids or judgements: members and clusters come sorted.
    """
    members = {one: [one] for one in ids}
    apart: dict[str, set[str]] = defaultdict(set)
    apart_by_person: dict[str, set[str]] = defaultdict(set)
    ties = []
    for judgement in judgements:
        first, second = judgement.first, judgement.second
        if first not in members or second not in members:
            continue
        if judgement.verdict is Verdict.SAME:
            ties.append(judgement)
        elif judgement.is_veto or (
            judgement.is_by_person and judgement.verdict is not Verdict.REVIEW
        ):
            for each in (apart, apart_by_person) if judgement.is_by_person else (apart,):
                each[first].add(second)
                each[second].add(first)
    for tie in sorted(ties, key=_order):
        left, right = members[tie.first], members[tie.second]
        against = apart_by_person if tie.is_by_person else apart
        if left is right or any(not against[one].isdisjoint(right) for one in left):
            continue
        left.extend(right)
        for one in right:
            members[one] = left
    return sorted({id(group): tuple(sorted(group)) for group in members.values()}.values())


def _order(tie: Judgement) -> tuple[bool, float, str, str]:
    return not tie.is_by_person, -tie.score, tie.first, tie.second
