"""Which pairs a run syncs: checks what was asked for, claims what is due, says what is left."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from include.discovery.errors import InvalidSettings
from include.discovery.model import Slug
from include.discovery.store.claims import Claim, claim_pairs
from include.discovery.store.configuration import read_configuration
from include.discovery.store.connection import Connection, reported

log = logging.getLogger(__name__)


class RunParams(BaseModel):
    """What a manual trigger may ask for; a scheduled run asks for nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cities: tuple[Slug, ...] = ()
    sources: tuple[Slug, ...] = ()
    limit: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None
    force: bool = False
    dry_run: bool = False

    @classmethod
    def read(cls, params: Mapping[str, Any]) -> RunParams:
        """Check parameters of any origin.

        :raises InvalidSettings: naming the parameter, its value and what is allowed.
        """
        try:
            return cls.model_validate(dict(params))
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            name = ".".join(str(part) for part in fault["loc"])
            if fault["type"] == "extra_forbidden":
                allowed = ", ".join(cls.model_fields)
                raise InvalidSettings(
                    f"there is no parameter {name!r}; allowed: {allowed}"
                ) from None
            raise InvalidSettings(
                f"parameter {name} = {fault['input']!r}: {fault['msg']}"
            ) from None


def plan(conn: Connection, dag_run_id: str, params: RunParams, *, capacity: int) -> Claim:
    """Claim the pairs of a run, in the order in which they are to be synced.

    :param capacity: how many mapped tasks the run may have; what is beyond stays due.
    :raises InvalidSettings: for cities or sources that are not configured.
    """
    with reported():
        configured = read_configuration(conn)
        _check_known("city", params.cities, configured.cities)
        _check_known("source", params.sources, configured.sources)
        claim = claim_pairs(
            conn,
            dag_run_id,
            cities=params.cities,
            sources=params.sources,
            force=params.force,
            capacity=capacity,
            # A look at some events is no sync: the pair stays due for one.
            reschedule=not params.dry_run and params.limit is None,
        )
    log.info(
        "%d pairs to sync, %d not due, %d deferred, %d held by another run.",
        len(claim.pairs),
        claim.not_due,
        len(claim.deferred),
        len(claim.held),
    )
    if claim.deferred:
        log.warning(
            "More pairs are due than one run can map (%d): %s stay due. "
            "Raise [core] max_map_length and DISCOVERY_MAX_PAIRS, or spread their frequencies.",
            capacity,
            _some(claim.deferred),
        )
    if claim.held:
        log.warning("Another run is syncing %s.", _some(claim.held))
    if not claim.pairs:
        log.info("Nothing is due. Trigger with force to sync all the same.")
    return claim


def _check_known(what: str, asked: Iterable[str], known: Collection[str]) -> None:
    unknown = [slug for slug in asked if slug not in known]
    if not unknown:
        return
    close = difflib.get_close_matches(unknown[0], known, n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    raise InvalidSettings(
        f"no {what} is configured as {', '.join(map(repr, unknown))}; "
        f"there are: {', '.join(sorted(known)) or 'none'}.{hint}"
    )


def _some(labels: Collection[str], shown: int = 10) -> str:
    listed = list(labels)
    rest = f" and {len(listed) - shown} more" if len(listed) > shown else ""
    return ", ".join(listed[:shown]) + rest
