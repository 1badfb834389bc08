"""What people say of venues: that two are one, another name, and the building of a hall.

It holds for ever: no sync touches it, and only people take it back. A venue that is the same as
another one becomes a name of that one; two that are different are never taken as one place,
whatever the rules say. Listings keep the venue that their source names; events show what people
have made of it, and matching compares that. Each decision is an entry of the audit log. Events
follow at once.

Long because all decisions about venues hold together: each looks at what the others have said.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import chain
from typing import Any

from pydantic import JsonValue

from include.discovery.errors import InvalidSettings
from include.discovery.identity.judging import Verdict
from include.discovery.store.audit import Author, Change, note
from include.discovery.store.connection import Connection, rows
from include.discovery.store.decisions import given_reason
from include.discovery.store.events import compose_events, lock_events
from include.discovery.store.matching import match_after

# Decisions are few: one at a time, and not while a page is being loaded, which takes venues for
# what they were when it began. Reading goes on.
_ALONE = "LOCK TABLE discovery.venues IN EXCLUSIVE MODE"

_VENUE = """
SELECT v.id, v.name, v.given_name, v.parent_id, COALESCE(p.same_as_id, p.id) AS building
FROM discovery.venues named
JOIN discovery.venues v ON v.id = COALESCE(named.same_as_id, named.id)
LEFT JOIN discovery.venues p ON p.id = v.parent_id
WHERE named.id = %s
"""

_NAMES_OF = "SELECT id FROM discovery.venues WHERE id = %(venue)s OR same_as_id = %(venue)s"

_SAME = """
WITH RECURSIVE one (id) AS (
    SELECT %(venue)s::bigint UNION
    SELECT CASE one.id WHEN j.first_id THEN j.second_id ELSE j.first_id END
    FROM one JOIN discovery.venue_judgements j ON one.id IN (j.first_id, j.second_id)
    WHERE j.verdict = 'same'
)
SELECT id FROM one ORDER BY id
"""

_DECIDE = """
INSERT INTO discovery.venue_judgements (first_id, second_id, verdict, decided_by, reason)
VALUES (LEAST(%(one)s, %(other)s), GREATEST(%(one)s, %(other)s), %(verdict)s, %(by)s, %(reason)s)
ON CONFLICT (first_id, second_id) DO UPDATE SET
    (verdict, decided_by, reason, decided_at) =
        ROW (EXCLUDED.verdict, EXCLUDED.decided_by, EXCLUDED.reason, now())
"""

_TAKE_BACK = """
DELETE FROM discovery.venue_judgements
WHERE first_id = LEAST(%(one)s, %(other)s) AND second_id = GREATEST(%(one)s, %(other)s)
RETURNING verdict
"""

_APART = """
SELECT first_id, second_id FROM discovery.venue_judgements
WHERE verdict = 'different' AND (
    first_id = ANY(%(left)s) AND second_id = ANY(%(right)s)
    OR first_id = ANY(%(right)s) AND second_id = ANY(%(left)s))
  AND (first_id, second_id) <> (LEAST(%(one)s, %(other)s), GREATEST(%(one)s, %(other)s))
"""

# Of several names of one venue that stays of which people have said something, else the oldest.
_SETTLE = """
WITH stays AS (
    SELECT id FROM discovery.venues WHERE id = ANY(%(venues)s)
    ORDER BY given_name IS NULL AND parent_id IS NULL, id LIMIT 1
)
UPDATE discovery.venues v SET same_as_id = NULLIF(stays.id, v.id) FROM stays
WHERE v.id = ANY(%(venues)s) AND v.same_as_id IS DISTINCT FROM NULLIF(stays.id, v.id)
"""

_RENAME = "UPDATE discovery.venues SET given_name = %(name)s WHERE id = %(venue)s"
_PLACE = "UPDATE discovery.venues SET parent_id = %(building)s WHERE id = %(venue)s"

# The view of events shows the name: who reads what has changed has to see it.
_CHANGED = "UPDATE discovery.events SET updated_at = now() WHERE id = ANY(%(events)s)"

_HALLS = """
SELECT h.id FROM discovery.venues h
WHERE h.parent_id = ANY(%(venues)s) AND h.same_as_id IS NULL
"""

_EVENTS = "SELECT id FROM discovery.events WHERE venue_id = ANY(%(venues)s)"

# Of their cities, so that an index leads there.
_UPCOMING = """
SELECT id FROM discovery.listings
WHERE COALESCE(city_id, 0) = ANY(ARRAY(
        SELECT DISTINCT COALESCE(city_id, 0) FROM discovery.events WHERE id = ANY(%(events)s)))
  AND local_date >= (now() AT TIME ZONE 'UTC')::date - 1
  AND venue_id = ANY(%(venues)s) AND withdrawn_at IS NULL AND event_id IS NOT NULL
