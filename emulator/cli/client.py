"""The emulator's Platform API, asked over its unix socket with next to nothing imported."""

from __future__ import annotations

import _socket
import os
import sys

from emulator.cli.output import say, wants_colour
from emulator.cli.response import Response
from emulator.errors import FolderDeleted, UsageError, UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

STATE = ".hk-local"
SOCKET = os.path.join(STATE, "socket")

PATIENCE = 20.0
"""Seconds in which a question is answered, unless the emulator is suspended."""

FIRST_WORD = 2.0
"""Seconds after which it is looked why there is no answer."""

ATTEMPTS, PAUSE = 1000, 0.02
"""To reach an emulator that lives: it may have just started, and wait for the servers of its
add-ons before it listens, or be about to mend its socket."""

TEXT = "text/plain"
JSON = "application/json"

UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class NoEmulator(UserError):
    """no emulator runs in {dir}; start it with hk-local start"""


class Stranger(UserError):
    """the emulator in {dir} belongs to another user"""


class Silent(UserError):
    """the emulator in {dir} does not answer; if it was suspended, continue it with fg"""


class Refused(UserError):
    """{message}"""


def folder(given: str | None) -> str:
    """The app's folder: as given, $HK_LOCAL_DIR, or from here upwards the first app's."""
    chosen = given or os.environ.get("HK_LOCAL_DIR")
    if chosen and not os.path.isdir(chosen):
        raise UsageError(f"{chosen}: no such folder")
    try:
        here = os.path.abspath(chosen or os.curdir)
    except FileNotFoundError:
        raise FolderDeleted from None
    at = here
    while not chosen and not _is_app(at):
        parent = os.path.dirname(at)
        if parent == at:
            return here
        at = parent
    return at


def _is_app(folder: str) -> bool:
    """An emulator may run there, or, with a Procfile, none further up is meant."""
    return any(os.path.exists(os.path.join(folder, name)) for name in (STATE, "Procfile"))


def quote(text: str) -> str:
    """The text percent-encoded, `/` too."""
    return "".join(chr(c) if c in UNRESERVED else f"%{c:02X}" for c in os.fsencode(text))


def query(**values: object) -> str:
    """`?a=1&b=x` of those that are not None; a list gives its name more than once."""
    pairs = [
        f"{name}={quote(str(one))}"
        for name, value in values.items()
        for one in (value if isinstance(value, list | tuple) else (value,))
        if one is not None
    ]
    return "?" + "&".join(pairs) if pairs else ""


class Client:
    """Asks the emulator that runs in a folder; `path` is the app's."""

    def __init__(self, dir: str | None = None, app: str | None = None) -> None:
        self.dir = folder(dir)
        self.app = app
        self.path = f"/apps/{quote(app) if app else '~'}"

    def ask(
        self,
        method: str,
        path: str,
        body: str = "",
        accept: str = TEXT,
        headers: Sequence[str] = (),
        lend: Sequence[int] = (),
    ) -> Response:
        """The response, if it is one of success; `lend` are descriptors that go along.

        Raises Refused with the emulator's reason, NoEmulator, Silent.
        """
        link = self._connect()
        data = body.encode()
        lines = [f"{method} {path} HTTP/1.1", "Host: hk-local", "Connection: close"]
        lines += [f"Accept: {accept}", f"Content-Length: {len(data)}", *_looks(), *headers]
        request = "\r\n".join([*lines, "", ""]).encode("latin-1") + data
        try:
            _send(link, request, lend)
            self._await(link)
            response = Response(link)
        except BaseException as error:
            link.close()
            if isinstance(error, TimeoutError):
                raise Silent(dir=self.dir) from None
            raise
        link.settimeout(None)
        if response.status >= 400:
            refused = Refused(_reason(response))
            refused.exit_code = int(response.headers.get("hk-exit-code", refused.exit_code))
            raise refused
        return response

    def _await(self, link: _socket.socket) -> None:
        """The answer has begun; whoever waits for a suspended emulator was told after a moment."""
        link.settimeout(min(FIRST_WORD, PATIENCE))
        try:
            link.recv(1, _socket.MSG_PEEK)
        except TimeoutError:
            if pid := self._suspended():
                say(f"hk-local: the emulator (pid {pid}) is suspended; continue it with fg")
        except ConnectionResetError:
            pass
        link.settimeout(PATIENCE)

    def check_app(self) -> None:
        """The app that `--app` names is this one; for what is asked of the emulator as a whole."""
        if self.app:
            self.ask("GET", self.path, accept=JSON)

    def _connect(self) -> _socket.socket:
        for _ in range(ATTEMPTS):
            try:
                return self._try_to_connect()
            except NoEmulator:
                if not self.is_alive():
                    raise
                from time import sleep

                sleep(PAUSE)
        raise Silent(dir=self.dir)

    def is_alive(self) -> bool:
        """The process that has signed the lock file is there; one that stopped has signed off."""
        try:
            os.kill(self._pid(), 0)
        except (OSError, ValueError):
            return False
        return True

    def _pid(self) -> int:
        """Who has signed the lock file. Raises OSError, ValueError."""
        with open(os.path.join(self.dir, STATE, "lock"), "rb") as lock:
            return int(lock.read(32))

    def _check_owner(self) -> None:
        """The emulator is our own user's; Stranger if not."""
        state = os.path.join(self.dir, STATE)
        if os.stat(state).st_uid != os.geteuid():
            raise Stranger(dir=self.dir)
        if os.stat(os.path.join(self.dir, SOCKET)).st_uid != os.geteuid():
            raise Stranger(dir=self.dir)

    def _suspended(self) -> int:
        """The emulator's pid if /proc says that it was stopped; else 0."""
        try:
            pid = self._pid()
            with open(f"/proc/{pid}/stat", "rb") as file:
                return pid if file.read().rpartition(b") ")[2][:1] == b"T" else 0
        except (OSError, ValueError):
            return 0

    def _try_to_connect(self) -> _socket.socket:
        link = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
        try:
            self._check_owner()
            # A socket's path may have 104 bytes on macOS, the way to a folder more.
            os.chdir(os.path.join(self.dir, STATE))
            link.connect(os.path.basename(SOCKET))
        except (OSError, Stranger) as error:
            link.close()
            if isinstance(error, FileNotFoundError | NotADirectoryError | ConnectionRefusedError):
                raise NoEmulator(dir=self.dir) from None
            raise
        # Not earlier: with a timeout set, connect fails at once where it had to wait its turn.
        link.settimeout(PATIENCE)
        return link


def _send(link: _socket.socket, request: bytes, lend: Sequence[int]) -> None:
    if lend:
        fds = b"".join(fd.to_bytes(4, sys.byteorder) for fd in lend)
        link.sendmsg([request[:1]], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, fds)])
        request = request[1:]
    try:
        link.sendall(request)
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused before all of it was read: the response says why


def _looks() -> list[str]:
    looks = ["HK-Color: 1"] if wants_colour() else []
    if os.isatty(1):
        looks.append(f"HK-Width: {os.get_terminal_size(1).columns}")
    return looks


def _reason(response: Response) -> str:
    body = response.read().decode("utf-8", "replace").strip()
    if response.headers.get("content-type", "").startswith("text/plain"):
        return body
    from json import loads

    try:
        return str(loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return body or f"HTTP status {response.status}"
