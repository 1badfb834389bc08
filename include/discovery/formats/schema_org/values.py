"""Values of schema.org properties, which may be a text, a number, an object, or a list of these."""

from __future__ import annotations

import re
from typing import Any, Final

from include.discovery.text.cleaning import one_line, web_url

_MOST_VALUES: Final = 200
_LONGEST_LINE: Final = 4_096
"""Several times what is kept of a name or title, for the markup and spaces in it."""
_NAME_IN_URL: Final = re.compile(r"[/#:]")
_TRACKING: Final = re.compile(
    r"(?<![^&])(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|came_from|_ga|_gl|igshid)=[^&#]*&?",
    re.IGNORECASE,
)


def values(given: object) -> list[Any]:
    """Return the values of a property as a list; nested lists are flattened, nothing is left out.

    ``@list`` and ``@set`` are lists; ``@value`` is the value.
    """
    if given is None or given == "":
        return []
    if isinstance(given, str):
        return [given]
    found: list[Any] = []
    waiting = [given]
    while waiting and len(found) < _MOST_VALUES:
        value = waiting.pop()
        if isinstance(value, dict):
            inner = next((value[key] for key in ("@list", "@set", "@value") if key in value), None)
            if inner is None:
                found.append(value)
            else:
                waiting.append(inner)
        elif isinstance(value, list):
            waiting.extend(reversed(value[:_MOST_VALUES]))
        elif value not in (None, ""):
            found.append(value)
    return found


def raw_text(given: object) -> str | None:
    """Return the first text of a property as it is, of an object its name; numbers count as text.

    HTML is left as it is, for those who keep paragraphs.
    """
    for value in values(given):
        if isinstance(value, dict):
            inner = next(
                (value[k] for k in ("name", "alternateName", "text") if value.get(k)), None
            )
            value = None if isinstance(inner, dict) else raw_text(inner)  # noqa: PLW2901
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = str(value)  # noqa: PLW2901
        if isinstance(value, str) and value.strip():
            return value
    return None


def text(given: object) -> str | None:
    """Return the first text of a property on one line; see :func:`raw_text`.

    What lies beyond :data:`_LONGEST_LINE` is cut off before it is cleaned: a thousand events may
    refer to one place.
    """
    return one_line((raw_text(given) or "")[:_LONGEST_LINE])


def texts(given: object) -> tuple[str, ...]:
    """Return the texts of all values of a property, each once."""
    found = (text(value) for value in values(given))
    return tuple(dict.fromkeys(one for one in found if one))


def name_in(given: object) -> str:
    """Return the last part of a term: ``EventCancelled`` of ``http://schema.org/EventCancelled``.

    Of an object that is a reference, its ``@id`` counts.
    """
    found = next(iter(values(given)), "")
    if isinstance(found, dict):
        found = found.get("@id") or found.get("name") or ""
    return _NAME_IN_URL.split(found.strip().rstrip("/"))[-1] if isinstance(found, str) else ""


def link(given: object, base: str | None) -> str | None:
    """Return the first web address of a property, absolute and without tracking parameters.

    :param base: what relative addresses are resolved against.
    """
    for value in values(given):
        found = value
        if isinstance(value, dict):
            keys = ("url", "@id", "contentUrl")
            found = next((value[key] for key in keys if isinstance(value.get(key), str)), None)
        if isinstance(found, str) and (url := web_url(found, base)):
            return canonical(url)
    return None


def canonical(url: str) -> str:
    """Strip tracking parameters, and the fragment unless it routes to a page (``#!/event/5``)."""
    address, _, fragment = url.partition("#")
    path, question, query = address.partition("?")
    query = _TRACKING.sub("", query).rstrip("&") if question else ""
    routed = f"#{fragment}" if fragment.startswith(("!", "/")) else ""
    return f"{path}{'?' if query else ''}{query}{routed}"
