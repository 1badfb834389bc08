"""Ports, the lock, what is remembered, the console, the installation: the small parts."""

from __future__ import annotations

import errno
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from localdev import __main__ as command_line
from localdev import cleanup, install, ports
from localdev.console import Console
from localdev.errors import LocalRunError
from localdev.files import Layout, Memory, make_directory, require_space, write_private
from localdev.lock import Holder, RunLock

ROOT = Path(install.__file__).parent.parent


@pytest.mark.parametrize("text", ["0", "65536", "-1", "80x", "", "8080.0", "٨٠٨٠"])
def test_a_bad_port_is_refused(text: str) -> None:
    with pytest.raises(LocalRunError, match="number from 1 to 65535"):
        ports.parse_port(text)


def test_a_listening_port_is_not_free() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert not ports.is_free(port)
    assert ports.is_free(port)


def test_a_port_is_remembered_until_it_is_taken(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.json")
    first = ports.choose(memory, "demo", ports.any_free())
    assert ports.choose(memory, "demo", 1) == first
    with socket.socket() as other:
        other.bind(("127.0.0.1", first))
        other.listen()
        assert ports.choose(memory, "demo", first) != first


@pytest.mark.parametrize("content", ["", "{", "[1]", "null"])
def test_a_damaged_memory_file_is_taken_for_empty(tmp_path: Path, content: str) -> None:
    path = tmp_path / "memory.json"
    path.write_text(content)
    memory = Memory(path)
    assert memory.get("a") is None
    memory.put("a", 1)
    memory.put("b", [2])
    assert (memory.get("a"), memory.get("b")) == (1, [2])


def test_a_private_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_full_disk_is_reported_before_it_is_written(tmp_path: Path) -> None:
    with pytest.raises(LocalRunError, match="not enough disk space: the test needs about"):
        require_space(tmp_path, 10**18, "the test")


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LocalRunError, match=r"cannot make .*/file/below"):
        make_directory(tmp_path / "file" / "below")


def test_only_one_run_holds_the_lock_at_a_time(tmp_path: Path) -> None:
    first, second = RunLock(tmp_path), RunLock(tmp_path)
    assert first.take()
    first.introduce("http://127.0.0.1:8080")
    assert not second.take()
    assert second.holder().pid == os.getpid()
    assert second.holder().url == "http://127.0.0.1:8080"
    first.release()
    assert second.take()
    assert second.holder() == Holder()
    second.release()


