"""The registry: finds the connectors of this package by itself. A new kind is a new module here.

A *preset* is a kind, too: ``json_feed`` with its settings filled in for one API, a YAML file in the
folder ``presets``.
"""

from __future__ import annotations

import inspect
import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from include.discovery.connectors.base import Connector
from include.discovery.errors import InvalidSettings


@cache
def kinds() -> tuple[str, ...]:
    """List the kinds of source there are, without importing their modules."""
    names = {module.name for module in pkgutil.iter_modules(__path__)} | _preset_files().keys()
    return tuple(sorted(name for name in names if name != "base" and not name.startswith("_")))


@cache
def _preset_files() -> dict[str, Path]:
    folders = (Path(folder, "presets") for folder in __path__)
    return {file.stem: file for folder in folders for file in folder.glob("*.yaml")}


@cache
def connector_for(kind: str) -> Connector[Any]:
    """Return the connector of a kind; only its own module is imported.

    :raises InvalidSettings: if there is none of that kind.
    """
    if kind not in kinds():
        raise InvalidSettings(f"unknown kind {kind!r}; there are: {', '.join(kinds())}")
    if kind in _preset_files():
        presets = import_module(f"{__name__}._presets")
        preset: Connector[Any] = presets.connector_of(_preset_files()[kind])
        return preset
    module = import_module(f"{__name__}.{kind}")
    for _, member in inspect.getmembers(module, inspect.isclass):
        if issubclass(member, Connector) and member.__dict__.get("kind") == kind:
            return member()
    raise TypeError(f"{module.__name__} defines no Connector with kind = {kind!r}")
