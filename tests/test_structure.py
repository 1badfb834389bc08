"""The plan of the house: which room may import from which, and who knows Airflow."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "include" / "discovery"
PACKAGE = "include.discovery"

ROOMS = (
    "slugs", "choices", "links", "storable", "response", "field_types", "expectations", "model",
    "event_edits", "errors", "sites", "text", "record_warnings", "timetable", "failures",
    "fingerprints", "shares", "parsed", "redaction", "places", "dates", "formats", "fetch",
    "settings", "yaml_document", "connectors",
    "configuration", "due", "vanished", "health", "identity", "store", "credentials", "sync",
    "plan", "report", "monitoring", "probe", "orchestration", "web", "scaffold", "cli", "__main__",
)  # fmt: skip
"""From the bottom up: modules and folders of the library. None imports from a later one."""

LONGEST = 400
"""Lines of a module that does not say why it is longer."""

AIRFLOW_ROOMS = ("orchestration", "web")
"""The rooms that may import Airflow."""


@cache
def modules() -> dict[str, Path]:
    """Name → file of every module of the library."""
    return {_name_of(path): path for path in LIBRARY.rglob("*.py")}


def _name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_in(path: Path) -> Iterator[str]:
    """Name what a file imports, also within functions and for type checkers alone."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                yield name if name in modules() else node.module or ""


def room_of(module: str) -> str:
    return module.removeprefix(f"{PACKAGE}.").partition(".")[0]


def test_every_room_has_its_place_in_the_order() -> None:
    rooms = {room_of(module) for module in modules() if module != PACKAGE}

    assert rooms == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_imports_from_a_room_above_it(room: str) -> None:
    upward = [
        f"{module} imports {imported}"
        for module, path in modules().items()
        if module != PACKAGE and room_of(module) == room
        for imported in imports_in(path)
        if imported.startswith(f"{PACKAGE}.") and ROOMS.index(room_of(imported)) > ROOMS.index(room)
    ]

    assert upward == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {name: set(imports_in(path)) - {name} for name, path in modules().items()}

    TopologicalSorter(graph).prepare()


def test_only_the_airflow_rooms_import_airflow() -> None:
    guests = [
        module
        for module, path in modules().items()
        if room_of(module) not in AIRFLOW_ROOMS
        and any(name.split(".")[0] == "airflow" for name in imports_in(path))
    ]

    assert guests == []


def test_a_long_module_says_why_it_is_long() -> None:
    folders = ("include", "localdev", "plugins", "dags", "bench")
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    long = [file for file in files if file.read_text("utf-8").count("\n") > LONGEST]

    unexplained = [
        str(file.relative_to(ROOT))
        for file in long
        if "Long because" not in (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "")
    ]

    assert unexplained == []