class TestConsole:
    def test_progress_is_sparse_without_a_terminal(self) -> None:
        stream = io.StringIO()
        console = Console(stream)
        for second in range(3):
            console.progress(f"{second} s")
        console.say("done")
        assert stream.getvalue() == "0 s\ndone\n"

    def test_an_expected_failure_is_one_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        def fail() -> int:
            raise LocalRunError("port 8080 is taken")

        assert Console().guard(fail) == 1
        assert capsys.readouterr().err == "error: port 8080 is taken\n"

    def test_a_full_disk_is_one_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        def fail() -> int:
            raise OSError(errno.ENOSPC, "No space left on device", "/there/file")

        assert Console().guard(fail) == 1
        assert capsys.readouterr().err == "error: No space left on device: /there/file\n"

    @pytest.mark.parametrize(("number", "closed"), [(errno.EPIPE, True), (errno.ENOSPC, False)])
    def test_the_console_notices_that_its_reader_has_gone(
        self, number: int, closed: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Broken(io.StringIO):
            def flush(self) -> None:
                raise OSError(number, os.strerror(number))

        monkeypatch.setattr(sys, "stdout", sys.stdout)  # Restored after the test.
        console = Console(Broken())
        console.say("hello?")
        console.say("anybody?")
        assert console.closed == closed


@pytest.fixture
def checkout(tmp_path: Path) -> Layout:
    for name in (*install.REQUIREMENTS, install.CONSTRAINTS):
        (tmp_path / name).write_text(name)
    return Layout(tmp_path)


class TestInstall:
    @pytest.fixture
    def calls(self, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
        made: list[list[str]] = []

        def run(command: list[str], _log: Path, _console: Console, _what: str) -> None:
            made.append(command)
            if command[1:3] == ["-m", "venv"]:
                python = Path(command[3]) / "bin" / "python"
                python.parent.mkdir(parents=True)
                python.symlink_to(sys.executable)

        monkeypatch.setattr(install, "_run", run)
        monkeypatch.setattr(install, "INSTALL_BYTES", 0)
        return made

    def test_pip_runs_only_when_the_requirements_changed(
        self, checkout: Layout, calls: list[list[str]]
    ) -> None:
        console = Console(io.StringIO())
        install.install(checkout, checkout.venv, console)
        assert [call[2] for call in calls] == ["venv", "pip"]
        install.install(checkout, checkout.venv, console)
        assert len(calls) == 2
        (checkout.root / "constraints.txt").write_text("changed")
        install.install(checkout, checkout.venv, console)
        assert [call[2] for call in calls] == ["venv", "pip", "pip"]

    def test_an_interrupted_installation_is_repeated(
        self, checkout: Layout, calls: list[list[str]]
    ) -> None:
        console = Console(io.StringIO())
        install.install(checkout, checkout.venv, console)
        (checkout.venv / "installed").unlink()
        install.install(checkout, checkout.venv, console)
        assert [call[2] for call in calls] == ["venv", "pip", "pip"]

    def test_an_environment_whose_python_is_gone_is_replaced(
        self, checkout: Layout, calls: list[list[str]]
    ) -> None:
        console = Console(io.StringIO())
        install.install(checkout, checkout.venv, console)
        python = checkout.venv / "bin" / "python"
        python.unlink()
        python.symlink_to(checkout.root / "gone")
        install.install(checkout, checkout.venv, console)
        assert [call[2] for call in calls] == ["venv", "pip", "venv", "pip"]

    def test_an_incomplete_checkout_is_reported(self, checkout: Layout) -> None:
        (checkout.root / "constraints.txt").unlink()
        with pytest.raises(LocalRunError, match=r"constraints\.txt is missing"):
            install.install(checkout, checkout.venv, Console(io.StringIO()))

    @pytest.mark.parametrize(
        ("output", "message"),
        [
            ("ERROR: [Errno 28] No space left on device", "no space left on device"),
            ("ERROR: no matching distribution", "no matching distribution"),
            ("ensurepip is not available", "python3-venv"),
        ],
    )
    def test_a_failed_installation_names_its_cause(
        self, tmp_path: Path, output: str, message: str
    ) -> None:
        command = [sys.executable, "-c", f"print({output!r}); raise SystemExit(1)"]
        with pytest.raises(LocalRunError, match=message):
            install._run(command, tmp_path / "log", Console(io.StringIO()), "It")


class TestCleanup:
    def test_cleaning_what_does_not_exist_is_no_error(self, tmp_path: Path) -> None:
        assert cleanup.clean(Layout(tmp_path), Console(io.StringIO())) == 0
        assert cleanup.stop(Layout(tmp_path), Console(io.StringIO())) == 0

    def test_clean_removes_the_local_folder_only(self, tmp_path: Path) -> None:
        layout = Layout(tmp_path)
        layout.run.mkdir(parents=True)
        (tmp_path / "kept").touch()
        cleanup.clean(layout, Console(io.StringIO()))
        assert [path.name for path in tmp_path.iterdir()] == ["kept"]

    def test_clean_stops_a_running_stack_first(self, tmp_path: Path) -> None:
        layout = Layout(tmp_path)
        layout.run.mkdir(parents=True)
        source = (
            "import sys, signal\nfrom pathlib import Path\nfrom localdev.lock import RunLock\n"
            "lock = RunLock(Path(sys.argv[1]))\nassert lock.take()\n"
            "lock.introduce('http://127.0.0.1:8080')\nprint('locked', flush=True)\nsignal.pause()\n"
        )
        runner = subprocess.Popen(
            [sys.executable, "-c", source, str(layout.run)],
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        assert runner.stdout is not None
        assert runner.stdout.readline() == b"locked\n"
        cleanup.clean(layout, Console(io.StringIO()))
        runner.communicate()
        assert runner.returncode == -signal.SIGTERM
        assert not layout.local.exists()


def test_a_bad_port_on_the_command_line_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["run", "--port", "http"]) == 1
    assert "PORT must be a number" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
class TestMakefile:
    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", "--no-print-directory", *arguments],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )

    def test_make_help_lists_the_targets(self) -> None:
        shown = self.make("help").stdout
        for target in ("run", "test", "lint", "lock", "clean", "help"):
            assert f"make {target} " in shown

    def test_an_unsuitable_python_is_reported_in_one_line(self) -> None:
        done = self.make("install", "PYTHON=/bin/false")
        assert done.returncode != 0
        first = done.stderr.splitlines()[0]
        assert first.startswith("error: Python 3.11 to 3.14 is needed, /bin/false is not that")

    @pytest.mark.parametrize(("once", "passed"), [("1", True), ("0", False), ("", False)])
    def test_make_run_passes_once_on(self, once: str, passed: bool) -> None:
        shown = self.make("--dry-run", "run", f"ONCE={once}", "PORT=8081").stdout
        assert ("--once" in shown) == passed
        assert '--port "8081"' in shown
