"""The cities and sources that the DAG's trigger form offers, kept in a small file.

The form is made when the DAG file is parsed, which must not ask a database. So whoever changes the
configuration, the command line or the page, also writes a file that the DAG file reads, if the
setting ``choices_file`` names one. Without it, or without what it should hold, the form takes any
slug; the plan checks them either way.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LARGEST = 1_000_000
"""Bytes of such a file; one that is larger is not read."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen: slug → name, as the form shows it."""

    cities: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


def read_choices(file: str | None) -> Choices:
    """Return what a file offers; nothing where there is none that can be read."""
    if not file:
        return Choices()
    try:
        with Path(file).open("rb") as opened:
            document = json.loads(opened.read(LARGEST))
        return Choices(_names(document["cities"]), _names(document["sources"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Choices()


def write_choices(file: str, choices: Choices) -> None:
    """Write such a file, whole or not at all: it is read at any time.

    :raises OSError: if it cannot be written.
    """
    path = Path(file)
    document = {"cities": dict(choices.cities), "sources": dict(choices.sources)}
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            json.dump(document, opened, ensure_ascii=False)
        # Others than its writer read it; it holds no secret.
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _names(found: Any) -> dict[str, str]:  # noqa: ANN401  any JSON value
    return {str(slug): str(name) for slug, name in found.items()}
