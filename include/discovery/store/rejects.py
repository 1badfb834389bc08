"""The rejected items that a run's row keeps in full: the first ones of each reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from include.discovery.model import Reject
from include.discovery.parsed import SAMPLES_PER_REASON

MOST_SAMPLES = 60
"""So many rejected items a run keeps in full; the counts by reason tell of the others."""

# What is kept stays, and of the new ones those come in whose reason has too few.
SAMPLED = f"""(
        SELECT COALESCE(jsonb_agg(sample ORDER BY position), '[]') FROM (
            SELECT sample, position FROM (
                SELECT sample, position,
                    row_number() OVER (PARTITION BY sample->>'reason' ORDER BY position) AS nth
                FROM jsonb_array_elements(reject_samples || %(reject_samples)s)
                    WITH ORDINALITY AS every(sample, position)) ranked
            WHERE nth <= {SAMPLES_PER_REASON}
            ORDER BY position LIMIT {MOST_SAMPLES}) kept)
"""  # noqa: S608  the module's own text
"""New samples of a row of ``sync_runs``, with those of ``%(reject_samples)s``."""


def samples_of(rejects: Sequence[Reject]) -> list[dict[str, Any]]:
    """Return the rejects of a page that a run may keep, as they are stored."""
    kept: list[dict[str, Any]] = []
    seen = Counter[str]()
    for reject in rejects:
        seen[reject.reason] += 1
        if seen[reject.reason] <= SAMPLES_PER_REASON and len(kept) < MOST_SAMPLES:
            known_as = reject.identity and reject.identity.external_id
            kept.append(
                {
                    "reason": storable(reject.reason),
                    "item": storable(reject.item),
                    "detail": reject.detail and storable(reject.detail),
                    "id": known_as and storable(known_as),
                    "url": reject.url,
                    "excerpt": reject.excerpt and storable(reject.excerpt),
                }
            )
    return kept


def storable(text: str) -> str:
    """Spell out what PostgreSQL cannot store, NUL and lone surrogates: rejected items hold it."""
    return text.replace("\0", r"\x00").encode("utf-8", "backslashreplace").decode()
