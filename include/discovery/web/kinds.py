"""Kinds of source: the list, and of one its data sheet and the form of its settings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any, Literal

from fastapi import APIRouter, HTTPException, status

from include.discovery.connectors import connector_for, kinds
from include.discovery.connectors.base import read_data_sheet
from include.discovery.model import SourceRole
from include.discovery.store.queries.sources import SourceInUse
from include.discovery.web.answers import Answer
from include.discovery.web.editing import NOT_FOUND
from include.discovery.web.parameters import KindName

router = APIRouter()


class KindRow(Answer):
    """A kind of source, for lists and choices."""

    kind: str
    summary: str
    """First line of its data sheet."""
    needs_connection: Literal["no", "required"]
    usual_role: SourceRole
    """The role of a source of this kind that says none."""
    sources: list[str]
    """Slugs of the configured sources of this kind."""


class DataSheetSection(Answer):
    """One section of a connector's data sheet."""

    title: str
    text: str


class KindDetail(Answer):
    """A kind of source in full: long enough to be asked for one by one."""

    kind: str
    summary: str
    needs_connection: Literal["no", "required"]
    data_sheet: list[DataSheetSection]
    """Provides, Endpoint, Auth, Rate limit, External id, Time zone, Known quirks."""
    settings_schema: dict[str, Any]
    """JSON schema of the settings (pydantic's): properties with title, description, default,
    minimum, maximum, enum, pattern, anyOf with null; ``required``; shared parts in ``$defs``."""


@router.get("/kinds/{kind}", responses=NOT_FOUND)
def kind_in_full(kind: KindName) -> KindDetail:
    """Return the data sheet of a kind, and the form of its settings."""
    if kind not in kinds():
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no kind {kind!r}.")
    return kind_detail(kind)


def kind_rows(configured: Sequence[SourceInUse]) -> list[KindRow]:
    """Return every kind there is, used or not."""
    users: dict[str, list[str]] = defaultdict(list)
    for found in configured:
        users[found.source.kind].append(found.source.slug)
    return [
        KindRow(
            kind=kind,
            summary=detail.summary,
            needs_connection=detail.needs_connection,
            usual_role=connector_for(kind).usual_role,
            sources=users[kind],
        )
        for kind in kinds()
        for detail in (kind_detail(kind),)
    ]


@cache
def kind_detail(kind: str) -> KindDetail:
    """Return a kind that is installed, in full."""
    connector = connector_for(kind)
    summary, sections = read_data_sheet(connector.data_sheet)
    return KindDetail(
        kind=kind,
        summary=summary,
        needs_connection=connector.needs_connection,
        data_sheet=[DataSheetSection(**section._asdict()) for section in sections],
        settings_schema=connector.settings_model.model_json_schema(),
    )
