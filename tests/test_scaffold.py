"""The scaffold: what it writes works at once, except the one test that the author has to finish."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from include.demo.reply import Reply
from include.discovery.errors import InvalidSettings
from include.discovery.scaffold import Form, Scaffold
from tests.sites.schema_org import Site as Theatre
from tests.sites.site import NOT_FOUND, Question, served

ROOT = Path(__file__).parents[1]
TODAY = datetime.now(UTC).date()
LIST = "https://www.kram-kultury.example/wydarzenia/lista"

OF_EVERY_KIND = (
    "tests/connectors/test_registry.py",
    "tests/connectors/test_rejects_of_each_kind.py",
    "tests/probe/test_probe_every_kind.py",
    "tests/security/test_faults_of_every_kind.py",
    "tests/fuzz/test_fuzz.py",
    "tests/connectors/test_validation.py",
    "tests/redaction/test_typed_secrets.py",
    "tests/test_readme.py",
)
"""Tests that find new kinds by themselves, but for those that need a database or take long."""


@dataclass(frozen=True)
class New:
    """A kind that the guide begins, and what its author changes then, file by file."""

    command: Sequence[str]
    changes: Mapping[str, Sequence[tuple[str, str]]]

    @property
    def name(self) -> str:
        return self.command[1]


def examples(guide: str) -> Iterator[New]:
    """Yield each kind that a section of the guide begins, with what it changes then."""
    for section in guide.split("\n## "):
        command = re.search(r"^    python -m include\.discovery (new-.*)$", section, re.MULTILINE)
        if command:
            edits = re.findall(r"`([\w/]+\.\w+)`:\n\n```diff\n(.*?)```", section, re.DOTALL)
            changes = {file: [*map(sides_of, diff.split("@@\n"))] for file, diff in edits}
            yield New(command[1].split(), changes)


def sides_of(hunk: str) -> tuple[str, str]:
    """Return the text that a hunk of a diff replaces, and the text that it writes."""
    lines = [line or " " for line in hunk.splitlines()]
    old, new = (
        "".join(f"{line[1:]}\n" for line in lines if line[0] != left_out) for left_out in "+-"
    )
    return old, new


GUIDE = (ROOT / "docs" / "adding-a-source.md").read_text("utf-8")
NEW = tuple(examples(GUIDE))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Copy what the scaffold writes to, and what its tests need; compiled files, too."""
    for folder in ("include", "tests", "localdev", "docs"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for file in ("README.md", "Makefile", "pyproject.toml"):
        shutil.copy2(ROOT / file, tmp_path)
    return tmp_path


def run(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=checkout,
        env={**os.environ, "DISCOVERY_PRIVATE_HOSTS": "127.0.0.1", "COLUMNS": "500"},
        capture_output=True,
        text=True,
        check=False,
    )


def failures(checkout: Path, *selection: str) -> dict[str, str]:
    """Run some tests of a checkout; return the reason of each that fails, by its name."""
    options = ("-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--hypothesis-profile=check")
    done = run(checkout, "pytest", *options, *selection)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    return dict(re.findall(r"^FAILED (\S+)(?: - (.*))?$", done.stdout, re.MULTILINE))


def change(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


@pytest.mark.slow
def test_new_kinds_fail_only_their_own_tests_until_the_guide_is_followed(checkout: Path) -> None:
    printed = [run(checkout, "include.discovery", *new.command).stdout for new in NEW]
    python = re.findall(r"^  (\S+\.py)$", "".join(printed), re.MULTILINE)
    own_tests = [next(file for file in new.changes if "/test_" in file) for new in NEW]
    names = " or ".join(new.name for new in NEW)
    selection = (*own_tests, *OF_EVERY_KIND, "-k", f"{names} or stale")

    red = failures(checkout, *selection)
    assert sorted(test.partition("::")[0] for test in red) == sorted(
        [*own_tests, "tests/test_readme.py"]
    )
    for test, reason in red.items():
        said = "Next: write " if test.startswith(tuple(own_tests)) else "a table of README.md"
        assert reason.startswith(f"AssertionError: {said}")
    assert style_faults(checkout, python) == ""

    for new in NEW:
        for file, changes in new.changes.items():
            change(checkout / file, *changes)
    run(checkout, "localdev.tables")

    assert failures(checkout, *selection) == {}
    assert style_faults(checkout, python) == ""


def style_faults(checkout: Path, files: Sequence[str]) -> str:
    done = [run(checkout, "ruff", *way, *files) for way in (["check"], ["format", "--check"])]
    return "".join(each.stdout + each.stderr for each in done if each.returncode)


def test_the_guide_shows_each_form_of_a_new_kind() -> None:
    commands = [new.command for new in NEW]

    assert [(command[0], *command[3:]) for command in commands] == [
        ("new-preset",),
        ("new-kind",),
        ("new-kind", "--bespoke"),
    ]


def test_the_paths_that_the_guide_links_to_exist() -> None:
    for path in re.findall(r"\]\(([^)#:]+)", GUIDE):
        assert (ROOT / "docs" / path).exists(), path


class TestRecording:
    """The answer of the address is kept where git does not see it, and only when asked for."""

    @pytest.mark.slow
    def test_the_recorded_answer_is_kept_and_named_first(self, checkout: Path) -> None:
        with served(Theatre, TODAY) as site:
            done = run(
                checkout, "include.discovery", "new-kind", "theatre", site.address, "--record"
            )
            paths = [question.path for question in site.asked]

        assert done.stdout.splitlines()[1] == "  tests/sites/recorded/theatre.html"
        assert "The tempest" in (checkout / "tests/sites/recorded/theatre.html").read_text()
        assert paths == ["/robots.txt", "/repertoire"]
        assert "tests/sites/recorded/" in (ROOT / ".gitignore").read_text().splitlines()

    @pytest.mark.slow
    def test_a_page_that_robots_txt_forbids_is_not_recorded_and_nothing_is_written(
        self, checkout: Path
    ) -> None:
        with served(Closed, TODAY) as site:
            done = run(
                checkout, "include.discovery", "new-kind", "closed", site.address, "--record"
            )

        assert done.returncode == 1
        assert "robots.txt forbids reading this page" in done.stderr
        assert not (checkout / "tests/sites/closed.py").exists()

    @pytest.mark.slow
    def test_a_scaffold_fetches_nothing_unless_recording_is_asked_for(self, checkout: Path) -> None:
        with served(Theatre, TODAY) as site:
            done = run(checkout, "include.discovery", "new-kind", "theatre", site.address)

        assert done.returncode == 0
        assert site.asked == []


class Closed(Theatre):
    """A theatre that wants no robots."""

    def answer(self, question: Question) -> Reply:
        if question.path == "/robots.txt":
            return Reply.of_text("User-agent: *\nDisallow: /\n")
        return NOT_FOUND


class TestRefusals:
    """What cannot be a kind is refused before anything is written."""

    @pytest.mark.parametrize(
        "name", ["", "Kram", "9lives", "a-b", "a/b", "..", "_a", "class", "é", "a\n"]
    )
    def test_an_invalid_name_is_refused(self, name: str) -> None:
        with pytest.raises(InvalidSettings, match="cannot be the name of a kind"):
            Scaffold.of("crawled", name, LIST)

    @pytest.mark.parametrize(
        "name", ["icalendar", "gancio", "crawl", "presets", "every", "site", "prices", "sitemap"]
    )
    @pytest.mark.parametrize("form", ["crawled", "preset", "bespoke"])
    def test_a_name_that_is_taken_is_refused(self, name: str, form: Form) -> None:
        with pytest.raises(InvalidSettings, match=f"the name {name} is taken"):
            Scaffold.of(form, name, LIST)

    @pytest.mark.parametrize(
        "url", ["", "example.org", "ftp://example.org/", "https://", "https://a.example/{x}",
                'https://a.example/"""', "https://a.example/a b", "https://a.example/\n"],
    )  # fmt: skip
    def test_an_invalid_address_is_refused(self, url: str) -> None:
        with pytest.raises(InvalidSettings, match="is not an address"):
            Scaffold.of("crawled", "village_board", url)

    def test_a_key_in_the_address_is_refused(self) -> None:
        with pytest.raises(InvalidSettings, match="holds a key") as caught:
            Scaffold.of("preset", "village_board", "https://a.example/events?apikey=s3cr3t")

        assert "s3cr3t" not in str(caught.value)

    def test_a_scaffold_writes_nothing_where_there_are_no_tests(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidSettings, match="not a checkout"):
            Scaffold.of("crawled", "village_board", LIST, tmp_path)

    @pytest.mark.parametrize("form", ["crawled", "preset", "bespoke"])
    def test_an_existing_file_is_never_overwritten(self, tmp_path: Path, form: Form) -> None:
        (tmp_path / "tests" / "sites").mkdir(parents=True)
        (tmp_path / "tests" / "sites" / "village_board.py").write_text("mine")

        with pytest.raises(InvalidSettings, match=r"there is tests/sites/village_board\.py"):
            Scaffold.of(form, "village_board", LIST, tmp_path)

        assert [file.name for file in tmp_path.rglob("*.*")] == ["village_board.py"]
