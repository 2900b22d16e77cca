"""`hk-local start -d`: the emulator goes on alone; the command waits until its dynos are up."""

from __future__ import annotations

import os

from emulator.cli.output import say, write
from emulator.dyno.slot import Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.errors import UserError
    from emulator.runtime.folder import Folder
    from emulator.runtime.world import World

VERDICT = b"="
ENDS = {"pending": "executing", "succeeded": "succeeded", "failed": "failed"}
INTERRUPTED = 130


def detach(folder: Folder) -> tuple[int | None, int]:
    """In the emulator: (None, descriptor on which to tell how it goes). In the command that the
    user typed, once the emulator has told: (exit code, -1)."""
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        return _wait(reader), -1
    os.close(reader)
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    folder.sign()
    return None, writer


def _wait(reader: int) -> int:
    """The lines were shown; the last one is `=` and the exit code, with why it failed."""
    try:
        with open(reader, "rb") as lines:
            for line in lines:
                if line.startswith(VERDICT):
                    code, _, reason = line[1:].decode().rstrip().partition(" ")
                    if reason:
                        say(f"hk-local: {reason}")
                    return int(code)
                write(line)
    except KeyboardInterrupt:
        say("hk-local: the app goes on in the background; hk-local stop ends it")
        return INTERRUPTED
    say("hk-local: the emulator ended before its dynos were up")
    return 1


def confess(herald: int, error: UserError) -> None:
    """The waiting command will end with that error."""
    Herald(herald).close(error.exit_code, str(error).replace("\n", " "))


class Herald:
    """Tells the waiting command which dynos are up, each once, and at last the verdict."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.told: set[str] = set()

    def look(self, world: World) -> None:
        for slot in world.slots.values():
            if slot.kind is Kind.ONE_OFF:
                continue
            if slot.shown and slot.shown.value in ("up", "crashed") and slot.name not in self.told:
                self.told.add(slot.name)
                self._write(f"{slot.name}: {slot.shown.value}\n")
        since = (r for r in world.releases if r.dyno and r.created_at >= world.started_at)
        release = next(since, None)  # ours; an add-on that got ready may have made another
        if release and release.status.value not in self.told:
            self.told.add(release.status.value)
            self._write(f"v{release.version}: release command {ENDS[release.status.value]}\n")
        if world.is_settled and self.fd >= 0:
            if world.address:
                self._write(f"the app is at {world.address}\n")
            crashed = [s for s in world.slots.values() if s.shown and s.shown.value == "crashed"]
            failed = release is not None and release.status.value == "failed"
            self.close(1 if crashed or failed else 0)

    def close(self, code: int, reason: str = "") -> None:
        if self.fd >= 0:
            self._write(f"={code} {reason}\n")
            os.close(self.fd)
            self.fd = -1

    def _write(self, text: str) -> None:
        try:
            os.write(self.fd, text.encode())
        except OSError:
            pass  # nobody waits any more
