"""The supervisor: keeps the components running, and stops them in the right order."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from localdev.errors import LocalRunError
from localdev.processes import GuardedProcess

# A component that dies repeatedly is restarted after increasing delays.
FIRST_BACKOFF_SECONDS = 1.0
LONGEST_BACKOFF_SECONDS = 30.0
# Once it has run for that long, its next death counts as the first.
STEADY_AFTER_SECONDS = 60.0
# Deaths in a row before `start` is given up (later, when all is up, we keep trying).
START_ATTEMPTS = 3


@dataclass
class Component:
    """One process that has to run.

    :param needs: names of components that this one cannot do without: it is started anew when one
        of them was. (When its database goes away, the Airflow scheduler hangs instead of exiting.)
    :param advice: turns the end of the log into something the user can do, if it can.
    """

    name: str
    spawn: Callable[[], GuardedProcess]
    needs: tuple[str, ...] = ()
    advice: Callable[[str], str | None] = lambda _log: None
    process: GuardedProcess | None = None
    deaths: int = 0
    started_at: float = 0.0
    restart_at: float | None = None


class Supervisor:
    """Starts components, restarts those that die, stops them all in the reverse order.

    It has no thread: callers that wait for something call `tick` meanwhile.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._components: list[Component] = []

    def start(self, component: Component) -> None:
        """Start a component and look after it from now on."""
        # Taken in before it is started: a start that is interrupted is stopped with the others.
        self._components.append(component)
        self._spawn(component)

    def tick(self, *, starting: bool = False) -> None:
        """Restart what has died, when its time has come.

        :param starting: give up, with the end of its log, on a component that keeps dying.
        """
        for component in self._components:
            if component.restart_at is not None:
                if time.monotonic() >= component.restart_at:
                    self._restart(component)
            elif component.process is not None and component.process.poll() is not None:
                self._note_death(component, starting=starting)

    def restart(self, name: str, reason: str) -> None:
        """Stop a component that does not do its work any more, and start it anew."""
        for component in self._components:
            if component.name == name and component.restart_at is None:
                self._tell(f"{name}: {reason}; restarting it")
                if component.process is not None:
                    component.process.ask_to_stop()
                    component.process.stop()
                self._restart(component)

    def stop(self, hurry: Callable[[], bool] = lambda: False) -> None:
        """Stop everything, last started first, each before the next is told.

        :param hurry: asked again and again; true once means: no more patience.
        """
        for component in reversed(self._components):
            process = component.process
            component.restart_at = None
            if process is None:
                continue
            process.ask_to_stop()
            hurried = False
            while process.wait(0.1) is None:
                if not hurried and hurry():
                    hurried = True
                    process.ask_to_stop()
        self._components.clear()

    def _spawn(self, component: Component) -> None:
        component.started_at = time.monotonic()
        component.restart_at = None
        component.process = component.spawn()

    def _note_death(self, component: Component, *, starting: bool) -> None:
        assert component.process is not None
        lived = time.monotonic() - component.started_at
        component.deaths = 1 if lived > STEADY_AFTER_SECONDS else component.deaths + 1
        log = component.process.log_tail()
        hint = component.advice(log)
        if hint is not None:
            raise LocalRunError(hint)
        if starting and component.deaths >= START_ATTEMPTS:
            raise LocalRunError(
                f"{component.name} does not start; the end of its log "
                f"({component.process.log}):\n{log}"
            )
        wait = min(FIRST_BACKOFF_SECONDS * 2 ** (component.deaths - 1), LONGEST_BACKOFF_SECONDS)
        code = component.process.poll()
        self._tell(f"{component.name} died (exit code {code}); restarting it in {wait:.0f} s")
        component.restart_at = time.monotonic() + wait

    def _restart(self, component: Component) -> None:
        try:
            self._spawn(component)
        except LocalRunError as error:
            # Not the end: a full disk, say, may have room again at the next attempt.
            self._tell(f"{component.name} did not restart: {error}")
            component.deaths += 1
            component.restart_at = time.monotonic() + LONGEST_BACKOFF_SECONDS
            return
        self._tell(f"{component.name} is back")
        for dependent in self._components:
            if component.name in dependent.needs:
                self.restart(dependent.name, f"{component.name} was restarted")
