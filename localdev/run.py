"""`make run`: bring everything up, make one real run of `city_discovery`, show it, keep serving.

Long because one class holds the order in which everything starts, is watched, and ends.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from include.demo.catalogue import GONE
from localdev import airflow, feeds, ports, roles
from localdev.airflow_api import DAG_ID, AirflowApi, ApiUnavailableError, Progress
from localdev.cleanup import sweep_all
from localdev.components import Component, Supervisor
from localdev.console import Console
from localdev.errors import LocalRunError
from localdev.files import (
    RUN_BYTES,
    Layout,
    Memory,
    make_directory,
    require_space,
    write_private,
)
from localdev.lock import Holder, RunLock
from localdev.postgres import EmbeddedPostgres
from localdev.preparation import Preparation, owner_variable
from localdev.processes import GuardedProcess, StopStep, is_same_process, wait_until

START_SECONDS = 600.0  # tens of seconds, but on a machine that does much else several minutes
# `make run ONCE=1` has to end some time; without it, a run may take as long as it likes.
ONCE_SECONDS = 1800.0
POLL_SECONDS = 0.2
PROGRESS_SECONDS = 1.0
WATCHDOG_SECONDS = 10.0
LOW_SPACE_BYTES = 50_000_000
# A scheduler that lives but does not beat for that long hangs (as it does after its database went
# away). It is believed only when seen several times in a row: a laptop that slept is not ill.
SILENCE_SECONDS = 60.0
SILENT_CHECKS = 3
# While tasks run the scheduler waits for them; the others are quick or not worth waiting for.
SCHEDULER_STOP = (StopStep(signal.SIGTERM, 15.0), StopStep(signal.SIGKILL, 1.0))
QUICK_STOP = (StopStep(signal.SIGTERM, 5.0), StopStep(signal.SIGKILL, 1.0))


class StopRequestedError(Exception):
    """Ctrl-C, SIGTERM, the terminal was closed, or `make` itself was killed."""


class LocalRun:
    """One `make run`, from its preflight checks to the last process stopped."""

    def __init__(self, layout: Layout, console: Console, *, port: int, once: bool) -> None:
        self._layout = layout
        self._console = console
        self._port = port
        self._once = once
        self._began = time.monotonic()
        self._signals = 0
        # Under `make` our parent is make: should it be killed, nobody could stop us with Ctrl-C.
        self._make = os.getppid() if "MAKELEVEL" in os.environ else None
        self._supervisor = Supervisor(self._tell)
        self._ending: list[GuardedProcess] = []
        self._memory = Memory(layout.run / "memory.json")
        self._postgres = EmbeddedPostgres(layout.postgres)
        self._urls = roles.Urls("", "", "")
        self._addresses = airflow.Addresses(port, feeds.PREFERRED_PORT)
        self._environment: dict[str, str] = {}
        self._api: AirflowApi | None = None
        self._next_check = 0.0
        self._silent = 0
        self._low_space = False
        self._starting = True
        self._summary_shown = False

    def __call__(self) -> int:
        """Run to the end; the exit code."""
        make_directory(self._layout.run)
        make_directory(self._layout.logs)
        make_directory(self._layout.airflow)
        require_space(self._layout.local, RUN_BYTES, "the local run")
        lock = RunLock(self._layout.run)
        if not lock.take():
            raise LocalRunError(self._already_running(lock))
        try:
            return self._run_locked(lock)
        finally:
            lock.release()

    def _run_locked(self, lock: RunLock) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Set even where it was ignored: scripts start background jobs with SIGINT ignored.
            signal.signal(number, self._on_signal)
        lock.introduce(f"http://{ports.HOST}:{self._port}")
        if sweep_all(self._layout):
            self._tell("cleared away what an earlier run had left running")
        if not ports.is_free(self._port):
            raise LocalRunError(
                f"port {self._port} is taken by another program; choose another with "
                f"`make run PORT={self._port + 1 if self._port < 65535 else 8080}`"
            )
        try:
            self._bring_up()
            code = self._first_run()
            if self._once:
                return code
            self._show_address()
            while True:
                self._pause()
        except StopRequestedError:
            self._tell("stopping")
            # After the summary Ctrl-C is how a run ends; before it, something was cut short.
            return 0 if self._summary_shown else 130
        finally:
            self._take_down()

    # --- bringing everything up -------------------------------------------------------------

    def _bring_up(self) -> None:
        self._supervisor.start(Component("postgres", self._postgres.start))
        self._urls = roles.prepare(self._postgres, self._layout, self._memory)
        self._supervisor.start(Component("demo", self._spawn_demo))
        addresses = self._addresses
        password = airflow.password(self._layout)
        self._api = AirflowApi(addresses.ui, airflow.USER, password)
        self._tell(f"PostgreSQL serves on {ports.HOST}:{self._postgres.port}")
        self._tell(f"demo feeds on {addresses.demo}")

        preparation = Preparation(self._layout, self._memory, self._run_to_its_end, self._tell)
        airflow_ready = preparation.migrate_airflow(self._urls.metadata)
        discovery_ready = preparation.prepare_discovery(
            self._postgres.url("discovery"),
            self._urls.discovery_owner,
            self._environment["DISCOVERY_DEMO_URL"],
        )
        self._wait_for(airflow_ready, "the migration of Airflow's database")
        started = datetime.now(UTC)
        self._start_airflow()
        self._wait_for(discovery_ready, "the preparation of the discovery database")
        self._wait_for(lambda: self._airflow_is_up(started), "Airflow")
        self._starting = False
        shell = self._environment | owner_variable(self._urls.discovery_owner)
        write_private(self._layout.activate, airflow.shell_script(shell))
        self._tell(f"Airflow serves on {addresses.ui}")

    def _spawn_demo(self) -> GuardedProcess:
        if self._environment:  # started anew: all the others know its port
            return self._demo_on(self._addresses.demo_port)
        return feeds.start(self._memory, self._demo_on, self._wait_for)

    def _demo_on(self, port: int) -> GuardedProcess:
        self._addresses = airflow.Addresses(self._port, port)
        self._environment = airflow.environment(
            self._layout,
            self._addresses,
            airflow.Secrets.kept_in(self._memory),
            metadata_url=self._urls.metadata,
            discovery_url=self._urls.discovery,
        )
        return self._spawn("demo", ["include.demo", "--port", str(port)], QUICK_STOP)

    def _start_airflow(self) -> None:
        self._tell("starting Airflow: api-server, dag-processor, scheduler")
        taken = (
            f"port {self._port} was taken by another program meanwhile; choose another with "
            f"`make run PORT=…`"
        )
        self._start(
            "api-server",
            ["airflow", "api-server"],
            QUICK_STOP,
            advice=lambda log: taken if "address already in use" in log.lower() else None,
        )
        self._start("dag-processor", ["airflow", "dag-processor"], QUICK_STOP, ("postgres",))
        # Its log server would listen on all addresses of the machine, and is of no use here: the
        # api-server reads the logs of tasks from the same disk.
        self._start(
            "scheduler",
            ["airflow", "scheduler", "--skip-serve-logs"],
            SCHEDULER_STOP,
            ("postgres",),
        )

    def _start(
        self,
        name: str,
        module: list[str],
        stop_steps: Sequence[StopStep],
        needs: tuple[str, ...] = (),
        advice: Callable[[str], str | None] = lambda _log: None,
    ) -> None:
        component = Component(name, lambda: self._spawn(name, module, stop_steps), needs, advice)
        self._supervisor.start(component)

    def _run_to_its_end(
        self, name: str, module: list[str], more: Mapping[str, str]
    ) -> GuardedProcess:
        process = self._spawn(name, module, QUICK_STOP, more)
        self._ending.append(process)
        return process

    def _spawn(
        self,
        name: str,
        module: list[str],
        stop_steps: Sequence[StopStep],
        more: Mapping[str, str] | None = None,
    ) -> GuardedProcess:
        return GuardedProcess(
            [sys.executable, "-m", *module],
            record=self._layout.run / f"component-{name}.json",
            log=self._layout.logs / f"{name}.log",
            environment={**self._environment, **(more or {})},
            directory=self._layout.root,
            stop_steps=stop_steps,
        )

    def _airflow_is_up(self, started: datetime) -> bool:
        """Whether all three serve, and the DAG was parsed, by the processes of this run."""
        assert self._api is not None
        health = self._api.health()
        if health is None:
            return False
        if not all(beat and beat >= started for beat in (health.scheduler, health.dag_processor)):
            return False
        try:
            parsed = self._api.dag_parsed_at()
            if parsed is not None and parsed >= started:
                return True
            trouble = self._api.import_error(started)
        except ApiUnavailableError:
            return False
        if trouble:
            raise LocalRunError(f"Airflow cannot import a DAG file: {trouble}")
        return False

    # --- the run ----------------------------------------------------------------------------

    def _first_run(self) -> int:
        """Trigger the DAG, follow it, print the summary; 0 if it did what was expected."""
        assert self._api is not None
        run_id = self._api.trigger()
        self._tell(f"triggered {DAG_ID}, run {run_id}")
        began = answered = time.monotonic()
        progress = Progress("queued")
        while not progress.finished:
            seconds = time.monotonic() - began
            if self._once and seconds > ONCE_SECONDS:
                raise LocalRunError(f"the run did not end within {ONCE_SECONDS / 60:.0f} minutes")
            self._console.progress(f"  {progress.line()} ({seconds:.0f} s)")
            self._pause(PROGRESS_SECONDS)
            try:
                progress, answered = self._api.progress(run_id), time.monotonic()
                scheduled = self._api.scheduled_run() if progress.state == "queued" else None
                if scheduled:
                    # In the hours after midnight Airflow begins the last night's run by itself,
                    # which takes all pairs, and the triggered one would find nothing new.
                    self._api.remove(run_id)
                    self._tell(f"the schedule has begun run {scheduled}, which is followed instead")
                    run_id = scheduled
            except ApiUnavailableError:
                # It is being restarted, and the run goes on without it.
                if time.monotonic() - answered > START_SECONDS:
                    raise
        self._tell(f"run {run_id} ended: {progress.state}")
        code = self._summary(run_id)
        self._summary_shown = True
        return 0 if progress.state == "success" and code == 0 else 1

    def _summary(self, run_id: str) -> int:
        """Print the table of what each pair did; 0 if no pair failed that should not have."""
        table, data = self._report(run_id), self._report(run_id, "--json")
        self._console.say()
        self._console.say(table)
        self._console.say()
        unexpected = unexpected_failures(data)
        for line in unexpected:
            self._console.say(f"unexpected: {line}")
        return 1 if unexpected else 0

    def _report(self, run_id: str, *options: str) -> str:
        command = ["include.discovery", "report", run_id, *options]
        process = self._run_to_its_end("discovery-report", command, {})
        self._wait_for(lambda: process.poll() is not None, "the summary")
        return process.log_tail(lines=1000)

    def _show_address(self) -> None:
        shell = self._layout.activate.relative_to(self._layout.root)
        lines = (
            f"Airflow UI  http://{ports.HOST}:{self._port}",
            f"Login       {airflow.USER} / {airflow.password(self._layout)}",
            f"Commands    . {shell}  (in another terminal: python -m include.discovery --help)",
            f"Logs        {self._layout.logs}",
            "Ctrl-C stops everything.",
        )
        self._console.say("\n".join(lines))

    # --- while waiting ----------------------------------------------------------------------

    def _wait_for(self, condition: Callable[[], bool], what: str) -> None:
        began = time.monotonic()
        while not condition():
            seconds = time.monotonic() - began
            if seconds > START_SECONDS:
                raise LocalRunError(
                    f"{what} did not get ready within {START_SECONDS:.0f} s; "
                    f"see the logs in {self._layout.logs}"
                )
            self._console.progress(f"  waiting for {what} ({seconds:.0f} s)")
            self._pause()

    def _pause(self, seconds: float = POLL_SECONDS) -> None:
        """Let time pass while looking after the components."""
        end = time.monotonic() + seconds
        while True:
            if self._stop_requests():
                raise StopRequestedError
            self._supervisor.tick(starting=self._starting)
            if not self._starting and time.monotonic() >= self._next_check:
                self._next_check = time.monotonic() + WATCHDOG_SECONDS
                self._watch_disk()
                self._watch_scheduler()
            left = end - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, POLL_SECONDS))

    def _watch_disk(self) -> None:
        """Report a full disk, which later errors would not name."""
        free = shutil.disk_usage(self._layout.local).free
        if free < LOW_SPACE_BYTES and not self._low_space:
            self._tell(
                f"the disk is full: {free // 1_000_000} MB left in {self._layout.local}; "
                "make room and things will go on"
            )
        self._low_space = free < LOW_SPACE_BYTES

    def _watch_scheduler(self) -> None:
        """Restart a scheduler that lives but has stopped working."""
        assert self._api is not None
        health = self._api.health()
        if health is None or health.scheduler is None:
            return
        silence = (datetime.now(UTC) - health.scheduler).total_seconds()
        self._silent = self._silent + 1 if silence > SILENCE_SECONDS else 0
        if self._silent >= SILENT_CHECKS:
            self._silent = -SILENT_CHECKS  # It needs time to come back.
            self._supervisor.restart("scheduler", f"no sign of life for {silence:.0f} s")

    def _on_signal(self, _number: int, _frame: object) -> None:
        self._signals += 1

    def _stop_requests(self) -> int:
        """How often we were asked to stop."""
        make_is_gone = self._make is not None and os.getppid() != self._make
        return self._signals + make_is_gone + self._console.closed

    # --- the end ----------------------------------------------------------------------------

    def _take_down(self) -> None:
        """Stop everything that was started. A second Ctrl-C cuts the patience short."""
        before = self._signals
        self._console.progress("  stopping (Ctrl-C again to hurry)")
        for process in self._ending:
            process.stop()
        self._supervisor.stop(hurry=lambda: self._signals > before)
        self._postgres.stop()
        if self._api is not None:
            self._api.close()
        self._tell("stopped")

    def _already_running(self, lock: RunLock) -> str:
        # A runner that is only just starting introduces itself in a moment.
        wait_until(lambda: lock.holder() != Holder(), 5.0)
        other = lock.holder()
        if not is_same_process(other.pid, other.mark):
            return "another `make run` or `make clean` of this checkout is at work"
        return (
            f"this checkout runs already (process {other.pid}, {other.url}); "
            "stop it with Ctrl-C there or with `make stop`"
        )

    def _tell(self, text: str) -> None:
        self._console.say(f"[{time.monotonic() - self._began:5.1f} s] {text}")


def unexpected_failures(report: str) -> list[str]:
    """Say which pairs did other than expected: all succeed, but for the demo's broken one.

    :param report: what ``report --json`` printed; anything else means that there is none.
    """
    try:
        pairs = json.loads(report.splitlines()[-1])["pairs"]
    except (ValueError, LookupError):
        return [f"no report: {report or 'it printed nothing'}"]
    lines = []
    for pair in pairs:
        error = pair["error"] or {}
        if pair["source"] == GONE:
            if error.get("category") != "not_found":
                lines.append(f"{pair['pair']} is there to fail as not found, and did not")
        elif pair["state"] != "success":
            lines.append(f"{pair['pair']} {pair['state']}: {error.get('message', 'no reason')}")
    return lines
