"""The emulator at work: the one place that names every concrete part and joins them."""

from __future__ import annotations

import asyncio
import gc

from emulator import event
from emulator.dyno.probe import Probe
from emulator.dyno.sampler import Sampler
from emulator.dyno.size import quota
from emulator.dyno.slot import Exited, Launch, Phase, Report, Slot, Spawned, SpawnFailed
from emulator.logplex.block import Block, Stream
from emulator.logplex.channel import Channel
from emulator.logplex.history import History
from emulator.logplex.intake import Intake
from emulator.logplex.narration import Sentence, narrate
from emulator.logplex.output import Output
from emulator.logplex.sink import open_sink
from emulator.logplex.terminal import Style, Timestamps
from emulator.runtime.command import Slept

from .background import Herald, idleness
from .ending import Ending

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.event import Event

    from .services import Services
    from .start import Boot

MIB = 1024 * 1024
LAST_OUTPUT = 2.0
"""So long, in seconds, a slow reader of our output gets at the end."""

TICK = 10.0
WARDEN_PAUSE = 1.0
STDOUT = 1


class Emulator:
    """Takes over a boot: gives its pipes and events their readers, and serves until the end."""

    def __init__(self, boot: Boot, herald: int) -> None:
        self.boot = boot
        self.options = boot.options
        self.kernel = boot.kernel
        self.runner = boot.runner
        self.clock = boot.clock
        self.addons = boot.addons
        self.loop = self.addons.loop if self.addons else asyncio.SelectorEventLoop()
        self.exits: dict[str, int] = {}
        self.told_unsaved = False
        self.told_url = ""
        self.warden_at = 0.0
        self.watchers: list[Callable[[list[Block]], object]] = []
        self.streams: dict[tuple[str, str], Stream] = {}
        self.channel = Channel(self._schedule_flush, self._store_blocks)
        self.history = History(
            boot.folder.file("log"), self._tell_ours("log"), self.options.log_size * MIB
        )
        self.output = self._output()
        self.intake = Intake(
            self.loop, self.channel.publish, self.clock.wall_ns, lambda: self.output.congested
        )
        self.probe = Probe(self.loop, self._report)
        self.sampler = Sampler(self.loop, self._report)
        self.asleep = self.clock.asleep()
        self.alarm: asyncio.TimerHandle | None = None
        self.ending = Ending(self)
        self.services: Services | None = None
        self.herald = Herald(herald) if herald >= 0 else None
        self.look: asyncio.TimerHandle | None = None
        self.kernel.observers.append(self._tell_herald)

    def _output(self) -> Output:
        style = Style(
            prefix=self.options.prefix,
            timestamps=Timestamps(self.options.timestamps),
            colour=self.options.colour,
        )
        output = Output(
            open_sink(STDOUT),
            style,
            self.loop,
            self.clock.monotonic,
            self.clock.wall_ns,
            on_relief=lambda: self.intake.resume(),
            on_gone=lambda: self.channel.unsubscribe(output),
        )
        self.channel.subscribe(output)
        return output

    def run(self) -> int:
        """Every dyno has stopped and nothing is left; answers the exit code."""
        self._take_over()
        self._connect()
        self.ending.watch_signals()
        self.loop.call_later(TICK, self._tick)
        self.loop.call_soon(self._start_services)
        gc.freeze()
        try:
            self.loop.run_forever()
        finally:
            self._close()
        return self.ending.code

    def _take_over(self) -> None:
        """What happened before there was a loop is told, in its order."""
        if self.boot.swept:
            self.say("start", f"removed {self.boot.swept} processes left by a previous run")
        if self.boot.store.notice:
            self.say("state", str(self.boot.store.notice))
        for notice in self.boot.files.notices:
            self.say("config", notice)
            if self.herald:
                self.herald.notice(notice)
        for at_ns, events in self.boot.events:
            self._tell(events, at_ns)
        for launch, fd in self.boot.pipes:
            self._open_pipe(launch, fd)
        if self.addons:
            self.addons.tell_by(self)
        if rest := idleness(self.kernel.world):
            self.say("start", rest)

    def _connect(self) -> None:
        """Kernel and runner speak to the parts of this object from now on."""
        self.kernel.publish = lambda events: self._tell(events, self.clock.wall_ns())
        self.kernel.alarm = self._set_alarm
        self.kernel.observers.append(self._tell_unsaved)
        self._tell_unsaved()
        self.runner.opened = self._open_pipe
        self.runner.drained = self.intake.close
        self.runner.report = self._report
        self.runner.blocked = lambda: self.loop.add_writer(self.runner.link.fileno(), self._send)
        self.loop.add_reader(self.runner.link.fileno(), self._hear)
        self._send()
        for report in self.boot.reports:
            if isinstance(report, Exited | SpawnFailed):
                self.intake.close(report.launch)
            self._report(report)
        self.kernel.wake()

    def _start_services(self) -> None:
        """What the first dynos did not need: the API, and the eyes on the app's files."""
        from .services import Services

        self.services = Services(self)
        self._tell_herald()

    def _tell_herald(self) -> None:
        """Whoever waits in `start -d` may use the API next, so it has to be there."""
        if not (self.herald and self.services):
            return
        if self.look:
            self.look.cancel()
        pause = self.herald.look(self.kernel.world, self.clock.monotonic())
        self.look = self.loop.call_later(pause, self._tell_herald) if pause else None

    # --- the warden ------------------------------------------------------------------------------

    def _send(self) -> None:
        if self.runner.flush():
            self.loop.remove_writer(self.runner.link.fileno())

    def _hear(self) -> None:
        if self.runner.receive():
            return
        self.loop.remove_reader(self.runner.link.fileno())
        self.loop.remove_writer(self.runner.link.fileno())
        self.say("start", "the warden process was killed, and with it all dynos")
        # One that dies at once, whatever kills it, is not started as fast as it dies.
        self.loop.call_at(self.warden_at + WARDEN_PAUSE, self._replace_warden)

    def _replace_warden(self) -> None:
        self.warden_at = self.loop.time()
        try:
            self.runner.replace_warden()
        except OSError as error:
            self.say("start", f"cannot start a new warden: {error.strerror}; trying again")
            self.loop.call_later(WARDEN_PAUSE, self._replace_warden)
        else:
            self.loop.add_reader(self.runner.link.fileno(), self._hear)

    def _report(self, report: Report) -> None:
        if self.addons and self.addons.hear(report):
            return
        self.kernel.take(report)
        if isinstance(report, Spawned):
            self._watch(report)
        elif isinstance(report, Exited | SpawnFailed):
            self.probe.forget(report.launch)
            self.sampler.forget(report.launch)

    def _watch(self, report: Spawned) -> None:
        slot = self.kernel.world.slots.get(report.launch.rpartition("@")[0])
        launch = _launch(slot, report.launch)
        if slot is None or launch is None:
            return
        self.sampler.watch(launch.id, report.pid, quota(slot.size))
        if slot.must_listen and launch.phase is Phase.BOOTING:
            self.probe.watch(launch.id, launch.port, report.pid)

    def _open_pipe(self, launch: str, fd: int) -> None:
        self.intake.open(launch, fd, self._stream("app", launch.rpartition("@")[0]))

    # --- the log ---------------------------------------------------------------------------------

    def _stream(self, source: str, dyno: str) -> Stream:
        return self.streams.setdefault((source, dyno), Stream(source, dyno))

    def _tell(self, events: list[Event], at_ns: int) -> None:
        for happened in events:
            for sentence in narrate(happened):
                self.publish(sentence, at_ns)
            if isinstance(happened, event.ProcessExited):
                self.exits[happened.dyno] = happened.status
            elif isinstance(happened, event.DynoStateChanged) and happened.after == "up":
                self._tell_address(happened.dyno, at_ns)

    def _tell_address(self, dyno: str, at_ns: int) -> None:
        slot = self.kernel.world.slots.get(dyno)
        if slot is None or not slot.must_listen or slot.current is None:
            return
        router = self.kernel.world.address
        url = router or f"http://localhost:{slot.current.port}"
        if url != self.told_url:
            self.told_url = url
            about = "router" if router else dyno
            self.publish(Sentence("hk-local", about, f"listening on {url}"), at_ns)

    def publish(self, sentence: Sentence, at_ns: int) -> None:
        """The sentence is in the log, as one line of that instant."""
        stream = self._stream(sentence.source, sentence.dyno)
        body = sentence.text.replace("\n", " ").encode("utf-8", "replace") + b"\n"
        self.channel.publish(Block(at_ns, stream, body, 1))

    def say(self, about: str, text: str) -> None:
        self.publish(Sentence("hk-local", about, text), self.clock.wall_ns())

    def _tell_unsaved(self) -> None:
        """That a change is not on disk is told once, not with every change that follows."""
        unsaved = self.kernel.unsaved
        if unsaved and not self.told_unsaved:
            self.say("state", str(unsaved))
        self.told_unsaved = unsaved is not None

    def _tell_ours(self, about: str) -> Callable[[str], object]:
        return lambda text: self.loop.call_soon(self.say, about, text)

    def _schedule_flush(self) -> None:
        self.loop.call_soon(self.channel.flush)

    def _store_blocks(self, blocks: list[Block]) -> None:
        self.history.append(blocks, self.clock.monotonic())
        for watcher in self.watchers:
            watcher(blocks)

    # --- time ------------------------------------------------------------------------------------

    def _set_alarm(self, at: float) -> None:
        if self.alarm:
            if self.alarm.when() == at:
                return
            self.alarm.cancel()
        self.alarm = self.loop.call_at(at, self._wake)

    def _wake(self) -> None:
        self.alarm = None
        self.kernel.wake()

    def _tick(self) -> None:
        """The machine may have slept, which the loop's clock does not see."""
        asleep = self.clock.asleep()
        if asleep - self.asleep > TICK:
            self.say("start", f"resumed after {(asleep - self.asleep) / 60:.0f} min of sleep")
            self.kernel.take(Slept(asleep - self.asleep))
        self.asleep = asleep
        self.ending.is_lost()
        self.loop.call_later(TICK, self._tick)

    def _close(self) -> None:
        if self.services:
            self.services.close()
        self.channel.flush()
        self.output.close(LAST_OUTPUT)
        self.history.close()
        self.boot.store.close()
        self.loop.close()


def _launch(slot: Slot | None, id: str) -> Launch | None:
    launches = (slot.current, *slot.departing) if slot else ()
    return next((launch for launch in launches if launch and launch.id == id), None)
