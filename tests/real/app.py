"""An app on disk, emulators in its folder, and the proof that nothing is left of them."""

from __future__ import annotations

import os
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
ADVERSARIES = Path(__file__).with_name("adversaries.py")

COMMAND = ("-c", "from emulator.cli.main import main; main()")
"""`hk-local`, for any interpreter."""

NOBODY = 65534
SOON = 25.0
"""So long, in seconds, a busy machine may take for what should take milliseconds. It is less than
the 30 that a dyno has to end: what is killed only then does not count as gone."""

PATIENCE = 100.0
"""So long, in seconds, a command may take, of which some wait for others."""

TRIES = 10
"""So often what has to be fast is measured on a busy machine: to be fast once is enough."""

QUIET = 0.1
"""So long, in seconds, five interpreters take to start and end on a quiet machine, at most."""

OF_THE_SLOW = ("InotifyEmitter.", "hk-local: waiting for ")

MARK = "HK_LOCAL_TEST"


class User:
    """Who runs the emulator; `python` is an interpreter that they may execute."""

    def __init__(self, name: str, uid: int, python: str) -> None:
        self.name = name
        self.uid = uid
        self.python = python

    @property
    def as_user(self) -> dict[str, object]:
        """Options for subprocess."""
        if self.uid == os.getuid():
            return {}
        return {"user": self.uid, "group": self.uid, "extra_groups": []}


ME = User("me", os.getuid(), sys.executable)


def users() -> list[User]:
    """Whoever runs the tests and, if that is root, also an ordinary user."""
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    if os.getuid() != 0 or python is None:
        return [ME]
    version = subprocess.check_output([python, "-c", "import sys; print(sys.version_info[:2])"])
    usable = version.decode().strip() == str(sys.version_info[:2])
    return [ME, User("nobody", NOBODY, python)] if usable else [ME]


def until(is_true: Callable[[], object], what: str, within: float = SOON) -> float:
    """It has become true; after how many seconds."""
    start = time.monotonic()
    while not is_true():
        assert time.monotonic() < start + within, f"not within {within} s: {what}"
        time.sleep(0.002)
    return time.monotonic() - start


def pace() -> float:
    """How many times longer than on a quiet machine the start of a process takes just now."""
    begun = time.monotonic()
    for _ in range(5):
        subprocess.run([sys.executable, "-I", "-S", "-c", ""], check=True)
    return max(1.0, (time.monotonic() - begun) / QUIET)


