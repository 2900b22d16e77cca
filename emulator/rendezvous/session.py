"""One connection: the secret, the greeting, then bytes both ways until the one-off has ended."""

from __future__ import annotations

import asyncio

from .records import exit_record, records
from .terminal import Terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from .guest import Guest

    class Host(Protocol):
        """What a session needs of the server. `admit` takes a secret for the first time only."""

        def admit(self, session: Session, secret: bytes) -> Guest | None: ...
        def seat(self, guest: Guest, terminal: Terminal) -> None: ...
        def left(self, session: Session) -> None: ...
        def hang_up(self, dyno: str, /) -> object: ...


SECRET_LENGTH = 64
SECRET_SECONDS = 10.0
GREETING = b"rendezvous\r\n"
"""The CLI takes the whole first record for it, so it has one to itself."""
END_OF_INPUT = b"\x04"
"""Source: Heroku CLI, run: what it sends where its own standard input ends."""
SPLIT_SECONDS = 0.005
"""A lone `\\r` (a progress bar) waits so long for its `\\n`."""
SETTLED = 1.0
SETTLED_ON_SCREEN = 0.2
"""A CLI whose standard input ends when we have closed the connection already dies of an error (it
would still say END_OF_INPUT: within 60 ms, or in over 0.4 s where eight start at once on a busy
machine). So none is closed earlier than so many seconds after its greeting, if that has not been
said; where output is a person's terminal, input hardly ever ends at once."""
SHOWN_BYTES, SHOWN_SECONDS = 2_000_000, 3.0
"""When the CLI is told an exit status other than 0 it ends at once and loses what it has not shown
yet. So it is given a second for so many bytes of what it got without a pause, and not much more."""
SHOWN_AT_ONCE = 0.05
PAUSE_SECONDS = 0.5
LAST_SECONDS = 1.0
"""A process that escaped and holds the terminal of a dyno that has ended is waited for so long."""


class Session(asyncio.Protocol):
    """Its transport is the connection; `guest` is who came, once they have proved it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, host: Host) -> None:
        self._loop = loop
        self._host = host
        self._heard = b""
        self._held = b""
        self._terminal: Terminal | None = None
        self._status: int | None = None
        self._is_paused = False
        self._has_input_ended = False
        self._settled_at = 0.0
        self._unshown = 0
        self._told_at = 0.0
        self._is_over = False
        self._timer: asyncio.TimerHandle | None = None
        self.guest: Guest | None = None

    # --- from the client -------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._give(SECRET_SECONDS, transport.abort)

    def data_received(self, data: bytes) -> None:
        if self.guest is None:
            self._heard += data
            if len(self._heard) >= SECRET_LENGTH:
                self._greet()
        else:
            self._type(data)

    def _greet(self) -> None:
        secret, rest = self._heard[:SECRET_LENGTH], self._heard[SECRET_LENGTH:]
        self._heard = b""
        self.guest = self._host.admit(self, secret)
        if self.guest is None:
            self.transport.abort()
            return
        self._give(None)
        self.transport.write(GREETING)
        wait = SETTLED_ON_SCREEN if self.guest.on_screen else SETTLED
        self._settled_at = self._loop.time() + wait
        resume = self.transport.resume_reading
        self._terminal = Terminal(self._loop, self.guest.size, self._tell, self._look, resume)
        self._host.seat(self.guest, self._terminal)
        self._type(rest.removeprefix(b"\r\n"))

    def _type(self, data: bytes) -> None:
        self._has_input_ended = data.endswith(END_OF_INPUT)
        if self.guest is None or self._terminal is None:
            if self._is_over:
                self._leave()
            return
        is_last = self.guest.size is None and self._has_input_ended
        if not self._terminal.type(data.removesuffix(END_OF_INPUT) if is_last else data):
            self.transport.pause_reading()
        if is_last:
            self._terminal.end_input()

    def connection_lost(self, error: Exception | None) -> None:
        """The client is gone. Its one-off hears of that unless it has ended."""
        self._give(None)
        has_left = self._terminal is not None
        self._close()
        if has_left and self.guest:
            self._host.hang_up(self.guest.dyno)

    # --- to the client ---------------------------------------------------------------------------

    def pause_writing(self) -> None:
        self._is_paused = True
        if self._terminal:
            self._terminal.pause()

    def resume_writing(self) -> None:
        self._is_paused = False
        if self._terminal:
            self._terminal.resume()

    def _tell(self, data: bytes) -> None:
        now = self._loop.time()
        self._unshown = len(data) + (self._unshown if now - self._told_at < PAUSE_SECONDS else 0)
        self._told_at = now
        ready, self._held = records(self._held + data)
        for record in ready:
            self.transport.write(record)
        if self._status is not None:
            self._give(LAST_SECONDS, self._look_again)
        elif self._held == b"\r":
            self._give(SPLIT_SECONDS, self._let_go)

    def _let_go(self) -> None:
        if self._held == b"\r":
            self.transport.write(self._held)
            self._held = b""

    # --- the end ---------------------------------------------------------------------------------

    def exited(self, status: int) -> None:
        """The one-off has ended; the client gets what is left of its output, and the status."""
        if self._status is None:
            self._status = status
            self._give(LAST_SECONDS, self._look_again)
            self._look()

    def _look(self) -> None:
        if self._status is not None and self._terminal and self._terminal.is_over:
            self._finish(self._status)

    def _look_again(self) -> None:
        if self._status is None or self._is_paused:
            self._give(LAST_SECONDS, self._look_again)
        else:
            self._finish(self._status)

    def _finish(self, status: int) -> None:
        self._give(None)
        if self._held:
            self.transport.write(self._held)
        self._close()
        is_told = self.guest is not None and self.guest.wants_status
        record = exit_record(status) if is_told else b""
        wait = min(self._unshown / SHOWN_BYTES, SHOWN_SECONDS)
        if is_told and status and wait > SHOWN_AT_ONCE:
            self._give(wait, lambda: self._conclude(record))
        else:
            self._conclude(record)

    def _conclude(self, record: bytes) -> None:
        self.transport.write(record)
        self._is_over = True
        self._leave()

    def _leave(self) -> None:
        """The connection is closed, now or as soon as the client has settled."""
        wait = self._settled_at - self._loop.time()
        if self._has_input_ended or wait <= 0:
            self._give(None)
            self.transport.close()
        else:
            self._give(wait, self.transport.close)

    def _close(self) -> None:
        if self._terminal:
            self._terminal.close()
            self._terminal = None
        self._host.left(self)

    def _give(self, seconds: float | None, then: object = None) -> None:
        """So much time from now on, and then that; None: no matter how long."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if seconds is not None:
            assert callable(then)
            self._timer = self._loop.call_later(seconds, then)
