"""Which worker runs which tests: what takes long to start is started by one worker only.

A worker of pytest-xdist has its own session, and so its own stack of ``make run``, its own metadata
database, and so on. ``make test`` (``--dist loadfile``) therefore hands out tests file by file, but
all files that share such a thing at once, and these first, since they take longest; then the files
with the most slow tests.
"""

from __future__ import annotations

import os
from collections import Counter
from functools import cache
from pathlib import Path, PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

TOGETHER = {
    "stack": ("tests/browser", "tests/e2e"),
    "page": (
        "tests/web",
        "tests/security/page",
        "tests/security/test_database_roles.py",
        "tests/security/test_probe_bounds.py",
        "tests/store/test_backup.py",
        "tests/store/test_upgrade.py",
    ),
}
"""What one worker runs, longest first."""

_STARTED_ONCE = {
    "stack": "stack",
    "postgres_metadata_url": "page",
    "sqlite_metadata_url": "page",
    "role_urls": "page",
}
"""What takes long to start, and the tests that may use it."""


@cache
def _unit_of(file: str) -> str:
    for name, paths in TOGETHER.items():
        if any(PurePosixPath(file).is_relative_to(path) for path in paths):
            return name
    return file


def unit(nodeid: str) -> str:
    """Return the name of what a test is handed out with: the name of a group, or its own file."""
    return _unit_of(nodeid.partition("::")[0])


class FilesThatShare(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FilesThatShare | None:
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False  # else by number of tests, and the stack has few
    return FilesThatShare(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Start one worker more than there are processors: the one of the stack often waits for it."""
    if config.getvalue("dist") != "loadfile":
        return None
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else None


@pytest.hookimpl(trylast=True)  # after the order was made random
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: place for place, name in enumerate(TOGETHER)}
    slow = Counter(unit(item.nodeid) for item in items if item.get_closest_marker("slow"))

    folders: dict[Path, int] = {}

    def longest_first(item: pytest.Item) -> tuple[int, int, int]:
        name = unit(item.nodeid)
        if name not in place:
            return len(place), -slow[name], 0
        # Folder by folder, so that a browser is started once.
        return place[name], 0, folders.setdefault(item.path.parent, len(folders))

    items.sort(key=longest_first)
    for item in items:
        here = unit(item.nodeid)
        for fixture in _STARTED_ONCE.keys() & set(getattr(item, "fixturenames", ())):
            if _STARTED_ONCE[fixture] != here:
                raise pytest.UsageError(
                    f"{item.nodeid} uses {fixture}, which one worker starts for the tests in "
                    f"{', '.join(TOGETHER[_STARTED_ONCE[fixture]])}: move it there"
                )
