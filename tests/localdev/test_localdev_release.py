"""What has to be true before a version is tagged."""

from __future__ import annotations

import pytest

from localdev.release import faults

CHANGELOG = "# Changelog\n\n## 1.2.0 – 2027-03-01\n\n- News.\n\n## 1.1.0 – 2027-01-01\n"


def test_a_described_version_on_a_clean_main_can_be_released() -> None:
    assert faults("1.2.0", CHANGELOG, tags=["v1.1.0"], branch="main", changes="") == []


@pytest.mark.parametrize(
    ("version", "changelog", "tags", "branch", "changes", "reason"),
    [
        ("1.3.0", CHANGELOG, [], "main", "", "it has to be '1.3.0 – YYYY-MM-DD'"),
        ("1.2.0", "## Unreleased\n" + CHANGELOG, [], "main", "", "is Unreleased"),
        ("1.2.0", "# Changelog\n", [], "main", "", "is missing"),
        ("1.2.0", CHANGELOG, ["v1.2.0"], "main", "", "is tagged already"),
        ("1.2.0", CHANGELOG, [], "topic", "", "the branch is topic"),
        ("1.2.0", CHANGELOG, [], "main", " M README.md\n", "uncommitted changes"),
    ],
)
def test_a_version_that_cannot_be_released_is_refused_with_the_reason(
    version: str, changelog: str, tags: list[str], branch: str, changes: str, reason: str
) -> None:
    (fault,) = faults(version, changelog, tags=tags, branch=branch, changes=changes)

    assert reason in fault
