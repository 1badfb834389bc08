"""What a judgement was made from, in words."""

from __future__ import annotations

from datetime import UTC, datetime

from include.discovery.identity.explaining import WORDS, Finding, findings, points
from include.discovery.identity.judging import judge
from include.discovery.identity.listing import Listing
from include.discovery.identity.weights import POINTS


def test_every_finding_that_has_points_has_words() -> None:
    assert WORDS.keys() == POINTS.keys()


def test_what_speaks_for_one_event_comes_first_then_what_against_then_remarks() -> None:
    features = {"venue because": "one name", "time: other": -40, "title: equal": 30,
                "venue: same": 30.0, "words of the first alone": ""}  # fmt: skip

    assert findings(features) == [
        Finding("the titles are equal", 30),
        Finding("the venue is the same", 30),
        Finding("they start more than two hours apart", -40),
        Finding("venues: one name"),
    ]
    assert points(features) == 20


def test_findings_of_older_rules_keep_their_names() -> None:
    assert findings({"moon: full": 3}) == [Finding("moon: full", 3)]


def test_the_words_of_a_judgement_are_found_for_all_that_it_was_made_from() -> None:
    at = datetime(2026, 12, 5, 18, tzinfo=UTC)
    one, other = (
        Listing(name, name, "krakow", name, title, at.date(), "UTC", starts_at=at)
        for name, title in (("a", "Brass Lantern Quartet"), ("b", "Brass Lantern Trio"))
    )

    features = judge(one, other).features

    said = [found.text for found in findings(features)]
    assert "words of one title alone: quartet" in said
    assert "words of the other title alone: trio" in said
    assert not set(said) & features.keys()
