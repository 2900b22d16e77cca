"""Endpoint: code is built and deployed, and its client sees how. Ours: on Heroku git does it."""

from __future__ import annotations

from emulator.errors import UserError
from emulator.fact import Fact

from .answer import encoded, stream_head
from .route import Route

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .answer import Stream
    from .call import Call, Job

HEX = frozenset("0123456789abcdef")
LONGEST = 64
"""Hex digits of a commit, by SHA-256."""


class Code(Fact):
    """What to build: that commit of the app's repository or, without one, the app's folder.

    `git_env` is how git finds objects of a push that is not accepted yet.
    """

    commit: str = ""
    git_env: Mapping[str, str] = {}


def build(call: Call) -> Stream:
    """It is built as soon as no other build runs. Lines of JSON tell of it: `line` is one for the
    deployer, `pending` the release whose command runs, `version` the one that came of it, `error`
    why none did."""
    commit = call.payload.text("commit") or ""
    if len(commit) > LONGEST or set(commit) - HEX:
        raise UserError("commit: expected the name of a commit, in full")
    if call.world.stopping:
        raise UserError("The app is stopping; nothing is deployed any more.")
    code = Code(commit, call.payload.texts("git_env"))
    head = stream_head("application/x-ndjson")
    return Deployment(head, lambda tell: call.app.deploy(code, tell))


class Deployment:
    """A stream of what is told of a build, to its end. Without its client it is cancelled."""

    is_endless = True
    is_last = False

    def __init__(
        self, head: bytes, start: Callable[[Callable[[Mapping[str, object]], None]], Job]
    ) -> None:
        self.head = head
        self._start = start
        self._told: list[bytes | memoryview] = []
        self._is_over = False

    def begin(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._job = self._start(self._tell)

    def _tell(self, happened: Mapping[str, object]) -> None:
        self._told.append(encoded(happened))
        self._is_over = "version" in happened or "error" in happened
        self._wake()

    def take(self, size: int) -> list[bytes | memoryview] | None:
        told, self._told = self._told, []
        return told or (None if self._is_over else [])

    def end(self) -> None:
        if not self._is_over:
            self._job.cancel()


ROUTES = (Route("POST", "/hk-local/builds", build),)
