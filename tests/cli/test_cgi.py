"""git's requests as CGI: bodies however they come, and the head of an answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.api.head import parse
from emulator.api.request import Request
from emulator.cli import cgi


def request(head: str, body: bytes = b"") -> Request:
    raw = f"{head}\r\nHost: localhost\r\n\r\n".replace("\n", "\r\n").replace("\r\r", "\r")
    return Request(parse(raw.encode()), body)


def body(head: str, *parts: bytes) -> bytes:
    """What becomes of a body that comes in these parts."""
    rest = iter(parts[1:])
    found = cgi.Body(request(head, parts[0] if parts else b""), lambda: next(rest, b""), print)
    return b"".join(found)


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


PUSH = "POST /app.git/git-receive-pack HTTP/1.1"


def test_a_body_of_known_length_ends_there() -> None:
    assert body(f"{PUSH}\nContent-Length: 5", b"he", b"llo, and more") == b"hello"
    assert body(PUSH) == b""


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_chunks_are_put_together_however_they_are_cut(size: int) -> None:
    data = b"5\r\nhello\r\n7;x=y\r\n, world\r\n0\r\nA: b\r\n\r\n"
    assert body(f"{PUSH}\nTransfer-Encoding: chunked", *pieces(data, size)) == b"hello, world"


@pytest.mark.parametrize("data", [b"5\r\nhell", b"5\r\nhello!\r\n0\r\n\r\n", b"x\r\n", b"1" * 2000])
def test_a_body_that_is_cut_off_or_wrong_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError):
        body(f"{PUSH}\nTransfer-Encoding: chunked", data)
    with pytest.raises(ValueError):
        body(f"{PUSH}\nContent-Length: 500", data[:100])


def test_the_process_is_told_what_it_needs() -> None:
    given = request(
        "POST /app.git/git-upload-pack?a=b HTTP/1.1\nContent-Type: x\nGit-Protocol: version=2\n"
        "Content-Encoding: gzip\nContent-Length: 7"
    )
    found = cgi.variables(given, "/state", "git-upload-pack")
    assert found["PATH_INFO"] == "/repo.git/git-upload-pack"
    assert found["QUERY_STRING"] == "a=b" and found["GIT_PROTOCOL"] == "version=2"
    assert found["HTTP_CONTENT_ENCODING"] == "gzip" and found["CONTENT_LENGTH"] == "7"
    chunked = request(f"{PUSH}\nTransfer-Encoding: chunked")
    assert "CONTENT_LENGTH" not in cgi.variables(chunked, "/state", cgi.PUSH)


def test_an_answer_has_the_status_that_the_process_gave() -> None:
    assert cgi.head([b"Content-Type: a/b\r\n", b"\r\n"]).startswith(b"HTTP/1.1 200 OK\r\n")
    found = cgi.head([b"Status: 404 Not Found\r\n", b"Expires: never\r\n", b"\r\n"])
    assert found.startswith(b"HTTP/1.1 404 Not Found\r\n") and b"Expires: never" in found
    assert b"Connection: close" in found
    assert b"500" in cgi.head([])
