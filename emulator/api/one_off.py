"""Endpoint: a one-off dyno runs, detached or with its client's terminal."""

from __future__ import annotations

from emulator.app.procfile import is_type_name
from emulator.errors import UserError
from emulator.runtime.command import HangUp, Run

from . import descriptors, percent, resource
from .answer import Answer, notes
from .head import response_head

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .answer import Stream
    from .call import App, Call
    from .ink import Ink

CREATED = 201
SWITCHED = 101
RUN = "run"
DEFAULT_SIZE = (80, 24)
"""Of a terminal whose client has none to compare. Source: Heroku CLI, ps:exec."""
TELL_STATUS = ' ; echo "\uffff heroku-command-exit-status: $?"'
"""How `heroku run --exit-code` ends its command. Source: Heroku CLI, src/lib/run/dyno.ts."""
LOST = "1"
"""The exit status of a one-off of which nothing was heard: the machine would not start it."""


def run(call: Call) -> Answer | Stream:
    """The one-off is being started. With descriptors it has them, and its client waits for it;
    attached without any, it waits for its client to come to its `attach_url`."""
    return _start(call, _order(call))


def inside(call: Call) -> Answer | Stream:
    """Attached like `run`: a one-off of the dyno's size, which finds it at its `$PORT`.

    Departs: it runs beside the dyno rather than in it; here all dynos share one machine and folder.
    """
    dyno = call.view.dyno(call.params["dyno"])
    order = _order(call)
    port = (("PORT", str(dyno.current.port)),) if dyno.current else ()
    return _start(call, order.replace(size=dyno.size, attached=True, env=(*port, *order.env)))


def _start(call: Call, order: Run) -> Answer | Stream:
    if order.attached and (call.request.fds or call.request.head.get("hk-tty")):
        return _attached(call, order)
    url = _awaited(call, order) if order.attached else None
    try:
        warning = call.submit(order)
    except UserError:
        if url:
            call.app.lend(order.name, [], False)
        raise
    return _created(call, order.name, order.command, warning, url)


def _awaited(call: Call, order: Run) -> str:
    """Where the client of the one-off is expected."""
    size, env = None, dict(order.env)
    if not call.payload.flag("force_no_tty"):
        given = (env.get("COLUMNS", ""), env.get("LINES", ""))
        columns, lines = (int(n) if n.isdigit() and len(n) < 5 else 0 for n in given)
        size = (columns or DEFAULT_SIZE[0], lines or DEFAULT_SIZE[1])
    wants_status = (call.payload.text("command") or "").endswith(TELL_STATUS)
    return call.app.await_client(order.name, size, wants_status, "COLUMNS" in env)


def _order(call: Call) -> Run:
    payload = call.payload
    command = (payload.text("command") or "").removesuffix(TELL_STATUS).strip()
    if not command:
        raise UserError("command: expected the command to run, such as bash")
    env = payload.texts("env")
    if any(not name or "=" in name for name in env):
        raise UserError("env: expected names without = in them")
    type_ = payload.text("type") or RUN
    if not is_type_name(type_):
        raise UserError("type: expected a process type, such as run")
    size, attached = payload.text("size"), payload.flag("attach")
    return Run(call.world.free_name(type_), command, size, attached, tuple(env.items()))


def _created(call: Call, name: str, command: str, warning: str, url: str | None) -> Answer:
    """Source: Heroku CLI, src/commands/run/detached.ts. Departs: the hint names our command."""
    view, app = call.view, call.world.app
    slot = view.dyno(name)

    def message(ink: Ink) -> str:
        return f"Running {ink.code(command)} on {ink.app(app)}... done, {name}"

    def hint(ink: Ink) -> str:
        shown = ink.code(f"hk-local logs --dyno-name {name}")
        return f"Run {shown} to view the output.\n\n"

    data = {**resource.dyno(view, slot), "attach_url": url}
    return Answer(lambda: data, hint, CREATED, message, warning)


def _attached(call: Call, order: Run) -> Stream:
    is_tty = call.request.head.get("hk-tty") == "1"
    fds = call.request.fds
    if len(fds) != (1 if is_tty else 3):
        raise UserError(
            "attach: send standard input, output and error with the first byte of the request,"
            " or a terminal alone with HK-Tty: 1"
        )
    lent = descriptors.tripled(fds.pop()) if is_tty else fds[:]
    fds.clear()
    call.app.exits.pop(order.name, None)
    call.app.lend(order.name, lent, is_tty)
    try:
        warning = call.submit(order)
    except UserError:
        call.app.lend(order.name, [], False)
        descriptors.close(lent)
        raise

    def message(ink: Ink) -> str:
        command, app = ink.code(order.command), ink.app(call.world.app)
        return f"Running {command} on {app}... up, {order.name}"

    answer = Answer(message=message, warning=warning)
    fields = (("HK-Dyno", percent.quote(order.name)), *notes(answer, call.request, call.ink))
    return Attached(call.app, order.name, response_head(SWITCHED, fields))


class Attached:
    """A stream that ends with the exit status of the one-off; without its client that hangs up."""

    is_endless = True
    is_last = False

    def __init__(self, app: App, dyno: str, head: bytes) -> None:
        self.head = head
        self._app = app
        self._dyno = dyno
        self._told = False

    def begin(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._app.kernel.observers.append(self._look)

    def _look(self) -> None:
        if self._status() is not None:
            self._wake()

    def _status(self) -> str | None:
        """The exit status; None while it runs."""
        if self._dyno in self._app.exits:
            return str(self._app.exits[self._dyno])
        return None if self._dyno in self._app.kernel.world.slots else LOST

    def take(self, size: int) -> list[bytes | memoryview] | None:
        status = self._status()
        if status is None:
            return []
        if self._told:
            return None
        self._told = True
        return [status.encode() + b"\n"]

    def end(self) -> None:
        self._app.kernel.observers.remove(self._look)
        if not self._told:
            self._app.kernel.take(HangUp(self._dyno))
        self._app.exits.pop(self._dyno, None)
