"""Sources and kinds of source as the page shows them: data sheets, and forms of settings."""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

from include.discovery.connectors import connector_for, kinds
from include.discovery.model import Source
from include.discovery.store.catalogue import SourceInUse
from include.discovery.web import models
from include.discovery.web.keys import KeyNeed
from include.discovery.web.metadata import ConnectionState
from include.discovery.web.words import web_address

SECTIONS = (
    "Provides", "Endpoint", "Auth", "Rate limit", "External id", "Time zone", "Known quirks",
)  # fmt: skip

# A heading on a line of its own, or with its text behind it.
_HEADING = re.compile(rf"^({'|'.join(SECTIONS)}):?(?:$|(?<=:)\s+)", re.MULTILINE)


def key_need(source: Source) -> KeyNeed:
    """Say which key a source sends, as far as its own settings tell."""
    return KeyNeed.of(source.connection_id, source.kind, source.settings)


def source_row(found: SourceInUse, connections: Mapping[str, ConnectionState]) -> models.SourceRow:
    """Return a source as the page lists it."""
    source = found.source
    return models.SourceRow(
        **source.model_dump(exclude={"homepage", "connection"}),
        connection_id=source.connection,
        homepage=web_address(source.homepage),
        version=found.version,
        pairs=found.pairs,
        active_pairs=found.active_pairs,
        connection=key_need(source).answer(connections),
        kind_known=source.kind in kinds(),
    )


def connector_rows(configured: Sequence[SourceInUse]) -> list[models.ConnectorRow]:
    """Return every kind there is, used or not."""
    users: dict[str, list[str]] = defaultdict(list)
    for found in configured:
        users[found.source.kind].append(found.source.slug)
    return [_connector(kind).model_copy(update={"sources": users[kind]}) for kind in kinds()]


@cache
def _connector(kind: str) -> models.ConnectorRow:
    connector = connector_for(kind)
    summary, sections = read_data_sheet(connector.data_sheet)
    return models.ConnectorRow(
        kind=kind,
        summary=summary,
        data_sheet=sections,
        needs_connection=connector.needs_connection,
        settings_schema=connector.settings_model.model_json_schema(),
        sources=[],
    )


def read_data_sheet(docstring: str) -> tuple[str, list[models.DataSheetSection]]:
    """Split a connector's docstring into its first line and its sections."""
    text = inspect.cleandoc(docstring)
    parts = _HEADING.split(text)
    summary = parts[0].strip().partition("\n\n")[0]
    sections = [
        models.DataSheetSection(title=title, text=inspect.cleandoc(f"\n{body}").strip())
        for title, body in zip(parts[1::2], parts[2::2], strict=True)
    ]
    return " ".join(summary.split()), sections
