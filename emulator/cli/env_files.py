"""The user's `.env` files: what they last said, and changes of them that wait for a release."""

from __future__ import annotations

from emulator.app.release import Status
from emulator.errors import UserError
from emulator.runtime.files import edit_config, edited_config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .emulator import Emulator

    Changes = Mapping[str, str | None]


class EnvFiles:
    """`config` is what they said when they were last read, as changed here since; what runs may
    differ, where a release with it has failed."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._dir, self._names = emulator.options.dir, emulator.options.env
        self.config = emulator.boot.files.config
        self._later: dict[int, tuple[Changes, Mapping[str, str]]] = {}
        emulator.kernel.observers.append(self._look)

    def edit(self, changes: Changes) -> Mapping[str, str]:
        """They say so; the config vars that they set now.

        What the user wrote there meanwhile still differs from `config`, and so awaits a release.
        """
        written = edit_config(self._dir, self._names, changes)
        after = {**self.config, **changes}
        self.config = {name: value for name, value in after.items() if value is not None}
        return written

    def after(self, changes: Changes) -> Mapping[str, str]:
        """The config vars that they would set."""
        return edited_config(self._dir, self._names, changes).config

    def edit_later(self, version: int, changes: Changes) -> None:
        """They will say so once that release has succeeded; else they stay as they are.

        So does what the user edits there meanwhile.
        """
        self._later[version] = changes, self.after({})

    def _look(self) -> None:
        if self._later and not self._emulator.kernel.world.pending:
            releases = {one.version: one for one in self._emulator.kernel.world.releases}
            later, self._later = self._later, {}
            for version, (changes, before) in later.items():
                if releases[version].status is Status.SUCCEEDED:
                    self._edit(version, changes, before)

    def _edit(self, version: int, changes: Changes, before: Mapping[str, str]) -> None:
        try:
            now = self.after({})
            self.edit({n: text for n, text in changes.items() if now.get(n) == before.get(n)})
        except UserError as error:
            self._emulator.say("config", f"v{version} is released, but {error}")
