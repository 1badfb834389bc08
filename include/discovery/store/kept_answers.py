"""Answers of sources that could not be read: the latest of each pair and category of failure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from include.discovery.redaction.kept_answers import KeptAnswer
from include.discovery.store.connection import Connection, rows
from include.discovery.store.entities import PAIRS
from include.discovery.store.rejects import storable

_KEEP = """
INSERT INTO discovery.kept_answers AS kept (city_source_id, category, message, dag_run_id,
    kept_at, url, status, content_type, size, is_cut, body)
SELECT city_source_id, error_category, error_message, dag_run_id,
    finished_at, %(url)s, %(status)s, %(content_type)s, %(size)s, %(is_cut)s, %(compressed)s
FROM discovery.sync_runs
WHERE id = %(run)s AND state = 'failed' AND city_source_id IS NOT NULL
ON CONFLICT ON CONSTRAINT kept_answer_is_the_latest_of_its_kind DO UPDATE SET
    message = EXCLUDED.message, dag_run_id = EXCLUDED.dag_run_id, kept_at = EXCLUDED.kept_at,
    url = EXCLUDED.url, status = EXCLUDED.status, content_type = EXCLUDED.content_type,
    size = EXCLUDED.size, is_cut = EXCLUDED.is_cut, body = EXCLUDED.body
"""

_COLUMNS = """c.slug AS city, s.slug AS source, k.id, k.category, k.message, k.kept_at, k.url,
    k.status, k.content_type, k.size, k.is_cut"""

_LISTED = f"""
SELECT {_COLUMNS}
FROM {PAIRS} JOIN discovery.kept_answers k ON k.city_source_id = cs.id
WHERE (%(for)s::interval IS NULL OR k.kept_at > now() - %(for)s::interval)
  AND (%(pair)s::bigint IS NULL OR k.city_source_id = %(pair)s)
ORDER BY k.kept_at DESC
"""  # noqa: S608  the module's own text

_ONE = f"""
SELECT {_COLUMNS}, k.body
FROM {PAIRS} JOIN discovery.kept_answers k ON k.city_source_id = cs.id
WHERE k.id = %(id)s AND (%(for)s::interval IS NULL OR k.kept_at > now() - %(for)s::interval)
"""  # noqa: S608  the module's own text


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A kept answer, and the failure that it is behind; without its text."""

    id: int
    city: str | None
    source: str
    category: str
    message: str
    kept_at: datetime
    url: str
    status: int
    content_type: str
    size: int
    is_cut: bool


def keep(conn: Connection, run_id: int, answer: KeptAnswer) -> None:
    """Keep the answer behind a run that has failed, in the place of the one before it."""
    values = asdict(answer) | {"url": storable(answer.url), "run": run_id}
    values["content_type"] = storable(answer.content_type)
    conn.execute(_KEEP, values)


def kept_answers(
    conn: Connection, kept_for: timedelta | None, pair: int | None = None
) -> list[StoredAnswer]:
    """Return what is kept of one pair or of all, newest first.

    :param kept_for: older ones have expired, whether or not they are deleted yet;
        ``None``: none has.
    """
    found = rows(conn, _LISTED, {"for": kept_for, "pair": pair})
    return [StoredAnswer(**row) for row in found]


def read_kept(
    conn: Connection, answer_id: int, kept_for: timedelta | None
) -> tuple[StoredAnswer, KeptAnswer] | None:
    """Return a kept answer with its text; ``None`` if there is none, or it has expired."""
    found = rows(conn, _ONE, {"id": answer_id, "for": kept_for})
    if not found:
        return None
    row: dict[str, Any] = found[0]
    body = row.pop("body")
    stored = StoredAnswer(**row)
    return stored, KeptAnswer(
        stored.url, stored.status, stored.content_type, stored.size, stored.is_cut, bytes(body)
    )
