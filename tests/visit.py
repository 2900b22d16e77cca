"""A request in a simulated app: what becomes of it, as the router's own rules and words have it."""

from __future__ import annotations

from emulator.router import limits, pages
from emulator.router.exchange import Exchange
from emulator.router.hcode import Blame, Code, Phase, Reason, classify
from emulator.router.proxy import CODES
from emulator.router.request import Requests
from emulator.router.table import LogFormat, Verdict
from emulator.runtime.command import Requested
from emulator.runtime.routing import table
from tests.simulation import Routed, Simulation

HOST = "myapp.localhost"
ID = "2f8fd4b5-9e43-46b7-a4e8-3d6e9c1b7a55"


def visit(app: Simulation, path: str = "/", answers: float | None = 0.05) -> None:
    """Somebody asked, and had the answer or the error; the dyno answers after so long, or never."""
    head = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
    exchange = Exchange(Requests().read(head), ID, "192.0.2.7", app.now)
    if code := _wait(app):
        return _fail(app, exchange, code)
    dyno = table(app.world).pick(luck=0.0)
    assert dyno
    exchange.dyno, exchange.connected_at = dyno.name, app.now + 0.001
    app.ask(Requested())
    app.run(min(answers or limits.FIRST_BYTE_SECONDS, limits.FIRST_BYTE_SECONDS) + 0.001)
    if answers is None or answers > limits.FIRST_BYTE_SECONDS:
        return _fail(app, exchange, classify(Blame.DYNO, Phase.WAITING, Reason.SILENT))
    exchange.status, exchange.bytes = 200, 13
    return _end(app, exchange)


def _wait(app: Simulation) -> Code | None:
    """A dyno may be asked, or the code says why none was, in time."""
    until = app.now + limits.QUEUE_SECONDS
    while (verdict := table(app.world).verdict()) in (Verdict.WAIT, Verdict.WAKE):
        if verdict is Verdict.WAKE:
            app.ask(Requested())
        if app.next_at > until:
            app.run(until - app.now)
            return classify(Blame.DYNO, Phase.QUEUED, Reason.SILENT)
        app.run(max(app.next_at - app.now, 0))
    return CODES.get(verdict)


def _fail(app: Simulation, exchange: Exchange, code: Code) -> None:
    exchange.code, exchange.status = code, code.status
    if code.name == "H80":
        exchange.bytes = len(pages.error_page(code.name, "", ""))
    _end(app, exchange)


def _end(app: Simulation, exchange: Exchange) -> None:
    exchange.ended_at = app.now
    app.story.append((app.now, Routed(exchange.line(LogFormat.ROUTER_2, "").rstrip("\n"))))
