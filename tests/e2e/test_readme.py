"""What the README shows of a run is what a run shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.stack import Stack

pytestmark = pytest.mark.airflow

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
SHOWN_DEMO = "http://127.0.0.1:8765"


def blocks(text: str) -> list[list[str]]:
    """Return the indented blocks of the README, each as its lines."""
    found = re.findall(r"(?:^    .*\n)+", text, re.MULTILINE)
    return [[line[4:] for line in block.splitlines()] for block in found]


def block(beginning: str) -> list[str]:
    (found,) = (lines for lines in blocks(README) if lines[0].startswith(beginning))
    return found


def demo_url(stack: Stack) -> str:
    return stack.environment["DISCOVERY_DEMO_URL"]


def in_the_shell(stack: Stack, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command as the README tells: in another terminal, after sourcing .local/activate."""
    return subprocess.run(
        ["sh", "-c", f". .local/activate; {command}"],
        cwd=stack.folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(stack.folder)},
    )


class TestTheSummary:
    """The table at the end of ``make run``."""

    def rows(self, lines: list[str]) -> dict[str, tuple[str, str]]:
        """Return each pair's state and its error, up to where the README cuts it off."""
        found = {}
        for line in lines:
            match = re.match(r"(\w+ · [\w-]+|total) +((?:[^\s]| (?! ))+)", line)
            if match:
                error = re.search(r" s  (.*)$", line)
                found[match[1]] = (match[2], error[1] if error else "")
        return found

    @pytest.fixture
    def printed(self, stack: Stack) -> list[str]:
        lines = stack.output.splitlines()
        first = next(n for n, line in enumerate(lines) if line.startswith("pair  "))
        return lines[first:]

    def test_the_summary_has_the_columns_that_the_readme_shows(self, printed: list[str]) -> None:
        shown = block("pair  ")

        assert re.split(r"\s{2,}", shown[0]) == re.split(r"\s{2,}", printed[0])
        assert shown[1] in printed

    def test_the_summary_has_the_state_and_error_of_each_pair_that_the_readme_shows(
        self, printed: list[str]
    ) -> None:
        shown, real = self.rows(block("pair  ")), self.rows(printed)

        assert {"total", "paris · demo-flaky", "krakow · demo-clubs"} < shown.keys()
        for pair, (state, error) in shown.items():
            assert real[pair][0] == state, pair
            assert (
                real[pair][1]
                .replace(demo_url_of(printed), SHOWN_DEMO)
                .startswith(error.removesuffix(" …").removesuffix("…"))
            ), pair

    def test_pairs_come_in_the_order_that_the_readme_shows(self, printed: list[str]) -> None:
        order = list(self.rows(printed))
        places = [order.index(pair) for pair in self.rows(block("pair  "))]

        assert places == sorted(places)


def demo_url_of(printed: list[str]) -> str:
    match = re.search(r"http://127\.0\.0\.1:\d+", "\n".join(printed))
    return match[0] if match else SHOWN_DEMO


def test_the_shell_has_the_python_of_this_run(stack: Stack) -> None:
    done = in_the_shell(stack, "command -v python")

    assert Path(done.stdout.strip()).parent == Path(sys.prefix) / "bin"


def test_a_probe_prints_what_the_readme_shows(stack: Stack) -> None:
    """Numbers, dates and the sample of events change from day to day; the rest does not."""
    lines = block("$ python -m include.discovery probe")
    command = lines[0].removeprefix("$ ").replace(SHOWN_DEMO, demo_url(stack))

    done = in_the_shell(stack, command)

    def shape(text: list[str]) -> list[str]:
        said = [line.replace(demo_url(stack), SHOWN_DEMO) for line in text]
        return [re.sub(r"\d+(?=%| of | events)", "N", line) for line in said]

    assert done.returncode == 0, done.stderr
    shown, printed = shape(lines[1:]), shape(done.stdout.splitlines())
    sample = re.compile(r"\s+\d{4}-\d\d-\d\d \d\d:\d\d \| .+ \| .+")
    told = [line for line in shown if not sample.fullmatch(line) and line.strip() != "…"]
    assert len(told) >= 5
    assert [line for line in told if line not in printed] == []
    assert any(sample.fullmatch(line) for line in shown)
    assert any(sample.fullmatch(line) for line in printed)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("python -m include.discovery apply include/config/discovery.yaml", "Nothing to change."),
        ("python -m include.discovery migrate", "The database is current."),
        ("airflow dags unpause -y city_discovery", "No paused DAGs were found"),  # it is on here
    ],
)
def test_each_command_of_the_readme_prints_what_the_readme_says(
    stack: Stack, command: str, said: str
) -> None:
    assert command.replace(" -y", "") in README

    done = in_the_shell(stack, command)

    assert done.returncode == 0, done.stderr
    assert said in done.stdout
