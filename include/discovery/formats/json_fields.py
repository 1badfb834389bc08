"""Members of JSON objects, read strictly: an absent one is ``None``, one of another type an error.

Feeds often lack a member or hold ``null``, which needs no warning. A member of an unexpected type
does: its meaning is lost, and a warning should say so. Hence :class:`WrongType`, which
:func:`attempt` turns into that warning where the member is not essential.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, TypeVarTuple

from pydantic import ValidationError

from include.discovery.record_warnings import SourceWarning
from include.discovery.text.cleaning import one_line

ValueT = TypeVar("ValueT")
GivenTs = TypeVarTuple("GivenTs")


class WrongType(ValueError):
    """A member has a JSON type that the format does not allow."""


def member(parent: Mapping[str, Any], *names: str) -> Any:  # noqa: ANN401  any JSON value
    """Return the value at the end of a path of names.

    :raises WrongType: if the path leads through something that is not an object.
    """
    value: Any = parent
    for depth, name in enumerate(names):
        if value is None:
            return None
        if not isinstance(value, dict):
            raise WrongType(f"{'.'.join(names[:depth])} is no object")
        value = value.get(name)
    return value


def text(parent: Mapping[str, Any], *names: str) -> str | None:
    """Return a member as clean text of one line; numbers count as text.

    :raises WrongType: if it is neither.
    """
    value = member(parent, *names)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if value is not None and not isinstance(value, str):
        raise WrongType(f"{'.'.join(names)} is not text")
    return one_line(value)


def obj(parent: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return a member that is an object; empty when absent.

    :raises WrongType: if it is something else.
    """
    value = member(parent, *names)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise WrongType(f"{'.'.join(names)} is no object")
    return value


def objects(parent: Mapping[str, Any], *names: str) -> list[dict[str, Any]]:
    """Return the objects of a list; empty when absent, entries that are not objects are skipped.

    :raises WrongType: if it is not a list.
    """
    value = member(parent, *names)
    if value is None:
        return []
    if not isinstance(value, list):
        raise WrongType(f"{'.'.join(names)} is no list")
    return [entry for entry in value if isinstance(entry, dict)]


def attempt(
    name: str,
    read: Callable[[*GivenTs], ValueT],
    warnings: list[str],
    *given: *GivenTs,
) -> ValueT | None:
    """Read a field that an event can do without; what cannot be read is dropped with a warning."""
    try:
        return read(*given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        reason = first["msg"].removeprefix("Value error, ")
        warnings.append(SourceWarning.FIELD_DROPPED.said(field=name, reason=reason))
    except ValueError as error:
        warnings.append(SourceWarning.FIELD_DROPPED.said(field=name, reason=error))
    return None
