"""Which listings are one event, which are not, and which a person is asked about."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.identity.candidates import candidate_pairs
from include.discovery.identity.clusters import clusters
from include.discovery.identity.judging import PERSON, Judgement, Verdict, are_sessions, judge
from include.discovery.identity.listing import Listing
from include.discovery.identity.matching import match
from include.discovery.identity.prepared import prepare
from include.discovery.model import Attendance, EventStatus, Venue

EVENING = datetime(2026, 12, 5, 18, tzinfo=UTC)


def listing(
    title: str,
    venue: str | None = "Stary Młyn",
    *,
    id: str = "a",  # noqa: A002
    source: str | None = None,
    hours: float = 0,
    street: str | None = None,
    **changes: Any,
) -> Listing:
    """Return a listing of the evening of 5 December 2026, by a source of its own."""
    starts_at = EVENING + timedelta(hours=hours)
    fields: dict[str, Any] = {
        "id": id,
        "source": source or f"source-{id}",
        "city": "krakow",
        "external_id": id,
        "title": title,
        "local_date": starts_at.date(),
        "timezone": "Europe/Warsaw",
        "starts_at": starts_at,
        "time_known": True,
        "venue": Venue(name=venue, street=street) if venue or street else None,
        **changes,
    }
    return Listing(**fields)


def test_sessions_of_one_source_are_never_judged_to_be_one_event() -> None:
    every = [
        listing("Night Walk", id=f"{source}{minutes}{url}", source=source, url=url,
                hours=minutes / 60)
        for source in ("agenda", "tickets")
        for minutes in (0, 5, 20, 60, 120, 12 * 60)
        for url in (None, "https://walks.example/night-walk", "https://walks.example/e/12345",
                    "https://www.eventbrite.com/e/night-walk-tickets-123456789012",
                    "https://www.eventbrite.com/e/walk-tickets-123456789012")
    ]  # fmt: skip
    pairs = [(one, other) for one in every for other in every if one.id < other.id]

    sessions = [pair for pair in pairs if are_sessions(*map(prepare, pair))]

    assert {judge(*pair).verdict for pair in sessions} == {Verdict.DIFFERENT}
    assert any(judge(*pair).verdict is Verdict.SAME for pair in pairs if pair not in sessions)


def verdict(one: Listing, other: Listing) -> Verdict:
    return judge(one, other).verdict


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Brass Lantern Quartet", "Old Mill"), ("BRASS LANTERN QUARTET!", "The Old Mill")),
        (
            ("Brass Lantern Quartet", "Old Mill"),
            ("Brass Lantern Quartet", "Small Room at Old Mill"),
        ),
        (
            ("Kwartet Mosiężna Latarnia – koncert", "Stary Młyn"),
            ("Kwartet Mosiezna Latarnia", "Stary Mlyn"),
        ),
        (("Brass Lantern Quartet: Winter Tour", "Old Mill"), ("Brass Lantern Quartet", "Old Mill")),
        (
            ("Quatuor Lanterne avec Marie Doru", "Le Vieux Moulin"),
            ("Quatuor Lanterne", "Vieux Moulin"),
        ),
        (
            ("Laternenquartett Winterkonzert", "Alte Mühle"),
            ("Laternenquartett – Winterkonzert, Karten", "Alte Muehle"),
        ),
        (
            ("Lyhtykvartetti ja Aino Salmela", "Vanha Mylly"),
            ("Aino Salmela & Lyhtykvartetti", "Vanha Mylly"),
        ),
        (
            ("Cuarteto Linterna en concierto", "Molino Viejo"),
            ("Cuarteto Linterna", "Teatro Molino Viejo"),
        ),
        (("🎶 Brass Lantern Quartet ✨", "Old Mill"), ("Brass Lantern Quartet", "Old Mill")),
        (("Brass Lantern Quartet", "Old Mill"), ("Brass Lnatern Quartet", "Old Mill")),
        (("Brass Lantern Quartet plays Bach", "Old Mill"), ("Brass Lantern Qua…", "Old Mill")),
        (
            ("Vortrag: Die Brücken von Altenstadt", "Alte Mühle"),
            ("Lecture: Die Brücken von Altenstadt", "Alte Mühle"),
        ),
        (("Film: Seven Rivers", "Kino Wierzba"), ("Seven Rivers", "Kino Wierzba")),
        (
            ("Brass Lantern Quartet", "Old Mill, 12 Elm Street, 12180 Troy"),
            ("Brass Lantern Quartet", "Old Mill"),
        ),
        (("Brass Lantern Quartet", "Old Mill, Hall 2"), ("Brass Lantern Quartet", "Old Mill")),
    ],
)
def test_one_event_in_other_words_is_the_same(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert verdict(listing(*one), listing(*other, id="b")) is Verdict.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (listing("Storytime", "North Library"), listing("Storytime", "South Library", id="b")),
        (listing("Hamlet"), listing("Hamlet", id="b", source="source-a", hours=3)),
        (listing("Yoga for beginners"), listing("Yoga, advanced", id="b")),
        (listing("Warsztaty dla dzieci"), listing("Warsztaty dla dorosłych", id="b")),
        (listing("Serial Drama, part 1"), listing("Serial Drama, part 2", id="b")),
        (listing("The Kelpies"), listing("A Tribute to The Kelpies", id="b")),
        (listing("Volleyball: men's final"), listing("Volleyball: women's final", id="b")),
        (listing("Lantern Ballet"), listing("Lantern Ballet", id="b", hours=24)),
        (listing("Castle tour (in English)"), listing("Castle tour (in Polish)", id="b")),
        (listing("Seven Rivers (napisy)"), listing("Seven Rivers (dubbing)", id="b")),
        (
            listing("Sept rivières (version originale)"),
            listing("Sept rivières (version française)", id="b"),
        ),
        (listing("Clay club (ages 3–5)"), listing("Clay club (ages 6–9)", id="b")),
        (
            listing("Quartet Latarnia z Anną Kos"),
            listing("Quartet Latarnia – parking VIP", id="b"),
        ),
        (
            listing("Seven Rivers", "Old Mill, Hall 1"),
            listing("Seven Rivers", "Old Mill (Hall 2)", id="b"),
        ),
        (
            listing("Storytime", "Library", street="1 Elm Street"),
            listing("Storytime", "Library", street="9 Oak Avenue", id="b"),
        ),
        (
            listing("Lecture on bridges"),
            listing(
                "Lecture on bridges", None, id="b", source="source-a", attendance=Attendance.ONLINE
            ),
        ),
    ],
    ids=lambda one: one.title,
)
def test_events_that_are_much_alike_stay_apart(one: Listing, other: Listing) -> None:
    assert verdict(one, other) is not Verdict.SAME


def test_doors_and_show_of_one_concert_are_one_event() -> None:
    doors, show = (
        listing("Brass Lantern Quartet", hours=-1),
        listing("Brass Lantern Quartet", id="b"),
    )

    assert verdict(doors, show) is Verdict.SAME


def test_an_early_and_a_late_show_stay_two_beside_a_source_that_knows_one() -> None:
    early, late = (
        listing("Brass Lantern Quartet", id=name, source="club", hours=hours)
        for name, hours in (("a", -1), ("b", 2))
    )
    portal = listing("Brass Lantern Quartet", id="c", source="portal", hours=-1)

    assert match([early, late, portal]).clusters == [("a", "c"), ("b",)]


@pytest.mark.parametrize(
    "nowhere", [None, "TBA", "Kraków", "Various venues", "Miejsce do ustalenia"]
)
def test_a_place_that_says_nothing_is_no_evidence(nowhere: str | None) -> None:
    told, untold = listing("Jazz"), listing("Jazz", nowhere, id="b")

    assert verdict(told, untold) is not Verdict.SAME
    assert verdict(listing("Jazz", nowhere), untold) is not Verdict.SAME


def test_a_source_that_calls_its_clock_time_utc_is_understood() -> None:
    at = datetime(2026, 12, 5, 18, tzinfo=ZoneInfo("America/New_York"))
    told, mistaken = (
        listing("Lantern Quartet", id=name, timezone="America/New_York", starts_at=starts_at)
        for name, starts_at in (("a", at), ("b", at.replace(tzinfo=UTC)))
    )

    assert verdict(told, mistaken) is Verdict.SAME


def test_a_party_after_midnight_is_the_one_of_the_evening_before() -> None:
    party = listing("Lantern Club Night", hours=5.5)  # half past midnight
    of_evening = listing(
        "Lantern Club Night", id="b", starts_at=None, time_known=False, local_date=date(2026, 12, 5)
    )
    next_evening = replace(of_evening, local_date=date(2026, 12, 7))

    assert match([party, of_evening]).clusters == [("a", "b")]
    assert verdict(party, next_evening) is not Verdict.SAME


def test_coordinates_that_several_places_share_are_no_evidence() -> None:
    def at(name: str, id: str, street: str | None = None) -> Listing:  # noqa: A002
        venue = Venue(name=name, street=street, latitude=50.0613, longitude=19.9371)
        return replace(listing("Closed today", id=id), venue=venue)

    known = replace(
        listing("Closed today", id="d"),
        venue=Venue(name="North Library", latitude=50.0931, longitude=19.9011),
    )
    branches = [at("North Library", "a"), at("South Library", "b"), at("Harbour Reading Room", "c")]

    assert match([*branches, known]).clusters == [("a", "d"), ("b",), ("c",)]


def test_a_listing_without_a_place_does_not_join_two_addresses() -> None:
    here, there = (
        listing("Harbour Chess Evening", "Old Mill", street=street, id=name)
        for name, street in (("a", "1 Elm Street"), ("b", "9 Oak Avenue"))
    )
    nowhere = listing("Harbour Chess Evening", None, id="c")

    found = match([here, there, nowhere]).clusters

    assert not any({"a", "b"} <= set(event) for event in found)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(EventStatus.MOVED_ONLINE, Verdict.SAME), (EventStatus.SCHEDULED, Verdict.DIFFERENT)],
)
def test_an_event_that_is_moved_online_is_still_the_one_that_others_list_on_site(
    status: EventStatus, expected: Verdict
) -> None:
    on_site = listing("Brass Lantern Quartet")
    online = listing("Brass Lantern Quartet", id="b", attendance=Attendance.ONLINE, status=status)

    assert verdict(on_site, online) is expected


def test_a_venue_in_the_building_that_people_name_is_a_hall_of_it() -> None:
    forum = Venue(name="Forum", locality="Kraków", country="PL")
    red, blue = (
        listing("Brass Lantern Quartet", name, id=name, building=forum) for name in ("Red", "Blue")
    )
    whole = listing("Brass Lantern Quartet", "Forum", id="whole")

    assert verdict(red, whole) is verdict(blue, whole) is Verdict.SAME
    assert verdict(red, blue) is Verdict.DIFFERENT


def test_a_judgement_names_its_rule_and_what_it_found() -> None:
    judgement = judge(listing("Brass Lantern"), listing("Brass Lantern", id="b"))

    assert judgement.rule
    assert {"title: equal", "venue: same", "time: same"} <= judgement.features.keys()


def test_no_listing_is_compared_with_itself() -> None:
    """The only word of the title is also that of its place."""
    mill, sea = prepare(listing("Młyn", "Młyn")), prepare(listing("Sea", "Sea", id="b"))

    assert candidate_pairs([mill, sea]) == set()


WORDS = st.sampled_from(
    [
        "Lantern",
        "Kelpie",
        "Harbour",
        "Quartet",
        "Jazz",
        "Night",
        "Yoga",
        "Part",
        "1",
        "2",
        "Tribute",
    ]
)
LISTINGS = st.lists(
    st.builds(
        lambda words, venue, source, hours: (" ".join(words), venue, source, hours),
        st.lists(WORDS, min_size=1, max_size=3),
        st.sampled_from([None, "Old Mill", "Room 2 at Old Mill", "North Library", "South Library"]),
        st.sampled_from(["club", "portal", "shop"]),
        st.sampled_from([0, 0, -1, 2, 24]),
    ),
    max_size=12,
).map(
    lambda given: [
        listing(title, venue, id=str(n), source=source, hours=hours)
        for n, (title, venue, source, hours) in enumerate(given)
    ]
)


@given(LISTINGS, st.randoms(use_true_random=False))
def test_the_order_of_listings_makes_no_difference(
    listings: list[Listing], shuffle: random.Random
) -> None:
    found = match(listings)
    shuffled = list(listings)
    shuffle.shuffle(shuffled)

    assert match(shuffled) == found


@given(LISTINGS)
def test_matching_again_what_was_judged_changes_nothing(listings: list[Listing]) -> None:
    found = match(listings)

    assert match(listings, decided=found.judgements) == found


@given(LISTINGS)
def test_no_event_holds_two_listings_that_must_stay_apart(listings: list[Listing]) -> None:
    found = match(listings)
    event_of = {one: event for event in found.clusters for one in event}

    assert sorted(event_of) == sorted(one.id for one in listings)
    for judgement in found.judgements:
        if judgement.is_veto:
            assert event_of[judgement.first] != event_of[judgement.second]


def _word(first: str, second: str, verdict: Verdict) -> Judgement:
    return Judgement(first, second, verdict, 1.0 if verdict is Verdict.SAME else 0.0, PERSON)


@given(LISTINGS, st.data())
def test_the_word_of_a_person_wins_and_taking_it_back_restores_what_was(
    listings: list[Listing], data: st.DataObject
) -> None:
    found = match(listings)
    whole = [event for event in found.clusters if len(event) > 1]
    if not whole:
        return
    first, second = data.draw(st.sampled_from(whole))[:2]

    parted = match(listings, decided=[_word(first, second, Verdict.DIFFERENT)])

    assert not any({first, second} <= set(event) for event in parted.clusters)
    assert match(listings).clusters == found.clusters


def test_a_person_joins_what_the_rules_keep_apart() -> None:
    one, other = (
        listing("Storytime", "North Library"),
        listing("Storytime", "South Library", id="b"),
    )

    assert match([one, other], decided=[_word("a", "b", Verdict.SAME)]).clusters == [("a", "b")]


def test_a_bridge_does_not_join_what_must_stay_apart() -> None:
    judgements = [
        Judgement("a", "b", Verdict.SAME, 0.9, "x"),
        Judgement("b", "c", Verdict.SAME, 0.8, "x"),
        Judgement("a", "c", Verdict.DIFFERENT, 0.0, "veto"),
    ]

    assert clusters("abc", judgements) == [("a", "b"), ("c",)]
    assert clusters("cba", reversed(judgements)) == [("a", "b"), ("c",)]


def _city(count: int) -> Sequence[Listing]:
    """Return listings of three sources, forty events a day."""
    names = ["Lantern", "Kelpie", "Harbour", "Meadow", "Comet", "Juniper", "Otter", "Saffron"]
    return [
        listing(
            f"{names[event % 8]} {names[event // 8 % 8]} {event}",
            f"Hall {event % 20}",
            id=f"{event}-{copy}",
            source=f"source-{copy}",
            hours=24 * (event // 40) + event % 5,
        )
        for event in range(count // 3)
        for copy in range(3)
    ]


def test_the_pairs_to_judge_grow_as_the_listings_do() -> None:
    def judged(count: int) -> int:
        return len(candidate_pairs(map(prepare, _city(count))))

    assert judged(2_400) <= 2.2 * judged(1_200)


def _seconds(listings: Iterable[Listing]) -> float:
    began = time.process_time()
    match(listings)
    return time.process_time() - began


@pytest.mark.parametrize("title", ["a" * 500, "- " * 250, "(" * 500, "part 1 " * 70, "😀" * 500])
def test_a_hostile_title_is_judged_as_quickly_as_others(title: str) -> None:
    assert _seconds([listing(title), listing(f"{title[:-1]}b", id="b")]) < 0.5


def clustered(*listings: Listing) -> list[tuple[str, ...]]:
    return match(listings).clusters


def test_what_two_sources_alone_list_at_one_place_and_minute_is_one_event() -> None:
    tour = listing("Ada Lantern: The Long Thaw Tour")
    supported = listing("Ada Lantern with June Elm", id="b")

    assert clustered(tour, supported) == [("a", "b")]


def test_a_title_that_one_source_has_beside_another_names_only_the_latter() -> None:
    scanning = listing("Scanning Station - Lantern Memory Lab", id="a")
    tapes = listing("Tape Station - Lantern Memory Lab", id="b", source="source-a")
    slides = listing("Slide Station - Lantern Memory Lab", id="c", source="source-a")
    other = listing("Tape Station - Lantern Memory Lab", id="d")

    assert clustered(scanning, tapes, slides, other) == [("a",), ("b", "d"), ("c",)]


def test_programmes_of_one_source_in_the_same_words_are_asked_about() -> None:
    text = "Get one-on-one help with whatever device you bring. No registration is needed for this."
    one = listing("Lantern Help (Basque)", description=text)
    other = listing("Lantern Help (Gaelic)", id="b", source="source-a", description=text)

    assert verdict(one, other) is Verdict.REVIEW


def test_a_tour_and_one_in_another_language_are_asked_about_if_one_source_lists_both() -> None:
    tour = listing("Tour: Letters from the Lake")
    english = listing("Tour in English: Letters from the Lake", id="b", source="source-a")

    assert verdict(tour, english) is Verdict.REVIEW
    assert verdict(tour, replace(english, source="source-b")) is Verdict.SAME


def test_different_titles_that_two_sources_list_at_one_place_and_minute_are_asked_about() -> None:
    judgements = match(
        [listing("Le nozze di Figaro"), listing("The Marriage of Figaro", id="b")]
    ).judgements

    assert [one.verdict for one in judgements] == [Verdict.REVIEW]


def test_two_films_of_one_series_are_asked_about_though_each_source_has_but_one() -> None:
    one = listing("The Glass Garden (Elm Matinee Classics)")
    other = listing("Nine Quiet Letters (Elm Matinee Classics)", id="b")

    assert [one.verdict for one in match([one, other]).judgements] == [Verdict.REVIEW]


def test_a_kind_of_event_that_begins_two_titles_is_no_common_name() -> None:
    one = listing("Guided tour: Letters from the Lake", "Lantern Museum")
    other = listing("Guided tour: Lighthouses and their Keepers", "Lantern Museum", id="b")

    assert clustered(one, other) == [("a",), ("b",)]


def test_a_workshop_with_an_act_is_not_its_concert() -> None:
    concert = listing("Ada Lantern", starts_at=None, time_known=False)
    workshop = listing("Workshop: Ada Lantern", id="b", hours=-3)

    assert verdict(concert, workshop) is Verdict.REVIEW


def test_what_two_sources_alone_list_at_one_place_and_day_may_differ_by_the_doors() -> None:
    doors = listing("Ada Lantern")
    show = listing("Ada Lantern + June Elm", id="b", hours=1)
    other = listing("Ada Lantern reads June Elm", id="c", source="source-a", hours=-6)

    assert verdict(doors, show) is Verdict.REVIEW
    assert match([doors, show]).judgements[0].score > judge(doors, show).score
    assert match([doors, show, other]).judgements[0].score == judge(doors, show).score


def test_a_house_may_name_its_hall_where_others_name_the_house() -> None:
    hall = listing("Seven Quiet Rivers", "Wurzel Stage", source="lantern-theatre")
    house = listing("Seven Quiet Rivers", "Lantern House", id="b")
    chain = listing("Seven Quiet Rivers", "Wurzel House", id="c", source="lantern-theatre")

    assert verdict(hall, house) is Verdict.SAME
    assert verdict(hall, replace(house, starts_at=EVENING + timedelta(hours=1))) is not Verdict.SAME
    assert verdict(chain, house) is not Verdict.SAME


@pytest.mark.parametrize(
    "text",
    [
        "Doors 19:00", "Einlass ab 19 Uhr", "doors open at 7pm", "Ouverture des portes 19h",
        "Ovet 19, show 20", "Music at 7, film at 8",
    ],
)  # fmt: skip
def test_the_hour_of_the_doors_is_that_of_the_show(text: str) -> None:
    doors = listing("Ada Lantern", description=text)
    show = listing("Ada Lantern + June Elm", id="b", hours=1)

    assert verdict(doors, show) is Verdict.SAME


def test_a_minute_before_and_a_minute_after_midnight_are_one_night() -> None:
    before = listing("Lantern Club Night", hours=4 + 59 / 60)
    after = listing(
        "Lantern Club Night", id="b", hours=5, local_date=date(2026, 12, 6),
        ends_at=EVENING + timedelta(hours=10),
    )  # fmt: skip

    assert clustered(before, after) == [("a", "b")]


def test_one_exhibition_has_other_first_days_in_two_sources() -> None:
    until = EVENING + timedelta(days=40)
    one = listing("Soft Lanterns", ends_at=until)
    other = listing("Soft Lanterns (group show)", id="b", hours=24, ends_at=until)

    assert clustered(one, other) == [("a", "b")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Radio Elm präsentiert: Ada Lantern", "Ada Lantern"),
        ("Elm Trust Presents: The Ada Lantern Trio", "Ada Lantern Trio"),
        ("SOLD OUT! Ada Lantern", "Ada Lantern"),
        ("Ada Lantern - ENTRADAS AGOTADAS", "Ada Lantern"),
        ("Ada Lantern + support", "Ada Lantern"),
        ("Ada Lantern + première partie", "Ada Lantern"),
        ("B.A.A. Lantern Run", "BAA Lantern Run"),
        ("Eröffnung: Ada Lantern", "Ada Lantern – Vernissage"),
        ("Opening: Ada Lantern", "Ada Lantern (vernissage)"),
        ("Seven Rivers (OmeU)", "Seven Rivers"),
        ("Die sieben Flüsse in 35mm", "Die 7 Flüsse"),
        ("Lantern Music Festival", "Lantern Festival"),
        ("56th Lantern Days", "Lantern Days"),
        ("Seven Rivers with a reception", "Seven Rivers"),
        ("112th Annual Lantern Day", "Lantern Day"),
    ],
)
def test_what_sources_add_to_a_title_names_no_other_event(one: str, other: str) -> None:
    assert verdict(listing(one), listing(other, id="b")) is Verdict.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lantern Help (Chinese)", "Lantern Help (Vietnamese)"),
        ("Taniec z latarnią: początkujący", "Taniec z latarnią: zaawansowani"),
        ("Danse lanterne (débutants)", "Danse lanterne (confirmés)"),
        ("Vernissage: Soft Lanterns", "Soft Lanterns"),
        ("Pre-show talk: Ada Lantern", "Ada Lantern"),
        ("Pre-concert conversation: Ada Lantern", "Ada Lantern"),
    ],
)
def test_words_of_a_session_or_a_part_keep_titles_apart(one: str, other: str) -> None:
    assert verdict(listing(one), listing(other, id="b")) is Verdict.DIFFERENT


def test_one_title_online_is_one_event_though_neither_has_a_place() -> None:
    online = {"venue": None, "attendance": Attendance.ONLINE}
    one = listing("Grant Lanterns for Teachers", **online)
    other = listing("Webinar: Grant Lanterns for Teachers", id="b", **online)

    assert verdict(one, other) is Verdict.SAME


def test_two_names_that_people_made_one_venue_are_told_as_that() -> None:
    one, other = listing("Ada Lantern"), listing("Ada Lantern", id="b")
    merged = [replace(each, venue_ids=frozenset({7})) for each in (one, other)]

    assert judge(one, other).features["venue because"] == "one name"
    assert judge(*merged).features["venue because"] == "one venue"
