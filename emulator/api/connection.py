"""One client's connection: requests come in, one at a time, and answers go out.

Nothing here waits. A client that sends half a request, reads nothing or vanishes costs a
descriptor and a bounded buffer, and for a limited time only, unless it reads a log.
"""

from __future__ import annotations

import socket

from . import descriptors
from .answer import Handover, Response, unreadable
from .head import Refused
from .request import Reader, Request
from .stage import Stage

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from .answer import Stream
    from .listener import Answering

REQUEST_SECONDS = 10.0
"""For a whole request, counted from when one may be sent."""
RESPONSE_SECONDS = 60.0
"""For a whole response to be read."""
LINGER_SECONDS = 2.0
"""A client is listened to for so long after its last answer, or a reset could take it away: then
the Heroku CLI would send its request again, whatever the first one has done."""
READ_BYTES = 64 * 1024
WRITE_BYTES = 256 * 1024
WRITE_BUFFERS = 64
WRITES = 4
"""In a row, before others have their turn."""
MOST_DESCRIPTORS = 3


class Connection:
    """`answer` makes responses and streams of requests; `on_closed` is called once."""

    def __init__(
        self,
        sock: socket.socket,
        loop: asyncio.AbstractEventLoop,
        answer: Answering,
        on_closed: Callable[[Connection], object],
    ) -> None:
        self._sock = sock
        self._loop = loop
        self._answer = answer
        self._on_closed = on_closed
        self._reader = Reader()
        self._fds: list[int] = []
        self._out: list[bytes | memoryview] = []
        self._stage = Stage.WAITING
        self._after = Stage.WAITING
        """What follows the response that is being written."""
        self._stream: Stream | None = None
        self._is_due = False
        """A turn of ours is to come in this turn of the loop."""
        self._is_blocked = False
        """The client has to read before we can write on."""
        self._is_deaf = False
        """Nothing is read."""
        self._timer: asyncio.TimerHandle | None = None
        sock.setblocking(False)
        loop.add_reader(sock, self._read)
        self._give(REQUEST_SECONDS)

    def close(self) -> None:
        """What the client takes at once of its answer was sent, and the connection is gone."""
        if self._stage in (Stage.ANSWERING, Stage.STREAMING):
            self._write()
        if self._stream and self._stream.is_last:
            socket.dup(self._sock.fileno())  # which ends with our process
        self._end()

    # --- from the client -------------------------------------------------------------------------

    def _read(self) -> None:
        try:
            data, fds = descriptors.receive(self._sock, READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._end()
            return
        self._fds += fds
        if not data:
            self._hear_end()
        elif self._stage is Stage.WAITING:
            self._reader.feed(data)
            self._serve()
        else:
            descriptors.close(self._fds)

    def _hear_end(self) -> None:
        """A client that has only shut down its side still gets what it asked for.

        Every request that came before this has been served: nothing is read meanwhile.
        """
        if self._stream and not self._stream.is_endless:
            self._ignore()
        else:
            self._end()

    def _serve(self) -> None:
        """The next request, if it is complete, was answered."""
        try:
            request = self._next_request()
        except Refused as refused:
            self._refuse(refused)
            return
        if request is None:
            self._listen()
            return
        answer = self._answer(request)
        descriptors.close(self._fds)
        if isinstance(answer, Handover):
            self._hand_over(answer)
        elif isinstance(answer, Response):
            stays = request.head.keeps_alive and not request.is_git
            self._after = Stage.WAITING if stays else Stage.LINGERING
            self._respond(answer)
        else:
            self._begin(answer)

    def _hand_over(self, answer: Handover) -> None:
        self._leave()
        answer.accept(self._sock)
        self._on_closed(self)

    def _next_request(self) -> Request | None:
        if len(self._fds) > MOST_DESCRIPTORS:
            raise Refused(400, "More descriptors than standard input, output and error")
        found = self._reader.next()
        return Request(*found, self._fds) if found else None

    def _refuse(self, refused: Refused) -> None:
        self._after = Stage.LINGERING
        self._respond(unreadable(refused.status, str(refused)))

    # --- to the client ---------------------------------------------------------------------------

    def _respond(self, response: Response) -> None:
        self._stage = Stage.ANSWERING
        keeps_alive = self._after is Stage.WAITING
        self._out += [part for part in response.encoded(keeps_alive) if part]
        self._write()

    def _begin(self, stream: Stream) -> None:
        self._stage = Stage.STREAMING
        self._give(None)
        self._stream = stream
        self._listen()
        self._out.append(stream.head)
        stream.begin(self._wake)
        self._write()

    def _wake(self) -> None:
        """What the stream has is written with all that this turn of the loop brings."""
        if not self._is_due and not self._is_blocked:
            self._is_due = True
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._is_due = False
        if self._stage is Stage.STREAMING:
            self._write()
        elif self._stage is Stage.WAITING:
            self._serve()

    def _write(self) -> None:
        for _ in range(WRITES):
            if not self._out and not self._refill():
                self._unblock()
                self._go_on()
                return
            try:
                sent = self._sock.sendmsg(self._out[:WRITE_BUFFERS])
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                self._end()
                return
            self._advance(sent)
        if not self._is_blocked:
            self._block()

    def _block(self) -> None:
        """The rest is written when the client has read; what it asks next waits until then."""
        self._is_blocked = True
        self._loop.add_writer(self._sock, self._write)
        if self._stream is None:
            self._give(RESPONSE_SECONDS)
            self._ignore()

    def _unblock(self) -> None:
        if self._is_blocked:
            self._is_blocked = False
            self._loop.remove_writer(self._sock)

    def _refill(self) -> bool:
        """Whether the stream has something to write now."""
        if self._stream is None:
            return False
        try:
            parts = self._stream.take(WRITE_BYTES)
        except BaseException:
            self._end()  # or the loop would call us, and fail, for ever
            raise
        if parts is None:
            self._stage, self._after = Stage.ANSWERING, Stage.OVER
            return False
        self._out += parts
        return bool(parts)

    def _advance(self, sent: int) -> None:
        done = 0
        while done < len(self._out) and sent >= len(self._out[done]):
            sent -= len(self._out[done])
            done += 1
        del self._out[:done]
        if sent:
            self._out[0] = memoryview(self._out[0])[sent:]

    def _go_on(self) -> None:
        """Nothing is left to write now."""
        if self._stage is not Stage.ANSWERING:
            return
        if self._after is Stage.WAITING:
            self._await_request()
        elif self._after is Stage.LINGERING:
            self._linger()
        else:
            self._end()

    def _await_request(self) -> None:
        """A request that has come already is served in the loop's next turn: others come first."""
        self._stage = Stage.WAITING
        self._give(REQUEST_SECONDS)
        if self._reader.has_begun:
            self._ignore()
            self._wake()
        else:
            self._listen()

    def _listen(self) -> None:
        """What the client sends is read from now on."""
        if self._is_deaf:
            self._is_deaf = False
            self._loop.add_reader(self._sock, self._read)

    def _ignore(self) -> None:
        """Nothing is read from now on; not even the end, behind requests that are to be served."""
        if not self._is_deaf:
            self._is_deaf = True
            self._loop.remove_reader(self._sock)

    def _linger(self) -> None:
        self._stage = Stage.LINGERING
        self._give(LINGER_SECONDS)
        self._listen()
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._end()

    # --- the end ---------------------------------------------------------------------------------

    def _give(self, seconds: float | None) -> None:
        """So much time from now on for what comes next; None: any."""
        if self._timer:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self._time_out) if seconds else None

    def _time_out(self) -> None:
        if self._stage is Stage.WAITING and self._reader.has_begun:
            self._refuse(Refused(408, "The request did not come in time"))
        else:
            self._end()

    def _leave(self) -> None:
        """We have nothing to do with the socket any more."""
        self._stage = Stage.OVER
        self._give(None)
        self._loop.remove_reader(self._sock)
        self._loop.remove_writer(self._sock)

    def _end(self) -> None:
        if self._stage is Stage.OVER:
            return
        self._leave()
        self._sock.close()
        descriptors.close(self._fds)
        if self._stream:
            self._stream.end()
        self._on_closed(self)
