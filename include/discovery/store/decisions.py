"""What people decide about events: these are one, those are not. It holds for ever.

Each decision is a judgement of the listings concerned, which no rule and no key overrides, and an
entry of the audit log. Events follow at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from include.discovery.errors import InvalidSettings
from include.discovery.identity.judging import Verdict
from include.discovery.store.audit import Author, Change, note
from include.discovery.store.connection import Connection
from include.discovery.store.event_ids import event_now
from include.discovery.store.judgements import PairOfListings, across, decide, take_back
from include.discovery.store.matching import match_after

_LISTINGS = "SELECT id FROM discovery.listings WHERE event_id = %s ORDER BY id"
_EVENTS = """
SELECT id, event_id FROM discovery.listings
WHERE id = ANY(%(listings)s) AND event_id IS NOT NULL ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person has decided, and what came of it."""

    change: Change
    """Its entry of the audit log."""
    events: Mapping[int, int]
    """Each listing concerned → the event that it is of now."""


def merge_events(
    conn: Connection, first: int, second: int, *, author: Author, reason: str
) -> Decision:
    """Make two events one, for good: the older id stays.

    :raises InvalidSettings: when there is no such event, both are one already, or no reason is
        given.
    """
    one, other = _existing(conn, first), _existing(conn, second)
    if one == other:
        raise InvalidSettings(f"{first} and {second} are one event already")
    why = given_reason(reason)

    def judge() -> tuple[Change, list[int]]:
        left, right = _listings(conn, one), _listings(conn, other)
        decide(conn, across(left, right), Verdict.SAME, by=author.name, reason=why)
        merged = Change(
            "merge", "event", str(min(one, other)), after={"events": [one, other], "reason": why}
        )
        return merged, [*left, *right]

    return _decided(conn, (one, other), judge, author)


def split_event(
    conn: Connection, event: int, listings: Collection[int], *, author: Author, reason: str
) -> Decision:
    """Part listings from an event, for good: the id stays with its oldest listing.

    :param listings: those to part from the others (``listings.id``).
    :raises InvalidSettings: when there is no such event, these are not some of its listings, or no
        reason is given.
    """
    whole = _existing(conn, event)
    before = _listings(conn, whole)
    if strange := sorted(set(listings).difference(before)):
        raise InvalidSettings(f"event {whole} has no listing {strange[0]}")
    if not listings or len(set(listings)) == len(before):
        raise InvalidSettings("name some of the listings of the event, and not all of them")
    why = given_reason(reason)

    def judge() -> tuple[Change, list[int]]:
        present = _listings(conn, whole)
        apart = [one for one in present if one in listings]
        others = [one for one in present if one not in listings]
        decide(conn, across(apart, others), Verdict.DIFFERENT, by=author.name, reason=why)
        parted = Change("split", "event", str(whole), after={"listings": [*apart], "reason": why})
        return parted, present

    return _decided(conn, [whole], judge, author)


def judge_listings(
    conn: Connection, pair: PairOfListings, verdict: Verdict, *, author: Author, reason: str
) -> Decision:
    """Say for good whether two listings are one event; of others of their events nothing is said.

    :raises InvalidSettings: when there is no such listing, or no reason is given.
    """
    events = _events_of(conn, pair)
    why = given_reason(reason)

    def judge() -> tuple[Change, list[int]]:
        decide(conn, [pair], verdict, by=author.name, reason=why)
        after = {"verdict": verdict.value, "reason": why}
        return _judged(events, pair, after), list(pair)

    return _decided(conn, events, judge, author)


def take_back_judgement(conn: Connection, pair: PairOfListings, *, author: Author) -> Decision:
    """Take back what a person has said of two listings: the rules judge them again.

    :raises InvalidSettings: when there is no such listing, or no person has judged them.
    """
    events = _events_of(conn, pair)

    def judge() -> tuple[Change, list[int]]:
        said = take_back(conn, pair)
        if said is None:
            raise InvalidSettings(f"nobody has judged listings {pair[0]} and {pair[1]}")
        return _judged(events, pair, {"taken_back": said["verdict"]}), list(pair)

    return _decided(conn, events, judge, author)


def _judged(events: Collection[int], pair: PairOfListings, said: Mapping[str, JsonValue]) -> Change:
    return Change("judge", "event", str(min(events)), after={"listings": [*pair], **said})


def _events_of(conn: Connection, pair: PairOfListings) -> set[int]:
    found: dict[int, int] = dict(conn.execute(_EVENTS, {"listings": list(pair)}).fetchall())
    for listing in pair:
        if listing not in found:
            raise InvalidSettings(f"there is no listing {listing}")
    return set(found.values())


def _decided(
    conn: Connection,
    events: Collection[int],
    judge: Callable[[], tuple[Change, list[int]]],
    author: Author,
) -> Decision:
    """Judge, note it and match once more, in one transaction.

    :param judge: stores the judgements, and returns what to note and the listings concerned. It
        may be called again, where the transaction met another.
    """
    made: list[tuple[Change, list[int]]] = []

    def change() -> list[int]:
        made.append(judge())
        last, listings = made[-1]
        note(conn, last, author)
        return listings

    match_after(conn, events, change)
    last, listings = made[-1]
    return Decision(last, dict(conn.execute(_EVENTS, {"listings": listings}).fetchall()))


def _existing(conn: Connection, event: int) -> int:
    found = event_now(conn, event)
    if found is None:
        raise InvalidSettings(f"there is no event {event}")
    return found


def _listings(conn: Connection, event: int) -> list[int]:
    return [row[0] for row in conn.execute(_LISTINGS, [event])]


def given_reason(reason: str) -> str:
    """Return a reason in one line.

    :raises InvalidSettings: when there is none.
    """
    why = " ".join(reason.split())
    if not why:
        raise InvalidSettings("say why: a reason is kept with the decision")
    return why
