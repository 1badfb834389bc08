"""Whether two listings are one event, and why: vetoes first, then findings whose weights add up.

Precision comes first, since a wrong merge hides an event: what is likely but not sure is for a
person to decide. A judgement depends on the two listings alone and on what ``Context`` says.
Long because findings, vetoes and the verdict that follows from them are read side by side.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, ItemsView, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz

from include.discovery.identity.links import Link, link_of, shared_pages, ticket_of
from include.discovery.identity.listing import Listing
from include.discovery.identity.titles import (
    Title,
    TitleMatch,
    compare_titles,
    is_beside,
    is_generic,
    may_conflict,
    title_of,
    told_conflict,
    weight_of,
)
from include.discovery.identity.venues import (
    Comparison,
    Coordinates,
    Place,
    Relation,
    compare,
    place_of,
    vague_coordinates,
    without_coordinates,
)
from include.discovery.identity.weights import POINTS, REVIEW_FROM, SAME_FROM
from include.discovery.identity.words import BEGINS, DATES, DOORS
from include.discovery.model import Attendance, EventStatus, last_date
from include.discovery.text.cleaning import fold

RULES_VERSION: Final = "12"
"""Changes with every change of the rules, so that kept judgements can be told from new ones."""
Features = Mapping[str, str | float | bool | None]
Slot = tuple[str, str, int | date]
"""A source, the key of a place, and a minute or a day."""
Session = tuple[str, frozenset[str], date | None]
"""Source, words of the title, date."""
PERSON: Final = "person"
"""The rule of a judgement that a person has given."""


class Verdict(StrEnum):
    """What is said of two listings; ``review``: a person is to decide."""

    SAME = "same"
    REVIEW = "review"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of two listings (``first`` < ``second``), by which rule, from which features.

    ``score`` is between 0 and 1: how sure it is that both are one event. Zero: a veto.
    """

    first: str
    second: str
    verdict: Verdict
    score: float
    rule: str
    features: Features = field(default_factory=dict)

    @property
    def is_veto(self) -> bool:
        """Whether the two must never stand in one cluster, whatever others tie them."""
        return self.verdict is Verdict.DIFFERENT and not self.score

    @property
    def is_by_person(self) -> bool:
        """Whether a person has said so, against whatever the rules say."""
        return self.rule == PERSON


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beyond two listings. Without it the judgement is more careful.

    ``sessions`` are those that their source lists at several hours;
    ``shared_pages`` are pages of whole calendars (``links.shared_pages``); ``vague`` are
    coordinates that sources give for places of a town whose own they do not know
    (``venues.vague_coordinates``); ``slots`` are the words of the titles that a source lists at one
    place and minute, or on one day there (``Prepared.slot`` and ``day``); ``apart`` names to a
    venue those that people have decided to keep apart from it (by ``Listing.venue_ids``).
    """

    sessions: Collection[Session] = frozenset()
    shared_pages: Collection[str] = frozenset()
    vague: Collection[Coordinates] = frozenset()
    slots: Mapping[Slot, Collection[frozenset[str]]] = field(default_factory=dict)
    apart: Mapping[int, Collection[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, prepared: Iterable[Prepared], apart: Iterable[tuple[int, int]] = ()) -> Context:
        """Gather it from all listings of the days in question.

        :param apart: pairs of venues that people have decided to keep apart.
        """
        starts: dict[Session, set[int]] = defaultdict(set)
        slots: dict[Slot, list[frozenset[str]]] = defaultdict(list)
        links = []
        places = []
        for one in prepared:
            if one.slot is not None:
                slots[one.slot].append(one.title.words)
            if one.day is not None:
                slots[one.day].append(one.title.words)
            places.append(one.place)
            if one.minute is not None:
                starts[one.session].add(one.minute)
            if one.link is not None:
                links.append((one.link, one.title.words))
        return cls(
            frozenset(key for key, minutes in starts.items() if _are_sessions(minutes)),
            shared_pages(links),
            vague_coordinates(places),
            dict(slots),
            _both_ways(apart),
        )

    def are_apart(self, a: Listing, b: Listing) -> bool:
        """Say whether people have decided that two listings are at two places.

        What they decide about two buildings holds for their halls; a hall and its own building are
        not at two places.
        """
        one, other = a.venue_ids - b.venue_ids, b.venue_ids - a.venue_ids
        return any(not other.isdisjoint(self.apart.get(venue, ())) for venue in one)


def _both_ways(pairs: Iterable[tuple[int, int]]) -> Mapping[int, Collection[int]]:
    others: dict[int, set[int]] = defaultdict(set)
    for first, second in pairs:
        others[first].add(second)
        others[second].add(first)
    return dict(others)


NO_CONTEXT: Final = Context()
OTHER_VENUES: Final = "two venues, as a person decided"
"""The rule of two listings whose venues people have decided to keep apart."""
_HOUR: Final = 65
_TWO_HOURS: Final = 130
_NEAR: Final = 15
_AROUND_MIDNIGHT: Final = timedelta(minutes=_NEAR)
DESCRIPTION: Final = 400
"""Letters of a description that are looked at."""
LONG_TEXT: Final = 60
"""Letters from which equal descriptions prove something."""
_TEXT: Final = 88
_MOST_WEIGHT: Final = 5.0
_SIBLINGS: Final = 1.0
"""Weight of common words that programmes of one house have: 'Book Discussion', 'Teen Hour'."""
_PARTIAL_WEIGHT: Final = 2.0
"""Weight of common words, among others, of what two sources alone list there and then."""
_OWN_WEIGHT: Final = 1.0
"""Weight of what one of the two may then say alone: two films of one series both say more."""
_SURE_WEIGHT: Final = 2.5
"""Weight of a title that two events at two places hardly share together with their text."""
_DAY: Final = 24 * 60
_NOON: Final = 12
_SMALL_HOURS: Final = 5


def _are_sessions(minutes: Collection[int]) -> bool:
    """Two hours close to each other may be one that was corrected in one of two listings."""
    return len(minutes) > 2 or max(minutes) - min(minutes) > _HOUR


@dataclass(frozen=True, eq=False)
class Prepared:
    """A listing with all that comparing it takes, worked out once.

    What only judging takes is worked out when it is first asked for: few listings of a day have one
    to be compared with.
    """

    listing: Listing
    title: Title
    place: Place
    link: Link | None
    at: datetime | None
    """Start in its own time zone."""
    minute: int | None
    """Start in minutes since 1970, UTC; ``None`` if the hour is not known."""
    last: date | None
    """The last day of the event."""
    night: date | None
    """The evening to which a start in the small hours belongs."""
    uid: str

    @property
    def session(self) -> Session:
        """What the hours of one programme have in common."""
        return self.listing.source, self.title.words, self.listing.local_date

    @property
    def slot(self) -> Slot | None:
        """Source, place and minute, if all are known."""
        if self.minute is None or not self.place.key:
            return None
        return self.listing.source, self.place.key, self.minute

    @property
    def day(self) -> Slot | None:
        """Source, place and date, if all are known."""
        if self.listing.local_date is None or not self.place.key:
            return None
        return self.listing.source, self.place.key, self.listing.local_date

    @cached_property
    def ticket(self) -> str | None:
        return ticket_of(self.link)

    @cached_property
    def text(self) -> str:
        """The first ``DESCRIPTION`` letters of the description, folded."""
        return fold((self.listing.description or "")[:DESCRIPTION])

    @cached_property
    def beginning(self) -> str:
        """The first ``LONG_TEXT`` letters of ``text``; empty, if there are not so many."""
        few = fold((self.listing.description or "")[: 2 * LONG_TEXT])
        text = few if len(few) >= LONG_TEXT else self.text
        return text[:LONG_TEXT] if len(text) >= LONG_TEXT else ""

    @cached_property
    def performers(self) -> frozenset[str]:
        return frozenset(map(fold, self.listing.performers))

    @cached_property
    def said(self) -> frozenset[str]:
        """Words of the texts beside the title."""
        beside = (self.text, fold(self.listing.organizer or ""), *self.performers)
        return frozenset(" ".join(beside).split())

    @cached_property
    def offset(self) -> int:
        """Minutes by which its local time is ahead of UTC at its start."""
        offset = self.at.utcoffset() if self.at else None
        return int(offset.total_seconds() // 60) if offset else 0

    @cached_property
    def end(self) -> int | None:
        return _minutes(self.listing.ends_at) if self.listing.ends_at else None

    @cached_property
    def is_long(self) -> bool:
        """Whether it is on for more than a night."""
        first = self.listing.local_date
        return first is not None and self.last is not None and (self.last - first).days > 1


_MIDNIGHT: Final = (0, 0)


def prepare(one: Listing) -> Prepared:
    """Work out what comparing a listing takes."""
    zone = ZoneInfo(one.timezone)
    at = one.starts_at and one.starts_at.astimezone(zone)
    last = one.local_date
    if one.local_date is not None and one.ends_at is not None:
        last = last_date(one.local_date, one.ends_at, zone)
    return Prepared(
        listing=one,
        title=title_of(one.title),
        place=place_of(one.venue, one.city, one.building),
        link=link_of(one.url),
        at=at,
        minute=_start(one, at),
        last=last,
        night=_night(one, at),
        uid=one.external_id.removeprefix(f"{one.source}:"),
    )


def _night(one: Listing, at: datetime | None) -> date | None:
    if at is None or not one.time_known or one.local_date is None:
        return None
    return one.local_date - timedelta(days=1) if at.hour < _SMALL_HOURS else None


def _start(one: Listing, at: datetime | None) -> int | None:
    """Return the start in minutes; midnight without an end is what calendars write for no hour."""
    if at is None or ((at.hour, at.minute) == _MIDNIGHT and one.ends_at is None):
        return None
    return _minutes(at)


def _minutes(moment: datetime) -> int:
    return int(moment.timestamp() // 60)


def judge(a: Listing, b: Listing, context: Context = NO_CONTEXT) -> Judgement:
    """Judge two listings; the order in which they are given does not matter."""
    return judge_prepared(prepare(a), prepare(b), context)


def judge_prepared(a: Prepared, b: Prepared, context: Context = NO_CONTEXT) -> Judgement:
    """Judge two listings that are prepared."""
    first, second = (a, b) if a.listing.id < b.listing.id else (b, a)
    return _Pair(first, second, context).judgement()


def are_sessions(a: Prepared, b: Prepared) -> bool:
    """Say whether one source gives two listings different hours, and nothing says that it errs.

    They are never judged to be one event. Their titles are not looked at, so it is a cheap way to
    leave out most pairs of a source that brings its whole programme.
    """
    return (
        a.listing.source == b.listing.source
        and a.minute != b.minute
        and None not in (a.minute, b.minute)
        and (a.ticket is None or a.ticket != b.ticket)
        and (a.link is None or b.link is None or a.link.page != b.link.page)
    )


class _OfVeto(Features):
    """What was found out about two listings beside their veto, once somebody asks: few do."""

    __slots__ = ("_context", "_first", "_second")

    def __init__(self, first: Prepared, second: Prepared, context: Context) -> None:
        self._first, self._second, self._context = first, second, context

    def _features(self) -> Features:
        return _Pair(self._first, self._second, self._context).features()

    def __getitem__(self, name: str) -> str | float | bool | None:
        return self._features()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._features())

    def __len__(self) -> int:
        return len(self._features())

    def items(self) -> ItemsView[str, str | float | bool | None]:
        return self._features().items()

    def __repr__(self) -> str:
        return repr(self._features())


_APART: Final = Comparison(Relation.DIFFERENT, "a person decided that they are two places")


class _Pair:
    """Two listings under judgement. What vetoes seldom need is worked out when it is needed."""

    def __init__(self, first: Prepared, second: Prepared, context: Context) -> None:
        self.first, self.second, self.context = first, second, context
        one, other = first.place, second.place
        if context.vague:
            one, other = self._without_vague(one), self._without_vague(other)
        self._places = one, other
        self.are_apart = bool(context.apart) and context.are_apart(first.listing, second.listing)
        self.where: Comparison = _APART if self.are_apart else compare(one, other)
        self.is_one_source = first.listing.source == second.listing.source
        self.time = self._time()
        self.is_one_ticket = first.ticket is not None and first.ticket == second.ticket
        self.is_one_page = self._is_one_page()
        self.is_other_page = (
            first.ticket is not None
            and second.ticket is not None
            and not self.is_one_ticket
            and first.ticket.partition("#")[0] == second.ticket.partition("#")[0]
        )
        self.is_one_uid = not self.is_one_source and first.uid == second.uid

    def _without_vague(self, place: Place) -> Place:
        return without_coordinates(place) if place.at in self.context.vague else place

    @cached_property
    def what(self) -> TitleMatch:
        """What the titles have in common."""
        one, other = self._places
        known = one.all_words | other.all_words | one.town | other.town | one.city | other.city
        first, second = self.first, self.second
        return compare_titles(first.title, second.title, known, (first.said, second.said))

    @cached_property
    def is_one_text(self) -> bool:
        one, other = self.first.text, self.second.text
        length = min(len(one), len(other), 200)
        if length < LONG_TEXT:
            return False
        return fuzz.ratio(one[:length], other[:length], score_cutoff=_TEXT) >= _TEXT

    @cached_property
    def has_rival(self) -> bool:
        """Whether a source lists, at that place and minute, what is as near to the other title."""
        return self._is_rivalled(self.first.slot, self.second.slot)

    def _is_rivalled(self, of_first: Slot | None, of_second: Slot | None) -> bool:
        first, second = self.first.title.words, self.second.title.words
        common = weight_of(first & second)
        slots = self.context.slots
        return any(
            rival != own and weight_of(rival & other) >= common
            for slot, own, other in ((of_first, first, second), (of_second, second, first))
            for rival in (slots.get(slot, ()) if slot is not None else ())
        )

    @cached_property
    def is_alone(self) -> bool:
        """Whether two sources list nothing else that may be meant, at one place and minute."""
        return (
            self.time in {"same", "near"}
            and self._are_listed(self.first.slot, self.second.slot)
            and not self.has_rival
        )

    def _is_alone_that_day(self) -> bool:
        """Say whether it is so for one place and day, of hours that doors and show may have."""
        days = self.first.day, self.second.day
        return (
            self.time == "an hour apart"
            and self._are_listed(*days)
            and not self._is_rivalled(*days)
        )

    def _are_listed(self, of_first: Slot | None, of_second: Slot | None) -> bool:
        return (
            not self.is_one_source
            and self.where.relation in {Relation.SAME, Relation.HALL}
            and of_first in self.context.slots
            and of_second in self.context.slots
        )

    @cached_property
    def points(self) -> dict[str, float]:
        """What each finding adds to the score."""
        return {name: weight for name, weight in self._findings() if weight}

    def judgement(self) -> Judgement:
        ids = self.first.listing.id, self.second.listing.id
        if (veto := self._veto()) is not None:
            features = _OfVeto(self.first, self.second, self.context)
            return Judgement(*ids, Verdict.DIFFERENT, 0.0, veto, features)
        verdict, sure, rule = self._verdict()
        return Judgement(*ids, verdict, sure, rule, self.features())

    def features(self) -> Features:
        return {
            **self.points,
            "venue because": self._why_there(),
            "words of the first alone": " ".join(sorted(self.what.left)),
            "words of the second alone": " ".join(sorted(self.what.right)),
        }

    def _why_there(self) -> str:
        """Say what tells where the two are: of what people made one venue, not its name."""
        one, other = self.first.listing.venue_ids, self.second.listing.venue_ids
        return "one venue" if one and one == other else self.where.reason

    def _verdict(self) -> tuple[Verdict, float, str]:
        score = sum(self.points.values())
        sure = round(max(0.01, min(score / (SAME_FROM * 2), 0.99)), 4)
        if score >= SAME_FROM:
            if (doubt := self._doubt()) is not None:
                return Verdict.REVIEW, sure, doubt
            return Verdict.SAME, sure, "enough in common"
        if score >= REVIEW_FROM:
            return Verdict.REVIEW, sure, "likely, not sure"
        return Verdict.DIFFERENT, sure, "too little in common"

    def _findings(self) -> Iterator[tuple[str, float]]:
        yield from self._of_titles()
        yield self._of_places()
        yield self._found(f"time: {self.time}")
        if self.first.end is not None and self.first.end == self.second.end:
            yield self._found("end: same")
        if self.time in _EXPLAINED and self._text_names_the_hour():
            yield self._found("text: names the hour")
        yield from self._of_sources()
        first, second = self.first.performers, self.second.performers
        if first and second:
            yield self._found(f"performers: {'other' if first.isdisjoint(second) else 'common'}")
        one, other = self.first.listing.price, self.second.listing.price
        if one is not None and one == other and one.min:
            yield self._found("price: same")

    def _of_sources(self) -> Iterator[tuple[str, float]]:
        if self.is_one_uid:
            yield self._found("id: same")
        if self.is_one_ticket:
            yield self._found("ticket: same")
        elif self.is_one_page:
            yield self._found("page: same")
        elif self.is_other_page:
            yield self._found("page: other of one site")
        if self.is_one_text:
            yield self._found("text: same")
        if self.is_one_source:
            yield self._found("source: same")

    def _of_titles(self) -> Iterator[tuple[str, float]]:
        what = self.what
        yield self._found(f"title: {_TITLE_KINDS[what.kind]}")
        if what.kind != "other":
            name = "title: common weight"
            yield name, round(POINTS[name] * min(what.weight, _MOST_WEIGHT), 1)
        if what.left and what.right and what.kind in {"similar", "head", "partial"}:
            yield self._found("title: own words on both sides")
        if what.kind == "extended" and is_generic(what.left | what.right):
            more = "a kind more" if is_beside(what.left | what.right) else "only common words more"
            yield self._found(f"title: {more}")
        if what.kind != "equal" and self.is_alone:
            yield self._found("slot: nothing else there")
        if what.kind in {"equal", "extended", "head"} and self._is_alone_that_day():
            yield self._found("day: nothing else there")
        is_told = (what.left and what.left <= self.second.said) or (
            what.right and what.right <= self.first.said
        )
        if is_told and not what.left | what.right <= self.first.said & self.second.said:
            yield self._found("text: tells what the title lacks")

    def _of_places(self) -> tuple[str, float]:
        relation = self.where.relation
        if relation is Relation.UNKNOWN:
            first, second = self.first, self.second
            told = first.place.is_told + second.place.is_told
            if (_is_of_source(first, second) and not first.place.is_told) or (
                _is_of_source(second, first) and not second.place.is_told
            ):
                return self._found("venue: told by its source")
            if not told and self._are_both_online():
                return self._found("venue: both online")
            return self._found(f"venue: {_TOLD[told]}")
        if relation is Relation.DIFFERENT and self._titles_name_the_place():
            return self._found("venue: named in the title")
        if relation is Relation.DIFFERENT and self._is_in_house():
            return self._found("venue: house of its source")
        if relation is Relation.DIFFERENT and self._text_names_the_place():
            return self._found("venue: told in the text")
        return self._found(f"venue: {relation.value}")

    def _are_both_online(self) -> bool:
        one, other = self.first.listing, self.second.listing
        return one.attendance is other.attendance is Attendance.ONLINE

    def _is_in_house(self) -> bool:
        """Say whether a house names its hall, and another source the house, for one title."""
        if self.is_one_source or self.time != "same" or self.what.kind != "equal":
            return False
        one, other = self._places
        if self.what.weight < 1 or one.words & other.words or one.kinds & other.kinds:
            return False  # two branches of one name
        first, second = self.first, self.second
        return _is_of_source(first, second) or _is_of_source(second, first)

    def _titles_name_the_place(self) -> bool:
        """Say whether both titles name the venue of one of them: the other is no place."""
        both = self.first.title.words & self.second.title.words
        telling = (place.words - DATES - place.city for place in self._places)
        return any(words and words <= both for words in telling)

    def _text_names_the_place(self) -> bool:
        """Say whether the text of one listing names the venue of the other: its own is wrong."""
        where = self.where
        return bool(
            (where.right and where.right <= self.first.said)
            or (where.left and where.left <= self.second.said)
        )

    def _found(self, name: str) -> tuple[str, float]:
        return name, POINTS[name]

    def _time(self) -> str:
        one, other = self.first.minute, self.second.minute
        if one is None or other is None:
            starts = self.first.listing.starts_at, self.second.listing.starts_at
            return "same" if starts[0] == starts[1] is not None else "unknown"
        apart = abs(one - other)
        if apart and self.first.is_long and self.second.is_long and not self.is_one_source:
            return "unknown"  # each tells the first day, or the hour of today, in its own way
        if apart == 0 or (apart <= _NEAR and not self.is_one_source):
            return "near" if apart else "same"
        if apart <= _HOUR:
            return "an hour apart"
        if (one == self.second.end and self.first.end is None) or (
            other == self.first.end and self.second.end is None
        ):
            return "at the end of the other"
        if self._is_local_hour_as_utc():
            return "local hour told as UTC"
        if apart == _DAY // 2:
            return "half a day apart"
        return "two hours apart" if apart <= _TWO_HOURS else "other"

    def _is_local_hour_as_utc(self) -> bool:
        """Say whether one source gives the other's clock time, but calls it UTC."""
        one, other = self.first, self.second
        if one.minute is None or other.minute is None or one.minute == other.minute:
            return False
        apart = other.minute - one.minute
        return apart in {one.offset, -other.offset}

    def _is_one_page(self) -> bool:
        one, other = self.first.link, self.second.link
        if one is None or other is None or one.page != other.page:
            return False
        if one.id is not None and len(one.id) > 4:
            return True
        if one.page in self.context.shared_pages:
            return False
        # The address of an event names it; that of a calendar or a venue does not.
        return bool(one.words & (self.first.title.words | self.second.title.words))

    def _text_names_the_hour(self) -> bool:
        """Say whether the text of one listing tells the hour of the other: 'Doors 7pm'."""
        first, second = self.first, self.second
        if _tells(first, second) or _tells(second, first):
            return True
        early = first if (first.minute or 0) < (second.minute or 0) else second
        return self.time == "an hour apart" and _tells_doors(early)

    def _veto(self) -> str | None:
        """Return why the two are never one event, if they are not."""
        if not self._is_one_day():
            return "other day"
        is_sure_page = self.is_one_ticket or self.is_one_uid
        conflict = self._conflict()
        if conflict and not (is_sure_page and conflict.startswith("part:")):
            return f"other session ({conflict})"
        if self._is_span() and not is_sure_page:
            return "a span of days and one of its days"
        return self._veto_of_place() or self._veto_of_hour()

    def _conflict(self) -> str | None:
        """Return what makes the titles two things; most cannot without common words."""
        one, other = self.first.title, self.second.title
        told = told_conflict(one, other)
        return self.what.conflict if told is None and may_conflict(one, other) else told

    def _veto_of_place(self) -> str | None:
        relation = self.where.relation
        if self.are_apart and not (self.is_one_ticket or self.is_one_uid):
            return OTHER_VENUES
        is_elsewhere = relation in {Relation.DIFFERENT, Relation.BRANCH}
        if is_elsewhere and self.is_other_page and not self._titles_name_the_place():
            return "other branch, other page of one site"
        if is_elsewhere and self.where.is_elsewhere and not self._is_sure_of_one():
            return "other address"
        first, second = self.first, self.second
        are_both_told = first.place.is_told and second.place.is_told
        modes = {first.listing.attendance, second.listing.attendance}
        # Of an event that is moved online, others still tell where it was to be.
        is_moved = EventStatus.MOVED_ONLINE in (first.listing.status, second.listing.status)
        if (
            modes == {Attendance.ONLINE, Attendance.OFFLINE}
            and (self.is_one_source or are_both_told)
            and not is_moved
        ):
            return "online and on site"
        if relation is Relation.OTHER_HALL and not (self.is_one_ticket or self.is_one_uid):
            return "another hall"
        return None

    def _is_sure_of_one(self) -> bool:
        """Say whether page, text or title prove one event, wherever its sources put it."""
        return (
            self.is_one_ticket
            or self.is_one_page
            or self.is_one_uid
            or self._titles_name_the_place()
            or self._text_names_the_place()
            or self.is_one_text
        )

    def _veto_of_hour(self) -> str | None:
        if self.time in {"same", "near", "unknown"}:
            return None
        if self.is_one_ticket or self.is_one_uid or self.is_one_page:
            return None
        if self.is_one_source:
            return "another hour of one source"
        sessions = self.context.sessions
        if self.first.session in sessions or self.second.session in sessions:
            return "one of several sessions of a day"
        return None

    def _is_one_day(self) -> bool:
        one, other = self.first, self.second
        days = one.listing.local_date, other.listing.local_date
        if days[0] == days[1] or None in days:
            return True
        if one.at and other.at and abs(one.at - other.at) <= _AROUND_MIDNIGHT:
            return one.listing.time_known and other.listing.time_known
        # A party at half past midnight: a source without hours gives the evening before.
        if (one.night == days[1] and other.minute is None) or (
            other.night == days[0] and one.minute is None
        ):
            return True
        # Two sources of one exhibition: a source may give today as the first day of what is on.
        return one.is_long and other.is_long and one.last == other.last

    def _is_span(self) -> bool:
        return self.first.is_long != self.second.is_long

    def _doubt(self) -> str | None:
        """Return why a person should decide, whatever the score."""
        what = self.what
        is_sure_page = self.is_one_ticket or self.is_one_page or self.is_one_uid
        if what.kind == "other" and not (self.is_one_text and is_sure_page):
            return "other titles"
        is_whole = (
            is_sure_page
            or self.is_one_text
            or (self.is_alone and self.time == "same" and not is_beside(what.left | what.right))
        )
        if what.kind == "contained" and not is_whole:
            return "maybe a part and a whole"
        if self._may_be_sessions() and not is_sure_page:
            return "maybe two sessions"
        if what.left and what.right and not is_sure_page and self._may_be_siblings():
            return "each title has words of its own"
        is_elsewhere = self.where.relation in {Relation.DIFFERENT, Relation.BRANCH}
        is_told_alike = self.is_one_text and what.weight >= _SURE_WEIGHT
        if is_elsewhere and not (is_sure_page or is_told_alike or self._is_in_house()):
            return "other venues"
        return None

    def _may_be_sessions(self) -> bool:
        """Say whether one source tells of one of two listings which session it is."""
        return self.is_one_source and self.first.title.sessions != self.second.title.sessions

    def _may_be_siblings(self) -> bool:
        """Say whether titles that each have words of their own may be two of one programme."""
        if self.has_rival or self.first.title.sessions != self.second.title.sessions:
            return True
        what = self.what
        if what.kind == "partial":
            own = min(weight_of(what.left), weight_of(what.right))
            return not self.is_alone or what.weight < _PARTIAL_WEIGHT or own > _OWN_WEIGHT
        return what.kind == "head" and not (self.is_alone and what.weight >= _SIBLINGS)


