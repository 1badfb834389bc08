"""What of an item becomes which field of a record, and what becomes of dirty values."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from include.discovery.connectors.json_feed.map import record as reading
from include.discovery.connectors.json_feed.map.fields import FieldMap
from include.discovery.model import Attendance, EventField, EventStatus
from include.discovery.record_warnings import assumed_fields
from tests.connectors.json_feed.map.map_support import FIELDS, ITEM, mapped, record


def warnings_of(item: dict[str, Any], fields: dict[str, Any]) -> tuple[str, ...]:
    return record(item, fields).warnings


class TestTheMap:
    def test_a_field_is_a_path_or_an_object_with_one(self) -> None:
        assert FieldMap(title="t", starts_at="s").title.path == "t"
        assert FieldMap(title={"path": "t"}, starts_at="s") == FieldMap(title="t", starts_at="s")

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"titel": "x"}, "there is no field 'titel'; did you mean title"),
            ({"xyzzy": "x"}, "there is no field 'xyzzy'; there are: external_id, "),
            ({"url": "a..b"}, "is not a JMESPath"),
            ({"title": None}, "title"),
            ({"starts_at": {"path": "s", "as": "fuzzy"}}, "starts_at.as"),
            ({"starts_at": {"path": "s", "zone": "Mars/Dome"}}, "not an IANA time zone"),
            ({"ends_at": {"path": "s", "unknown_at": ["24:00"]}}, "unknown_at"),
            ({"status": {"path": "s", "map": {"off": "gone"}}}, "status.map.off"),
            ({"venue_coordinates": {"path": "s", "order": "xy"}}, "order"),
            ({"is_free": {"path": "f", "maybe": ["x"]}}, "is_free.maybe"),
        ],
    )
    def test_a_wrong_field_is_named(self, wrong: dict[str, Any], said: str) -> None:
        with pytest.raises(ValidationError, match=said):
            FieldMap.model_validate({**FIELDS, **wrong})


class TestTexts:
    def test_markup_and_entities_are_cleaned(self) -> None:
        item = {"title": "<b>Bread &amp; Salt</b>\n live", "text": "<p>One</p><p>Two</p>"}

        found = record(item, {"description": "text"})

        assert (found.title, found.description) == ("Bread & Salt live", "One\nTwo")

    @pytest.mark.parametrize(
        ("language", "title", "tag"),
        [("sv", "Kväll", "sv"), ("fi", "Ilta", "fi"), (None, "Night", "en"), ("de", "Night", "en")],
    )
    def test_a_translated_text_is_taken_in_the_wanted_language_or_else_in_english(
        self, language: str | None, title: str, tag: str
    ) -> None:
        item = {"title": {"fi": "Ilta", "sv": "Kväll", "en": "Night"}}

        found = record(item, language=language)

        assert (found.title, found.language) == (title, tag)

    @pytest.mark.parametrize(
        ("translations", "title"),
        [({"fi": "Ilta", "sv": "Kväll"}, "Ilta"), ({"en": "", "sv": "Kväll"}, "Kväll"),
         ({"en-GB": "Evening", "fi": "Ilta"}, "Evening"), ({"pt_BR": "Noite"}, "Noite")],
    )  # fmt: skip
    def test_a_translated_text_without_english_is_the_first_that_is_not_empty(
        self, translations: dict[str, Any], title: str
    ) -> None:
        assert record({"title": translations}).title == title

    def test_the_language_of_an_event_takes_precedence_over_that_of_its_title(self) -> None:
        assert record({"title": {"en": "X"}, "l": "pl_PL"}, {"language": "l"}).language == "pl-PL"

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            ({"name": "A", "id": 3}, "an object with 'name' is not text; select a member of it"),
            (["a", "b"], "a list of 2 is not text; select one of it, as with [0]"),
            (True, "true is not text"),
        ],
    )
    def test_a_value_that_is_no_text_costs_its_field(self, value: Any, said: str) -> None:
        assert warnings_of({"who": value}, {"organizer": "who"}) == (f"organizer dropped: {said}",)

    @pytest.mark.parametrize(
        ("value", "text"), [(["Guild"], "Guild"), (12, "12"), (12.0, "12"), ([], None), ({}, None),
                            ("", None), (None, None), ({"en": None}, None)]
    )  # fmt: skip
    def test_a_value_with_one_clear_text_is_read(self, value: Any, text: str | None) -> None:
        found = record({"who": value}, {"organizer": "who"})

        assert (found.organizer, found.warnings) == (text, ())

    def test_placeholder_texts_can_be_ignored_by_the_settings(self) -> None:
        fields = {"venue_name": {"path": "v", "ignore": ["Lieu à préciser", "TBA"]}}

        assert record({"v": "lieu a preciser"}, fields).venue is None
        assert record({"v": "Old Depot"}, fields).venue.name == "Old Depot"

    @pytest.mark.parametrize(
        ("value", "split", "entries"),
        [
            (["Jazz", "jazz", "Jazz", None, 5], None, ("Jazz", "jazz", "5")),
            ("Jazz, Blues;Rock", ",;", ("Jazz", "Blues", "Rock")),
            ("Jazz, Blues", None, ("Jazz, Blues",)),
            (["a]b", "c^d"], "]^", ("a", "b", "c", "d")),
            ({"en": ["Jazz"], "pl": ["Dżez"]}, None, ("Jazz",)),
            ([{"en": "Jazz", "pl": "Dżez"}], None, ("Jazz",)),
            (None, ",", ()),
            ("", None, ()),
        ],
    )
    def test_categories_are_read_from_lists_and_separated_texts(
        self, value: Any, split: str | None, entries: tuple[str, ...]
    ) -> None:
        fields = {"categories": {"path": "tags", "split": split}}

        assert record({"tags": value}, fields).categories == entries

    def test_a_list_of_thousands_is_cut(self) -> None:
        found = record({"tags": [str(n) for n in range(5_000)]}, {"categories": "tags"})

        assert len(found.categories) == 100


class TestFlagsAndWords:
    @pytest.mark.parametrize("value", [True, 1, 1.0, "1", "true", "Yes", "oui", "Sí", "kyllä"])
    def test_a_word_for_yes_is_true(self, value: Any) -> None:
        assert record({"free": value}, {"is_free": "free"}).price.is_free is True

    @pytest.mark.parametrize("value", [False, 0, "0", "false", "No", "non", "nein", "ei"])
    def test_a_word_for_no_is_false(self, value: Any) -> None:
        assert record({"free": value}, {"is_free": "free"}).price.is_free is False

    @pytest.mark.parametrize("value", [None, ""])
    def test_an_empty_flag_is_unknown(self, value: str | None) -> None:
        assert record({"free": value}, {"is_free": "free"}).price is None

    @pytest.mark.parametrize("value", ["perhaps", 2, [1], {"free": True}])
    def test_a_flag_that_is_neither_yes_nor_no_gives_a_warning(self, value: Any) -> None:
        [warning] = warnings_of({"free": value}, {"is_free": "free"})

        assert warning.startswith("is_free dropped: ")

    @pytest.mark.parametrize(
        ("value", "is_free"), [("Gratuit", True), ("payant", False), ("sous condition", None)]
    )
    def test_a_word_beyond_those_of_the_settings_leaves_a_flag_unknown(
        self, value: str, is_free: bool | None
    ) -> None:
        fields = {"is_free": {"path": "p", "yes": ["gratuit"], "no": ["payant"]}}

        found = record({"p": value}, fields)

        assert (found.price.is_free if found.price else None) is is_free
        assert found.warnings == ()

    def test_words_of_the_settings_for_a_flag_also_match_true_and_false(self) -> None:
        fields = {"is_free": {"path": "p", "yes": ["true"]}}

        assert record({"p": True}, fields).price.is_free is True
        assert record({"p": False}, fields).price is None

    @pytest.mark.parametrize(
        ("value", "status"),
        [
            ("EventCancelled", "cancelled"),
            ("https://schema.org/EventPostponed", "postponed"),
            ("schema:EventRescheduled", "rescheduled"),
            ("canceled", "cancelled"),
            ("LIVE", "scheduled"),
            ("EventMovedOnline", "moved_online"),
            ("TENTATIVE", "tentative"),
            ("odwołane", "cancelled"),
            ("verschoben", "postponed"),
            (None, "scheduled"),
        ],
    )
    def test_the_usual_words_for_a_status_are_read(self, value: str | None, status: str) -> None:
        assert record({"s": value}, {"status": "s"}).status == EventStatus(status)

    def test_the_settings_may_map_words_of_the_source_to_a_status(self) -> None:
        fields = {"status": {"path": "s", "map": {"6": "cancelled", "Live": "tentative"}}}

        assert record({"s": 6}, fields).status is EventStatus.CANCELLED
        assert record({"s": "live"}, fields).status is EventStatus.TENTATIVE

    def test_an_unknown_word_for_a_status_gives_a_warning(self) -> None:
        found = record({"s": "zonked"}, {"status": "s"})

        assert found.status is EventStatus.SCHEDULED
        assert found.warnings == ("status dropped: 'zonked' is not known",)

    @pytest.mark.parametrize(
        ("title", "given", "status"),
        [("CANCELLED: Night of maps", "scheduled", "cancelled"),
         ("Night of maps [postponed]", "cancelled", "cancelled"),
         ("Night of maps", "postponed", "postponed")],
    )  # fmt: skip
    def test_the_more_serious_status_of_field_and_title_counts(
        self, title: str, given: str, status: str
    ) -> None:
        found = record({"title": title, "s": given}, {"status": "s"})

        assert (found.title, found.status) == ("Night of maps", EventStatus(status))
        is_of_title = given == "scheduled"
        assert (EventField.STATUS in assumed_fields(found.warnings)) is is_of_title

    @pytest.mark.parametrize(
        ("value", "attendance"),
        [("OnlineEventAttendanceMode", "online"), ("hybrid", "mixed"), ("inperson", "offline"),
         (None, "offline"), ("V", "online")],
    )  # fmt: skip
    def test_the_attendance_is_read_from_usual_and_mapped_words(
        self, value: str | None, attendance: str
    ) -> None:
        fields = {"attendance": {"path": "m", "map": {"v": "online"}}}

        assert record({"m": value}, fields).attendance == Attendance(attendance)

    def test_an_event_that_moved_online_is_attended_online(self) -> None:
        assert record({"s": "moved online"}, {"status": "s"}).attendance is Attendance.ONLINE


VENUE_FIELDS = {
    "venue_name": "v.name", "venue_street": "v.street", "venue_locality": "v.town",
    "venue_country": "v.country", "venue_id": "v.id", "venue_coordinates": "v.at",
}  # fmt: skip


class TestVenues:
    def test_a_venue_is_read_in_parts(self) -> None:
        item = {"v": {"name": "Old Depot", "street": "Hop 4, ", "country": "Polska", "id": 9}}

        venue = record(item, VENUE_FIELDS).venue

        assert venue.model_dump(exclude_none=True) == {
            "name": "Old Depot", "street": "Hop 4", "country": "PL", "external_id": "9",
        }  # fmt: skip

    @pytest.mark.parametrize("place", [None, {}, {"country": "PL", "id": 9}, {"name": " , "}])
    def test_a_venue_without_name_street_or_coordinates_is_none(
        self, place: dict[str, Any] | None
    ) -> None:
        assert record({"v": place}, VENUE_FIELDS).venue is None

    def test_a_bad_part_of_a_venue_costs_only_itself(self) -> None:
        item = {"v": {"name": "Old Depot", "country": "Atlantis", "at": "north", "id": [1]}}

        found = record(item, VENUE_FIELDS)

        assert found.venue.model_dump(exclude_none=True) == {"name": "Old Depot"}
        assert found.warnings == (
            'venue coordinates dropped: "north" are no coordinates',
            "venue country dropped: 'Atlantis' is not a known country",
            "venue id dropped: [1]",
        )

    @pytest.mark.parametrize(
        ("value", "order"),
        [
            ({"lat": 50.06, "lon": 19.94}, "lat_lon"),
            ({"latitude": "50.06", "longitude": "19.94"}, "lat_lon"),
            ({"lng": 19.94, "lat": 50.06}, "lon_lat"),
            ([50.06, 19.94], "lat_lon"),
            ([19.94, 50.06], "lon_lat"),
            (["50.06", "19.94", 210], "lat_lon"),
            ("50.06,19.94", "lat_lon"),
            ("50.06, 19.94", "lat_lon"),
            ("19.94;50.06", "lon_lat"),
            ("50,06; 19,94", "lat_lon"),
            ("(50.06 19.94)", "lat_lon"),
            ("POINT (19.94 50.06)", "lat_lon"),
            ({"type": "Point", "coordinates": [19.94, 50.06]}, "lat_lon"),
        ],
    )
    def test_both_coordinates_may_stand_in_one_field(self, value: Any, order: str) -> None:
        venue = record({"v": value}, {"venue_coordinates": {"path": "v", "order": order}}).venue

        assert (venue.latitude, venue.longitude) == (50.06, 19.94)

    @pytest.mark.parametrize("north", [50.06, "50.06", "50,06"])
    def test_the_coordinates_may_stand_in_two_fields(self, north: float | str) -> None:
        fields = {"venue_latitude": "lat", "venue_longitude": "lon"}

        venue = record({"lat": north, "lon": 19.94}, fields).venue

        assert (venue.latitude, venue.longitude) == (50.06, 19.94)

    @pytest.mark.parametrize("value", [None, "", [], {}, [None, None], {"lat": None, "lon": ""},
                                       {"coordinates": []}])  # fmt: skip
    def test_empty_coordinates_are_none(self, value: Any) -> None:
        found = record({"v": value}, {"venue_coordinates": "v"})

        assert (found.venue, found.warnings) == (None, ())

    @pytest.mark.parametrize(
        "value", [[95, 20], [1], "1", {"x": 1}, [True, 2], "a,b", [10**400, 1], 7, "1,2,3", [0, 0]]
    )
    def test_invalid_coordinates_give_a_warning(self, value: Any) -> None:
        [warning] = warnings_of({"v": value}, {"venue_coordinates": "v"})

        assert warning.startswith("venue coordinates dropped: ")

    def test_placeholder_coordinates_can_be_ignored_by_the_settings(self) -> None:
        fields = {
            "venue_name": "n",
            "venue_coordinates": {"path": "[lat, lon]", "ignore": [[40.7207559, -74.0007613]]},
        }

        office = record({"n": "A", "lat": 40.7207559, "lon": -74.0007613}, fields).venue
        street = record({"n": "A", "lat": 40.7307559, "lon": -74.0007613}, fields).venue

        assert (office.latitude, street.latitude) == (None, 40.7307559)


PRICE_FIELDS = {"price": "p", "price_min": "low", "price_max": "high", "currency": "c",
          "is_free": "free"}  # fmt: skip


class TestOnline:
    @pytest.mark.parametrize(
        ("item", "attendance"),
        [
            ({"v": "Old Mill", "o": True}, "mixed"),
            ({"v": "Old Mill", "o": "no"}, "offline"),
            ({"v": "Old Mill"}, "offline"),
            ({"o": True}, "online"),
            ({"v": "Online", "o": True}, "online"),
            ({"v": "Zoom Meeting"}, "online"),
        ],
    )
    def test_an_online_audience_makes_an_event_online_or_mixed(
        self, item: dict[str, Any], attendance: str
    ) -> None:
        found = record(item, {"venue_name": "v", "is_online": "o"})

        assert found.attendance == attendance

    def test_a_place_that_contradicts_the_stated_attendance_is_told(self) -> None:
        found = record({"v": "Zoom", "a": "offline"}, {"venue_name": "v", "attendance": "a"})

        assert found.attendance == "offline"
        assert found.warnings == ("attendance: said to be on site, but the place is online",)


class TestPrices:
    @pytest.mark.parametrize(
        ("item", "expected"),
        [
            ({"p": "20-30 zł"}, ("20", "30", "PLN", False)),
            ({"p": ["20 zł", "30 zł"]}, ("20", "30", "PLN", False)),
            ({"low": 12.5, "high": "40"}, ("12.5", "40", "PLN", False)),
            ({"low": 12, "c": "USD"}, ("12", None, "USD", False)),
            ({"high": 12, "c": "zł"}, (None, "12", "PLN", False)),
            ({"low": "$12", "high": "1,250.00"}, ("12", "1250", "USD", False)),
            ({"low": "12,50", "high": "14,00"}, ("12.5", "14", "PLN", False)),
            ({"low": 30, "high": 20}, ("20", "30", "PLN", False)),
            ({"low": 0, "high": 0}, ("0", "0", "PLN", True)),
            ({"free": True}, ("0", "0", None, True)),
            ({"free": False}, (None, None, None, False)),
            ({"p": "wstęp wolny"}, ("0", "0", None, True)),
            ({"p": "5 €", "free": False}, ("5", "5", "EUR", False)),
        ],
    )
    def test_a_price_is_read_from_words_numbers_and_flags(
        self, item: dict[str, Any], expected: tuple[Any, ...]
    ) -> None:
        found = record(item, PRICE_FIELDS)
        price = found.price

        amounts = tuple(None if a is None else format(a, "f") for a in (price.min, price.max))
        assert (*amounts, price.currency, price.is_free) == expected
        assert found.warnings == ()

    def test_price_numbers_take_precedence_over_words_whose_text_is_kept(self) -> None:
        price = record({"p": "members 10 zł", "low": 15}, PRICE_FIELDS).price

        assert (price.min, price.text) == (Decimal(15), "members 10 zł")

    def test_a_flag_that_contradicts_an_amount_gives_a_warning(self) -> None:
        found = record({"p": "20 zł", "free": True}, PRICE_FIELDS)

        assert (found.price.min, found.price.is_free) == (Decimal(20), False)
        assert found.warnings == ("said to be free, against its price",)

    @pytest.mark.parametrize("bad", [True, [5], "five", "NaN", -5, 10**20])
    def test_a_bad_amount_costs_only_the_price(self, bad: Any) -> None:
        found = record({"low": bad}, PRICE_FIELDS)

        assert found.price is None
        assert found.warnings[0].startswith("price dropped: ")

    @pytest.mark.parametrize("text", ["from 15", "od 15", "ab 15", "15+"])
    def test_a_price_beside_its_currency_is_no_age(self, text: str) -> None:
        price = record({"p": text, "c": "PLN"}, PRICE_FIELDS).price

        assert (price.min, price.max, price.currency) == (Decimal(15), None, "PLN")

    def test_the_country_of_the_venue_gives_the_currency(self) -> None:
        fields = {**PRICE_FIELDS, "venue_name": "v", "venue_country": "'CZ'"}

        assert record({"v": "Dům", "p": "200"}, fields).price.currency == "CZK"


class TestLinks:
    def test_relative_links_are_resolved_against_the_address_of_the_answer(self) -> None:
        found = record({"l": "/e/7", "i": "//img.example/7.jpg"}, {"url": "l", "image_url": "i"})

        assert found.url == "https://maps.example/e/7"
        assert found.image_url == "https://img.example/7.jpg"

    @pytest.mark.parametrize(
        "hostile", ["javascript:alert(1)", " java\nscript:x", "data:text/html"]
    )
    def test_an_invalid_web_address_is_dropped(self, hostile: str) -> None:
        found = record({"l": hostile}, {"url": "l"})

        assert found.url is None
        assert found.warnings[0].startswith("url dropped: ")

    def test_a_path_that_cannot_be_evaluated_costs_its_field(self) -> None:
        found = record({"slug": None}, {"url": "join('', ['/e/', slug])"})

        assert found.url is None
        assert found.warnings[0].startswith("url dropped: ")


class TestIdentity:
    @pytest.mark.parametrize(("given", "known_as"), [(7, "7"), ("a7 ", "a7"), (7.0, "7")])
    def test_an_id_is_a_text_or_a_number(self, given: float | str, known_as: str) -> None:
        assert record({"id": given}).external_id == known_as

    @pytest.mark.parametrize("bad", [True, [7], {"id": 7}, 7.5, "x" * 401])
    def test_an_id_that_is_neither_text_nor_number_rejects_the_item(self, bad: Any) -> None:
        [reject] = mapped({**ITEM, "id": bad}).rejects

        assert reject.reason == "unusable id"

    def test_the_id_of_an_item_without_one_is_made_of_title_start_and_venue(self) -> None:
        fields = {"venue_name": "v"}
        one, again, other = (
            record({"id": None, "title": title, "v": "Depot"}, fields)
            for title in ("Night of maps", "NIGHT of  Maps", "Night of caps")
        )

        assert one.external_id == again.external_id != other.external_id
        assert one.external_id.startswith("#")
        assert one.warnings == ("the item has no id: one was made of title, start and venue",)

    def test_a_source_whose_items_never_have_an_id_gives_no_warning(self) -> None:
        found = record({"id": None}, {"external_id": None})

        assert found.external_id.startswith("#")
        assert found.warnings == ()


class TestNeighbours:
    def test_a_bad_item_costs_only_itself_and_is_named(self) -> None:
        parsed = mapped(
            ITEM, None, "x", [1], {**ITEM, "id": 8, "title": None}, {**ITEM, "title": ["a", "b"]},
            {**ITEM, "id": 9},
        )  # fmt: skip

        assert [r.external_id for r in parsed.records] == ["7", "9"]
        assert [(r.reason, r.item) for r in parsed.rejects] == [
            ("not an object", "item 2"),
            ("not an object", "item 3"),
            ("not an object", "item 4"),
            ("no title", "item 5 (8)"),
            ("unreadable title", "item 6 (7)"),
        ]

    def test_an_item_that_the_settings_leave_out_is_no_reject(self) -> None:
        parsed = mapped({**ITEM, "draft": True}, {**ITEM, "draft": False}, leave_out="draft")

        assert (len(parsed.records), parsed.rejects) == (1, [])

    def test_a_path_that_cannot_be_evaluated_rejects_the_item(self) -> None:
        parsed = mapped(ITEM, {**ITEM, "draft": "x"}, leave_out="length(draft) > `0`")

        assert [r.reason for r in parsed.rejects] == ["unexpected shape"]

    @pytest.mark.parametrize("name", ["title", "external_id"])
    def test_an_item_is_rejected_of_which_the_label_cannot_be_evaluated(self, name: str) -> None:
        good = {**ITEM, "names": ["Choir"]}
        bad = {"title": "Choir", "names": None}

        parsed = mapped(bad, good, fields={name: "join(' ', names)"})

        assert [r.item.partition(" (")[0] for r in parsed.rejects] == ["item 1"]
        assert len(parsed.records) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["2026-05-08", "2026-05-08T19:00Z", "\ud800", "\x00", "javascript:x", "TU"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["en", "pl", "lat", "lon", "x"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
EVERY_FIELD = {name: name for name in FieldMap.model_fields} | {
    "starts_at": "occurrence || starts_at",
    "categories": {"path": "categories", "split": ",;"},
}


@given(st.lists(st.dictionaries(st.sampled_from(sorted(EVERY_FIELD)), JSON), max_size=3))
def test_any_item_is_a_record_or_a_reject(items: list[dict[str, Any]]) -> None:
    usable = {"external_id": "7", "title": "Night of maps", "starts_at": "2026-05-08"}
    given_items = [{**usable, **item} for item in items]

    parsed = mapped(
        *given_items, fields=EVERY_FIELD, occurrences="series_id",
        recurrence={"days": "language", "excluded": "price"},
    )  # fmt: skip

    for found in parsed.records:
        json.loads(found.model_dump_json())
    assert not [r for r in parsed.rejects if r.reason == "unexpected shape"], parsed.rejects


def test_the_venue_of_many_items_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = Mock(wraps=reading.read_venue)
    monkeypatch.setattr(reading, "read_venue", read)

    mapped(
        *({"id": n, "title": "Jazz", "start": "2026-05-08", "hall": "Mill"} for n in range(50)),
        fields={"venue_name": "hall"},
    )

    assert read.call_count == 1
