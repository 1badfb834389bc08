"""The virtual environment and the pinned packages: `python -m localdev.install`.

Runs on the Python that will be the environment's, with nothing but the standard library. pip runs
only when the requirement files have changed since its last success: a stamp with their hash is
written last, so that an interrupted installation is done again.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

from localdev.console import Console
from localdev.errors import LocalRunError
from localdev.files import Layout, make_directory, require_space

REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
CONSTRAINTS = "constraints.txt"
# Measured: 0.55 GB of packages, and as much again while pip unpacks; see also files.RUN_BYTES.
INSTALL_BYTES = 1_500_000_000


def install(layout: Layout, venv: Path, console: Console) -> int:
    """Make the virtual environment match the requirement files."""
    wanted = fingerprint(layout.root)
    stamp = venv / "installed"
    if _python(venv).exists() and _read(stamp) == wanted:
        return 0
    make_directory(venv.parent)
    with (venv.parent / "install.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Another `make` may be at it; then nothing is left to do.
        if _python(venv).exists() and _read(stamp) == wanted:
            return 0
        require_space(venv.parent, INSTALL_BYTES, "installing the packages")
        log = layout.logs / "install.log"
        make_directory(log.parent)
        if not _works(venv):
            console.say(f"Making the virtual environment {venv}")
            shutil.rmtree(venv, ignore_errors=True)
            # Not sys.executable: that may be the environment's own Python, which is gone now.
            base = sys._base_executable  # type: ignore[attr-defined]  # noqa: SLF001
            _run([base, "-m", "venv", str(venv)], log, console, "The environment")
        console.say("Installing the pinned packages (about 550 MB on disk; a minute or two)")
        command = [str(_python(venv)), "-m", "pip", "install", "--disable-pip-version-check"]
        for name in REQUIREMENTS:
            command += ["-r", str(layout.root / name)]
        command += ["-c", str(layout.root / CONSTRAINTS)]
        began = time.monotonic()
        _run(command, log, console, "The installation")
        stamp.write_text(wanted, encoding="ascii")
        console.say(f"Installed in {time.monotonic() - began:.0f} s")
    return 0


def fingerprint(root: Path) -> str:
    """Return a hash of what determines the packages: the files and the Python version."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode("ascii"))
    for name in (*REQUIREMENTS, CONSTRAINTS):
        try:
            content = (root / name).read_bytes()
        except FileNotFoundError:
            raise LocalRunError(f"{root / name} is missing: this checkout is not whole") from None
        digest.update(f"{name} {len(content)}\n".encode("ascii") + content)
    return digest.hexdigest()


def _python(venv: Path) -> Path:
    return venv / "bin" / "python"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""


def _works(venv: Path) -> bool:
    """Whether the environment is whole, and of this Python: an upgrade takes its base away."""
    probe = "import sys, pip; print(sys.version_info[:2])"
    try:
        done = subprocess.run(
            [str(_python(venv)), "-c", probe], capture_output=True, text=True, check=False
        )
    except OSError:
        return False
    return done.returncode == 0 and done.stdout.strip() == repr(sys.version_info[:2])


def _run(command: list[str], log: Path, console: Console, what: str) -> None:
    """Run a step with its output in the log; show that it is alive."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        began = time.monotonic()
        try:
            while True:
                try:
                    process.wait(5.0)
                    break
                except subprocess.TimeoutExpired:
                    console.progress(f"  still at it ({time.monotonic() - began:.0f} s)")
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    console.end_progress()
    if process.returncode == 0:
        return
    text = log.read_text(encoding="utf-8", errors="replace").strip()
    if "No space left on device" in text:
        raise LocalRunError(f"{what} failed: no space left on device (log: {log})")
    tail = "\n".join(text.splitlines()[-15:])
    hint = ""
    if "ensurepip is not available" in text:
        hint = f"\n{sys.executable} comes without venv; install it (Debian: python3-venv)"
    raise LocalRunError(f"{what} failed; the end of {log}:\n{tail}{hint}")


def main(arguments: list[str]) -> int:
    """Install into the virtual environment given as the only argument."""
    layout = Layout.of_this_checkout()
    console = Console()
    return console.guard(lambda: install(layout, Path(arguments[0]).absolute(), console))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
