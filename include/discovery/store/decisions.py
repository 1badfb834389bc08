"""What people decide about events: these are one, those are not. It holds for ever.

Each decision is a judgement of the listings concerned, which no rule and no key overrides, and an
entry of the audit log. Events follow at once.
"""

from __future__ import annotations

from collections.abc import Collection

from include.discovery.errors import InvalidSettings
from include.discovery.identity.judging import Verdict
from include.discovery.store.audit import Author, Change, note
from include.discovery.store.connection import Connection
from include.discovery.store.event_ids import event_now
from include.discovery.store.judgements import across, decide
from include.discovery.store.matching import match_after

_LISTINGS = "SELECT id FROM discovery.listings WHERE event_id = %s ORDER BY id"


def merge_events(conn: Connection, first: int, second: int, *, author: Author, reason: str) -> int:
    """Make two events one, for good; return its id, the older of the two.

    :raises InvalidSettings: when there is no such event, or both are one already.
    """
    one, other = _existing(conn, first), _existing(conn, second)
    if one == other:
        raise InvalidSettings(f"{first} and {second} are one event already")

    def change() -> list[int]:
        left, right = _listings(conn, one), _listings(conn, other)
        pairs = across(left, right)
        decide(conn, pairs, Verdict.SAME, by=author.name, reason=reason)
        merged: Change = Change(
            "merge", "event", str(min(one, other)),
            after={"events": [one, other], "reason": reason},
        )  # fmt: skip
        note(conn, merged, author)
        return [*left, *right]

    match_after(conn, (one, other), change)
    return _existing(conn, one)


def split_event(
    conn: Connection, event: int, listings: Collection[int], *, author: Author, reason: str
) -> dict[int, int]:
    """Part listings from an event, for good; return the event that each listing of it is of now.

    :param listings: those to part from the others (``listings.id``).
    :raises InvalidSettings: when there is no such event, or these are not some of its listings.
    """
    whole = _existing(conn, event)
    before = _listings(conn, whole)
    if strange := sorted(set(listings).difference(before)):
        raise InvalidSettings(f"event {whole} has no listing {strange[0]}")
    if not listings or len(set(listings)) == len(before):
        raise InvalidSettings("name some of the listings of the event, and not all of them")

    def change() -> list[int]:
        present = _listings(conn, whole)
        apart = [one for one in present if one in listings]
        others = [one for one in present if one not in listings]
        decide(conn, across(apart, others), Verdict.DIFFERENT, by=author.name, reason=reason)
        parted = Change(
            "split", "event", str(whole),
            after={"listings": [*sorted(apart)], "reason": reason},
        )  # fmt: skip
        note(conn, parted, author)
        return present

    match_after(conn, [whole], change)
    found = conn.execute(
        "SELECT id, event_id FROM discovery.listings WHERE id = ANY(%s) ORDER BY id", [before]
    )
    return dict(found.fetchall())


def _existing(conn: Connection, event: int) -> int:
    found = event_now(conn, event)
    if found is None:
        raise InvalidSettings(f"there is no event {event}")
    return found


def _listings(conn: Connection, event: int) -> list[int]:
    return [row[0] for row in conn.execute(_LISTINGS, [event])]
