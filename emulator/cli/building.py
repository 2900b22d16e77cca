"""Builds, one at a time, each in a process that the warden watches like a dyno's."""

from __future__ import annotations

import itertools
import os
import sys
from json import dumps, loads

from emulator.app.release import Status
from emulator.dyno.slot import Exited, Signal, SpawnFailed
from emulator.errors import UserError
from emulator.runtime.builds import KEPT, Build, DeploySlug, FailBuild
from emulator.runtime.folder import SLUGS
from emulator.runtime.kernel import NotSaved
from emulator.runtime.releasing import ReleasePending

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.api.builds import Code
    from emulator.app.release import Release
    from emulator.dyno.slot import Report

    from .emulator import Emulator

    Tell = Callable[[Mapping[str, object]], None]

SOURCE = "import sys; sys.path[:0] = [{path!r}]; from emulator.build.main import main; main()"
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RESULT = "result"
REPOSITORY = "repo.git"
SHOWN_DIGITS = 8
CHUNK = 65536


class Deploying:
    """One deployment: queued, then built, then released. `tell` hears of all that."""

    def __init__(self, building: Building, code: Code, tell: Tell) -> None:
        self.building = building
        self.code = code
        self.tell = tell
        self.launch = ""
        self.output = -1
        self.rest = b""
        self.is_read = False
        """To the end: nobody is left who could print more."""
        self.version = 0

    def say(self, line: str = "") -> None:
        self.tell({"line": line})

    def cancel(self) -> None:
        """Nothing comes of it, unless there is a release already."""
        self.tell = lambda happened: None
        self.building.cancel(self)

    def read(self) -> bool:
        """Some lines that the build has printed were told; False if there are no more by now."""
        try:
            data = os.read(self.output, CHUNK)
        except BlockingIOError:
            return False
        self.is_read = not data
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            self.say(line.decode("utf-8", "replace"))
        return bool(data)

    def finish(self) -> None:
        """All that the build has printed was told."""
        while self.read():
            pass
        if self.rest:
            self.say(self.rest.decode("utf-8", "replace"))