class Canary:
    """A fifo that every process of a dyno holds open. Its end of file proves that none is left."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)
        path.chmod(0o666)
        self.fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self.heard = b""

    def _read(self) -> bool:
        """What was said is in `heard`; False if nobody holds the canary."""
        while True:
            try:
                data = os.read(self.fd, 65536)
            except BlockingIOError:
                return True
            if not data:
                return False
            self.heard += data

    @property
    def is_held(self) -> bool:
        return self._read()

    def pids(self, kind: str) -> list[int]:
        """The processes of that kind that have introduced themselves."""
        self._read()
        lines = self.heard.decode().splitlines()
        return [int(line.split()[1]) for line in lines if line.split()[0] == kind]

    def wait_for(self, *kinds: str, number: int = 1) -> None:
        for kind in kinds:
            until(lambda kind=kind: len(self.pids(kind)) >= number, f"{kind}: {self.heard!r}")

    def wait_gone(self, within: float = SOON) -> None:
        """Nobody holds it."""
        try:
            until(lambda: not self.is_held, "the canary is let go", within)
        except AssertionError as error:
            raise AssertionError(f"{error}: {holders(self.path)}, {self.heard!r}") from None

    def close(self) -> None:
        os.close(self.fd)


class App:
    """A folder with a Procfile, a canary and a mark in .env."""

    def __init__(self, user: User = ME, name: str = "app") -> None:
        self.user = user
        self.root = Path(tempfile.mkdtemp(prefix="hk-local-test-"))
        self.root.chmod(0o755)
        self.dir = self.root / name
        self.dir.mkdir(parents=True)
        os.chown(self.dir, user.uid, -1)
        self.mark = f"{MARK}={os.urandom(8).hex()}"
        self.env: dict[str, str] = {}
        self.canaries: list[Canary] = []
        self.emulators: list[Emulator] = []
        self.write(".env", self.mark + "\n")
        self.new_canary()

    def write(self, name: str, text: str, mode: int = 0o644) -> Path:
        path = self.dir / name
        path.write_text(text)
        path.chmod(mode)
        os.chown(path, self.user.uid, -1)
        return path

    def new_canary(self) -> Canary:
        """What starts from now on holds this one."""
        canary = Canary(self.dir / f"canary-{len(self.canaries)}")
        self.canaries.append(canary)
        self.write("canary-name", canary.path.as_posix())
        return canary

    @property
    def canary(self) -> Canary:
        return self.canaries[-1]

    def procfile(self, **commands: str) -> None:
        """`{python}` stands for an interpreter that starts fast."""
        python = f"{self.user.python} -I -S"
        lines = (f"{name}: {line.replace('{python}', python)}" for name, line in commands.items())
        self.write("Procfile", "\n".join(lines) + "\n")

    def adversaries(self, *kinds: str) -> None:
        """One process type for each kind."""
        shutil.copy(ADVERSARIES, self.dir / "adversaries.py")
        self.procfile(**{kind: f"{{python}} adversaries.py {kind}" for kind in kinds})

    def argv(self, *words: str, before: str = "") -> list[str]:
        if before:
            return [self.user.python, "-c", f"{before}\n{COMMAND[1]}", *words]
        return [self.user.python, *COMMAND, *words]

    def environment(self) -> dict[str, str]:
        paths = [str(REPOSITORY), *(p for p in sys.path if p.endswith("site-packages"))]
        own = {"PYTHONPATH": ":".join(paths), "USER": "dev", "PATH": os.environ["PATH"]}
        return {**own, "PYTHONDONTWRITEBYTECODE": "1", **self.env}

    def start(self, *words: str, before: str = "", **options: object) -> Emulator:
        """`hk-local start`; the Python statements `before` it are for faults."""
        argv = self.argv("start", *words, before=before)
        emulator = Emulator(self, argv, options)
        self.emulators.append(emulator)
        return emulator

    def hk_local(self, *words: str, **options: object) -> subprocess.CompletedProcess[str]:
        """Another command of hk-local has run."""
        pid = str(self.emulators[-1].pid)
        lock = str(self.dir / ".hk-local/lock")
        until(lambda: read(lock).decode().strip() == pid, "the emulator can be asked")
        return self.hk_local_in(self.dir, *words, **options)

    def hk_local_in(
        self, dir: Path, *words: str, **options: object
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.argv(*words),
            cwd=dir,
            env=self.environment(),
            text=True,
            capture_output=True,
            timeout=PATIENCE,
            **self.user.as_user,
            **options,
        )

    def processes(self) -> dict[int, str]:
        """Those that work in this folder or carry its mark: of dynos, and our own."""
        return {pid: command(pid) for pid in all_pids() if self._is_ours(pid)}

    def _is_ours(self, pid: int) -> bool:
        if pid == os.getpid():
            return False
        marked = self.mark.encode() in read(f"/proc/{pid}/environ").split(b"\0")
        return marked or folder(pid) == str(self.dir) or is_open(pid, self.dir / "canary-")

    def assert_nothing_left(self, within: float = SOON) -> None:
        """After a kill we look twice: what is just being executed has neither canary nor mark."""
        for canary in self.canaries:
            canary.wait_gone(within)
        until(lambda: not self.processes(), f"{self.processes()} gone", within)
        if any(emulator.process.returncode == -9 for emulator in self.emulators):
            time.sleep(0.3)
        assert not any(canary.is_held for canary in self.canaries)
        assert not self.processes()

    def close(self) -> None:
        for emulator in self.emulators:
            emulator.close()
        # Only a failed test leaves any; one kind forks away from us as it does from the emulator.
        while self.processes() or any(canary.is_held for canary in self.canaries):
            for pid in sorted(all_pids(), reverse=True):
                if self._is_ours(pid):
                    signal_quietly(pid, signal.SIGKILL)
        for canary in self.canaries:
            canary.close()
        until(self._is_removed, f"{self.root} is removed")

    def _is_removed(self) -> bool:
        """A shim that removes a dyno's copy works in no folder of ours, and may still do so."""
        try:
            shutil.rmtree(self.root, onerror=_force)
        except OSError:
            return not self.root.exists()
        return True


