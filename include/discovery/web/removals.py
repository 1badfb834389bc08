"""Removals of cities, sources and pairs: what would go, what has to be typed, and what went.

Everyone who may read the page may see what would go.
"""

from __future__ import annotations

from dataclasses import asdict

from include.discovery.configuration import Key
from include.discovery.store import edits
from include.discovery.store.audit import Author
from include.discovery.store.edits import RemovalPreview
from include.discovery.web.answers import Answer
from include.discovery.web.editing import FieldsInvalidError, not_found, note
from include.discovery.web.services import Services


class Removed(Answer):
    """What went with a city, a source or a pair, and what stays that it had a part in."""

    pairs: int
    """Pairs of a city or a source; the pair itself is not counted."""
    listings: int
    events: int
    """Events that no other listing stands behind."""
    events_kept: int
    """Events that other sources list, too: they stay."""
    listings_kept: int
    """Listings of other pairs in a city that goes: they stay, without this city."""


class Removal(Removed):
    """What would go, and what has to be said for it to go."""

    version: int
    """To be sent with the deletion: a stale one is refused."""
    confirm: str
    """To be typed by a person and sent as ``confirm``, when anything goes with it."""
    pair_labels: list[str]
    is_all: bool
    """False: there is more; counting stops at 10,000 listings."""
    held: str | None
    """Why it cannot be removed right now: runs that are syncing it. None: it can."""

    @classmethod
    def of(cls, key: Key, preview: RemovalPreview | None) -> Removal:
        """Return a preview as the page shows it.

        :raises HTTPException: 404 if there is none.
        """
        if preview is None:
            raise not_found(key)
        return cls(
            **asdict(preview.removed),
            pairs=len(preview.pairs),
            pair_labels=list(preview.pairs),
            is_all=preview.is_all,
            version=preview.version,
            confirm=key.slug or key.source or "",
            held=preview.held,
        )

    def check_confirmed(self, typed: str | None) -> None:
        """Refuse what was not typed; for what nothing hangs on, nothing has to be.

        :raises FieldsInvalidError: saying what has to be typed, and why.
        """
        if typed != self.confirm and (self.pairs or self.listings or self.events):
            least = "" if self.is_all else "at least "
            message = (
                f"Type {self.confirm} to remove it with {self.pairs} pairs, {least}{self.listings}"
                f" listings and {least}{self.events} events."
            )
            raise FieldsInvalidError.of(message, "confirm")


def preview(uses: Services, key: Key) -> Removal:
    """Say what would go with an entity."""
    with uses.database.lend() as conn:
        return Removal.of(key, edits.preview_removal(conn, key))


def remove(uses: Services, key: Key, version: int, confirm: str | None, user: Author) -> Removed:
    """Remove an entity with its pairs, what they brought, and events that nobody else lists."""
    with uses.database.lend() as conn:
        Removal.of(key, edits.preview_removal(conn, key)).check_confirmed(confirm)
        done = edits.remove(conn, key, version=version, changed_by=user)
    for change in done:
        note(uses, change, user)
    uses.events.forget()
    removed = done[-1].removed  # the entity itself is the last of the changes
    if removed is None:
        raise RuntimeError("a removal without counts")
    return Removed(**asdict(removed), pairs=len(done) - 1)
