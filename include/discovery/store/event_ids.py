"""Which event a group of listings is: ids that last when events become one, or two.

An event stays with its oldest listing. Where two become one, the older id stays and the other leads
on to it; where they are parted again, each has its own id back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from include.discovery.store.columns import EVENT_COLUMNS, names
from include.discovery.store.connection import Connection
from include.discovery.store.events import compose_events, lock_events, rekey_events


@dataclass(frozen=True, slots=True)
class Member:
    """A listing, and the event that it is of."""

    listing: int
    event: int
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Redirect:
    """An id that leads to an event: that of the event which a listing was of."""

    old_id: int
    event: int
    listing: int


@dataclass(slots=True)
class Regrouping:
    """What is to be done so that each group of listings is one event."""

    moves: dict[int, int] = field(default_factory=dict)
    """Listing → the event that it goes to."""
    revived: dict[int, int] = field(default_factory=dict)
    """Old id that becomes an event again → its oldest listing."""
    split: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    """Groups that need a new event: the oldest listing, and all of them."""
    merged: dict[int, Redirect] = field(default_factory=dict)
    """Events that go → where they lead to."""
    redirected: dict[int, int] = field(default_factory=dict)
    """Old ids that lead to another event from now on → that one."""

    @property
    def is_any(self) -> bool:
        """Whether anything is to be done."""
        return bool(self.moves or self.split or self.redirected)


def plan_regrouping(
    groups: Sequence[Collection[int]],
    members: Mapping[int, Member],
    redirects: Collection[Redirect] = (),
) -> Regrouping:
    """Decide which event each group of listings is.

    :param groups: listings by their ids. Whoever has a listing of an event has all of them.
    :param members: every listing of the groups.
    :param redirects: those that lead to one of the events.
    """
    plan = Regrouping()
    group_of = {listing: n for n, group in enumerate(groups) for listing in group}
    oldest_of: dict[int, Member] = {}
    for member in sorted(members.values(), key=_age):
        oldest_of.setdefault(member.event, member)
    claims: dict[int, list[int]] = defaultdict(list)
    for event, oldest in sorted(oldest_of.items()):
        claims[group_of[oldest.listing]].append(event)
    returning: dict[int, list[Redirect]] = defaultdict(list)
    for redirect in sorted(redirects, key=lambda each: each.old_id):
        if redirect.listing in group_of:
            returning[group_of[redirect.listing]].append(redirect)
    for n, group in enumerate(groups):
        olds = returning[n]
        if claims[n]:
            event, *merged = claims[n]
            for other in merged:
                plan.merged[other] = Redirect(other, event, oldest_of[other].listing)
        elif olds:
            event = olds.pop(0).old_id
            plan.revived[event] = min(group, key=lambda one: _age(members[one]))
        else:
            oldest_listing = min(group, key=lambda one: _age(members[one]))
            plan.split.append((oldest_listing, tuple(sorted(group))))
            continue
        plan.moves |= dict.fromkeys((one for one in group if members[one].event != event), event)
        plan.redirected |= {old.old_id: event for old in olds if old.event != event}
    return plan


def _age(member: Member) -> tuple[datetime, int]:
    return member.first_seen_at, member.listing


_MEMBERS = """
SELECT id, event_id, first_seen_at FROM discovery.listings
WHERE id = ANY(%(listings)s) AND event_id IS NOT NULL
"""

_WITH_ALL_OF_THEIR_EVENTS = """
SELECT id, event_id FROM discovery.listings WHERE event_id = ANY(ARRAY(
    SELECT event_id FROM discovery.listings WHERE id = ANY(%(ids)s)))
"""

_REDIRECTS = """
SELECT old_id, event_id, listing_id FROM discovery.event_redirects WHERE event_id = ANY(%(events)s)
"""

_NEW_EVENT = f"""
INSERT INTO discovery.events
    ({{id}}match_key, {names(EVENT_COLUMNS)}, listing_count, source_ids, listing_id, assumed,
    created_at)
OVERRIDING SYSTEM VALUE
SELECT {{value}}'#listing-' || l.id, {names(EVENT_COLUMNS, "l.")}, 1, ARRAY[l.source_id], l.id,
    l.assumed, l.first_seen_at