class Emulator:
    """A running `hk-local start`. What it prints is read by `expect` and `stop`."""

    def __init__(self, app: App, argv: Sequence[str], options: dict[str, object]) -> None:
        self.app = app
        self.output = b""
        self.errors = app.root / f"stderr-{len(app.emulators)}"
        with open(self.errors, "wb") as errors:
            settings = {"stdout": subprocess.PIPE, "stderr": errors, "stdin": subprocess.DEVNULL}
            self.process = subprocess.Popen(
                argv,
                cwd=app.dir,
                env=app.environment(),
                **{**settings, **app.user.as_user, **options},
            )
        self.pid = self.process.pid

    @property
    def stderr(self) -> str:
        """Without what is said on a busy machine only: watchdog, as it is stopped, and `stop`."""
        lines = self.errors.read_text().splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith(OF_THE_SLOW))

    @property
    def text(self) -> str:
        return self.output.decode()

    def _read(self, within: float) -> bool:
        """More was read; False at the end of the file."""
        assert self.process.stdout
        if self.process.stdout.closed:
            return False
        fd = self.process.stdout.fileno()
        assert select.select([fd], [], [], max(within, 0))[0], f"no more output:\n{self.text}"
        data = os.read(fd, 65536)
        self.output += data
        return bool(data)

    def expect(self, text: str, times: int = 1, within: float = SOON) -> str:
        """It has printed that so often; the line."""
        deadline = time.monotonic() + within
        while self.text.count(text) < times:
            left = deadline - time.monotonic()
            assert self._read(left), f"ended without {text!r}:\n{self.text}\n{self.stderr}"
        return next(line for line in self.text.splitlines() if text in line)

    def up(self, *dynos: str) -> Emulator:
        for dyno in dynos:
            self.expect(f"heroku[{dyno}]: State changed from starting to up")
        return self

    def ends(self, within: float = SOON) -> int:
        """It has ended; everything that it printed is in `text`, and its exit code."""
        deadline = time.monotonic() + within
        if self.process.stdout:
            while self._read(deadline - time.monotonic()):
                pass
            self.process.stdout.close()
        return self.process.wait(max(deadline - time.monotonic(), 0.1))

    def stop(self, number: int = signal.SIGTERM, within: float = SOON) -> int:
        self.process.send_signal(number)
        return self.ends(within)

    def kill(self) -> None:
        """kill -9; what it had printed is in `text`."""
        self.process.kill()
        self.ends()

    @property
    def warden_pid(self) -> int:
        (pid,) = [pid for pid in children(self.pid) if "hk-local: warden" in command(pid)]
        return pid

    @property
    def shims(self) -> list[int]:
        """In the order in which they were forked."""
        return children(self.warden_pid)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


def read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def all_pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def children(pid: int) -> list[int]:
    return [int(word) for word in read(f"/proc/{pid}/task/{pid}/children").split()]


def folder(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return ""


def command(pid: int) -> str:
    return read(f"/proc/{pid}/cmdline").replace(b"\0", b" ").decode(errors="replace").strip()


def state(pid: int) -> str:
    """`S`, `T`, `Z` …, or nothing if there is no such process."""
    return read(f"/proc/{pid}/stat").rpartition(b")")[2].decode().strip()[:1]


def holders(path: Path) -> dict[int, str]:
    """Who has the file open."""
    return {pid: command(pid) for pid in all_pids() if pid != os.getpid() and is_open(pid, path)}


def is_open(pid: int, path: Path) -> bool:
    """The process has a file open whose name begins so."""
    try:
        names = os.listdir(f"/proc/{pid}/fd")
        return any(os.readlink(f"/proc/{pid}/fd/{n}").startswith(str(path)) for n in names)
    except OSError:
        return False


def signal_quietly(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def _force(function: Callable[[str], object], path: str, _: object) -> None:
    """A folder that a test has made unwritable goes, too."""
    parent = os.path.dirname(path)
    os.chmod(parent, stat.S_IRWXU)
    os.chmod(path, stat.S_IRWXU)
    function(path)
