"""Which pairs a run syncs: checks what was asked for, plans what is due, says what is left."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from include.discovery.configuration import Configuration
from include.discovery.due import RunTime
from include.discovery.errors import InvalidSettings
from include.discovery.field_types import PairName, Slug
from include.discovery.model import pair_name
from include.discovery.slugs import MOST_PAIRS
from include.discovery.store.connection import Connection, reported
from include.discovery.store.entities import read_configuration
from include.discovery.store.plans import Plan, choose_pairs, plan_pairs
from include.discovery.store.runs import close_interrupted
from include.discovery.text.wording import moment_in_words, some_of

log = logging.getLogger(__name__)


_NoneIsEmpty = BeforeValidator(lambda given: () if given is None else given)
"""A form that was emptied sends null."""
_Slugs = Annotated[tuple[Slug, ...], _NoneIsEmpty]


class RunParams(BaseModel):
    """What a manual trigger may ask for; a scheduled run asks for nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cities: _Slugs = ()
    sources: _Slugs = ()
    pairs: Annotated[tuple[PairName, ...], Field(max_length=MOST_PAIRS), _NoneIsEmpty] = ()
    """Single pairs, as ``krakow/ticketmaster``, instead of all of some cities and sources."""
    limit: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None
    force: bool = False
    dry_run: bool = False
    withdraw_missing: bool = False
    """What the sources list no more is gone, however much it is: somebody has looked at them."""

    @classmethod
    def read(cls, params: Mapping[str, Any]) -> RunParams:
        """Check parameters of any origin.

        :raises InvalidSettings: naming the parameter, its value and what is allowed.
        """
        try:
            asked = cls.model_validate(dict(params))
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
        if asked.pairs and (asked.cities or asked.sources):
            raise InvalidSettings("name pairs, or cities and sources, but not both")
        if asked.withdraw_missing and not asked.sources:
            raise InvalidSettings("withdraw_missing needs sources: name those that you looked at")
        if asked.withdraw_missing and (asked.limit is not None or asked.dry_run):
            raise InvalidSettings(
                "withdraw_missing needs a sync of everything: leave out limit and dry_run"
            )
        return asked


def plan(
    conn: Connection,
    dag_run_id: str,
    params: RunParams,
    run: RunTime,
    *,
    capacity: int,
    most: int | None = None,
    per_task: Mapping[str, int] | None = None,
) -> Plan:
    """Plan the pairs of a run, in the order in which they are to be synced.

    What dead attempts of earlier runs have left open is closed.

    :param capacity: how many mapped tasks the run may have; what is beyond stays due.
    :param most: how many pairs it may take; ``None``: as many as its tasks can.
    :param per_task: kind → how many of its pairs may share a task; of other kinds none do.
    :raises InvalidSettings: for cities or sources that are not configured, and when they have no
        enabled pair.
    """
    with reported():
        configured = _checked(conn, params)
        close_interrupted(conn, dag_run_id)
        planned = plan_pairs(
            conn,
            dag_run_id,
            run,
            cities=params.cities,
            sources=params.sources,
            pairs=params.pairs,
            force=params.force,
            capacity=capacity,
            most=most,
            per_task=per_task or {},
        )
    _check_there_are_pairs(planned, params, configured)
    log.info(
        "%d pairs to sync, %d not due, %d deferred.",
        len(planned.pairs),
        planned.not_due,
        len(planned.deferred),
    )
    _warn(planned, params, run, capacity)
    if not planned.pairs:
        log.info("Nothing is due. Trigger with force to sync anyway.")
    return planned


def choose(conn: Connection, params: RunParams, run: RunTime, *, capacity: int) -> Plan:
    """Choose what a run would take, and check it, as :func:`plan` does, without planning it."""
    with reported():
        configured = _checked(conn, params)
        chosen = choose_pairs(
            conn,
            run,
            cities=params.cities,
            sources=params.sources,
            pairs=params.pairs,
            force=params.force,
            capacity=capacity,
        )
    _check_there_are_pairs(chosen, params, configured)
    return chosen


def _checked(conn: Connection, params: RunParams) -> Configuration:
    configured = read_configuration(conn)
    _check_known("city", params.cities, configured.cities)
    _check_known("source", params.sources, configured.sources)
    _check_known(
        "pair", params.pairs, {pair_name(pair.city, pair.source) for pair in configured.pairs}
    )
    return configured


def _check_known(what: str, asked: Iterable[str], known: Collection[str]) -> None:
    unknown = [slug for slug in asked if slug not in known]
    if not unknown:
        return
    close = difflib.get_close_matches(unknown[0], known, n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    raise InvalidSettings(
        f"no {what} is configured as {', '.join(map(repr, unknown))}; "
        f"there are: {some_of(sorted(known)) if known else 'none'}.{hint}"
    )


def _check_there_are_pairs(planned: Plan, params: RunParams, configured: Configuration) -> None:
    """Refuse to do nothing where something was asked for by name."""
    if planned.active or not (params.cities or params.sources or params.pairs):
        return
    if planned.inactive:
        reasons = [f"{pair.label} ({pair.inactive_because})" for pair in planned.inactive]
        raise InvalidSettings(f"nothing that was asked for is enabled: {some_of(reasons)}")
    asked = " with ".join(some_of(slugs) for slugs in (params.cities, params.sources) if slugs)
    having = [f"{city} has pairs with {_partners(configured, city=city)}" for city in params.cities]
    having += [f"{source} has {_partners(configured, source=source)}" for source in params.sources]
    raise InvalidSettings(f"there is no pair of {asked}: {'; '.join(having)}")


def _partners(
    configured: Configuration, *, city: str | None = None, source: str | None = None
) -> str:
    """Name what a city or a source is paired with."""
    if city is not None:
        return some_of(pair.source for pair in configured.pairs if pair.city == city) or "no source"
    of_source = [pair.city for pair in configured.pairs if pair.source == source]
    if None in of_source:
        return "one pair for all its cities: ask for it without a city"
    return f"pairs with {some_of(filter(None, of_source))}" if of_source else "no pairs"


def _warn(planned: Plan, params: RunParams, run: RunTime, capacity: int) -> None:
    """Say what was asked for, or is due, and is not taken."""
    cities = {pair.city.slug for pair in planned.active if pair.city}
    sources = {pair.source.slug for pair in planned.active}
    missing = [slug for slug in params.cities if slug not in cities]
    missing += [slug for slug in params.sources if slug not in sources]
    if missing:
        log.warning("No enabled pair among those that were asked for has %s.", some_of(missing))
    if params.pairs and planned.inactive:
        disabled = [f"{pair.label} ({pair.inactive_because})" for pair in planned.inactive]
        log.warning("Left out, because they are not enabled: %s.", some_of(disabled))
    verb = "is synced although it is" if params.force else "is"
    for parked in planned.parked:
        until = moment_in_words(parked.until, run.now)
        log.warning("%s %s parked until %s.", parked.label, verb, until)
    if planned.deferred:
        log.warning(
            "More pairs are due than one run can take (%d, in at most %d tasks): %s stay due. Let "
            "pairs share tasks (DISCOVERY_PAIRS_PER_TASK), raise [core] max_map_length and "
            "DISCOVERY_MAX_PAIRS, or spread their frequencies.",
            len(planned.pairs),
            capacity,
            some_of(planned.deferred),
        )
