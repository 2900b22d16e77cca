"""Obeys the orders of the kernel through the warden, and reports what became of each launch.

`obey` begins and never waits; it works before there is an event loop, so that the first dynos
start while the rest of the emulator is still being imported.
"""

from __future__ import annotations

import _socket
import errno
import marshal
import os
import sys

from . import descriptors
from .command import argv
from .program import find_program, shell
from .slot import Exited, Signal, Spawn, Spawned, SpawnFailed
from .warden import wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from .place import Place
    from .slot import Order, Report
else:
    import _signal

COMMANDS = {"TERM": wire.TERM, "HUP": wire.HUP, "KILL": wire.KILL}
SUSPENSIONS = {"STOP": wire.STOP, "CONT": wire.CONT}

MARK = "HK_LOCAL_LAUNCH"
"""In the environment of every process of a dyno, so that a survivor is known to be ours."""

RAM = "DYNO_RAM"
"""The dyno's memory quota in MB. Source: heroku-buildpack-python, WEB_CONCURRENCY.sh."""

WARDEN_SOURCE = "import sys; sys.path[:0] = [{path!r}]; from warden.main import main; main()"


class Runner:
    """The emulator's end of the link to the warden."""

    def __init__(self, cwd: str, umask: int, nofile: int, mark: str) -> None:
        self.cwd = cwd
        self.limits = (umask, nofile)
        self.mark = mark
        self.ceiling = descriptors.limit() - descriptors.RESERVED
        """The first descriptor that is not for a dyno."""
        self.env: dict[str, str] = {}
        self.data = b""
        self.unsent: list[tuple[bytes, list[int]]] = []
        self.living: set[str] = set()
        self.unconfirmed: set[str] = set()
        """Those of the living that the warden has not yet told to be spawned."""
        self.terminals: dict[str, tuple[list[int], bool]] = {}
        self.held: dict[str, Spawn | None] = {}
        """Dynos that are not to start before their client is there."""
        self.programs: dict[tuple[str, str], str | None] = {}
        self.place: Callable[[str], Place | None] = lambda launch: None
        """Where a launch gets its own copy of the app, if it gets one."""
        self.report: Callable[[Report], None] = lambda report: None
        self.opened: Callable[[str, int], None] = lambda launch, fd: None
        self.drained: Callable[[str], None] = lambda launch: None
        self.blocked: Callable[[], None] = lambda: None
        self.start_warden()

    def start_warden(self) -> None:
        """A warden runs at the other end of `link`."""
        self.link, theirs = _socket.socketpair()
        null = os.open(os.devnull, os.O_RDWR)
        dup = os.POSIX_SPAWN_DUP2
        source = WARDEN_SOURCE.format(path=os.path.dirname(__file__))
        try:
            # Without -I a variable such as PYTHONHOME would break the warden; -S saves 3 ms.
            self.pid = os.posix_spawn(
                sys.executable,
                [sys.executable, "-I", "-S", "-c", source, "hk-local: warden"],
                {"PATH": os.defpath},
                file_actions=[
                    *((dup, null, n) for n in (0, 1, 2)),
                    (dup, theirs.fileno(), wire.LINK),
                ],
                # Whoever started us may have blocked or ignored SIGCHLD, on which it lives.
                setsigmask=(),
                setsigdef=_signal.valid_signals() - {_signal.SIGKILL, _signal.SIGSTOP},
            )
        finally:
            os.close(null)
            theirs.close()

    def set_environment(self, env: Mapping[str, str]) -> None:
        """Launches from now on get this environment, besides their own few variables."""
        self.env = {**env, MARK: self.mark}
        self.programs.clear()
        raw = {os.fsencode(name): os.fsencode(value) for name, value in self.env.items()}
        self._send("base", raw, os.fsencode(self.cwd), *self.limits)

    def lend(self, dyno: str, fds: list[int], tty: bool) -> None:
        """The next launch of that dyno has these as 0, 1 and 2 instead of a pipe to the log."""
        self.terminals[dyno] = (fds, tty)
        if order := self.held.pop(dyno, None):
            self._spawn(order)

    def hold(self, dyno: str) -> None:
        """The next launch of that dyno starts once `lend` was called for it."""
        self.held[dyno] = None

    def obey(self, order: Order) -> None:
        """It was begun; reports will tell."""
        if isinstance(order, Spawn):
            self._spawn(order)
        elif isinstance(order, Signal) and not self._drop(order.launch):
            self._send("signal", order.launch, COMMANDS[order.name])

    def _drop(self, launch: str) -> bool:
        """Whether the launch was still held; then it is gone."""
        dyno = launch.rpartition("@")[0]
        if dyno not in self.held:
            return False
        del self.held[dyno]
        self.report(Exited(launch, wire.KILLED))
        return True

    def suspend(self, name: str) -> None:
        """Every process of every dyno was stopped, or continued (`STOP`, `CONT`)."""
        for launch in self.living:
            self._send("signal", launch, SUSPENSIONS[name])

    def _spawn(self, order: Spawn) -> None:
        try:
            self._begin(order)
        except OSError as error:
            self.report(SpawnFailed(order.launch, error.strerror or str(error)))

    def _begin(self, order: Spawn) -> None:
        dyno = order.launch.rpartition("@")[0]
        if dyno in self.held:
            self.held[dyno] = order
            return
        place = self.place(order.launch)
        own = {RAM: str(order.memory_mb), **(place.env if place else {})}
        extra = {**own, "PORT": str(order.port), **dict(order.extra), "DYNO": dyno}
        ways = self._ways(order.command, extra, place.source if place else self.cwd)
        fds, tty = self.terminals.pop(dyno, ([], False))
        fds = fds or self._open(order.launch)
        self.run(order.launch, ways, extra, fds, tty, place)

    def _open(self, launch: str) -> list[int]:
        """The end of a pipe to the log for what it writes. Raises OSError."""
        reader, writer = os.pipe()
        if reader >= self.ceiling:
            os.close(reader)
            os.close(writer)
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        self.opened(launch, reader)
        return [writer]

    def serve(self, launch: str, script: str, env: Mapping[str, str], cwd: str) -> None:
        """A server that is no dyno runs there by that shell script; reports tell, as for a dyno.

        It lives no longer than we do, either. It has these variables only. Raises OSError.
        """
        own = {**env, MARK: self.mark}
        raw = {os.fsencode(name): os.fsencode(value) for name, value in own.items()}
        way = [b"/bin/sh", b"sh", b"-c", os.fsencode(script)]
        fds = self._open(launch)
        self.living.add(launch)
        self._send("serve", launch, [way], raw, os.fsencode(cwd), fds=fds)

    def run(
        self,
        launch: str,
        ways: list[list[str]],
        extra: Mapping[str, str],
        fds: list[int],
        tty: bool = False,
        place: Place | None = None,
    ) -> None:
        """The first of these that can be executed is being started; the descriptors are its."""
        self.living.add(launch)
        self.unconfirmed.add(launch)
        raw = {os.fsencode(name): os.fsencode(value) for name, value in extra.items()}
        words = [[os.fsencode(word) for word in way] for way in ways]
        copied = (place.source, place.path, place.is_slug) if place else None
        self._send("spawn", launch, words, raw, tty, len(fds), b"", copied, fds=fds)

    def _ways(self, command: str, extra: Mapping[str, str], folder: str) -> list[list[str]]:
        """Programs and their argv, of which the first that can be executed is to be.

        What lies in the app's folder is named from there, for a launch may have its own copy.
        """
        by_shell = [shell(), shell().rpartition("/")[2], "-c"]
        if os.path.exists(os.path.join(folder, ".profile")):
            return [[*by_shell, f". ./.profile\n{command}"]]
        directly = argv(
            command, {**self.env, **extra}, shell(), lambda name: self._which(name, folder)
        )
        if directly[0] == shell():
            return [directly]
        if directly[0].startswith(f"{folder}/"):
            directly[0] = f"./{directly[0][len(folder) + 1 :]}"
        return [directly, [*by_shell, command]]

    def _which(self, name: str, folder: str) -> str | None:
        if (folder, name) not in self.programs:
            found = find_program(name, self.env.get("PATH", ""), folder)
            self.programs[folder, name] = found
        return self.programs[folder, name]

    def _send(self, *message: Any, fds: Sequence[int] = ()) -> None:
        raw = marshal.dumps(message)
        self.unsent.append((len(raw).to_bytes(4, "little") + raw, list(fds)))
        if len(self.unsent) == 1:
            self.flush()

    def flush(self) -> bool:
        """What the link takes now was sent; True if that was everything, else `blocked` is told."""
        while self.unsent and self.link.fileno() >= 0:
            data, fds = self.unsent[0]
            rights = (_socket.SOL_SOCKET, _socket.SCM_RIGHTS, _ints(fds))
            try:
                sent = self.link.sendmsg([data], [rights] if fds else [], _socket.MSG_DONTWAIT)
            except (BrokenPipeError, ConnectionResetError):
                sent = len(data)  # the end of file on the link says the rest
            except OSError:  # full, or (ETOOMANYREFS) with too many descriptors under way
                self.blocked()
                return False
            for fd in fds:
                os.close(fd)
            if sent < len(data):
                self.unsent[0] = (data[sent:], [])
            else:
                del self.unsent[0]
        return True

    def receive(self) -> bool:
        """What the warden has told by now was reported; False once it is gone."""
        try:
            data = self.link.recv(262144, _socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True
        except ConnectionResetError:  # it was killed before it had read all that we sent
            return False
        self.data += data
        while len(self.data) >= 4:
            end = 4 + int.from_bytes(self.data[:4], "little")
            if end > len(self.data):
                break
            message, self.data = marshal.loads(self.data[4:end]), self.data[end:]
            self._hear(*message)
        return bool(data)

    def _hear(self, kind: str, launch: str, number: int) -> None:
        self.unconfirmed.discard(launch)
        if kind == "spawned":
            self.report(Spawned(launch, number))
            return
        self.living.discard(launch)
        self.drained(launch)
        if kind == "exited":
            self.report(Exited(launch, number))
        else:
            self.report(SpawnFailed(launch, os.strerror(number)))

    def replace_warden(self) -> None:
        """Every launch that the lost warden had is reported killed, and there is a new warden.

        Raises OSError, and can be called again, while the machine does not give us one.
        """
        self.close()
        self.data = b""
        for _, fds in self.unsent:
            for fd in fds:
                os.close(fd)
        self.unsent = []
        self.start_warden()
        self.set_environment(self.env)
        for launch in list(self.living):
            self._hear("exited", launch, wire.KILLED)

    def close(self) -> None:
        """The warden is gone, and with it everything that still ran."""
        self.link.close()
        try:
            os.waitpid(self.pid, 0)
        except ChildProcessError:
            pass  # whoever started us ignores SIGCHLD, or it was reaped before


def _ints(fds: list[int]) -> bytes:
    return b"".join(fd.to_bytes(4, sys.byteorder) for fd in fds)
