"""The guessed map of an API without a description."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.connectors.json_feed.map.guess import Guess, guess_map
from include.discovery.connectors.json_feed.map.paths import getter_of


def english(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "title": f"Concert {number}",
        "startDate": f"2027-05-{number:02}T19:00:00",
        "endDate": f"2027-05-{number:02}T21:00:00",
        "url": f"/events/{number}",
        "venue": {"name": "Hall", "address": "1 Main St", "lat": "50.1", "lng": 19.9},
        "image": {"src": "x"},
        "photo_url": "https://img.example/a.jpg",
        "price": "10 €",
        "tags": ["jazz"],
    }


def guessed(document: object) -> Guess:
    found = guess_map(document)
    assert found is not None
    return found


def test_the_fields_of_an_english_api_are_guessed() -> None:
    found = guessed({"meta": {"count": 3}, "data": {"events": [english(n) for n in (1, 2, 3)]}})

    assert (found.items, found.count) == ("data.events", 3)
    assert found.fields == {
        "external_id": "id",
        "title": "title",
        "starts_at": "startDate",
        "ends_at": "endDate",
        "url": "url",
        "venue_name": "venue.name",
        "venue_street": "venue.address",
        "venue_latitude": "venue.lat",
        "venue_longitude": "venue.lng",
        "image_url": "photo_url",
        "price": "price",
        "categories": "tags",
    }


@pytest.mark.parametrize(
    ("item", "title", "start"),
    [
        ({"titre": "Bal", "date_debut": "2027-05-01"}, "titre", "date_debut"),
        ({"nombre": "Feria", "fecha_inicio": "2027-05-01T10:00"}, "nombre", "fecha_inicio"),
        ({"nazwa": "Koncert", "data od": "2027-05-01"}, "nazwa", '"data od"'),
        ({"Event Name": "Fair", "Event-Date": "2027-05-01"}, '"Event Name"', '"Event-Date"'),
        ({"name": "Gig", "dates": {"start": "2027-05-01"}}, "name", "dates.start"),
    ],
    ids=["French", "Spanish", "Polish", "with spaces", "nested"],
)
def test_the_fields_of_apis_in_other_languages_are_guessed(
    item: dict[str, Any], title: str, start: str
) -> None:
    found = guessed([item])

    assert found.items == "@"
    assert (found.fields["title"], found.fields["starts_at"]) == (title, start)


@pytest.mark.parametrize(
    ("value", "way"), [(1_809_000_000, "epoch_s"), (1_809_000_000_000, "epoch_ms")]
)
def test_numbers_are_guessed_as_seconds_or_milliseconds(value: int, way: str) -> None:
    found = guessed([{"title": "Gig", "start": value}])

    assert found.fields["starts_at"] == {"path": "start", "as": way}


def test_items_that_are_wrapped_are_found() -> None:
    found = guessed({"events": [{"event": english(1)}, {"event": english(2)}]})

    assert (found.items, found.fields["title"]) == ("events", "event.title")
    assert found.fields["venue_name"] == "event.venue.name"


def test_the_longest_list_of_events_is_guessed_to_be_the_items() -> None:
    found = guessed({"featured": [english(1)], "all": [english(1), english(2)], "ads": [{}] * 9})

    assert found.items == "all"


@pytest.mark.parametrize(
    "document",
    [None, 7, "x", [], {}, [1, 2], [{"title": "No date"}], [{"start": "2027-05-01"}],
     [{"title": "A", "start": "soon"}], {"errors": [{"title": "Bad", "code": 7}]}],
    ids=repr,
)  # fmt: skip
def test_nothing_is_guessed_where_there_are_no_events(document: object) -> None:
    assert guess_map(document) is None


def test_a_member_that_most_items_lack_is_not_guessed() -> None:
    items = [{"title": "A", "start": "2027-05-01"} for _ in range(5)]
    items[0]["price"] = "10 €"

    assert "price" not in guessed(items).fields


def test_a_single_coordinate_is_not_guessed() -> None:
    item = {"title": "A", "start": "2027-05-01", "lat": 50.0}

    assert "venue_latitude" not in guessed([item]).fields


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["2027-05-01", "https://a.example/"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["title", "start", "id", "lat", "lon", 'a"b', "événement", "x"]), inner
    ),
    max_leaves=25,
)  # fmt: skip


@given(_json)
def test_every_guessed_path_leads_to_a_value(document: Any) -> None:
    found = guess_map(document)
    if found is None:
        return

    items = getter_of(found.items)(document)
    assert len([item for item in items if isinstance(item, dict)]) == found.count
    for given_field in found.fields.values():
        path = given_field["path"] if isinstance(given_field, dict) else given_field
        assert any(getter_of(path)(item) is not None for item in items if isinstance(item, dict))