_TOLD: Final = ("both untold", "one untold", "told in other ways")
"""What is said of two places that cannot be compared, by how many of them are told."""
_TITLE_KINDS: Final = {
    "equal": "equal", "extended": "extended", "contained": "contained", "similar": "similar",
    "head": "one head", "partial": "partial", "other": "other",
}  # fmt: skip


def _is_of_source(one: Prepared, other: Prepared) -> bool:
    """Return whether a listing comes from the source of the other's venue.

    The slug of the source or the host of its links holds the words of the venue's name.
    """
    if not other.place.words:
        return False
    names = one.listing.source.replace("-", "").replace("_", "")
    host = one.link.host if one.link else ""
    place = other.place
    telling = {word for word in place.words if len(word) > 3} - place.town - place.city
    found = {word for word in telling if word in names or word in host}
    return bool(found) and 2 * len(found) >= min(len(telling), 4)


_EXPLAINED: Final = frozenset(
    ("an hour apart", "two hours apart", "half a day apart", "local hour told as UTC")
)
"""Differences of time that a text which names the other's hour explains."""
_DOORS_OPEN: Final = "|".join(sorted(DOORS))
_BEGINS: Final = "|".join(sorted(BEGINS))


def _tells(one: Prepared, other: Prepared) -> bool:
    """Say whether the text of one listing tells the hour of the other, as one or as a start."""
    return other.at is not None and _has(
        one.text,
        rf"\b(?:{_hour_of(other.at)})\b"
        rf"|\b(?:{_BEGINS})\b[^0-9]{{0,9}}(?:{_bare_hour_of(other.at)})\b(?! ?\d)",
    )


def _tells_doors(one: Prepared) -> bool:
    """Say whether the text of a listing calls its own hour that of the doors."""
    return one.at is not None and _has(
        one.text,
        rf"\b(?:{_DOORS_OPEN})\b[^0-9]{{0,20}}(?:{_hour_of(one.at)}|{_bare_hour_of(one.at)})\b",
    )


def _bare_hour_of(at: datetime) -> str:
    minute = f" ?{at.minute:02d}" if at.minute else ""
    return f"{at.hour}{minute}|{at.hour % 12 or 12}{minute}"


def _hour_of(at: datetime) -> str:
    """Return, as a pattern, how folded texts write an hour."""
    hour = at.hour % 12 or 12
    minute = f" ?{at.minute:02d}" if at.minute else r"(?: ?00)?"
    ampm = "pm" if at.hour >= _NOON else "am"
    return (
        rf"{hour}{minute} ?{ampm}|{at.hour} ?{at.minute:02d}"
        rf"|{at.hour}{minute} ?(?:uhr|h|godz)"
    )


def _has(text: str, pattern: str) -> bool:
    return bool(text) and re.search(pattern, text) is not None
