"""The package fits into an environment that others have made, and changes nothing in it."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.support.resolution import Deployment, UnresolvableError, deployments

ROOT = Path(__file__).parents[1]
NOT_OURS_TO_CHOOSE = {"fastapi", "starlette", "sqlalchemy", "httpcore", "pydantic_core"}
"""What the page shares with Airflow's API server, and what httpx and pydantic pin themselves."""


def requirements(name: str) -> dict[str, str]:
    """Read a requirements file: name in lower case → what it says of versions."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / name).read_text().splitlines())
    found = (re.match(r"([\w.-]+)(?:\[[\w,]+\])?(.*)", line) for line in lines)
    return {match[1].lower(): match[2] for match in found if match}


@pytest.mark.slow
@pytest.mark.parametrize(
    "deployment", list(deployments()), ids=lambda d: f"Python {d.python}, {d.day or 'today'}"
)
def test_the_package_installs_with_fab_celery_and_kubernetes_without_changing_their_constraints(
    deployment: Deployment,
) -> None:
    try:
        without = deployment.without_us(offline=True)
        together = deployment.with_us(without, offline=True)
    except UnresolvableError as error:
        if "network was disabled" not in str(error) or os.environ.get("CI"):
            raise
        pytest.skip("uv has not yet seen the registry from here: run `make resolve` first")

    assert without["apache-airflow"].startswith("3.3.")
    assert {name: together[name] for name in without} == without
    # FAB cannot live with a later one.
    assert together["python-dateutil"].startswith("2.")


def test_requirements_of_a_deployment_are_ranges_that_leave_room() -> None:
    for name, versions in requirements("requirements.txt").items():
        assert "==" not in versions, name
        if name != "tzdata":  # the newest data of time zones is always right
            assert re.fullmatch(r">=[\d.]+,<[\d.]+", versions), name


def test_every_library_that_is_imported_is_named_with_its_range() -> None:
    """One that only happens to come with another may go with it."""
    distributions = packages_distributions()
    imported = {
        distribution.lower()
        for module in _imported_modules()
        if module not in {*sys.stdlib_module_names, "airflow", "include"}
        for distribution in distributions[module]
    }

    assert "babel" in imported
    assert imported - NOT_OURS_TO_CHOOSE - requirements("requirements.txt").keys() == set()


def _imported_modules() -> Iterator[str]:
    for room in ("include", "dags", "plugins"):
        for file in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    yield from (alias.name.partition(".")[0] for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    yield node.module.partition(".")[0]


def test_the_lock_is_for_this_checkout_alone() -> None:
    """It pins tools, and libraries in versions that other providers cannot live with."""
    assert "constraints.txt" in (ROOT / ".dockerignore").read_text().splitlines()
    for guide in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        assert not re.search(r"pip install.* -c constraints\.txt", guide.read_text("utf-8"))
