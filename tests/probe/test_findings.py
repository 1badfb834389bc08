"""How proposals are assessed, ranked and written out."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from include.discovery.model import Attendance, EventRecord, Price, Reject, Venue
from include.discovery.probe.findings import Findings, Proposal, Quality, Sample
from include.discovery.probe.rendering import as_data, as_text
from tests.support.builders import event

RICH = {
    "venue": Venue(name="Sala", latitude=50.0, longitude=19.9),
    "price": Price(min=Decimal(10), max=Decimal(10), currency="PLN"),
    "image_url": "https://example.org/a.jpg",
}
BARE: dict[str, Any] = {"venue": None, "starts_at": None, "local_date": "2026-12-24"}


def events(number: int, **changes: Any) -> list[EventRecord]:
    return [event(str(n), **changes) for n in range(number)]


def proposal(kind: str, records: list[EventRecord], **sample: Any) -> Proposal:
    return Proposal(kind, {"url": "x"}, (f"it smells of {kind}",), Sample(records, **sample))


class TestQuality:
    def test_quality_is_the_share_of_events_that_have_each_value(self) -> None:
        quality = Quality.of([event("1", **RICH), event("2", **BARE)])

        assert quality == Quality(time=0.5, venue=0.5, coordinates=0.5, price=0.5, image=0.5)
        assert quality.score == pytest.approx(0.5)

    def test_an_online_event_counts_as_having_a_venue(self) -> None:
        online = event("1", venue=None, attendance=Attendance.ONLINE)

        assert Quality.of([online]).venue == 1

    def test_a_price_without_an_amount_that_is_not_free_does_not_count(self) -> None:
        assert Quality.of([event("1", price=Price(text="see the page"))]).price == 0
        assert Quality.of([event("1", price=Price(is_free=True))]).price == 1

    def test_the_quality_of_no_events_is_zero(self) -> None:
        assert Quality.of([]).score == 0


class TestRank:
    def test_many_events_rank_before_one_perfect_event(self) -> None:
        api = proposal("api", events(50), expected=123)
        page = proposal("page", events(1, **RICH))

        assert api.rank > page.rank

    def test_the_richer_of_two_proposals_with_as_many_events_ranks_first(self) -> None:
        assert proposal("rich", events(5, **RICH)).rank > proposal("bare", events(5)).rank

    def test_a_guess_ranks_after_a_known_proposal(self) -> None:
        guess = Proposal("g", {}, (), Sample(events(9, **RICH)), is_guess=True)

        assert proposal("known", events(1)).rank > guess.rank
        assert guess.rank > proposal("unreadable", []).rank

    def test_an_unreadable_proposal_ranks_last(self) -> None:
        assert proposal("bare", events(1, **BARE)).rank > proposal("x", [], expected=999).rank

    def test_a_proposal_gives_the_reason_for_its_rank(self) -> None:
        assert proposal("api", events(5, **RICH), expected=123).reason == (
            "5 of 123 events were read; completeness 100%."
        )
        assert proposal("api", [], problem="It needs a key.").reason == "It needs a key."
        assert "lists no events in the coming year" in proposal("api", []).reason


class TestWarnings:
    def test_repairs_rejects_and_gaps_are_counted_with_the_most_frequent_first(self) -> None:
        records = [event("1", warnings=("odd", "rare")), event("2", warnings=("odd",))]
        found = proposal("api", records, rejects=[Reject("no title", "3")] * 3, gaps=["cut"])

        assert list(found.warnings.items()) == [
            ("rejected: no title", 3), ("odd", 2), ("rare", 1), ("cut", 1),
        ]  # fmt: skip


class TestWords:
    FOUND = Findings(
        "https://example.org/",
        (proposal("api", events(7, **RICH), expected=7), proposal("page", [], problem="No.")),
        notes=("Mind the zone.",),
    )

    def test_findings_are_written_as_a_report_for_people(self) -> None:
        lines = as_text(self.FOUND).splitlines()

        assert lines[0] == "1. api – 7 of 7 events were read; completeness 100%."
        assert '   settings: {"url": "x"}' in lines
        assert "   because: it smells of api" in lines
        assert (
            "   present: time 100%, venue 100%, coordinates 100%, price 100%, image 100%" in lines
        )
        assert sum("Concert" in line for line in lines) == 5
        assert "     2026-12-24 19:00 | Concert 0 | Sala" in lines
        assert "2. page – No." in lines
        assert lines[-1] == "Mind the zone."

    def test_findings_are_written_as_json_for_programs(self) -> None:
        data = json.loads(json.dumps(as_data(self.FOUND)))

        first, second = data["proposals"]
        assert (first["kind"], first["read"], first["expected"]) == ("api", 7, 7)
        assert len(first["events"]) == 5
        assert first["quality"]["score"] == 1
        assert second["problem"] == "No."

    def test_a_report_without_proposals_lists_what_was_tried(self) -> None:
        text = as_text(Findings("https://example.org/", tried=("/wp-json/: 404",)))

        assert text == "https://example.org/: nothing found.\nTried:\n  /wp-json/: 404"

    def test_a_report_shows_a_day_without_a_time(self) -> None:
        text = as_text(Findings("x", (proposal("api", events(1, **BARE)),)))

        assert "2026-12-24       | Concert 0 | offline" in text
