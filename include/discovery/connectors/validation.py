"""What is wrong with the settings of a source, in words for whoever has typed them.

Settings are validated by the model of the connector; here are its faults as sentences, and the
stand-ins for settings that only matter for fetching and so need not be given to parse a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from include.discovery.redaction.typed_secrets import value_without_secrets
from include.discovery.storable import Location

_NOWHERE = "https://offline.invalid/"


@dataclass(frozen=True, slots=True)
class SettingsFault:
    """What is wrong with one setting: the path within the settings, and a sentence."""

    path: Location
    message: str
    is_missing: bool = False
    """The setting is required but missing."""


def faults_of(kind: str, model: type[BaseModel], error: ValidationError) -> list[SettingsFault]:
    """Return all faults that the model of a kind has found.

    What is missing comes last: where a name is misspelled, the right one is missing, too.
    """
    faults = [
        SettingsFault(
            tuple(fault["loc"]),
            message_with_input(_message(kind, model, fault), fault),
            is_missing=fault["type"] == "missing",
        )
        for fault in error.errors(include_url=False)
    ]
    return sorted(faults, key=lambda fault: fault.is_missing)


def unknown_setting(kind: str, model: type[BaseModel]) -> str:
    """Return the error for an unknown setting, with the settings of the kind."""
    return f"unknown setting; {kind} has: {', '.join(sorted(model.model_fields))}"


def message_with_input(message: str, fault: Mapping[str, Any]) -> str:
    """Return what pydantic says of a fault, with the value that it found, secrets masked."""
    text = message.removeprefix("Value error, ")
    if text.startswith("String should match pattern"):  # which is for programs
        text = "is not written as it must be"
    value = fault.get("input")
    if fault["type"] in {"missing", "extra_forbidden"} or isinstance(value, dict | list):
        return text
    loc = fault["loc"]
    if loc[-2:] == (value, "[key]"):  # the name itself is wrong, and stands under no other
        loc = ()
    name = next((str(part) for part in reversed(loc) if isinstance(part, str)), "")
    return f"{text} (found {value_without_secrets(name, value)!r})"


def stand_ins(
    model: type[BaseModel], given: Mapping[str, JsonValue], url: str | None
) -> dict[str, JsonValue]:
    """Return stand-in values for required settings that are missing, where possible.

    :param url: where the file to be parsed came from; it stands in for addresses.
    """
    return {
        name: value
        for name, field in model.model_fields.items()
        if field.is_required() and name not in given
        for value in _stand_in(field, url or _NOWHERE)
    }


def _message(kind: str, model: type[BaseModel], fault: Mapping[str, Any]) -> str:
    if fault["type"] != "extra_forbidden":
        return str(fault["msg"])
    # What is allowed is known of the settings themselves, not of the objects in them.
    return unknown_setting(kind, model) if len(fault["loc"]) == 1 else "unknown setting"


def _stand_in(field: FieldInfo, url: str) -> Iterator[JsonValue]:
    """Yield the first of some values that the field takes; none when it takes none of them."""
    # A permission, too: a file that is here already is not fetched from anybody.
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
