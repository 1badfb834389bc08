"""What a deployment would install: resolved by uv from the registry's metadata, nothing installed.

``python -m tests.support.resolution`` (``make resolve``) asks the registry, and thereby fills uv's
cache; the tests, which have no network, resolve the same from that cache.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

# A deployment as others have it, without this package.
AIRFLOW = """
apache-airflow>=3.3,<3.4
apache-airflow-providers-celery
apache-airflow-providers-cncf-kubernetes
apache-airflow-providers-fab
apache-airflow-providers-http
apache-airflow-providers-postgres
"""

PYTHONS = ("3.11", "3.12", "3.13")
# Soon after the releases of Airflow 3.3.0 and 3.3.1, when their constraints were made; and today.
DAYS = ("2026-07-15", "2026-08-15", None)


class UnresolvableError(Exception):
    """uv found no set of versions, or could not look for one; its words are the message."""


@dataclass(frozen=True)
class Deployment:
    """An environment of Airflow with its providers on one Python, as it was made on one day."""

    python: str
    day: str | None

    def without_us(self, *, offline: bool) -> dict[str, str]:
        """Return what is in it before this package is installed: name → version."""
        made_then = ("--exclude-newer", self.day) if self.day else ()
        return self._resolved(AIRFLOW, "", *made_then, offline=offline)

    def with_us(self, constraints: dict[str, str], *, offline: bool) -> dict[str, str]:
        """Return what is in it after ``pip install -r requirements.txt -c <its constraints>``."""
        pins = "".join(f"{name}=={version}\n" for name, version in constraints.items())
        ours = (ROOT / "requirements.txt").read_text("utf-8")
        return self._resolved(AIRFLOW + ours, pins, offline=offline)

    def _resolved(
        self, requirements: str, constraints: str, *options: str, offline: bool
    ) -> dict[str, str]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "requirements.in").write_text(requirements, "utf-8")
            (folder / "constraints.txt").write_text(constraints, "utf-8")
            done = subprocess.run(
                [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-annotate",
                 "--no-header", "--python-version", self.python, *options,
                 *(("--offline",) if offline else ()),
                 "--constraint", "constraints.txt", "requirements.in"],
                cwd=folder, capture_output=True, text=True, check=False,
            )  # fmt: skip
        if done.returncode:
            raise UnresolvableError(done.stderr.strip())
        pins = (line.partition("==") for line in done.stdout.splitlines())
        return {name: version for name, _, version in pins}


def deployments() -> Iterator[Deployment]:
    """Every deployment that is tried."""
    yield from (Deployment(python, day) for python in PYTHONS for day in DAYS)


def main() -> int:
    """Resolve everything with the registry's help."""
    for deployment in deployments():
        without = deployment.without_us(offline=False)
        deployment.with_us(without, offline=False)
        print(f"Python {deployment.python}, Airflow {without['apache-airflow']}: resolved")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
