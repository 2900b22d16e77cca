"""The unix socket in the app's state folder, and the connections that were made to it.

The path of a socket is limited to about 100 bytes, that of an app is not: the socket is bound by
its bare name, from inside the folder. A descriptor of the folder stands for it, so that a folder
that was moved takes its socket along.
"""

from __future__ import annotations

import os
import socket
import time

from emulator.errors import UserError

from . import peer
from .api import Api
from .call import Outside
from .listener import Guests, Listener

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from .call import App

NAME = "socket"
LOOK_SECONDS = 4.0
"""How often it is made sure that the socket is still there."""


class SocketFailed(UserError):
    """{path}: cannot be made: {reason}. Without it no other command reaches this app."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path=path, reason=reason)


class Server:
    """Serves from `start` to `close`. Whoever starts it holds the folder's lock."""

    def __init__(self, loop: asyncio.AbstractEventLoop, state_dir: str, app: App) -> None:
        self._loop = loop
        self._state_dir = state_dir
        self._folder = os.open(state_dir, os.O_RDONLY | os.O_DIRECTORY)
        self._app = app
        self.outside = Outside(loop.call_soon, os.urandom, utc_offset, loop.call_later)
        self.api = Api(app, self.outside)
        self.guests = Guests(loop)
        self._listener: Listener | None = None
        self._own: tuple[int, int] | None = None
        """Device and inode of the socket that we made."""
        self._is_failing = False
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Clients can connect. A socket that a killed emulator left is replaced."""
        try:
            if self._found() is not None:
                os.unlink(NAME, dir_fd=self._folder)
            self._listen()
        except OSError as error:
            raise self._failed(error) from None
        self._timer = self._loop.call_later(LOOK_SECONDS, self._look)

    def close(self) -> None:
        """Nobody is served any more; what clients take at once was sent, and the socket is gone."""
        if self._timer:
            self._timer.cancel()
        self._stop_listening()
        self.guests.close()
        if self._own is not None and self._found() == self._own:
            os.unlink(NAME, dir_fd=self._folder)
        os.close(self._folder)

    # --- the socket ------------------------------------------------------------------------------

    def _listen(self) -> None:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            inside(self._folder, lambda: sock.bind(NAME))
            self._own = self._found()
            trusts = peer.is_trusted
            self._listener = Listener(self._loop, sock, self.guests, self.api.answer, trusts)
        except BaseException:
            sock.close()
            raise

    def _stop_listening(self) -> None:
        if self._listener:
            self._listener.close()
            self._listener = None

    def _found(self) -> tuple[int, int] | None:
        """What lies under the socket's name now."""
        try:
            found = os.stat(NAME, dir_fd=self._folder, follow_symlinks=False)
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def _look(self) -> None:
        """A socket that somebody deleted is made again; one that replaced it is left alone."""
        self._timer = self._loop.call_later(LOOK_SECONDS, self._look)
        if self._found() is not None:
            return
        self._stop_listening()
        try:
            self._listen_again()
            self._is_failing = False
        except OSError as error:
            if not self._is_failing:
                self._app.tell(str(self._failed(error)))
            self._is_failing = True

    def _listen_again(self) -> None:
        try:
            self._listen()
        except FileNotFoundError:  # the folder is gone too, and perhaps there is a new one
            folder = os.open(self._state_dir, os.O_RDONLY | os.O_DIRECTORY)
            os.close(self._folder)
            self._folder = folder
            self._listen()

    def _failed(self, error: OSError) -> SocketFailed:
        return SocketFailed(os.path.join(self._state_dir, NAME), error.strerror or str(error))


def inside(folder: int, act: Callable[[], object]) -> None:
    """It was done with the folder as working directory, and a umask that lets nobody else in."""
    back = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    umask = os.umask(0o177)
    try:
        os.fchdir(folder)
        act()
    finally:
        os.umask(umask)
        os.fchdir(back)
        os.close(back)


def utc_offset(wall: float) -> int:
    """Local time minus UTC then, in seconds."""
    return time.localtime(wall).tm_gmtoff