FROM discovery.listings l WHERE l.id = %(listing)s
RETURNING id
"""  # noqa: S608  the module's own text

_MOVE = """
UPDATE discovery.listings l SET event_id = moved.event_id
FROM unnest(%(listings)s::bigint[], %(events)s::bigint[]) AS moved (id, event_id)
WHERE l.id = moved.id
"""

_LEAD_ON = """
UPDATE discovery.event_redirects r SET event_id = merged.event_id
FROM unnest(%(old)s::bigint[], %(events)s::bigint[]) AS merged (old_id, event_id)
WHERE r.{by} = merged.old_id
"""

_REDIRECT = """
INSERT INTO discovery.event_redirects (old_id, event_id, listing_id)
SELECT * FROM unnest(%(old)s::bigint[], %(events)s::bigint[], %(listings)s::bigint[])
"""


def regroup(conn: Connection, groups: Sequence[Collection[int]]) -> int:
    """Make each group of listings one event, within the caller's transaction.

    Whoever names a listing of an event names all of them. Nothing is written where it is so
    already.

    :return: how many listings went from one event to another.
    """
    listings = sorted({listing for group in groups for listing in group})
    members, redirects = _read(conn, listings)
    if not plan_regrouping(groups, members, redirects).is_any:
        return 0
    lock_events(conn, {member.event for member in members.values()})
    members, redirects = _read(conn, listings)
    present = [here for group in groups if (here := [one for one in group if one in members])]
    plan = plan_regrouping(present, members, redirects)
    if plan.revived:
        conn.execute(
            "DELETE FROM discovery.event_redirects WHERE old_id = ANY(%s)", [sorted(plan.revived)]
        )
    for event, listing in sorted(plan.revived.items()):
        _insert(conn, listing, event)
    moves = dict(plan.moves)
    for oldest, group in plan.split:
        moves.update(dict.fromkeys(group, _insert(conn, oldest)))
    conn.execute(_MOVE, {"listings": list(moves), "events": list(moves.values())})
    _lead_on(conn, "old_id", plan.redirected)
    if plan.merged:
        merged = list(plan.merged.values())
        old = [each.old_id for each in merged]
        _lead_on(conn, "event_id", {each.old_id: each.event for each in merged})
        conn.execute(
            _REDIRECT,
            {
                "old": old,
                "events": [each.event for each in merged],
                "listings": [each.listing for each in merged],
            },
        )
        conn.execute("DELETE FROM discovery.events WHERE id = ANY(%s)", [sorted(old)])
    touched = {members[listing].event for listing in moves} | set(moves.values())
    rekey_events(conn, touched)
    compose_events(conn, touched)
    return len(moves)


def unite(conn: Connection, listings: Collection[tuple[int, int]]) -> None:
    """Make the events of each two listings one, within the caller's transaction."""
    of_event: dict[int, set[int]] = defaultdict(set)
    found = conn.execute(_WITH_ALL_OF_THEIR_EVENTS, {"ids": sorted({*chain(*listings)})})
    for listing, event in found:
        of_event[event].add(listing)
    groups = {listing: group for group in of_event.values() for listing in group}
    for one, other in listings:
        united = groups[one] | groups[other]
        groups.update(dict.fromkeys(united, united))
    regroup(conn, list({id(group): group for group in groups.values()}.values()))


def _read(conn: Connection, listings: Sequence[int]) -> tuple[dict[int, Member], list[Redirect]]:
    found = conn.execute(_MEMBERS, {"listings": list(listings)}).fetchall()
    members = {row[0]: Member(*row) for row in found}
    events = sorted({member.event for member in members.values()})
    redirects = conn.execute(_REDIRECTS, {"events": events}).fetchall()
    return members, [Redirect(*row) for row in redirects]


def _insert(conn: Connection, listing: int, event: int | None = None) -> int:
    """Add an event, which is still to be composed."""
    columns = ("id, ", "%(event)s, ") if event is not None else ("", "")
    query = _NEW_EVENT.format(id=columns[0], value=columns[1]).encode()
    (inserted,) = conn.execute(query, {"listing": listing, "event": event}).fetchall()
    return int(inserted[0])


def _lead_on(conn: Connection, by: str, targets: Mapping[int, int]) -> None:
    if targets:
        values = {"old": list(targets), "events": list(targets.values())}
        conn.execute(_LEAD_ON.format(by=by).encode(), values)


def event_now(conn: Connection, event_id: int) -> int | None:
    """Return the event that an id stands for today: itself, or the one that it has become."""
    row = conn.execute(
        "SELECT id FROM discovery.events WHERE id = %(id)s UNION ALL"
        " SELECT event_id FROM discovery.event_redirects WHERE old_id = %(id)s",
        {"id": event_id},
    ).fetchone()
    return int(row[0]) if row else None
