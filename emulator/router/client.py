"""A client's connection: its requests, one after the other, and the answers it gets."""

from __future__ import annotations

from . import limits, outcome
from .body import body
from .exchange import Exchange
from .hcode import H26_CHUNK, H99, Phase
from .head import END, Malformed
from .request import Refused, check_beginning
from .stream import BODY, HEAD_BYTES, Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .backend import Backend
    from .body import Body
    from .proxy import Proxy
    from .request import Request
    from .secure import Secure
    from .stream import Socket

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Client(Stream):
    """At most one request of it is served at a time; what comes after that one waits."""

    __slots__ = (
        "_head",
        "_is_taking",
        "_request",
        "ahead",
        "backend",
        "body",
        "deadline",
        "exchange",
        "forwarded",
        "is_ending",
        "is_finished",
        "is_refused",
        "keeps_alive",
        "peer",
        "proxy",
        "response_length",
        "secure",
    )

    def __init__(
        self, sock: Socket, proxy: Proxy, peer: str, port: int, secure: Secure | None
    ) -> None:
        self.proxy = proxy
        self.peer = peer
        self.secure = secure
        self.forwarded = proxy.forwarded(port, secure is not None)
        self.ahead = b""
        self.body: Body | None = None
        self.exchange: Exchange | None = None
        self.backend: Backend | None = None
        self.keeps_alive = True
        self.is_ending = False
        """No further request is served on this connection."""

        self.is_finished = False
        """The whole answer was given to us; the client has yet to take it."""

        self.is_refused = False
        """What it sends is no request, so nobody knows where that ends."""

        self.response_length = 0
        self._is_taking = False
        self._head = b""
        self._request: Request
        self.deadline = proxy.loop.now + limits.CLIENT_KEEP_ALIVE_SECONDS
        self.read = self.read_head
        super().__init__(sock, proxy.loop)
        proxy.clients.add(self)

    # What comes in.

    def _receive(self) -> bytes | None:
        """What was read; None if there was nothing, or the client is gone."""
        try:
            data = self.sock.recv(HEAD_BYTES)
        except BlockingIOError:
            return None
        except OSError:
            data = b""
        if not data:
            outcome.gone(self)
            return None
        return data

    def read_head(self) -> None:
        """A request begins, or goes on to begin."""
        data = self._receive()
        if data is not None:
            self.take_all(self.ahead + data if self.ahead else data)

    def take_all(self, data: bytes) -> None:
        """Every request that is here whole was begun, as soon as the one before it was answered."""
        self.ahead = data
        self._is_taking = True
        while self.ahead and self.exchange is None and not self.is_ending:
            if not self._take():
                break
        self._is_taking = False

    def _take(self) -> bool:
        data = self.ahead
        if data.startswith(b"\r\n"):
            self.ahead = data = data[2:]  # RFC 9112, 2.2
        end = data.find(END) + 4
        if end == 3:
            self._await_head(data)
            return False
        self.ahead = data[end:]
        head = data[:end]
        # Most clients repeat themselves on a kept connection.
        if head != self._head:
            try:
                self._request = self.proxy.requests.read(head)
            except Refused as refusal:
                outcome.refuse(self, refusal)
                return False
            self._head = head
        self._begin(self._request)
        return True

    def _await_head(self, data: bytes) -> None:
        """The rest of the head has its time, unless no head can come of it."""
        if self.deadline > self.loop.now + limits.HEAD_SECONDS:
            self.deadline = self.loop.now + limits.HEAD_SECONDS
        try:
            if not b"\r\n".startswith(data):
                check_beginning(data)
        except Refused as refusal:
            outcome.refuse(self, refusal)

    def _begin(self, request: Request) -> None:
        proxy = self.proxy
        manner = request.manner
        fwd = manner.forwarded_for + self.peer if manner.forwarded_for else self.peer
        request_id = manner.request_id or proxy.new_id()
        self.exchange = Exchange(request, request_id, fwd, self.loop.now)
        self.keeps_alive = request.keeps_alive
        self.read = self.read_ahead
        if request.has_body:
            self.body = body(manner.length)
        proxy.admit(self)

    def read_ahead(self) -> None:
        """What the client sends before it is its turn waits, up to a limit."""
        data = self._receive()
        if data is not None:
            self.ahead += data
            if len(self.ahead) >= limits.REQUEST_BUFFER:
                self.pause()

    def read_body(self) -> None:
        """The dyno gets what has come of the request's body."""
        size = self.receive()
        if size is None:
            return
        if size > 0:
            self._upload(BODY, size)
        else:
            outcome.gone(self)

    def connected(self, backend: Backend) -> None:
        """A dyno has got the head and gets the body, of which the first part may be here."""
        self.backend = backend
        exchange = self.exchange
        assert exchange is not None
        if self.body is None:
            exchange.phase = Phase.WAITING
            self.deadline = self.loop.now + limits.FIRST_BYTE_SECONDS
            return
        exchange.phase = Phase.SENDING
        request = exchange.request
        if request.manner.expectation and request.minor and not self.ahead:
            self.send(CONTINUE)
        self.read = self.read_body
        self.deadline = self.loop.now + limits.IDLE_SECONDS
        self.resume()
        if self.ahead:
            data, self.ahead = self.ahead, b""
            self._upload(data, len(data))

    def _upload(self, data: bytes | bytearray, size: int) -> None:
        """A body that came is on its way; with its end begins the wait for the answer."""
        assert self.body is not None and self.exchange is not None and self.backend is not None
        try:
            end = self.body.feed(data, 0, size)
        except Malformed:
            self.keeps_alive = False
            outcome.fail(self, H26_CHUNK)
            return
        backend = self.backend
        backend.send(memoryview(data)[:end])
        waiting = self.exchange.phase is Phase.SENDING
        self.deadline = self.loop.now + limits.IDLE_SECONDS
        if self.body.is_done:
            self.body = None
            self.ahead = bytes(data[end:size])
            self.read = self.read_ahead
            if waiting:
                self.exchange.phase = Phase.WAITING
                self.deadline = self.loop.now + limits.FIRST_BYTE_SECONDS
        elif backend.pending:
            self.pause()

    def read_nothing(self) -> None:
        """What still comes is thrown away."""
        self._receive()

    # What goes out.

    def progressed(self) -> None:
        if self.exchange is not None and self.exchange.phase is not Phase.WAITING:
            self.deadline = self.loop.now + limits.IDLE_SECONDS

    def drained(self) -> None:
        if self.is_finished:
            self.end()
        elif self.is_ending and self.exchange is None:
            self.linger()
        elif self.backend is not None:
            self.backend.resume()

    def finish(self) -> None:
        """The answer is complete; once the client has it all, the next request's turn comes."""
        self.backend = None
        if self.body is not None:
            self.read = self.read_nothing
        if self.pending:
            self.is_finished = True
            self.deadline = self.loop.now + limits.IDLE_SECONDS
        else:
            self.end()

    def end(self) -> None:
        """The exchange is over and told."""
        self.is_finished = False
        self.tell()
        if not self.keeps_alive or self.body is not None:
            self.linger()
            return
        self.read = self.read_head
        self.deadline = self.loop.now + limits.CLIENT_KEEP_ALIVE_SECONDS
        if self.is_paused:
            self.resume()
        if self.ahead and not self._is_taking:
            self.take_all(self.ahead)

    def tell(self) -> None:
        exchange, self.exchange = self.exchange, None
        if exchange is not None:
            self.proxy.waiting.pop(self, None)
            exchange.ended_at = self.loop.now
            self.proxy.done(exchange, self.secure.version() if self.secure else "")

    def linger(self) -> None:
        """The client will have read the answer before the connection goes."""
        self.is_ending = True
        if self.pending:
            return
        if self.body is None and not self.ahead and not self.is_refused:
            self.close()
            return
        self.body, self.ahead = None, b""
        self.read = self.read_nothing
        self.deadline = self.loop.now + limits.LINGER_SECONDS
        self.resume()
        self.send_no_more()

    def broken(self) -> None:
        """Our own fault: H99."""
        if self.exchange is not None:
            outcome.fail(self, H99)
        self.close()

    def close(self) -> None:
        if not self.is_closed:
            super().close()
            self.proxy.leave(self)