class Building:
    """Until `close`."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.kernel = emulator.kernel
        self.runner = emulator.runner
        self.loop = emulator.loop
        self.folder = emulator.boot.folder
        self.slugs = self.folder.file(SLUGS)
        self.queue: list[Deploying] = []
        self.released: list[Deploying] = []
        """Those whose release is pending."""
        self.numbers = itertools.count(1)
        self.report = self.runner.report
        self.runner.report = self._hear
        self.kernel.observers.append(self._look)

    def deploy(self, code: Code, tell: Tell) -> Deploying:
        """It begins as soon as all that came before has ended."""
        job = Deploying(self, code, tell)
        self.queue.append(job)
        if len(self.queue) == 1:
            self.loop.call_soon(self._begin)
        else:
            job.say("-----> Waiting for another build to end")
        return job

    def cancel(self, job: Deploying) -> None:
        if job.launch and job in self.queue:
            self.runner.obey(Signal(job.launch, "KILL"))
        elif job in self.queue:
            self.queue.remove(job)
        elif job in self.released:
            self.released.remove(job)

    # --- the build -------------------------------------------------------------------------------

    def _begin(self) -> None:
        """The process of the build that is first in the queue is being started, if none is yet."""
        if not self.queue or self.queue[0].launch:
            return
        job, pending = self.queue[0], self.kernel.world.pending
        if pending:
            self._refuse(str(ReleasePending(pending)))
            return
        try:
            job.output, *fds = _opened()
        except OSError as error:
            self._refuse(f"cannot start the build: {error.strerror}")
            return
        self.kernel.take(Build())
        job.launch = f"build.{next(self.numbers)}@0"
        self.loop.add_reader(job.output, self._read, job)
        code = SOURCE.format(path=ROOT)
        way = [sys.executable, "hk-local: build", "-I", "-S", "-c", code, self._order(job.code)]
        self.emulator.boot.set_environment(self.kernel.world.current)
        self.runner.run(job.launch, [way], self.kernel.world.config, fds)

    def _refuse(self, reason: str) -> None:
        """Nothing comes of the first in the queue, and the next one has its turn."""
        self.queue.pop(0).tell({"error": reason})
        self.loop.call_soon(self._begin)

    def _order(self, code: Code) -> str:
        world = self.kernel.world
        slugs = [one.slug for one in reversed(world.releases) if one.slug]
        return dumps(
            {
                "slugs": self.slugs,
                "last": world.slug,
                "kept": list(dict.fromkeys(slugs))[:KEPT],
                "folder": self.folder.app_dir,
                "commit": code.commit,
                "git_dir": self.folder.file(REPOSITORY),
                "git_env": dict(code.git_env),
                "cache": self.folder.file("cache"),
            }
        )

    def _read(self, job: Deploying) -> None:
        job.read()
        if job.is_read:
            self.loop.remove_reader(job.output)

    def _hear(self, report: Report) -> None:
        job = self.queue[0] if self.queue else None
        if job is None or report.launch != job.launch:
            return self.report(report)
        if isinstance(report, Exited):
            self._end(job, report.status)
        elif isinstance(report, SpawnFailed):
            job.say(f" !     cannot start the build: {report.reason}")
            self._end(job, 1)
        return None

    def _end(self, job: Deploying, status: int) -> None:
        """What the build has said was told; its slug is released, if there is one."""
        job.finish()
        self.loop.remove_reader(job.output)
        os.close(job.output)
        self.queue.pop(0)
        try:
            if status:
                raise UserError("the build failed")
            self._release(job)
        except UserError as error:
            self.kernel.take(FailBuild())
            job.say()
            job.tell({"error": str(error)})
        self.loop.call_soon(self._begin)

    # --- the release -----------------------------------------------------------------------------

    def _release(self, job: Deploying) -> None:
        """There is a release of what was built, if only a pending one. Raises UserError."""
        path = os.path.join(self.slugs, RESULT)
        try:
            with open(path, encoding="utf-8") as file:
                built = loads(file.read())
            os.unlink(path)
        except (OSError, ValueError) as error:
            raise UserError(f"the build has left no result: {error}") from None
        config = self.emulator.services.env.after({}) if self.emulator.services else None
        name = (job.code.commit or built["slug"])[:SHOWN_DIGITS]
        job.say("-----> Launching...")
        try:
            self.kernel.submit(DeploySlug(built["types"], built["slug"], name, config))
        except NotSaved as error:
            job.say(f" !     {error}")
        job.version = self.kernel.world.newest
        if self.kernel.world.pending:
            job.say(" !     Release command declared: this new release will not be available")
            job.say("       until the command succeeds.")
        job.say(f"       Released v{job.version}")
        if self.kernel.world.pending:
            job.tell({"pending": job.version})
        self.released.append(job)
        self._look()

    def _look(self) -> None:
        """Deployers whose release is no longer pending were told what became of it."""
        for job in list(self.released):
            release = _find(self.kernel.world.releases, job.version)
            if release and release.status is not Status.PENDING:
                self.released.remove(job)
                if release.status is Status.SUCCEEDED:
                    job.tell({"version": job.version})
                else:
                    job.tell({"error": f"the release command of v{job.version} failed"})

    def close(self) -> None:
        """Who still waits is told so; the process of a build ends with the warden."""
        for job in (*self.queue, *self.released):
            job.tell({"error": "the emulator stops"})
        self.kernel.observers.remove(self._look)
        self.runner.report = self.report


def _opened() -> tuple[int, int, int, int]:
    """Where a build is read, and what it has as its stdin, stdout and stderr. Raises OSError."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    opened = [nothing]
    try:
        opened += os.pipe()
        opened.append(os.dup(opened[-1]))
    except OSError:
        for fd in opened:
            os.close(fd)
        raise
    _, reader, writer, errors = opened
    os.set_blocking(reader, False)
    return reader, nothing, writer, errors


def _find(releases: tuple[Release, ...], version: int) -> Release | None:
    return next((one for one in releases if one.version == version), None)
