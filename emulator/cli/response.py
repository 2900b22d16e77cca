"""An HTTP/1.1 response, read from a socket."""

from __future__ import annotations

from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _socket
    from collections.abc import Iterator

BLOCK = 65536


class Gone(UserError):
    """the emulator went away before it had answered"""


class Response:
    """The head of a response; the body comes as it is asked for."""

    def __init__(self, link: _socket.socket) -> None:
        self.link = link
        self._unread = b""
        status, *lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        self.status = int(status.split(" ", 2)[1])
        fields = (line.partition(":") for line in lines)
        self.headers = {name.lower(): value.strip() for name, _, value in fields}

    def text(self, name: str) -> str:
        """The header of that name, percent-decoded."""
        return unquote(self.headers.get(name, ""))

    def read(self) -> bytes:
        """The whole body."""
        return b"".join(self.blocks())

    def blocks(self, output: int = -1) -> Iterator[bytes]:
        """The body as it comes in; Gone if it breaks off. If it goes on until the connection ends:
        BrokenPipeError as soon as nobody reads what is written to `output`."""
        try:
            if self.headers.get("transfer-encoding", "").lower() == "chunked":
                yield from self._chunks()
            elif "content-length" in self.headers:
                yield from self._exactly(int(self.headers["content-length"]))
            else:
                yield from self._rest(output)
        finally:
            self.link.close()

    def fill(self) -> bool:
        """More of the body was read ahead; False once there is no more."""
        block = self._receive()
        self._unread += block
        return bool(block)

    def _rest(self, output: int) -> Iterator[bytes]:
        while True:
            if output >= 0 and not self._unread:
                from emulator.cli.audience import await_input

                await_input(self.link.fileno(), output)
            block, self._unread = self._unread or self._receive(), b""
            if not block:
                return
            yield block

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self._until(b"\r\n").partition(b";")[0], 16):
            yield from self._exactly(size)
            self._until(b"\r\n")

    def _exactly(self, size: int) -> Iterator[bytes]:
        while size:
            self._unread = self._unread or self._some()
            block, self._unread = self._unread[:size], self._unread[size:]
            size -= len(block)
            yield block

    def _until(self, end: bytes) -> bytes:
        while end not in self._unread:
            self._unread += self._some()
        found, _, self._unread = self._unread.partition(end)
        return found

    def _some(self) -> bytes:
        block = self._receive()
        if not block:
            raise Gone
        return block

    def _receive(self) -> bytes:
        try:
            return self.link.recv(BLOCK)
        except ConnectionResetError:
            return b""


def unquote(text: str) -> str:
    """What was percent-encoded."""
    head, *parts = text.split("%")
    decoded = (bytes.fromhex(part[:2]) + part[2:].encode() for part in parts)
    return (head.encode() + b"".join(decoded)).decode("utf-8", "replace")
