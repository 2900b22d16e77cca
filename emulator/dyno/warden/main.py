"""The warden's loop: launches come in over a socket, each is handed to a forked shim.

Messages in both directions are marshalled tuples behind a four-byte length. To the warden:
`("base", env, cwd, umask, nofile)`, `("spawn", launch, ways, env, tty, count, cwd, place)` with
`count` file descriptors, one (output) or three (0, 1, 2), `("serve", launch, ways, env, cwd)` for
what is no dyno and has no variables but those, with one descriptor, `("signal", launch, byte)`.
From it:
`("spawned", launch, pid)`, `("exited", launch, status)`, `("failed", launch, errno)`.
"""

from __future__ import annotations

import _socket
import errno
import gc
import marshal
import os
import select
from os import close, fork, pipe

from .shim import run
from .start import Start, rehearse
from .tree import become_subreaper, children
from .wire import KILLED, LINK

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Iterator
    from typing import Any
else:
    import _signal

FD_BYTES = 4
MAX_FDS = 250
STRAY_PAUSE = 0.01

BUNCH = 16
"""As many launches are forked with nothing done in between, if they come as fast."""

CLOEXEC = getattr(_socket, "MSG_CMSG_CLOEXEC", 0)


class Warden:
    """Knows the shims: each launch's control pipe, and each pid's launch."""

    def __init__(self, link: _socket.socket) -> None:
        self.link = link
        self.data = b""
        self.unsent = b""
        self.fds: list[int] = []
        self.due: list[tuple[str, Start, list[int]]] = []
        """Launches to be forked, and the descriptors to be closed then."""
        self.env: dict[bytes, bytes] = {}
        self.cwd = b"/"
        self.nofile = 1024
        self.strays = False
        self.controls: dict[str, int] = {}
        self.launches: dict[int, str] = {}
        self.null = os.open(os.devnull, os.O_RDWR)
        self.wakeup, self.waker = os.pipe()
        os.set_blocking(self.wakeup, False)
        os.set_blocking(self.waker, False)
        _signal.signal(_signal.SIGCHLD, lambda *_: None)
        _signal.set_wakeup_fd(self.waker, warn_on_full_buffer=False)
        watch = select.poll()
        watch.register(LINK, select.POLLIN)
        watch.register(self.wakeup, select.POLLIN)
        self.wait = watch.poll
        """For the shims, which have pipes of their own behind the same numbers."""

    def run(self) -> None:
        """The emulator is gone; so are, by the closing of our pipes, all launches."""
        poll = select.poll()
        poll.register(self.wakeup, select.POLLIN)
        while True:
            poll.register(self.link, select.POLLIN | (select.POLLOUT if self.unsent else 0))
            for fd, events in poll.poll(1000 * STRAY_PAUSE if self.strays else None):
                if fd == self.wakeup:
                    os.read(self.wakeup, 4096)
                    self.reap()
                elif events & select.POLLOUT:
                    self.send()
                elif not self.receive():
                    return self.finish()
            if self.strays:
                self.reap()

    def finish(self) -> None:
        """Nothing is left that no shim would kill."""
        self.reap()  # a shim may have been killed with the emulator
        while self.strays:
            select.select([], [], [], STRAY_PAUSE)
            self.reap()

    def receive(self) -> bool:
        """Every whole message that has come is obeyed; False once the emulator is gone.

        A message with descriptors comes alone, however many wait.
        """
        goes_on = self.listen(CLOEXEC)
        try:
            while goes_on and 0 < len(self.due) < BUNCH:
                goes_on = self.listen(CLOEXEC | _socket.MSG_DONTWAIT)
        except BlockingIOError:
            pass
        self.launch()
        return goes_on

    def listen(self, flags: int) -> bool:
        """What came next is obeyed, but for launches, which are due."""
        space = _socket.CMSG_SPACE(MAX_FDS * FD_BYTES)
        try:
            data, ancillary, _, _ = self.link.recvmsg(262144, space, flags)
        except ConnectionResetError:  # it was killed before it had read all that we told it
            return False
        for _, _, raw in ancillary:
            self.fds += memoryview(raw[: len(raw) - len(raw) % FD_BYTES]).cast("i").tolist()
        self.data += data
        start = 0
        while len(self.data) - start >= 4:
            end = start + 4 + int.from_bytes(self.data[start : start + 4], "little")
            if end > len(self.data):
                break
            self.obey(*marshal.loads(memoryview(self.data)[start + 4 : end]))
            start = end
        self.data = self.data[start:]
        return bool(data)

    def obey(self, kind: str, *fields: Any) -> None:
        if kind == "spawn":
            self.prepare(*fields)
            return
        if kind == "serve":
            launch, ways, env, cwd = fields
            self.prepare(launch, ways, env, False, 1, cwd)
            return
        self.launch()
        if kind == "signal":
            launch, command = fields
            if launch in self.controls:
                _write(self.controls[launch], command)
        elif kind == "base":
            self.env, self.cwd, umask, self.nofile = fields
            os.umask(umask)

    def prepare(
        self,
        launch: str,
        ways: list[list[bytes]],
        env: dict[bytes, bytes],
        tty: bool,
        count: int,
        cwd: bytes = b"",
        place: tuple[str, str, bool] | None = None,
    ) -> None:
        """The launch is due, or the emulator was told why not."""
        fds, self.fds = self.fds[:count], self.fds[count:]
        if len(fds) < count:
            self.tell("failed", launch, errno.EMFILE)
            for fd in fds:
                close(fd)
            return
        three = fds if len(fds) == 3 else [self.null, fds[0], fds[0]]
        variables = env if cwd else {**self.env, **env}
        start = Start(ways, variables, cwd or self.cwd, three, self.nofile, tty, place)
        self.due.append((launch, start, fds))

    def launch(self) -> None:
        """A shim lives for each launch that was due, or the emulator was told why not."""
        due, self.due = self.due, []
        for (launch, _, _), (pid, control) in zip(due, self.fork(due), strict=True):
            if pid:
                self.controls[launch] = control
                self.launches[pid] = launch
                self.tell("spawned", launch, pid)
            else:
                self.tell("failed", launch, control)

    def fork(self, due: list[tuple[str, Start, list[int]]]) -> list[tuple[int, int]]:
        """The pid and control pipe of each one's shim, or 0 and the errno.

        Whatever is written to in here is one more page that a shim has for itself.
        """
        wakeup, waker, wait = self.wakeup, self.waker, self.wait
        forked: list[tuple[int, int]] = []
        for _, start, fds in due:
            reader = control = -1
            try:
                reader, control = pipe()
                pid = fork()
            except OSError as error:
                forked.append((0, error.errno or 0))
                fds += [fd for fd in (reader, control) if fd >= 0]
            else:
                if not pid:
                    run(start, reader, wakeup, waker, wait)
                forked.append((pid, control))
                close(reader)
            for fd in fds:
                close(fd)
        return forked

    def reap(self) -> None:
        """The end of every launch whose shim has ended was told."""
        ended: list[tuple[str, int]] = []
        for pid, raw in _ended_children():
            code = os.waitstatus_to_exitcode(raw)
            launch = self.launches.pop(pid, None)
            if launch is not None:
                os.close(self.controls.pop(launch))
                ended.append((launch, code if code >= 0 else KILLED))
            self.strays = self.strays or launch is None or code < 0
        if self.strays:
            self.kill_strays()
        for launch, status in ended:
            self.tell("exited", launch, status)

    def kill_strays(self) -> None:
        """A killed shim's processes, which became our children, are being killed.

        `strays` stays true, and we come back, until there are none: one may fork away meanwhile.
        """
        strays = [pid for pid in children(os.getpid()) if pid not in self.launches]
        for pid in strays:
            _kill(pid)
        self.strays = bool(strays)

    def tell(self, *message: str | int | None) -> None:
        """Never waits: while the emulator sends us a thousand launches it does not read."""
        raw = marshal.dumps(message)
        self.unsent += len(raw).to_bytes(4, "little") + raw
        self.send()

    def send(self) -> None:
        try:
            sent = self.link.send(self.unsent, _socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except (BrokenPipeError, ConnectionResetError):
            sent = len(self.unsent)
        self.unsent = self.unsent[sent:]


def _write(fd: int, data: bytes) -> None:
    try:
        os.write(fd, data)
    except BrokenPipeError:
        pass  # the shim is ending


def _kill(pid: int) -> None:
    try:
        os.kill(pid, _signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def _ended_children() -> Iterator[tuple[int, int]]:
    """Each child that has ended and its wait status; it is no zombie any more."""
    while True:
        try:
            pid, raw = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, raw


def main() -> None:
    """Served the emulator at the other end of descriptor 3 until it went away."""
    os.setsid()
    # What whoever started us left open is no dyno's business.
    os.closerange(LINK + 1, os.sysconf("SC_OPEN_MAX"))
    become_subreaper()
    link = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, LINK)
    gc.disable()
    rehearse()
    warden = Warden(link)
    gc.freeze()
    warden.run()
