"""The route that looks at an address to add a source by: for those who may edit, two at a time.

Each look is a process of its own, so that what an address sends keeps nobody else waiting.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, status

from include.discovery.configuration import Key
from include.discovery.errors import DiscoveryError
from include.discovery.model import City
from include.discovery.probe.bounded import probe_bounded
from include.discovery.store import edits
from include.discovery.web import models
from include.discovery.web.checks import FieldsInvalidError, field_error
from include.discovery.web.models_probe import ProbeAnswer, ProbeQuestion
from include.discovery.web.services import Services, Uses

_REFUSALS: dict[int | str, dict[str, Any]] = {
    429: {"model": models.Message},
}

router = APIRouter(responses=_REFUSALS)


@router.post("/probe")
def probe_address(body: ProbeQuestion, uses: Uses) -> ProbeAnswer:
    """Say how an address can be read, with a sample of its events. Stores nothing."""
    city = _city(uses, body.city) if body.city else None
    if not uses.probes.acquire(blocking=False):
        raise HTTPException(
            status.HTTP_429_TOO_MANY_REQUESTS,
            "Other addresses are being looked at; try again in half a minute.",
        )
    try:
        found = probe_bounded(body.url, uses.settings, city=city, limits=uses.probe_limits)
    except DiscoveryError as error:
        raise FieldsInvalidError([field_error(str(error), "url")]) from error
    finally:
        uses.probes.release()
    return ProbeAnswer.model_validate(found.data)


def _city(uses: Services, slug: str) -> City:
    with uses.database.lend() as conn:
        found = edits.read_entity(conn, Key("city", slug=slug))
    if found is None or not isinstance(found.entity, City):
        raise FieldsInvalidError([field_error(f"There is no city {slug}.", "city")])
    return found.entity
