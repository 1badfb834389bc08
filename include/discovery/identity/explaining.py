"""What a judgement was made from, in words: what speaks for one event, and what against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

WORDS: Final[Mapping[str, str]] = {
    "title: equal": "the titles are equal",
    "title: extended": "one title goes on where the other ends",
    "title: only common words more": "what one title adds are words that many events share",
    "title: a kind more": "what one title adds makes it a workshop, a tour or a talk",
    "title: contained": "one title contains the other",
    "title: similar": "the titles are similar",
    "title: one head": "both titles begin with the same name",
    "title: partial": "the titles have few words in common",
    "title: other": "the titles are different",
    "title: common weight": "both titles have telling words",
    "title: own words on both sides": "each title has words of its own",
    "slot: nothing else there": "their sources list nothing else that may be meant there and then",
    "day: nothing else there": "their sources list nothing else that may be meant there that day",
    "performers: common": "they have a performer in common",
    "performers: other": "they have no performer in common",
    "venue: same": "the venue is the same",
    "venue: hall of": "one venue is a hall of the other",
    "venue: named in the title": "both titles name one of the venues",
    "venue: told by its source": "one names no venue, but its source is the venue of the other",
    "venue: house of its source": "one is of the source that is the venue of the other",
    "venue: told in the text": "the text of one names the venue of the other",
    "venue: one untold": "only one of them names a venue",
    "venue: told in other ways": "what the two say of the place cannot be compared",
    "venue: both online": "both are online",
    "venue: both untold": "neither names a venue",
    "venue: different": "the venues are different",
    "venue: other branch": "the venues are branches of one name",
    "venue: other hall": "the venues are two halls of one building",
    "time: same": "the start is the same",
    "time: near": "they start within a quarter of an hour",
    "time: unknown": "one of them names no hour",
    "time: an hour apart": "they start up to an hour apart, as doors and show",
    "time: half a day apart": "they start half a day apart, as 8 am for 8 pm",
    "time: local hour told as UTC": "one gives the local hour of the other as UTC",
    "time: at the end of the other": "one starts when the other ends",
    "time: two hours apart": "they start up to two hours apart",
    "time: other": "they start more than two hours apart",
    "end: same": "the end is the same",
    "page: same": "they link to one page",
    "page: other of one site": "they link to two pages of one site",
    "ticket: same": "they link to one ticket",
    "id: same": "two sources give them one id",
    "text: same": "the descriptions are the same",
    "text: tells what the title lacks": "the text of one tells what its title lacks",
    "text: names the hour": "the text of one names the hour of the other",
    "price: same": "the price is the same",
    "source: same": "both are of one source",
}
"""What each finding (``weights.POINTS``) means."""

_VENUE: Final = "venue because"
_WORDS_ALONE: Final = {
    "words of the first alone": "words of one title alone",
    "words of the second alone": "words of the other title alone",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found out about two listings."""

    text: str
    points: float | None = None
    """What it adds to the score; negative: it speaks against one event. None: a remark."""


def findings(features: Mapping[str, Any]) -> list[Finding]:
    """Say what a judgement was made from: what speaks for it, what against, then remarks.

    :param features: as they are stored; those of other versions of the rules keep their names.
    """
    weighed = [
        Finding(WORDS.get(name, name), value)
        for name, value in features.items()
        if isinstance(value, int | float)
    ]
    weighed.sort(key=lambda found: (-(found.points or 0), found.text))
    return [*weighed, *_remarks(features)]


def points(features: Mapping[str, Any]) -> float:
    """Return the sum of the points, which decides (``weights.SAME_FROM``, ``REVIEW_FROM``)."""
    return round(sum(value for value in features.values() if isinstance(value, int | float)), 1)


def _remarks(features: Mapping[str, Any]) -> Iterator[Finding]:
    if because := features.get(_VENUE):
        yield Finding(f"venues: {because}")
    for name, words in _WORDS_ALONE.items():
        if alone := features.get(name):
            yield Finding(f"{words}: {alone}")
