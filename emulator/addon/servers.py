"""The servers behind the add-ons: each wanted one runs, whatever becomes of it, and no other does.

Level-triggered: `want` says what there shall be, and what happens (`exited`, a look that succeeds)
moves each server one step towards it. At most one process has an add-on's data at a time.
"""

from __future__ import annotations

from enum import Enum
from functools import partial

from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Protocol

    from emulator.app.surroundings import Addon

    class Timer(Protocol):
        def cancel(self) -> None: ...

    class Host(Protocol):
        """What the servers need of the world outside.

        `begin` has started the server as that launch (UserError: why not), `end` tells it to stop
        (TERM, KILL), and `exited` is called for it in the end. `look` answers, soon, whether the
        server is ready, `adjust`, whether one that runs has taken the limits of its plan.
        `ready` and `taken` (its port is another program's) go to whom it concerns, `remove` takes
        its data away, and `say` tells the user.
        """

        def monotonic(self) -> float: ...
        def later(self, seconds: float, act: Callable[[], object]) -> Timer: ...
        def begin(self, addon: Addon, launch: str) -> None: ...
        def end(self, launch: str, name: str) -> None: ...
        def look(self, addon: Addon, then: Callable[[bool], object]) -> None: ...
        def adjust(self, addon: Addon, then: Callable[[bool], object]) -> None: ...
        def ready(self, addon: Addon) -> None: ...
        def taken(self, addon: Addon) -> None: ...
        def remove(self, addon: Addon) -> None: ...
        def say(self, about: str, text: str) -> None: ...


LOOKS = (0.01, 0.02, 0.05, 0.1)
"""Seconds from one look at a server that is starting to the next; the last one goes on."""

PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds before a server that ended by itself is started again, by how often it did."""

STABLE = 60.0
"""A server that was up for so long is forgiven."""

GRACE = 30.0
"""Seconds from SIGTERM to SIGKILL, as a dyno has."""

HURRY = 2.0
"""The same, when nobody wants to wait."""

AGAIN = 1.0
"""A connection that comes while Postgres stops has to be told too."""


KILLED = 128 + 9
"""SIGKILL leaves nobody the time for last words: what was logged before is about something else."""


class PortTaken(Exception):
    """Another program listens where the server should."""


class Phase(Enum):
    DOWN = "down"  # nothing runs; if it is wanted, it will
    STARTING = "starting"
    UP = "up"
    STOPPING = "stopping"


class Server:
    """One add-on's server. `problem` is why it does not run, if it should."""

    def __init__(self, addon: Addon) -> None:
        self.addon = addon
        self.phase = Phase.DOWN
        self.launch = ""
        self.failures = 0
        self.up_at = 0.0
        self.wanted = True
        self.problem = ""
        self.timer: Timer | None = None

    def set_timer(self, timer: Timer | None) -> None:
        if self.timer:
            self.timer.cancel()
        self.timer = timer


