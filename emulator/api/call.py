"""One request under way: what an endpoint may look at, and how it asks for changes."""

from __future__ import annotations

from emulator.runtime.kernel import NotSaved

from .ink import Ink
from .payload import Payload, parse
from .view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping
    from typing import Protocol

    from emulator.addon.catalog import Service
    from emulator.app.surroundings import Addon
    from emulator.clock import Clock
    from emulator.fact import Fact
    from emulator.logplex.block import Block
    from emulator.logplex.channel import Channel
    from emulator.logplex.drain import Tally
    from emulator.logplex.history import History
    from emulator.runtime.kernel import Kernel
    from emulator.runtime.world import World

    from .answer import Handover, Response
    from .builds import Code
    from .request import Request

    class Supply(Protocol):
        """Add-ons: which services there are, whether this machine can run one (UserError: what to
        install), how a server is, in a word and in detail."""

        def services(self) -> Mapping[str, Service]: ...
        def check(self, service: Service, version: str) -> None: ...
        def status(self, addon: Addon) -> str: ...
        def told(self, addon: Addon) -> tuple[tuple[str, str], ...]: ...

    class App(Protocol):
        """What the API needs of the emulator. The composition root is one.

        `info` has pid, dir, version and started_at (wall seconds), api_url if there is one, and
        what else `status` shall show. `exits` gets the status of each ProcessExited under the
        dyno's name before the kernel's observers are called. `watchers` are called with the blocks
        that the channel has just stored (for `logs --grep`). `lend` gives the next launch of that
        dyno these three descriptors, which are the runner's to close from then on. `await_client`
        lets that dyno start once a client has come to the URL that it answers: to a terminal of so
        many columns and lines, or to pipes; the client may want the exit status in the
        end, and show output on a screen.
        `deploy` builds that code and releases what came of it, and tells how it goes.
        `has_slug`: it is still there, or none is needed. `sizes`: bytes of the slug that runs, and
        of the repository when that was built. `serve_git` takes a request of git's over.
        `edit_config` changes the user's own files and answers with the config vars that they set,
        `config_after` answers the same without changing any; `edit_later` changes them once that
        release, which is pending, has succeeded, if it does; `take_edits` releases at once what the
        user has just edited in them, where edits are followed. `forget` has the app's state deleted
        when the emulator ends. `tell` writes a line to the log. `addons` knows what add-ons can be
        had and how each one is, `tally` what the drain of that token did since the start.
        """

        kernel: Kernel
        channel: Channel
        history: History
        clock: Clock
        info: Mapping[str, object]
        exits: MutableMapping[str, int]
        watchers: list[Callable[[list[Block]], object]]

        @property
        def addons(self) -> Supply: ...
        def lend(self, dyno: str, fds: list[int], tty: bool) -> None: ...
        def await_client(
            self, dyno: str, size: tuple[int, int] | None, wants_status: bool, on_screen: bool
        ) -> str: ...
        def deploy(self, code: Code, tell: Callable[[Mapping[str, object]], None]) -> Job: ...
        def has_slug(self, slug: str) -> bool: ...
        def sizes(self) -> tuple[int, int]: ...
        def serve_git(self, request: Request) -> Handover | Response: ...
        def edit_config(self, changes: Mapping[str, str | None]) -> Mapping[str, str]: ...
        def config_after(self, changes: Mapping[str, str | None]) -> Mapping[str, str]: ...
        def edit_later(self, version: int, changes: Mapping[str, str | None]) -> None: ...
        def take_edits(self) -> None: ...
        def forget(self) -> None: ...
        def tell(self, text: str) -> None: ...
        def tally(self, token: str) -> Tally: ...

    class Job(Protocol):
        def cancel(self) -> None: ...

    class Timer(Protocol):
        def cancel(self) -> None: ...


class Outside:
    """What pure code gets from outside: turns of the loop, soon or later, chance, the time zone."""

    def __init__(
        self,
        soon: Callable[[Callable[[], object]], object],
        random: Callable[[int], bytes],
        utc_offset: Callable[[float], int],
        later: Callable[[float, Callable[[], object]], Timer],
    ) -> None:
        self.soon = soon
        self.random = random
        self.utc_offset = utc_offset
        self.later = later


class Call:
    """A request to an endpoint; `params` are the parts of its path that have a name."""

    def __init__(
        self,
        app: App,
        outside: Outside,
        request: Request,
        params: Mapping[str, str],
        page_link: Callable[[Call], str | None],
    ) -> None:
        """`page_link` makes a link to the Scheduler's page, if that can be reached."""
        self.page_link = page_link
        self.app = app
        self.outside = outside
        self.request = request
        self.params = params
        self.ink = Ink(request.wants_colour)

    @property
    def world(self) -> World:
        return self.app.kernel.world

    @property
    def view(self) -> View:
        """The world as it is now."""
        return view(self.app, self.outside)

    @property
    def payload(self) -> Payload:
        return parse(self.request.body)

    def submit(self, command: Fact) -> str:
        """It was decided; what the user must be warned of. Raises UserError where it is wrong."""
        try:
            self.app.kernel.submit(command)
        except NotSaved as error:
            return str(error)
        return ""


def view(app: App, outside: Outside) -> View:
    """The app's world as it is now."""
    now = app.clock.wall()
    shift, api_url = now - app.clock.monotonic(), str(app.info.get("api_url", ""))
    return View(app.kernel.world, now, shift, outside.utc_offset, api_url)
