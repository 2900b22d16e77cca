"""Clients that come to a one-off's terminal over TCP, as the Heroku CLI does."""

from __future__ import annotations

from emulator.runtime.command import HangUp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.rendezvous.server import Server

    from .emulator import Emulator

LOST = 1
"""The exit status of a one-off of which nothing was heard: the machine would not start it."""


class Guests:
    """Costs nothing before the first of them."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._server: Server | None = None

    def await_client(
        self, dyno: str, size: tuple[int, int] | None, wants_status: bool, on_screen: bool
    ) -> str:
        """The dyno starts once a client has come to this URL; it can do so once."""
        from emulator.rendezvous.guest import Guest

        if self._server is None:
            self._server = self._serve()
        url = self._server.expect(Guest(dyno, size, wants_status, on_screen))
        self._emulator.exits.pop(dyno, None)  # of an earlier dyno of that name
        self._emulator.runner.hold(dyno)
        return url

    def _serve(self) -> Server:
        from emulator.rendezvous.server import Server

        from .certificates import context

        emulator, kernel = self._emulator, self._emulator.kernel
        kernel.observers.append(self._look)
        return Server(emulator.loop, context, self.lend, lambda dyno: kernel.take(HangUp(dyno)))

    def lend(self, dyno: str, fds: list[int], tty: bool) -> None:
        """It starts, in the environment of its release, whatever was started while it waited."""
        emulator = self._emulator
        emulator.boot.set_environment(emulator.kernel.world.release_of(dyno))
        emulator.runner.lend(dyno, fds, tty)

    def _look(self) -> None:
        """Whose one-off has ended is told."""
        server, exits = self._server, self._emulator.exits
        for dyno in server.attached if server else ():
            if server and (dyno in exits or dyno not in self._emulator.kernel.world.slots):
                server.exited(dyno, exits.pop(dyno, LOST))

    def close(self) -> None:
        if self._server:
            self._server.close()
