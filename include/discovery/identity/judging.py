"""Whether two listings are one event, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from rapidfuzz import fuzz

from include.discovery.identity.listing import Listing
from include.discovery.text.cleaning import fold

RULES_VERSION: Final = "1"
"""Changes with every change of the rules, so that kept judgements can be told from new ones."""


class Verdict(StrEnum):
    """What is said of two listings; ``review``: a person is to decide."""

    SAME = "same"
    REVIEW = "review"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of two listings (``first`` < ``second``), by which rule, from which features.

    ``score`` is between 0 and 1: how sure it is that both are one event.
    """

    first: str
    second: str
    verdict: Verdict
    score: float
    rule: str
    features: Mapping[str, str | float | bool | None] = field(default_factory=dict)


def judge(a: Listing, b: Listing) -> Judgement:
    """Judge two listings; the order in which they are given does not matter."""
    first, second = sorted((a, b), key=lambda one: one.id)
    title = fuzz.token_set_ratio(fold(first.title), fold(second.title)) / 100
    names = [fold(one.venue.name or "") if one.venue else "" for one in (first, second)]
    venue = fuzz.token_set_ratio(*names) / 100 if all(names) else None
    start = first.starts_at == second.starts_at
    features: dict[str, str | float | bool | None] = {
        "title": title, "venue": venue, "same_start": start,
    }  # fmt: skip
    if first.local_date != second.local_date:
        return Judgement(first.id, second.id, Verdict.DIFFERENT, 0.0, "other day", features)
    if not start:
        return Judgement(first.id, second.id, Verdict.DIFFERENT, 0.1, "other time", features)
    if title >= 0.9 and venue is not None and venue >= 0.85:
        return Judgement(first.id, second.id, Verdict.SAME, title, "title, time, venue", features)
    verdict = Verdict.REVIEW if title >= 0.85 else Verdict.DIFFERENT
    return Judgement(first.id, second.id, verdict, title / 2, "title and time", features)
