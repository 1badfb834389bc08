"""Whether two listings are one event, and why: vetoes first, then findings whose weights add up.

Precision comes first, since a wrong merge hides an event: what is likely but not sure is for a
person to decide. A judgement depends on the two listings alone and on what ``Context`` says.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from include.discovery.identity.compared import Compared
from include.discovery.identity.context import NO_CONTEXT, Context
from include.discovery.identity.listing import Listing
from include.discovery.identity.prepared import Prepared, prepare
from include.discovery.identity.scoring import points_of
from include.discovery.identity.times import are_of_one_day
from include.discovery.identity.titles import is_beside, may_conflict, stated_conflict, weight_of
from include.discovery.identity.venues import Relation
from include.discovery.identity.weights import REVIEW_FROM, SAME_FROM
from include.discovery.model import Attendance, EventStatus

RULES_VERSION: Final = "12"
"""Changes with every change of the rules, so that kept judgements can be told from new ones."""
Features = Mapping[str, str | float | bool | None]
PERSON: Final = "person"
"""The rule of a judgement that a person has given."""
OTHER_VENUES: Final = "two venues, as a person decided"
"""The rule of two listings whose venues people have decided to keep apart."""
_SIBLINGS: Final = 1.0
"""Weight of common words that programmes of one house have: 'Book Discussion', 'Teen Hour'."""
_PARTIAL_WEIGHT: Final = 2.0
"""Weight of common words, among others, of what two sources alone list there and then."""
_OWN_WEIGHT: Final = 1.0
"""Weight of what one of the two may then say alone: two films of one series both say more."""
_SURE_WEIGHT: Final = 2.5
"""Weight of a title that two events at two places hardly share together with their text."""


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


def judge(a: Listing, b: Listing, context: Context = NO_CONTEXT) -> Judgement:
    """Judge two listings; the order in which they are given does not matter."""
    return judge_prepared(prepare(a), prepare(b), context)


def judge_prepared(a: Prepared, b: Prepared, context: Context = NO_CONTEXT) -> Judgement:
    """Judge two listings that are prepared."""
    first, second = (a, b) if a.listing.id < b.listing.id else (b, a)
    ids = first.listing.id, second.listing.id
    pair = Compared(first, second, context)
    if (veto := _veto(pair)) is not None:
        features = _FeaturesOfVeto(first, second, context)
        return Judgement(*ids, Verdict.DIFFERENT, 0.0, veto, features)
    points = points_of(pair)
    verdict, sure, rule = _verdict(pair, sum(points.values()))
    return Judgement(*ids, verdict, sure, rule, _features(pair, points))


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


def _features(pair: Compared, points: Mapping[str, float]) -> Features:
    return {
        **points,
        "venue because": _why_there(pair),
        "words of the first alone": " ".join(sorted(pair.what.left)),
        "words of the second alone": " ".join(sorted(pair.what.right)),
    }


def _why_there(pair: Compared) -> str:
    """Say what tells where the two are: of what people made one venue, not its name."""
    one, other = pair.first.listing.venue_ids, pair.second.listing.venue_ids
    return "one venue" if one and one == other else pair.where.reason


class _FeaturesOfVeto(Features):
    """What was found out about two listings beside their veto, once somebody asks: few do."""

    __slots__ = ("_context", "_first", "_second")

    def __init__(self, first: Prepared, second: Prepared, context: Context) -> None:
        self._first, self._second, self._context = first, second, context

    def _found(self) -> Features:
        pair = Compared(self._first, self._second, self._context)
        return _features(pair, points_of(pair))

    def __getitem__(self, name: str) -> str | float | bool | None:
        return self._found()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())

    def items(self) -> ItemsView[str, str | float | bool | None]:
        return self._found().items()

    def __repr__(self) -> str:
        return repr(self._found())


def _verdict(pair: Compared, score: float) -> tuple[Verdict, float, str]:
    sure = round(max(0.01, min(score / (SAME_FROM * 2), 0.99)), 4)
    if score >= SAME_FROM:
        if (doubt := _doubt(pair)) is not None:
            return Verdict.REVIEW, sure, doubt
        return Verdict.SAME, sure, "enough in common"
    if score >= REVIEW_FROM:
        return Verdict.REVIEW, sure, "likely, not sure"
    return Verdict.DIFFERENT, sure, "too little in common"


def _veto(pair: Compared) -> str | None:
    """Return why the two are never one event, if they are not."""
    first, second = pair.first, pair.second
    if not are_of_one_day(first, second):
        return "other day"
    is_sure_page = pair.is_one_ticket or pair.is_one_uid
    conflict = _conflict(pair)
    if conflict and not (is_sure_page and conflict.startswith("part:")):
        return f"other session ({conflict})"
    if first.is_long != second.is_long and not is_sure_page:
        return "a span of days and one of its days"
    return _veto_of_place(pair) or _veto_of_hour(pair)


def _conflict(pair: Compared) -> str | None:
    """Return what makes the titles two things; most cannot without common words."""
    one, other = pair.first.title, pair.second.title
    stated = stated_conflict(one, other)
    return pair.what.conflict if stated is None and may_conflict(one, other) else stated


def _veto_of_place(pair: Compared) -> str | None:
    is_sure_page = pair.is_one_ticket or pair.is_one_uid
    if pair.are_apart and not is_sure_page:
        return OTHER_VENUES
    if pair.are_at_two_venues and pair.is_other_page and not pair.titles_name_the_place():
        return "other branch, other page of one site"
    if pair.are_at_two_venues and pair.where.is_elsewhere and not _is_sure_of_one(pair):
        return "other address"
    one, other = pair.first.listing, pair.second.listing
    # Of an event that is moved online, others still tell where it was to be.
    is_moved = EventStatus.MOVED_ONLINE in (one.status, other.status)
    if (
        {one.attendance, other.attendance} == {Attendance.ONLINE, Attendance.OFFLINE}
        and (pair.is_one_source or pair.named_places == 2)
        and not is_moved
    ):
        return "online and on site"
    if pair.where.relation is Relation.OTHER_HALL and not is_sure_page:
        return "another hall"
    return None


def _is_sure_of_one(pair: Compared) -> bool:
    """Say whether page, text or title prove one event, wherever its sources put it."""
    return (
        pair.is_one_ticket
        or pair.is_one_page
        or pair.is_one_uid
        or pair.titles_name_the_place()
        or pair.text_names_the_place()
        or pair.is_one_text
    )


def _veto_of_hour(pair: Compared) -> str | None:
    if pair.time in {"same", "near", "unknown"}:
        return None
    if pair.is_one_ticket or pair.is_one_uid or pair.is_one_page:
        return None
    if pair.is_one_source:
        return "another hour of one source"
    sessions = pair.context.sessions
    if pair.first.session in sessions or pair.second.session in sessions:
        return "one of several sessions of a day"
    return None


def _doubt(pair: Compared) -> str | None:
    """Return why a person should decide, whatever the score."""
    what = pair.what
    is_sure_page = pair.is_one_ticket or pair.is_one_page or pair.is_one_uid
    if what.kind == "other" and not (pair.is_one_text and is_sure_page):
        return "other titles"
    is_whole = (
        is_sure_page
        or pair.is_one_text
        or (pair.is_alone and pair.time == "same" and not is_beside(what.left | what.right))
    )
    if what.kind == "contained" and not is_whole:
        return "maybe a part and a whole"
    if pair.is_one_source and _are_of_other_sessions(pair) and not is_sure_page:
        return "maybe two sessions"
    if what.left and what.right and not is_sure_page and _may_be_siblings(pair):
        return "each title has words of its own"
    is_described_alike = pair.is_one_text and what.weight >= _SURE_WEIGHT
    if pair.are_at_two_venues and not (is_sure_page or is_described_alike or pair.is_in_house()):
        return "other venues"
    return None


def _are_of_other_sessions(pair: Compared) -> bool:
    """Say whether one of two titles tells a session that the other does not."""
    return pair.first.title.sessions != pair.second.title.sessions


def _may_be_siblings(pair: Compared) -> bool:
    """Say whether titles that each have words of their own may be two of one programme."""
    if pair.has_rival or _are_of_other_sessions(pair):
        return True
    what = pair.what
    if what.kind == "partial":
        own = min(weight_of(what.left), weight_of(what.right))
        return not pair.is_alone or what.weight < _PARTIAL_WEIGHT or own > _OWN_WEIGHT
    return what.kind == "head" and not (pair.is_alone and what.weight >= _SIBLINGS)
