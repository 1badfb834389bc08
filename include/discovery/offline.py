"""Settings for parsing a file, by the name of the kind."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from include.discovery.connectors import connector_for
from include.discovery.connectors.base import ConnectorSettings


def offline_settings(
    kind: str, given: Mapping[str, JsonValue], url: str | None = None
) -> ConnectorSettings:
    """Return settings to parse a file with: see :meth:`Connector.parse_settings`."""
    settings: ConnectorSettings = connector_for(kind).parse_settings(given, url)
    return settings
