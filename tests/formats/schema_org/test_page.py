"""Whole pages: where their events are found, what two of them share, and which ids they get."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.errors import UnreadableResponse
from include.discovery.formats.schema_org.graph import EVENT_TYPES
from include.discovery.formats.schema_org.page import PageEvents, read_page
from include.discovery.model import Venue, Window
from include.discovery.text.encoding import MARK

URL = "https://dom.example/kalendarz"
WARSAW = ZoneInfo("Europe/Warsaw")


def concert(name: str = "Koncert", **more: Any) -> dict[str, Any]:
    return {"@type": "MusicEvent", "name": name, "startDate": "2026-05-08T19:00:00+02:00", **more}


def script(*documents: Any) -> str:
    texts = (d if isinstance(d, str) else json.dumps(d) for d in documents)
    return "".join(f'<script type="application/ld+json">{text}</script>' for text in texts)


def read(page: str, **more: Any) -> PageEvents:
    return read_page(page.encode(), **{"url": URL, "zone": WARSAW, **more})


def titles(page: str, **more: Any) -> list[str]:
    return [record.title for record in read(page, **more).records]


def test_rejects_show_damaged_letters_without_internal_marks() -> None:
    body = '<script type="application/ld+json">{"@type": "Event" "name": "Łódź, Caf\xff"}</script>'
    schedule = (
        '<script type="application/ld+json">{"@type": "Event", "name": "Łódź, Caf\xff",'
        ' "startDate": "2026-05-01", "eventSchedule": {"repeatFrequency": "x\xff"}}</script>'
    )
    page = (body + schedule).encode().replace("\xff".encode(), b"\xff")

    rejects = read_page(page, url=URL, zone=WARSAW).rejects

    assert len(rejects) == 2
    assert MARK not in "".join(f"{one.reason}{one.item}{one.detail}" for one in rejects)


class TestWhereEventsHang:
    @pytest.mark.parametrize(
        "document",
        [
            concert(),
            [concert()],
            [[concert()]],
            {"@context": "https://schema.org/", "@graph": [{"@type": "WebSite"}, concert()]},
            {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": concert()}]},
            {"@type": "WebPage", "mainEntity": concert()},
            {"@type": "WebPage", "about": [concert()]},
            {"@type": "MusicGroup", "name": "Zespół", "event": [concert()]},
            {"@type": "Place", "name": "Sala", "events": concert()},
            {"@type": "EventSeries", "name": "Cykl", "subEvent": [concert()]},
            {**concert(), "@type": ["Thing", "http://schema.org/MusicEvent"]},
            {**concert(), "@type": "schema:MusicEvent"},
            {**concert(), "@type": "https://schema.org/MusicEvent/"},
            {**concert(), "@type": "musicevent"},
        ],
    )
    def test_an_event_is_found_wherever_it_stands_in_a_document(
        self, document: dict[str, Any] | list[Any]
    ) -> None:
        assert titles(script(document)) == ["Koncert"]

    @pytest.mark.parametrize("kind", ["Event", "Festival", "CourseInstance", "VisualArtsEvent"])
    def test_events_of_all_types_are_found(self, kind: str) -> None:
        assert kind.lower() in EVENT_TYPES
        assert titles(script({**concert(), "@type": kind})) == ["Koncert"]

    @pytest.mark.parametrize(
        "kind", ["Organization", "Eventbrite", "EventVenue", "Product", 5, None]
    )
    def test_an_item_of_another_type_is_ignored(self, kind: int | str | None) -> None:
        assert read(script({**concert(), "@type": kind})) == PageEvents([], (), 0)

    def test_a_json_document_is_read_like_a_page(self) -> None:
        assert titles("\ufeff \n" + json.dumps([concert("A"), concert("B")])) == ["A", "B"]

    def test_the_case_of_markup_does_not_matter(self) -> None:
        loud = (
            script(concert("A")).replace("script type", "SCRIPT TYPE").replace("ld+json", "LD+JSON")
        )
        assert titles(loud) == ["A"]
        assert titles(TestMicrodata.PAGE.replace("itemtype", "ITEMTYPE")) == ["Wesele"]

    def test_references_are_followed_across_scripts(self) -> None:
        place = {"@type": "Place", "@id": "#sala", "name": "Sala"}
        records = read(script(concert(location={"@id": "#sala"}), place)).records
        assert records[0].venue == Venue(name="Sala")

    def test_a_reference_to_an_event_is_not_a_second_event(self) -> None:
        event = {**concert(), "@id": URL + "#e"}
        page = {"@type": "WebPage", "mainEntity": {"@id": URL + "#e", "@type": "Event"}}
        found = read(script(page, event))
        assert len(found.records) == 1
        assert not found.rejects

    def test_a_stub_in_a_list_is_no_reject(self) -> None:
        stub = {"@type": "Event", "url": "https://dom.example/5"}
        assert read(script({"@type": "ItemList", "itemListElement": [stub]})).rejects == ()

    def test_a_superior_event_is_only_the_series(self) -> None:
        event = concert(
            superEvent={"@type": "Festival", "name": "Wianki", "startDate": "2026-05-01"}
        )
        records = read(script(event)).records
        assert [(r.title, r.series_id) for r in records] == [("Koncert", "Wianki")]

    def test_parts_with_another_name_are_events_in_addition_to_the_whole(self) -> None:
        whole = {
            **concert("Wianki", url="/wianki", location="Bulwary"),
            "@type": "Festival",
            "subEvent": [concert("A"), concert("B", location="Rynek")],
        }
        records = read(script(whole)).records
        assert [(r.title, r.venue and r.venue.name, r.series_id) for r in records] == [
            ("Wianki", "Bulwary", None),
            ("A", "Bulwary", "https://dom.example/wianki"),
            ("B", "Rynek", "https://dom.example/wianki"),
        ]

    def test_parts_with_the_same_name_are_the_dates_of_the_whole(self) -> None:
        parts = [concert(startDate=f"2026-05-0{day}T19:00") for day in (8, 9)]
        records = read(script(concert(subEvent=parts))).records
        assert [r.local_date.day for r in records] == [8, 9]

    def test_a_date_of_the_whole_has_all_that_the_whole_says(self) -> None:
        parts = [{"@type": "Event", "startDate": f"2026-05-0{day}T19:00"} for day in (8, 9)]
        parts[1]["eventStatus"] = "EventCancelled"
        whole = concert(
            "Wianki",
            subEvent=parts,
            description="Co roku.",
            location="Bulwary",
            offers={"price": "10", "priceCurrency": "PLN"},
        )
        records = read(script(whole)).records
        assert [(r.title, r.status.value, r.local_date.day) for r in records] == [
            ("Wianki", "scheduled", 8),
            ("Wianki", "cancelled", 9),
        ]
        assert {(r.description, r.venue.name, r.price.currency) for r in records} == {
            ("Co roku.", "Bulwary", "PLN")
        }

    def test_a_part_of_its_own_name_says_itself_what_it_is(self) -> None:
        whole = concert("Wianki", subEvent=[concert("A")], description="Co roku.")
        assert [(r.title, r.description) for r in read(script(whole)).records] == [
            ("Wianki", "Co roku."),
            ("A", None),
        ]


class TestBrokenPieces:
    def test_a_broken_script_costs_only_itself(self) -> None:
        found = read(
            script(concert("A"), '{"@type": "Event", "name": "He said "no""}', concert("B"))
        )
        assert [record.title for record in found.records] == ["A", "B"]
        assert [(reject.reason, reject.item) for reject in found.rejects] == [
            ("invalid JSON-LD with events", "JSON-LD script 2")
        ]
        assert found.lost == ("JSON-LD script 2",)
        assert "line 1, column" in found.rejects[0].detail

    def test_a_broken_script_without_events_loses_none(self) -> None:
        found = read(script(concert("A"), '{"@type": "BreadcrumbList" "itemListElement"}'))
        assert [reject.reason for reject in found.rejects] == ["invalid JSON-LD"]
        assert found.lost == ()

    def test_a_repaired_script_gives_a_warning(self) -> None:
        [record] = read(script(json.dumps(concert())[:-1] + ",}")).records
        assert record.warnings == ("JSON repaired: superfluous commas removed",)

    def test_a_broken_event_costs_only_itself(self) -> None:
        events = [concert("A"), concert(""), concert("B", startDate="soon"), {**concert("C")}]
        del events[3]["startDate"]
        found = read(script(events))
        assert [record.title for record in found.records] == ["A"]
        assert [(r.reason, r.item) for r in found.rejects] == [
            ("no title", "JSON-LD script 1"),
            ("unreadable date", "JSON-LD script 1 (B)"),
            ("no start date", "JSON-LD script 1 (C)"),
        ]

    def test_a_broken_document_is_refused(self) -> None:
        with pytest.raises(UnreadableResponse, match=r"not JSON: .* line 1, column 20"):
            read('{"@type": "Event", ')

    def test_an_empty_script_is_ignored(self) -> None:
        assert read(script("", " \n ")) == PageEvents([], (), 0)

    def test_a_page_may_hold_no_event(self) -> None:
        assert read("<p>itemtype ld+json") == PageEvents([], (), 0)


class TestMicrodata:
    PAGE = """
      <div itemscope itemtype="http://schema.org/TheaterEvent" itemref="price">
        <h2><a itemprop="url" href="/wesele"><span itemprop="name">Wesele</span></a></h2>
        <time itemprop="startDate" datetime="2026-05-08T19:00">piątek</time>
        <meta itemprop="endDate" content="2026-05-08T21:30">
        <img itemprop="image" src="/wesele.jpg">
        <div itemprop="location" itemscope itemtype="http://schema.org/Place">
          <span itemprop="name">Teatr Mały</span>
          <p itemprop="address" itemscope itemtype="http://schema.org/PostalAddress">
            <span itemprop="streetAddress">Rynek 1</span>,
            <span itemprop="addressLocality">Tychy</span>
          </p>
        </div>
        <div itemprop="description"><p>Pierwszy.</p><p>Drugi.</p></div>
        <span itemprop="performer">Ala</span> <span itemprop="performer">Ola</span>
      </div>
      <p id="price"><span itemprop="offers" itemscope itemtype="http://schema.org/Offer">
        <span itemprop="price" content="40.00">czterdzieści</span>
        <meta itemprop="priceCurrency" content="PLN"></span></p>
    """

    def test_a_microdata_item_is_read_with_its_parts(self) -> None:
        found = read(self.PAGE)
        assert not found.rejects
        [record] = found.records
        assert record.title == "Wesele"
        assert record.url == record.external_id == "https://dom.example/wesele"
        assert record.starts_at.isoformat() == "2026-05-08T19:00:00+02:00"
        assert record.ends_at.isoformat() == "2026-05-08T21:30:00+02:00"
        assert record.venue == Venue(name="Teatr Mały", street="Rynek 1", locality="Tychy")
        assert record.description == "Pierwszy.\nDrugi."
        assert record.image_url == "https://dom.example/wesele.jpg"
        assert record.performers == ("Ala", "Ola")
        assert record.categories == ("TheaterEvent",)
        assert (record.price.min, record.price.currency) == (40, "PLN")

    def test_the_words_of_a_link_are_a_name_and_its_address_none(self) -> None:
        [record] = read(
            '<div itemscope itemtype="http://schema.org/Event"><b itemprop="name">Wesele</b>'
            '<i itemprop="startDate">2026-05-08</i> <a itemprop="performer" href="/ala">Ala</a>'
            '<a itemprop="location" href="/maly">Teatr Mały</a>'
            '<a itemprop="url" href="/wesele">Więcej</a></div>'
        ).records
        assert record.performers == ("Ala",)
        assert record.venue == Venue(name="Teatr Mały")
        assert record.url == "https://dom.example/wesele"

    def test_names_of_properties_may_be_written_in_full(self) -> None:
        [record] = read(
            '<div itemscope itemtype="https://schema.org/Event"><b itemprop="https://schema.org/name">'
            'Wesele</b><i itemprop="http://schema.org/startDate">2026-05-08</i></div>'
        ).records
        assert (record.title, record.local_date.day) == ("Wesele", 8)

    ONE = (
        '<div itemscope itemtype="http://schema.org/Event" id="a" itemref="a">'
        '<b itemprop="name" id="b">{}</b><i itemprop="startDate">2026-05-08</i></div>'
    )

    @pytest.mark.parametrize(
        ("shown", "starts_at"),
        [
            ("May 8, 2026 \xa0 9:30 PM - 11:00 PM", "2026-05-08T21:30"),  # as the page shows it
            ("piątek 21:30", "2026-05-08T21:30"),
            ("May 8, 2026 7:30 PM", "2026-05-08T19:30"),
            ("doors 18:00", "2026-05-08T19:30"),  # something else, that proves nothing
            ("May 8", "2026-05-08T19:30"),
        ],
    )
    def test_a_time_in_utc_that_is_not_marked_is_recognised_by_the_one_shown(
        self, shown: str, starts_at: str
    ) -> None:
        body = (
            '<div itemscope itemtype="http://schema.org/Event"><b itemprop="name">A</b>'
            f'<p itemprop="startDate" content="2026-05-08T19:30">{shown}</p>'
            '<meta itemprop="endDate" content="2026-05-08T21:00"></div>'
        )
        [record] = read(body).records
        assert f"{record.starts_at:%Y-%m-%dT%H:%M}" == starts_at
        corrected = starts_at != "2026-05-08T19:30"
        assert record.ends_at.hour == (23 if corrected else 21)
        assert bool(record.warnings) is corrected

    def test_two_microdata_items_are_two_events(self) -> None:
        one = self.ONE.replace(' id="a" itemref="a"', "")
        assert titles(one.format("A") + one.format("B")) == ["A", "B"]

    def test_an_item_around_the_page_does_not_take_the_properties_of_an_event(self) -> None:
        event = self.ONE.replace(' id="a" itemref="a"', "").format("A")
        around = '<body itemscope itemtype="http://schema.org/WebPage"><b itemprop="name">P</b>'
        assert titles(around + event) == ["A"]

    def test_references_of_microdata_in_a_circle_end(self) -> None:
        assert read(self.ONE.format("A")).found == 1

    def test_an_event_in_json_ld_and_microdata_counts_once(self) -> None:
        said = {**concert("Wesele", startDate="2026-05-08T18:00"), "image": "/other.jpg"}
        [record] = read(script(said) + self.PAGE).records
        assert record.starts_at.hour == 18

    def test_another_event_in_microdata_counts_in_addition_to_json_ld(self) -> None:
        assert titles(script(concert()) + self.PAGE) == ["Koncert", "Wesele"]


class TestIdentity:
    @pytest.mark.parametrize(
        ("more", "identity"),
        [
            ({"identifier": "evt-77"}, "evt-77"),
            ({"identifier": 77}, "77"),
            ({"identifier": {"@type": "PropertyValue", "value": "E77"}}, "E77"),
            ({"identifier": "event", "url": "/5"}, "https://dom.example/5"),
            ({"identifier": "two words 2", "url": "/5"}, "https://dom.example/5"),
            ({"@id": "https://dom.example/e/5", "url": "/other"}, "https://dom.example/e/5"),
            ({"@id": "urn:uuid:0b1", "url": "/other"}, "urn:uuid:0b1"),
            # plug-ins give '/#event' to every event of a site
            ({"@id": "https://dom.example/#event", "url": "/5"}, "https://dom.example/5"),
            ({"@id": "https://dom.example/", "url": "/5"}, "https://dom.example/5"),
            ({"@id": "#event", "url": "/5"}, "https://dom.example/5"),
            ({"url": "/5?utm_source=a&id=7&fbclid=x#info"}, "https://dom.example/5?id=7"),
            ({"url": "/5?utm_source=a"}, "https://dom.example/5"),
            ({"url": "/#!/event/5"}, "https://dom.example/#!/event/5"),
            ({"mainEntityOfPage": {"@id": "/5"}}, "https://dom.example/5"),
            ({}, URL),
        ],
    )
    def test_the_id_of_an_event_is_its_identifier_its_json_ld_id_or_its_address(
        self, more: dict[str, Any], identity: str
    ) -> None:
        assert read(script(concert(**more))).records[0].external_id == identity

    def test_a_page_without_an_address_is_addressed_by_its_canonical_link(self) -> None:
        canonical = '<link rel="canonical" href="https://dom.example/5">'
        assert (
            read(canonical + script(concert()), url=None).records[0].url == "https://dom.example/5"
        )
        two = canonical + script(concert("A"), concert("B"))
        assert [record.url for record in read(two, url=None).records] == [None, None]

    def test_several_dates_under_one_address_are_a_series(self) -> None:
        events = [concert(url="/5", startDate=f"2026-05-{day}") for day in ("08", "09T20:00")]
        records = read(script(events)).records
        assert [(r.external_id, r.series_id) for r in records] == [
            ("https://dom.example/5#20260508", "https://dom.example/5"),
            ("https://dom.example/5#20260509T2000", "https://dom.example/5"),
        ]

    def test_two_events_with_the_same_address_and_start_are_distinguished_by_title(self) -> None:
        records = read(script([concert("A", url="/5"), concert("B", url="/5")])).records
        assert len({record.external_id for record in records}) == 2

    def test_an_event_that_comes_twice_counts_once(self) -> None:
        assert len(read(script(concert(url="/5"), concert(url="/5?utm_medium=x"))).records) == 1

    def test_the_id_of_an_event_without_an_address_is_made_of_title_start_and_place(self) -> None:
        def identities(*events: Any) -> list[str]:
            return [record.external_id for record in read(script(*events)).records]

        first, other = identities(concert("A"), concert("B"))
        assert identities(concert("B"), concert("á")) == [other, first]
        moved = concert("A", startDate="2026-05-09T19:00")
        elsewhere = concert("A", location="Sala")
        outdoors = concert("A", location={"address": "Rynek 1"})
        assert len(set(identities(concert("A"), moved, elsewhere, outdoors))) == 4


class TestBounds:
    def test_events_outside_the_window_are_left_out_and_counted(self) -> None:
        june = Window(date(2026, 6, 1), date(2026, 6, 30))
        found = read(script(concert("A"), concert("B", startDate="2026-06-02")), window=june)
        assert [record.title for record in found.records] == ["B"]
        assert found.found == 2

    def test_a_page_that_is_cut_gives_a_reject_and_is_marked_as_lost(self) -> None:
        found = read(script(concert()) + "<div>" * 20_000 + script(concert("B")))
        assert [record.title for record in found.records] == ["Koncert"]
        assert [reject.reason for reject in found.rejects] == ["page cut"]
        assert found.lost == ("page",)

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "document",
        [
            "[" * 50_000,
            '{"@type":"Event","name":"x","startDate":"2026-05-08","location":' * 500
            + "1"
            + "}" * 500,
            json.dumps(concert(name=["a"] * 100_000, location=[{"name": "x"}] * 10_000)),
            json.dumps([concert(str(n)) for n in range(2_000)]),
            json.dumps(concert(offers=[{"price": n} for n in range(50_000)])),
        ],
    )
    def test_hostile_documents_are_read_in_linear_time(self, document: str) -> None:
        started = time.process_time()
        read(script(document))
        assert time.process_time() - started < 5

    @pytest.mark.parametrize(
        "markup",
        [
            "<div>" * 20_000,
            '<div itemscope itemtype="http://schema.org/Event">' * 5_000,
            '<i itemprop="name">' * 5_000,
            '<p itemscope itemref="a"></p>' * 5_000 + '<p id="a">' + '<i itemprop="name">' * 5_000,
            '<div itemscope itemprop="location" itemtype="http://schema.org/Event" id=a itemref=a>'
            * 3_000,
        ],
    )
    def test_hostile_markup_is_read_in_linear_time(self, markup: str) -> None:
        started = time.process_time()
        read(script(concert()) + markup)
        assert time.process_time() - started < 10

    @given(
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats()
            | st.text()
            | st.sampled_from(["2026-05-08T19:00", "P1W", "Monday", "19:00", "12,50", "@id"]),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            "@type",
                            "@id",
                            "@value",
                            "name",
                            "url",
                            "address",
                            "geo",
                            "price",
                            "latitude",
                            "startDate",
                            "repeatFrequency",
                            "byDay",
                        ]
                    ),
                    inner,
                    max_size=3,
                )
            ),
            max_leaves=6,
        ),
        st.sampled_from(
            [
                "name",
                "startDate",
                "endDate",
                "location",
                "offers",
                "image",
                "performer",
                "keywords",
                "eventStatus",
                "eventSchedule",
                "superEvent",
                "inLanguage",
                "identifier",
                "@id",
                "url",
                "doorTime",
                "duration",
                "previousStartDate",
                "eventAttendanceMode",
                "isAccessibleForFree",
                "description",
            ]
        ),
    )
    def test_no_value_of_a_property_affects_its_neighbours(self, value: Any, name: str) -> None:
        found = read(script([{**concert("A"), name: value}, concert("B", url="/b")]))
        assert "B" in [record.title for record in found.records]
        assert not [r for r in found.rejects if r.reason == "unexpected shape"], found.rejects

    @given(st.binary())
    def test_any_bytes_are_read_or_refused(self, body: bytes) -> None:
        with suppress(UnreadableResponse):
            read_page(body, url=URL, zone=WARSAW)
        read_page(b'<script type="application/ld+json">' + body, url=URL, zone=WARSAW)
