"""Where the runner keeps things, and small helpers to write them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localdev.errors import LocalRunError

# Needed by a later start: two databases with their write-ahead log, and logs.
RUN_BYTES = 300_000_000


@dataclass(frozen=True)
class Layout:
    """The checkout, and the one ignored folder in it that holds all local state."""

    root: Path

    @classmethod
    def of_this_checkout(cls) -> Layout:
        """Return the layout of the checkout this module belongs to."""
        return cls(Path(__file__).resolve().parent.parent)

    @property
    def local(self) -> Path:
        """Everything local; `make clean` removes it."""
        return self.root / ".local"

    @property
    def venv(self) -> Path:
        """The virtual environment of `make run` and `make test`."""
        return self.local / "venv"

    @property
    def logs(self) -> Path:
        """What the components print. Logs of tasks are below `airflow`."""
        return self.local / "logs"

    @property
    def run(self) -> Path:
        """Records of what runs now, and what one run remembers for the next."""
        return self.local / "run"

    @property
    def airflow(self) -> Path:
        """AIRFLOW_HOME."""
        return self.local / "airflow"

    @property
    def postgres(self) -> Path:
        """The embedded PostgreSQL."""
        return self.local / "postgres"

    @property
    def activate(self) -> Path:
        """A script for the user's own shell, which then talks to what runs here."""
        return self.local / "activate"

    @property
    def seeds(self) -> tuple[Path, ...]:
        """The configurations that a fresh database starts with: the demo, and what ships."""
        include = self.root / "include"
        return include / "demo" / "discovery.yaml", include / "config" / "discovery.yaml"

    @property
    def roles(self) -> Path:
        """The SQL that makes the roles of the discovery database."""
        return self.root / "include" / "discovery" / "store" / "roles.sql"


def require_space(directory: Path, needed: int, purpose: str) -> None:
    """Refuse to start if the disk would become full."""
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise LocalRunError(
            f"not enough disk space: {purpose} needs about {needed // 1_000_000} MB, "
            f"{directory} has {free // 1_000_000} MB left"
        )


def make_directory(directory: Path) -> None:
    """Make a directory that we can write to, or say why not."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LocalRunError(f"cannot make {directory}: {error.strerror}") from None
    if not os.access(directory, os.W_OK | os.X_OK):
        raise LocalRunError(
            f"{directory} is not writable for this user; if it was made by another one (root?), "
            "remove it as that user with `make clean`"
        )


def write_private(path: Path, text: str) -> None:
    """Write a file atomically that only its owner may read."""
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    with open(partial, "x", opener=_open_private, encoding="utf-8") as stream:
        stream.write(text)
    partial.replace(path)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class Memory:
    """A few facts that one run leaves for the next, as a JSON object in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, key: str) -> object:
        """Return what was kept under the key; None if nothing was."""
        return self._read().get(key)

    def put(self, key: str, value: object) -> None:
        """Keep a JSON value under the key."""
        write_private(self._path, json.dumps(self._read() | {key: value}))

    def _read(self) -> dict[str, Any]:
        # A file cut short by a full disk means that nothing is remembered, which is always safe.
        with contextlib.suppress(OSError, ValueError):
            content = json.loads(self._path.read_text(encoding="utf-8"))
            if isinstance(content, dict):
                return content
        return {}
