"""`make release`: checks that a version can be released, and tags it.

The version stands in `include/discovery/__init__.py`, and what it brings in CHANGELOG.md.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Collection

from include.discovery import __version__
from localdev.files import Layout


def faults(
    version: str, changelog: str, *, tags: Collection[str], branch: str, changes: str
) -> list[str]:
    """Return what keeps a version from being released; nothing where it can be.

    :param changelog: the text of CHANGELOG.md.
    :param changes: what `git status --porcelain` prints.
    """
    found = []
    sections = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    if not sections or not re.fullmatch(rf"{re.escape(version)} – \d{{4}}-\d\d-\d\d", sections[0]):
        found.append(
            f"the first section of CHANGELOG.md is {sections[0] if sections else 'missing'}; it has"
            f" to be '{version} – YYYY-MM-DD': rename 'Unreleased', or set another __version__"
        )
    if f"v{version}" in tags:
        found.append(
            f"v{version} is tagged already: set __version__ in include/discovery/__init__.py"
        )
    if branch != "main":
        found.append(f"the branch is {branch}: releases are made from main")
    if changes:
        found.append(f"there are uncommitted changes:\n{changes.rstrip()}")
    return found


def main(command: str) -> int:
    """Check, and for `tag` tag; the exit code."""
    found = faults(
        __version__,
        (Layout.of_this_checkout().root / "CHANGELOG.md").read_text("utf-8"),
        tags=_git("tag", "--list").split(),
        branch=_git("branch", "--show-current").strip(),
        changes=_git("status", "--porcelain"),
    )
    for fault in found:
        print(f"error: {fault}", file=sys.stderr)
    if found:
        return 1
    if command == "tag":
        _git("tag", "--annotate", f"v{__version__}", "--message", f"Version {__version__}")
        print(f"Tagged v{__version__}. Publish it with: git push --follow-tags")
    return 0


def _git(*arguments: str) -> str:
    root = Layout.of_this_checkout().root
    done = subprocess.run(
        ["git", "-C", root, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
