"""Enabling and disabling several pairs at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from include.discovery.configuration import Key
from include.discovery.field_types import Slug
from include.discovery.model import pair_label
from include.discovery.slugs import MOST_PAIRS
from include.discovery.store import edits
from include.discovery.web.answers import Answer, Body, Version
from include.discovery.web.security import UserAuthor
from include.discovery.web.services import Uses

router = APIRouter()


class SeenPair(Body):
    """A pair, and the version of it that the sender has seen."""

    city: Slug | None = None
    source: Slug
    version: Version


class Switches(Body):
    """Enable or disable several pairs."""

    enabled: bool
    pairs: Annotated[list[SeenPair], Field(min_length=1, max_length=MOST_PAIRS)]


class SwitchedPair(Answer):
    """A pair that was enabled or disabled, for those who want to undo it."""

    city: str | None
    source: str
    version: int


class RefusedSwitch(Answer):
    """A pair that was left as it is."""

    label: str
    detail: str


class Switched(Answer):
    """What became of each pair; those that were so already are in neither list."""

    switched: list[SwitchedPair]
    refused: list[RefusedSwitch]


@router.put("/pairs/switches")
def switch_pairs(body: Switches, uses: Uses, user: UserAuthor) -> Switched:
    """Enable or disable several pairs; one that somebody has changed meanwhile stays as it is."""
    switched: dict[str, SwitchedPair] = {}
    refused = []
    with uses.database.lend() as conn, conn.transaction():
        for seen in body.pairs:
            key = Key("pair", city=seen.city, source=seen.source)
            try:
                saved = edits.switch(
                    conn, key, enabled=body.enabled, version=seen.version, changed_by=user
                )
            except edits.EditRefusedError as error:
                label = pair_label(seen.city, seen.source)
                refused.append(RefusedSwitch(label=label, detail=str(error)))
                continue
            if saved.change is not None and saved.stored is not None:
                switched[saved.change.entity] = SwitchedPair(
                    city=seen.city, source=seen.source, version=saved.stored.version
                )
    if switched:
        uses.metadata.audit(
            "discovery.pair.update",
            user.name,
            {"entities": list(switched), "after": {"enabled": body.enabled}},
        )
    return Switched(switched=list(switched.values()), refused=refused)
