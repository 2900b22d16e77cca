"""How a request ends if not by a dyno's answer: what the client sees, what the log says."""

from __future__ import annotations

from . import pages
from .hcode import H12, H18, H27, Blame, Phase, Reason, classify
from .head import UNTIL_CLOSE
from .request import Refused
from .stream import reset

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .client import Client
    from .hcode import Code

REASONS = {
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    417: "Expectation Failed",
    499: "Client Closed Request",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    505: "HTTP Version Not Supported",
}
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


def answer(client: Client, status: int, kind: str, page: bytes) -> None:
    """The client gets this page of ours; it may go on if we know where its request ends."""
    exchange = client.exchange
    client.keeps_alive = client.keeps_alive and exchange is not None and client.body is None
    request = exchange and exchange.request
    connection = "" if client.keeps_alive and request and request.minor else "Connection: close\r\n"
    client.keeps_alive = not connection
    head = (
        f"HTTP/1.1 {status} {REASONS[status]}\r\nServer: Heroku\r\nContent-Type: {kind}\r\n"
        f"Cache-Control: no-cache, no-store\r\nContent-Length: {len(page)}\r\n{connection}\r\n"
    )
    client.send(head.encode() + (b"" if request and request.is_head else page))


def refuse(client: Client, refusal: Refused) -> None:
    """What came is no request: it is answered in a word, and the connection ends.

    The log has no line, as no app is known to be meant. Source: Dev Center, error-codes (H26 is
    not emitted by Router 2.0).
    """
    client.exchange = None
    client.keeps_alive = False
    client.is_refused = True
    answer(client, refusal.status, TEXT, f"{refusal}\n".encode())
    client.linger()


def no_such_app(client: Client) -> None:
    """The host is unknown, and no app's log has a line. Source: Dev Center, error-pages."""
    answer(client, 404, HTML, pages.NO_SUCH_APP)
    client.exchange = None
    client.finish()


def fail(client: Client, code: Code) -> None:
    """The request has ended with that code: told to the client, if it can be, and to the log."""
    exchange = client.exchange
    assert exchange is not None
    exchange.code = code
    backend, client.backend = client.backend, None
    if backend is not None:
        # The dyno is not to notice. Source: Dev Center, request-timeout.
        backend.discard() if code is H12 else backend.close()
    has_begun = exchange.status != 0
    if not has_begun or code is not H18:
        # Router 2.0 logs with H18 the status that was already sent. Source: log sample of 2026.
        exchange.status = code.status
    if has_begun:
        cut_off(client)
        return
    table = client.proxy.table
    page = pages.error_page(code.name, table.error_page_url, table.maintenance_page_url)
    if code.name == "H80":
        exchange.bytes = len(page)
    answer(client, code.status, HTML, page)
    client.finish()


def cut_off(client: Client) -> None:
    """The answer ends in the middle, so that the client cannot take it for whole."""
    client.tell()
    if client.response_length == UNTIL_CLOSE:
        reset(client.sock)
    client.close()


def gone(client: Client) -> None:
    """The client has closed its connection, or half of it, which means the same here."""
    exchange = client.exchange
    backend, client.backend = client.backend, None
    if exchange is not None:
        is_tunnel = exchange.phase is Phase.TUNNEL
        if not is_tunnel:
            exchange.code = H27
            exchange.status = H27.status
        if backend is not None:
            backend.leave() if is_tunnel else backend.close()
        client.tell()
    client.close()


def expired(client: Client) -> None:
    """Nothing has happened for too long."""
    exchange = client.exchange
    if exchange is None:
        if client.ahead and not client.is_ending:
            refuse(client, Refused(408, "The head of the request did not come in time"))
        else:
            client.close()
    elif exchange.phase is Phase.CONNECTING:
        client.proxy.connect_failed(client, Reason.SILENT)
    else:
        fail(client, classify(blame(client), exchange.phase, Reason.SILENT))


def blame(client: Client) -> Blame:
    """Whose turn it was."""
    exchange, backend = client.exchange, client.backend
    assert exchange is not None
    if exchange.phase is Phase.QUEUED:
        return Blame.ROUTER if client.proxy.table.up() else Blame.DYNO
    if client.pending or client.is_finished:
        return Blame.CLIENT
    is_dynos = backend is None or backend.pending or client.body is None
    return Blame.DYNO if is_dynos else Blame.CLIENT
