"""Settings for parsing a file: what only matters for fetching need not be given then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import JsonValue, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from include.discovery.configuration import check_settings
from include.discovery.connectors import connector_for
from include.discovery.connectors.base import ConnectorSettings
from include.discovery.errors import InvalidSettings
from include.discovery.text.cleaning import web_url

_NOWHERE = "https://offline.invalid/"


def offline_settings(
    kind: str, given: Mapping[str, JsonValue], url: str | None = None
) -> ConnectorSettings:
    """Return the given settings, with stand-ins for those that are required and not given.

    :param url: where the file came from; it stands in for addresses.
    :raises InvalidSettings: if what is given is wrong, or a stand-in cannot be made up.
    """
    if url is not None and not web_url(url):
        raise InvalidSettings(f"--url must be an absolute http or https URL, not {url}")
    fields = connector_for(kind).settings_model.model_fields
    stand_ins = {
        name: value
        for name, field in fields.items()
        if field.is_required() and name not in given
        for value in _stand_in(field, url or _NOWHERE)
    }
    return check_settings(kind, {**stand_ins, **given})


def _stand_in(field: FieldInfo, url: str) -> Iterator[JsonValue]:
    """Yield the first of some values that the field takes; none when it takes none of them."""
    # A permission, too: what lies here as a file is not fetched from anybody.
    annotation: Any = field.annotation
    if field.metadata:
        annotation = Annotated[annotation, *field.metadata]
    adapter: TypeAdapter[Any] = TypeAdapter(annotation)
    candidates: tuple[JsonValue, ...] = (url, "offline", True, 1, [url], ["offline"], {})
    for value in candidates:
        try:
            adapter.validate_python(value)
        except ValidationError:
            continue
        yield value
        return
