"""The weights of matching: what each finding about two listings adds to their score.

A score of ``SAME_FROM`` makes two listings one event, one of ``REVIEW_FROM`` asks a person. Vetoes
(``judging``) come before any score.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SAME_FROM: Final = 80
REVIEW_FROM: Final = 50

POINTS: Final[Mapping[str, float]] = {
    "title: equal": 33,
    "title: extended": 22,  # one adds a topic, a guest or a place behind the other
    "title: only common words more": 8,  # 'Mill Fair' and 'Mill Music Fair'
    "title: a kind more": -8,  # 'Ada Doru', 'Workshop: Ada Doru'
    "title: contained": 14,  # one adds something before or within the other
    "title: similar": 18,
    "title: one head": 14,  # both begin with one name, or the name of one begins the other
    "title: partial": 2,
    "title: other": -25,
    "title: common weight": 7,  # for each telling word that both have, up to five
    "title: own words on both sides": -14,
    "slot: nothing else there": 25,  # two sources list one thing each at one place and minute
    "day: nothing else there": 8,  # two sources list one thing each at one place that day
    "performers: common": 15,
    "performers: other": -10,
    "venue: same": 30,
    "venue: hall of": 27,
    "venue: named in the title": 24,
    "venue: told by its source": 27,  # a feed without places is the one of the other's venue
    "venue: house of its source": 14,  # one names a hall, and its source the other's house
    "venue: told in the text": 0,  # of the listing that names another venue
    "venue: one untold": 18,
    "venue: told in other ways": 10,  # a name and an address, or maybe another branch
    "venue: both untold": 8,
    "venue: both online": 15,
    "venue: different": -22,
    "venue: other branch": -35,
    "venue: other hall": -60,
    "time: same": 25,
    "time: near": 16,  # a quarter of an hour
    "time: unknown": 15,
    "time: an hour apart": 10,  # doors and show, or the hour of another time zone
    "time: half a day apart": 5,  # 8 am for 8 pm
    "time: local hour told as UTC": 10,
    "time: at the end of the other": -5,
    "time: two hours apart": -18,
    "time: other": -40,
    "end: same": 4,
    "page: same": 30,
    "page: other of one site": -12,
    "ticket: same": 42,
    "id: same": 45,
    "text: same": 26,
    "text: tells what the title lacks": 8,
    "text: names the hour": 14,
    "price: same": 3,
    "source: same": -3,
}
