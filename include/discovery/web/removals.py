"""What a removal says before and afterwards, and the routes that say it before.

The removal itself is in ``api_write``. Everyone who may read the page may see what would go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from fastapi import APIRouter, HTTPException, status

from include.discovery.configuration import Key
from include.discovery.store import edits
from include.discovery.store.configuration import Change
from include.discovery.store.edits import RemovalPreview
from include.discovery.web import models
from include.discovery.web.parameters import CityQuery, CitySlug, SourceQuery, SourceSlug
from include.discovery.web.services import Services, Uses

router = APIRouter(responses={404: {"model": models.Message}})


@router.get("/cities/{slug}/removal")
def removal_of_city(slug: CitySlug, uses: Uses) -> models.Removal:
    """Say what would go with a city."""
    return _preview(uses, Key("city", slug=slug))


@router.get("/sources/{slug}/removal")
def removal_of_source(slug: SourceSlug, uses: Uses) -> models.Removal:
    """Say what would go with a source."""
    return _preview(uses, Key("source", slug=slug))


@router.get("/pairs/removal")
def removal_of_pair(uses: Uses, source: SourceQuery, city: CityQuery = None) -> models.Removal:
    """Say what would go with a pair."""
    return _preview(uses, Key("pair", city=city, source=source))


def not_found(key: Key) -> HTTPException:
    """Return the refusal to do anything with what is not there."""
    return HTTPException(status.HTTP_404_NOT_FOUND, f"There is no such {key.type}.")


def _preview(uses: Services, key: Key) -> models.Removal:
    with uses.database.lend() as conn:
        preview = edits.preview_removal(conn, key)
    if preview is None:
        raise not_found(key)
    return as_model(key, preview)


def as_model(key: Key, preview: RemovalPreview) -> models.Removal:
    """Return a preview as the page's API says it."""
    return models.Removal(
        **asdict(preview.removed),
        pairs=len(preview.pairs),
        pair_labels=list(preview.pairs),
        version=preview.version,
        confirm=key.slug or key.source or "",
        held=preview.held,
    )


def demand(asked: models.Removal) -> str:
    """Say what has to be typed, and why."""
    return (
        f"Type {asked.confirm} to remove it with {asked.pairs} pairs, {asked.listings} listings "
        f"and {asked.events} events."
    )


def outcome(done: Sequence[Change]) -> models.Removed:
    """Return what was removed; the entity itself is the last of the changes."""
    removed = done[-1].removed
    if removed is None:
        raise RuntimeError("a removal without counts")
    return models.Removed(**asdict(removed), pairs=len(done) - 1)