"""


def merge_venues(
    conn: Connection, first: int, second: int, *, author: Author, reason: str
) -> Change:
    """Make two venues one, for good: the older one stays, or that which has a name by people.

    :return: what was noted in the audit log.
    :raises InvalidSettings: when there is no such venue, both are one already, what people have
        said of them forbids it, or no reason is given.
    """
    why = given_reason(reason)

    def decide() -> tuple[Change, list[int]]:
        one, other = _venue(conn, first), _venue(conn, second)
        if one["id"] == other["id"]:
            raise InvalidSettings(f"{first} and {second} are one venue already")
        if one["building"] == other["id"] or other["building"] == one["id"]:
            raise InvalidSettings("one is a hall of the other: take that back first")
        if _is_given(one) and _is_given(other):
            raise InvalidSettings(
                "people have given both a name or a building: take back that of one first"
            )
        left, right = (_names_of(conn, each["id"]) for each in (one, other))
        apart = conn.execute(
            _APART, {"left": left, "right": right, "one": first, "other": second}
        ).fetchone()
        if apart is not None:
            raise InvalidSettings(
                f"somebody has said that {apart[0]} and {apart[1]} are two: merge these first"
            )
        _decide(conn, first, second, Verdict.SAME, author, why)
        _settle(conn, [*left, *right])
        stays = _venue(conn, first)["id"]
        names = [one["name"], other["name"]]
        change = Change(
            "merge", "venue", str(stays),
            after={"venues": [one["id"], other["id"]], "names": names, "reason": why},
        )  # fmt: skip
        return change, [*left, *right]

    return _decided(conn, decide, author)


def split_venues(
    conn: Connection, first: int, second: int, *, author: Author, reason: str
) -> Change:
    """Say for good that two venues are two: what is listed at them is not at one place.

    It takes back that they were made one, and no rule makes one event of what is listed at either,
    unless it is sold by one ticket or has one id.

    :return: what was noted in the audit log.
    :raises InvalidSettings: when there is no such venue, others tie the two, or no reason is given.
    """
    why = given_reason(reason)
    if first == second:
        raise InvalidSettings("name two venues")

    def decide() -> tuple[Change, list[int]]:
        whole = _venue(conn, first)["id"]
        concerned = {*_names_of(conn, whole), *_names_of(conn, _venue(conn, second)["id"])}
        _decide(conn, first, second, Verdict.DIFFERENT, author, why)
        left, right = _same(conn, first), _same(conn, second)
        if second in left:
            others = ", ".join(str(one) for one in left if one not in (first, second))
            raise InvalidSettings(
                f"both were made one with others ({others}): split one of them from these first"
            )
        _settle(conn, left)
        _settle(conn, right)
        change = Change(
            "split", "venue", str(whole), after={"venues": [first, second], "reason": why}
        )
        return change, sorted(concerned)

    return _decided(conn, decide, author)


def take_back_venue_judgement(
    conn: Connection, first: int, second: int, *, author: Author
) -> Change:
    """Take back what a person has said of two venues, same or different: the rules judge again.

    :return: what was noted in the audit log.
    :raises InvalidSettings: when there is no such venue, or nobody has said anything of these two.
    """

    def decide() -> tuple[Change, list[int]]:
        whole = _venue(conn, first)["id"]
        concerned = {*_names_of(conn, whole), *_names_of(conn, _venue(conn, second)["id"])}
        said = conn.execute(_TAKE_BACK, {"one": first, "other": second}).fetchone()
        if said is None:
            raise InvalidSettings(f"nobody has said whether {first} and {second} are one")
        _settle(conn, _same(conn, first))
        _settle(conn, _same(conn, second))
        after: dict[str, JsonValue] = {"venues": [first, second], "taken_back": said[0]}
        return Change("judge", "venue", str(whole), after=after), sorted(concerned)

    return _decided(conn, decide, author)


def rename_venue(
    conn: Connection, venue: int, name: str | None, *, author: Author, reason: str
) -> Change:
    """Give a venue the name that is shown; None: again the one that its source gives.

    Its events count as changed.

    :return: what was noted in the audit log.
    :raises InvalidSettings: when there is no such venue, the name is empty, or no reason is given.
    """
    why = given_reason(reason)
    given = None if name is None else " ".join(name.split())
    if given == "":
        raise InvalidSettings("the name is empty")
    with conn.transaction():
        conn.execute(_ALONE)
        before = _venue(conn, venue)
        conn.execute(_RENAME, {"venue": before["id"], "name": given})
        if (before["given_name"] or before["name"]) != (given or before["name"]):
            events = _ids(conn, _EVENTS, venues=[before["id"]])
            lock_events(conn, events)
            conn.execute(_CHANGED, {"events": events})
        change = Change(
            "update", "venue", str(before["id"]),
            before={"name": before["given_name"] or before["name"]},
            after={"name": given or before["name"], "reason": why},
        )  # fmt: skip
        note(conn, change, author)
    return change


def place_in_building(
    conn: Connection, hall: int, building: int | None, *, author: Author, reason: str
) -> Change:
    """Say in which building a venue is a hall; None: it is a house of its own.

    Events in two halls of one building stay two.

    :return: what was noted in the audit log.
    :raises InvalidSettings: when there is no such venue, both are one, the building is a hall
        itself, the hall has halls, or no reason is given.
    """
    why = given_reason(reason)

    def decide() -> tuple[Change, list[int]]:
        of = _venue(conn, hall)
        parent = None if building is None else _venue(conn, building)
        names = _names_of(conn, of["id"])
        if parent is not None:
            if parent["id"] == of["id"]:
                raise InvalidSettings(f"{hall} and {building} are one venue")
            if parent["building"] is not None:
                raise InvalidSettings(f"{building} is a hall itself")
            if conn.execute(_HALLS, {"venues": names}).fetchone() is not None:
                raise InvalidSettings(f"{hall} has halls itself")
        was, now = of["building"], None if parent is None else parent["id"]
        conn.execute(_PLACE, {"venue": of["id"], "building": now})
        change = Change(
            "update", "venue", str(of["id"]),
            before={"building": was}, after={"building": now, "reason": why},
        )  # fmt: skip
        # What is listed at a building may be one with what is in its hall, or was.
        of_buildings = [_names_of(conn, one) for one in (was, now) if one is not None]
        return change, [*names, *chain.from_iterable(of_buildings)]

    return _decided(conn, decide, author)


def _decided(
    conn: Connection, decide: Callable[[], tuple[Change, list[int]]], author: Author
) -> Change:
    """Decide, note it, and let events follow, in one transaction.

    :param decide: returns what to note and the venues concerned. It may be called again, where the
        transaction met another.
    """
    made: list[Change] = []

    def change() -> list[int]:
        conn.execute(_ALONE)
        told, venues = decide()
        made.append(told)
        note(conn, told, author)
        events = _ids(conn, _EVENTS, venues=venues)
        lock_events(conn, events)
        compose_events(conn, events)
        halls = _ids(conn, _HALLS, venues=venues)
        return _ids(conn, _UPCOMING, events=events, venues=[*venues, *halls])

    match_after(conn, (), change)
    return made[-1]


def _decide(
    conn: Connection, one: int, other: int, verdict: Verdict, author: Author, why: str
) -> None:
    conn.execute(
        _DECIDE,
        {"one": one, "other": other, "verdict": verdict.value, "by": author.name, "reason": why},
    )


def _settle(conn: Connection, venues: Collection[int]) -> None:
    """Make venues names of one of them."""
    conn.execute(_SETTLE, {"venues": sorted(venues)})


def _venue(conn: Connection, venue: int) -> dict[str, Any]:
    """Return the venue that people have made of one."""
    found = rows(conn, _VENUE, [venue])
    if not found:
        raise InvalidSettings(f"there is no venue {venue}")
    return found[0]


def _is_given(venue: dict[str, Any]) -> bool:
    """Say whether people have given it a name or a building."""
    return venue["given_name"] is not None or venue["parent_id"] is not None


def _names_of(conn: Connection, venue: int) -> list[int]:
    return _ids(conn, _NAMES_OF, venue=venue)


def _same(conn: Connection, venue: int) -> list[int]:
    """Return what people have tied a venue to, and itself."""
    return _ids(conn, _SAME, venue=venue)


def _ids(conn: Connection, query: str, **values: object) -> list[int]:
    return [row[0] for row in conn.execute(query.encode(), values)]
