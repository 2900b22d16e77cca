"""What deploys code, and what becomes of dynos' own copies of it. Most of it is made when used."""

from __future__ import annotations

import os

from emulator.dyno.slot import Exited
from emulator.runtime.folder import SLUGS

from .places import Removals, clear, clear_spares, lost

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.api.answer import Handover, Response
    from emulator.api.builds import Code
    from emulator.api.request import Request
    from emulator.dyno.slot import Report

    from .building import Building, Deploying
    from .emulator import Emulator
    from .gitting import Git

LOST = (
    "wrote {names}: the files of a dyno are gone when it ends, here as on Heroku; keep what is to"
    " last in a database or at a storage service"
)
IN_SLUG = (
    "v{version} ({description}) runs from its slug, not from this folder; hk-local start --in-place"
    " runs the folder"
)


class Deployments:
    """Until `close`. `tell` is called in any thread."""

    def __init__(self, emulator: Emulator, tell: Callable[[str], object]) -> None:
        self.emulator = emulator
        self.folder = emulator.boot.folder
        self.tell = tell
        self.building: Building | None = None
        self.git: Git | None = None
        self.hinted: set[str] = set()
        self.report = emulator.runner.report
        emulator.runner.report = self._hear
        release = emulator.kernel.world.current
        if release and emulator.boot.slug:
            text = IN_SLUG.format(version=release.version, description=release.description)
            emulator.say("start", text)
        self.removals = Removals()
        clear(self.folder, self.removals)
        self._clear_spares()

    def deploy(self, code: Code, tell: Callable[[Mapping[str, object]], None]) -> Deploying:
        if self.building is None:
            from .building import Building

            self.building = Building(self.emulator)
        return self.building.deploy(code, tell)

    def has_slug(self, slug: str) -> bool:
        """It is still there, or none is needed."""
        return not slug or os.path.isdir(self.folder.file(f"{SLUGS}/{slug}"))

    def sizes(self) -> tuple[int, int]:
        """Of the slug that runs, and of the repository when it was built, in bytes."""
        slug = self.emulator.kernel.world.slug
        if not slug:
            return 0, 0
        from emulator.build.slugs import sizes

        return sizes(self.folder.file(SLUGS), slug)

    def serve_git(self, request: Request) -> Handover | Response:
        if self.git is None:
            from .gitting import Git

            self.git = Git(self.folder.app_dir, self.folder.path, self.tell)
        return self.git.answer(request, self.emulator.kernel.world.app)

    def _hear(self, report: Report) -> None:
        """What a dyno loses at its end is told once for its process type."""
        self.report(report)
        if isinstance(report, Exited):
            self._clear_spares()
            dyno = report.launch.rpartition("@")[0]
            names = lost(self.folder, report.launch, self.removals)
            if names and dyno.partition(".")[0] not in self.hinted:
                self.hinted.add(dyno.partition(".")[0])
                self.emulator.say(dyno, LOST.format(names=names))

    def _clear_spares(self) -> None:
        clear_spares(self.folder, self.emulator.kernel.world.slug, self.removals)

    def close(self) -> None:
        """Pushes and builds have ended, in the middle if need be; no copy is left."""
        if self.git:
            self.git.close()
        if self.building:
            self.building.close()
        self.removals.close()
