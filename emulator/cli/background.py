"""`hk-local start -d`: the emulator goes on alone; the command waits until its dynos are up."""

from __future__ import annotations

import os

from emulator.cli.output import say, write
from emulator.dyno.slot import Kind, State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.dyno.slot import Slot
    from emulator.errors import UserError
    from emulator.runtime.folder import Folder
    from emulator.runtime.world import World

VERDICT = b"="
NOTICE = b"!"
ENDS = {"pending": "executing", "succeeded": "succeeded", "failed": "failed"}
INTERRUPTED = 130
TRIAL = 1.0
"""Seconds."""


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
    """The lines were shown, on stderr those that begin with `!`; the last one is `=` and the exit
    code, with why it failed."""
    try:
        with open(reader, "rb") as lines:
            for line in lines:
                if line.startswith(VERDICT):
                    code, _, reason = line[1:].decode().rstrip().partition(" ")
                    if reason:
                        say(f"hk-local: {reason}")
                    return int(code)
                if line.startswith(NOTICE):
                    say(f"hk-local: {line[1:].decode().rstrip()}")
                else:
                    write(line)
    except KeyboardInterrupt:
        say("hk-local: the app goes on in the background; hk-local stop ends it")
        return INTERRUPTED
    say("hk-local: the emulator ended before its dynos were up")
    return 1


def confess(herald: int, error: UserError) -> None:
    """The waiting command will end with that error."""
    Herald(herald).close(error.exit_code, str(error).replace("\n", " "))


def idleness(world: World) -> str:
    """What to tell whoever has started an app of which no dyno is to run; else nothing."""
    if world.pending or any(item.quantity for item in world.formation.values()):
        return ""
    name = next((type for type in world.formation if type not in world.left_out), "")
    return f"no dynos run; hk-local ps:scale {name}=1 starts one" if name else ""


def trial(slot: Slot, now: float) -> float:
    """How many seconds it is too early to say that a dyno is up, which as yet may only have been
    spawned: what cannot run mostly ends at once. One that listens can run."""
    up_at = slot.current.up_at if slot.current else None
    return 0.0 if slot.must_listen or up_at is None else max(0.0, up_at + TRIAL - now)


class Herald:
    """Tells the waiting command which dynos are up or crash, and at last the verdict."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.told: set[str] = set()
        """How the release command went."""
        self.dynos: dict[str, tuple[int, str]] = {}
        """Of each dyno its crashes, and what was told last."""

    def notice(self, text: str) -> None:
        """What is odd about the app's files is told."""
        self._write(f"!{text}\n")

    def look(self, world: World, now: float) -> float:
        """What is new was told; in so many seconds there may be more to tell, if not 0."""
        if self.fd < 0:
            return 0
        slots = [slot for slot in world.slots.values() if slot.kind is not Kind.ONE_OFF]
        left = max((self._tell(slot, now) for slot in slots), default=0)
        since = (r for r in world.releases if r.dyno and r.created_at >= world.started_at)
        release = next(since, None)  # ours; an add-on that got ready may have made another
        if release and release.status.value not in self.told:
            self.told.add(release.status.value)
            self._write(f"v{release.version}: release command {ENDS[release.status.value]}\n")
        if world.is_settled and not left:
            if world.address:
                self._write(f"the app is at {world.address}\n")
            if rest := idleness(world):
                self._write(f"{rest}\n")
            crashed = any(slot.shown is State.CRASHED for slot in world.slots.values())
            failed = release is not None and release.status.value == "failed"
            self.close(1 if crashed or failed else 0)
        return left

    def _tell(self, slot: Slot, now: float) -> float:
        """That the dyno is up or has crashed was told, if it is news; what is left of its trial."""
        crashes, last = self.dynos.get(slot.name, (0, ""))
        state, left = last, trial(slot, now)
        if slot.crashes > crashes:  # it may be starting again already
            state = State.CRASHED.value
        elif slot.shown is State.UP and not left:
            state = State.UP.value
        if state != last:
            self._write(f"{slot.name}: {state}\n")
        self.dynos[slot.name] = slot.crashes, state
        return left

    def close(self, code: int, reason: str = "") -> None:
        if self.fd >= 0:
            self._write(f"={code} {reason}\n")
            os.close(self.fd)
            self.fd = -1

    def _write(self, text: str) -> None:
        try:
            os.write(self.fd, text.encode("utf-8", "replace"))
        except OSError:
            pass  # nobody waits any more
