"""HTTP to CGI and back, as far as git's smart protocol needs it.

Source: RFC 3875; git-http-backend(1).
"""

from __future__ import annotations

from emulator.api.head import response_head

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from emulator.api.request import Request

PUSH = "git-receive-pack"
PATHS = ("info/refs", "HEAD", PUSH, "git-upload-pack")
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
LONGEST_LINE = 1000
OK = 200


def variables(request: Request, root: str, path: str) -> dict[str, str]:
    """What the process is told of the request for that path of the repository in `root`."""
    head = request.head
    found = {
        "GIT_PROJECT_ROOT": root,
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/repo.git/{path}",
        "REQUEST_METHOD": head.method,
        "QUERY_STRING": head.target.partition("?")[2],
        "CONTENT_TYPE": head.get("content-type"),
        "HTTP_CONTENT_ENCODING": head.get("content-encoding"),
        "GIT_PROTOCOL": head.get("git-protocol"),
        "REMOTE_USER": "hk-local",
        "REMOTE_ADDR": "127.0.0.1",
    }
    if not head.chunked:
        found["CONTENT_LENGTH"] = str(head.length)
    return {name: value for name, value in found.items() if value}


def head(lines: Iterable[bytes]) -> bytes:
    """The head of the response whose beginning the process has written."""
    status = OK
    fields: list[tuple[str, str]] = []
    for line in lines:
        name, _, value = line.decode("latin-1").strip().partition(":")
        if not name:
            break
        if name.lower() == "status":
            status = int(value.split()[0])
        else:
            fields.append((name, value.strip()))
    else:
        return failure("git http-backend has given no answer")
    return response_head(status, (*fields, ("Connection", "close")))


def failure(reason: str) -> bytes:
    """A whole response that says so."""
    body = f"{reason}\n".encode("utf-8", "replace")
    fields = (
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
    )
    return response_head(500, fields) + body


class Body:
    """The body of a request, part by part, as it comes."""

    def __init__(
        self,
        request: Request,
        receive: Callable[[], bytes],
        send: Callable[[bytes], object],
    ) -> None:
        self._head = request.head
        self._data = request.body
        self._receive = receive
        self._send = send

    def __iter__(self) -> Iterator[bytes]:
        """Raises ValueError or OSError if it does not come whole."""
        if self._head.get("expect").lower() == "100-continue":
            self._send(CONTINUE)
        if self._head.chunked:
            yield from self._chunks()
        else:
            yield from self._take(self._head.length)

    def _take(self, size: int) -> Iterator[bytes]:
        while size:
            if not self._data:
                self._more()
            part, self._data = self._data[:size], self._data[size:]
            size -= len(part)
            yield part

    def _more(self) -> None:
        data = self._receive()
        if not data:
            raise ValueError("the client went away")
        self._data += data

    def _line(self) -> bytes:
        while b"\r\n" not in self._data:
            if len(self._data) > LONGEST_LINE:
                raise ValueError("a chunk has no size")
            self._more()
        line, _, self._data = self._data.partition(b"\r\n")
        return line

    def _chunks(self) -> Iterator[bytes]:
        """Source: RFC 9112, 7.1."""
        while size := int(self._line().partition(b";")[0], 16):
            yield from self._take(size)
            if self._line():
                raise ValueError("a chunk is longer than it says")
        while self._line():
            pass
