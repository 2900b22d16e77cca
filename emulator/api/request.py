"""Requests, put together from the bytes of a connection as they come."""

from __future__ import annotations

from . import percent
from .head import Head, Refused, end_of_head, parse

MAX_BODY = 1024 * 1024


class Request:
    """One request. `path` is raw; whoever keeps descriptors of `fds` takes them off the list."""

    def __init__(self, head: Head, body: bytes = b"", fds: list[int] | None = None) -> None:
        self.head = head
        self.body = body
        self.fds = fds or []
        self.path, _, query = head.target.partition("?")
        try:
            self.query = percent.query(query)
        except ValueError as error:
            raise Refused(400, f"The query is not valid: {error}") from None

    @property
    def is_git(self) -> bool:
        """It is one of git's, and `body` only what has come of it so far."""
        return is_git(self.head)

    @property
    def method(self) -> str:
        return self.head.method

    @property
    def wants_text(self) -> bool:
        """Whether the client shows the answer to a person as it is."""
        return self.head.get("accept").lower().startswith("text/plain")

    @property
    def wants_colour(self) -> bool:
        return self.head.get("hk-color") == "1"


class Reader:
    """Collects bytes until they are a request."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._head: Head | None = None

    @property
    def has_begun(self) -> bool:
        """Whether a part of a request is here."""
        return bool(self._data or self._head)

    def feed(self, data: bytes) -> None:
        self._data += data

    def next(self) -> tuple[Head, bytes] | None:
        """The next request's head and body, or None if more has to come. Raises Refused."""
        if self._head is None and self._data:
            end = end_of_head(self._data)
            if end >= 0:
                self._head = _servable(parse(bytes(self._data[:end])))
                del self._data[:end]
        head = self._head
        if head and is_git(head):
            data, self._data = self._data, bytearray()
            return head, bytes(data)
        if head is None or len(self._data) < head.length:
            return None
        body = bytes(self._data[: head.length])
        del self._data[: head.length]
        self._head = None
        return head, body


def is_git(head: Head) -> bool:
    """Whether the path begins with a repository, such as /myapp.git/."""
    first, slash, _ = head.target[1:].partition("/")
    return bool(slash) and first.endswith(".git")


def _servable(head: Head) -> Head:
    if is_git(head):
        return head
    if head.chunked:
        raise Refused(501, "Transfer-Encoding is not supported; send a Content-Length")
    if head.length > MAX_BODY:
        raise Refused(413, f"The body is larger than {MAX_BODY} bytes")
    return head