class Servers:
    def __init__(self, host: Host) -> None:
        self._host = host
        self.servers: dict[str, Server] = {}
        """By the add-on's id."""
        self._launches = 0
        self._grace = GRACE
        self._stopped: Callable[[], object] | None = None

    @property
    def are_settled(self) -> bool:
        """Each one is up, or has failed."""
        return not any(
            server.phase is Phase.STARTING or (server.phase is Phase.DOWN and not server.problem)
            for server in self.servers.values()
        )

    @property
    def running(self) -> list[str]:
        """The names of the add-ons whose servers have a process."""
        return [s.addon.name for s in self.servers.values() if s.phase is not Phase.DOWN]

    def want(self, addons: Iterable[Addon]) -> None:
        """There shall be a server for each of these, and no other."""
        wanted = {addon.id: addon for addon in addons if addon.port}
        for id_, server in list(self.servers.items()):
            if id_ not in wanted and server.wanted:
                server.wanted = False
                self._end(server)
        for id_, addon in wanted.items():
            known = self.servers.get(id_)
            if known is None:
                self.servers[id_] = known = Server(addon)
                self._start(known)
            else:
                known.wanted = True
                self._change(known, addon)

    def _change(self, server: Server, addon: Addon) -> None:
        old, server.addon = server.addon, addon
        if old.port != addon.port:
            if server.phase is Phase.DOWN:
                self._start(server)
            else:
                self._end(server)
        elif old.plan != addon.plan:
            self._adjust(server)

    def _adjust(self, server: Server) -> None:
        """It has the limits of its plan; one that cannot take them, or is starting with those of
        another plan, starts anew."""
        launch = server.launch
        if server.phase is Phase.STARTING:
            self._end(server)

        def then(is_done: bool) -> None:
            if not is_done and server.launch == launch:
                self._end(server)

        if server.phase is Phase.UP:
            self._host.adjust(server.addon, then)

    def _start(self, server: Server) -> None:
        server.set_timer(None)
        if self._stopped or not server.wanted or server.phase is not Phase.DOWN:
            return
        self._launches += 1
        server.launch = f"@addon-{self._launches}"
        try:
            self._host.begin(server.addon, server.launch)
        except PortTaken:
            self._host.taken(server.addon)
        except UserError as error:
            self._fail(server, str(error))
        else:
            server.phase = Phase.STARTING
            self._look(server, server.launch, 0)

    def _look(self, server: Server, launch: str, times: int) -> None:
        if server.launch != launch or server.phase is not Phase.STARTING:
            return

        def then(is_ready: bool) -> None:
            if server.launch != launch or server.phase is not Phase.STARTING:
                return
            if is_ready:
                server.phase, server.up_at, server.problem = Phase.UP, self._host.monotonic(), ""
                self._host.ready(server.addon)
            else:
                pause = LOOKS[min(times, len(LOOKS) - 1)]
                again = partial(self._look, server, launch, times + 1)
                server.set_timer(self._host.later(pause, again))

        self._host.look(server.addon, then)

    def exited(self, launch: str, status: int, last_words: str = "") -> bool:
        """Whether the process was one of ours; it is gone, and is started again if it is wanted."""
        for server in self.servers.values():
            if server.launch == launch:
                self._gone(server, status, last_words)
                return True
        return False

    def _gone(self, server: Server, status: int, last_words: str) -> None:
        was, server.phase, server.launch = server.phase, Phase.DOWN, ""
        server.set_timer(None)
        if was is Phase.UP and self._host.monotonic() - server.up_at >= STABLE:
            server.failures = 0
        if not server.wanted:
            del self.servers[server.addon.id]
            self._host.remove(server.addon)
        elif was is Phase.STOPPING:
            self._start(server)
        else:
            words = "" if status == KILLED else last_words
            self._fail(server, f"the server exited with status {status}", words)
        self._tell_stopped()

    def _fail(self, server: Server, problem: str, last_words: str = "") -> None:
        pause = PAUSES[min(server.failures, len(PAUSES) - 1)]
        server.failures += 1
        if problem != server.problem or last_words:
            detail = f": {last_words}" if last_words else ""
            text = f"{problem.rstrip('.')}{detail}; trying again in {pause:g} s"
            self._host.say(server.addon.name, text)
        server.problem = problem
        server.set_timer(self._host.later(pause, lambda: self._start(server)))

    def _end(self, server: Server) -> None:
        """Its process is told to stop; one that has none is gone at once."""
        if server.phase is Phase.STOPPING:
            return
        server.set_timer(None)
        if server.phase is Phase.DOWN:
            if not server.wanted:
                del self.servers[server.addon.id]
                self._host.remove(server.addon)
            return
        server.phase = Phase.STOPPING
        self._press(server, server.launch, self._host.monotonic())

    def _press(self, server: Server, launch: str, since: float) -> None:
        if server.launch != launch:
            return
        is_late = self._host.monotonic() - since >= self._grace
        self._host.end(launch, "KILL" if is_late else "TERM")
        again = partial(self._press, server, launch, since)
        server.set_timer(self._host.later(AGAIN, again))

    def stop(self, then: Callable[[], object]) -> None:
        """All of them stop, their data stay; `then` is called when no process is left."""
        first = self._stopped is None
        self._stopped = then
        for server in list(self.servers.values()) if first else ():
            self._end(server)
        self._tell_stopped()

    def hurry(self) -> None:
        """Whoever stops from now on has little time."""
        self._grace = HURRY

    def _tell_stopped(self) -> None:
        if self._stopped and not self.running:
            self._stopped()
