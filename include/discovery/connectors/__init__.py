"""The registry: finds the connectors of this package by itself.

A kind of source is a folder here with a ``connector.py`` and the modules that only this kind needs.
The modules next to the folders are shared by several kinds.

A *preset* is a kind, too: ``json_feed`` with its settings filled in for one API, a YAML file in the
folder ``presets``.
"""

from __future__ import annotations

import inspect
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from include.discovery.connectors.base import Connector
from include.discovery.errors import InvalidSettings


@cache
def kinds() -> tuple[str, ...]:
    """List the kinds of source there are, without importing their modules."""
    connectors = (file for folder in __path__ for file in Path(folder).glob("*/connector.py"))
    return tuple(sorted({file.parent.name for file in connectors} | _preset_files().keys()))


@cache
def _preset_files() -> dict[str, Path]:
    folders = (Path(folder, "presets") for folder in __path__)
    return {file.stem: file for folder in folders for file in folder.glob("*.yaml")}


@cache
def connector_for(kind: str) -> Connector[Any]:
    """Return the connector of a kind; only its own modules are imported.

    :raises InvalidSettings: if there is none of that kind.
    """
    if kind not in kinds():
        raise InvalidSettings(f"unknown kind {kind!r}; there are: {', '.join(kinds())}")
    if kind in _preset_files():
        presets = import_module(f"{__name__}.preset")
        preset: Connector[Any] = presets.connector_of(_preset_files()[kind])
        return preset
    module = import_module(f"{__name__}.{kind}.connector")
    for _, member in inspect.getmembers(module, inspect.isclass):
        if issubclass(member, Connector) and member.__dict__.get("kind") == kind:
            return member()
    raise TypeError(f"{module.__name__} defines no Connector with kind = {kind!r}")
