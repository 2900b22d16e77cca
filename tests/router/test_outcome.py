"""Requests that do not go well: the code, the status, the words of the log."""

from __future__ import annotations

import re
import socket

import pytest

from emulator.router.table import LogFormat, State, Table
from tests.router.scene import GET, HELLO, Peer, Scene

UP, STARTING, CRASHED = State.UP, State.STARTING, State.CRASHED
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"


def shown(line: str) -> str:
    """The line without what differs each time."""
    line = re.sub(r" method=(\w+) .*? dyno=", r" \1 dyno=", line.rstrip("\n"))
    return line.removesuffix(" protocol=http1.1 tls=false")


def status(client: Peer) -> int:
    """The status of the page that the client got."""
    page = client.has(b"</html>\n")
    return int(page.split(b" ", 2)[1])


@pytest.mark.parametrize(
    ("states", "fields", "answer", "expected"),
    [
        ([CRASHED], {}, 503, 'at=error code=H10 desc="App crashed" GET'),
        ([], {}, 503, 'at=error code=H14 desc="No web processes running" GET'),
        ([UP], {"maintenance": True}, 503, 'at=info code=H80 desc="Maintenance mode" GET'),
        ([], {"blank": True}, 502, 'at=info code=H81 desc="Blank app" GET'),
    ],
)
def test_what_the_table_says_is_answered_at_once(
    scene: Scene, states: list[State], fields: dict[str, object], answer: int, expected: str
) -> None:
    scene.dynos(*states, **fields, log_format=LogFormat.LEGACY)
    client = scene.client()
    client.send(GET)
    assert status(client) == answer
    tail = f" dyno= connect= service= status={answer} bytes= protocol=http"
    assert shown(scene.line()) == expected + tail
    client.send(GET)
    assert status(client) == answer


def test_maintenance_in_the_form_of_router_2(scene: Scene) -> None:
    scene.dynos(UP, maintenance=True)
    client = scene.client()
    client.send(GET)
    page = client.has(b"</html>\n")
    size = len(page.partition(b"\r\n\r\n")[2])
    tail = f"dyno= connect=0ms service=0ms status=503 bytes={size}"
    assert shown(scene.line()) == f'at=info code=H80 desc="Maintenance mode" GET {tail}'


def test_a_request_waits_for_a_dyno_that_starts(scene: Scene) -> None:
    (dyno,) = scene.dynos(STARTING)
    client = scene.client()
    client.send(GET)
    scene.advance(7)
    assert client.look() == b""
    scene.proxy.update(scene.proxy.table.replace(dynos=(dyno.web(UP),)))
    dyno.serves()
    client.has(b"hello")
    assert (
        shown(scene.line())
        == "at=info GET dyno=web.1 connect=7000ms service=0ms status=200 bytes=5"
    )


def test_h20_after_75_seconds(scene: Scene) -> None:
    scene.dynos(STARTING)
    client = scene.client()
    client.send(GET)
    scene.advance(74.9)
    assert client.look() == b""
    scene.advance(0.1)
    assert status(client) == 503
    line = 'at=error code=H20 desc="App boot timeout" GET dyno= connect= service= status=503 bytes='
    assert shown(scene.line()) == line


def test_whoever_waits_is_answered_when_the_dyno_crashes(scene: Scene) -> None:
    (dyno,) = scene.dynos(STARTING)
    client = scene.client()
    client.send(GET)
    scene.settle()
    scene.proxy.update(scene.proxy.table.replace(dynos=(dyno.web(CRASHED),)))
    assert status(client) == 503
    assert "code=H10" in scene.line()


def test_h11_when_too_many_are_in_flight(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    assert scene.proxy.most_in_flight == 200
    scene.proxy.most_in_flight = 1
    first, second = scene.client(), scene.client()
    first.send(GET)
    peer = dyno.accept()
    peer.has(b"\r\n\r\n")
    second.send(GET)
    assert status(second) == 503
    line = 'at=error code=H11 desc="Backlog too deep" GET dyno= connect= service= status=503 bytes='
    assert shown(scene.line()) == line
    peer.send(HELLO)
    first.has(b"hello")


def test_h12_after_30_seconds_and_the_dyno_goes_on_unaware(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(GET)
    peer = dyno.accept()
    peer.has(b"\r\n\r\n")
    scene.advance(29.9)
    assert client.look() == b""
    scene.advance(0.1)
    assert status(client) == 503
    assert shown(scene.line()) == (
        'at=error code=H12 desc="Request timeout" GET '
        "dyno=web.1 connect=0ms service=30000ms status=503 bytes=0"
    )
    peer.send(HELLO)
    scene.settle()
    assert not peer.look() and not peer.is_over
    client.send(GET)
    dyno.serves()
    assert client.has(b"hello").startswith(b"HTTP/1.1 200")
    peer.close()


def test_the_wait_for_the_first_byte_begins_when_all_was_sent(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(POST + b"12345")
    peer = dyno.accept()
    peer.has(b"12345")
    scene.advance(50)
    client.send(b"67890")
    peer.has(b"67890")
    scene.advance(29)
    assert client.look() == b""
    scene.advance(1)
    assert "code=H12" in scene.line()
    assert status(client) == 503
    peer.close()


def test_a_dyno_that_reads_slowly_has_its_30_seconds_from_the_last_byte(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    size = 20_000_000
    client = scene.client()
    client.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % size)
    peer = dyno.accept()
    block, left = memoryview(b"x" * 1_000_000), size
    while left:
        try:
            left -= client.sock.send(block[:left])
        except BlockingIOError:
            if not scene.loop.turn(0.01):
                scene.advance(20)
                peer.look()
        peer.data = peer.data[-100:]
    scene.until(lambda: peer.look() is None or not any(one.body for one in scene.proxy.clients))
    scene.settle()
    peer.look()
    scene.settle()
    scene.advance(29)
    assert not client.look()
    scene.advance(1)
    assert "code=H12" in scene.line()
    assert status(client) == 503
    peer.close()


@pytest.mark.parametrize("ending", [Peer.close, Peer.reset])
def test_h13_without_a_response(scene: Scene, ending: object) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(GET)
    peer = dyno.accept()
    peer.has(b"\r\n\r\n")
    ending(peer)  # type: ignore[operator]
    assert status(client) == 503
    assert shown(scene.line()) == (
        'at=error code=H13 desc="Connection closed without response" GET '
        "dyno=web.1 connect=0ms service=0ms status=503 bytes=0"
    )


def test_a_kept_connection_that_closes_is_no_error_if_the_request_may_be_sent_again(
    scene: Scene,
) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(GET)
    peer, _ = dyno.serves()
    client.has(b"hello")
    client.send(GET)
    peer.has(b"\r\n\r\n")
    peer.reset()
    dyno.serves()
    client.has(b"hello")
    assert [line.split()[0] for line in scene.lines] == ["at=info", "at=info"]


def test_a_kept_connection_that_closes_as_its_dyno_stops(scene: Scene) -> None:
    first, second = scene.dynos(UP, STARTING)
    client = scene.client()
    client.send(GET)
    peer, _ = first.serves()
    client.has(b"hello")
    client.send(GET)
    peer.has(b"\r\n\r\n")
    scene.proxy.update(scene.proxy.table.replace(dynos=(second.web(UP),)))
    peer.close()
    second.serves()
    client.has(b"hello")


def test_a_post_is_never_sent_twice(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(GET)
    peer, _ = dyno.serves()
    client.has(b"hello")
    scene.line()
    client.send(POST + b"1234567890")
    peer.has(b"1234567890")
    peer.close()
    assert status(client) == 503
    assert "code=H13" in scene.line()


def test_a_post_gets_a_new_connection_if_the_kept_one_may_be_stale(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(GET)
    dyno.serves()
    client.has(b"hello")
    scene.advance(2)
    client.send(POST + b"1234567890")
    dyno.serves(end=b"1234567890")
    client.has(b"hello")


@pytest.mark.parametrize("ending", [Peer.close, Peer.reset])
def test_h18_when_the_dyno_ends_in_the_middle(scene: Scene, ending: object) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(GET)
    peer, _ = dyno.serves(HELLO[:-2])
    client.has(b"hel")
    ending(peer)  # type: ignore[operator]
    client.ends()
    assert shown(scene.line()) == (
        'sock=backend at=error code=H18 desc="Server Request Interrupted" GET '
        "dyno=web.1 connect=0ms service=0ms status=200 bytes=3"
    )


def test_h18_in_the_middle_of_the_head_is_answered(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(GET)
    dyno.serves(b"HTTP/1.1 200 OK\r\n")[0].close()
    assert status(client) == 503
    assert "code=H18" in scene.line()


def test_h15_when_the_dyno_falls_silent(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(GET)
    peer, _ = dyno.serves(HELLO[:-5])
    for byte in (b"h", b"e", b"l"):
        scene.advance(54)
        peer.send(byte)
        client.has(byte)
    scene.advance(54.9)
    assert not client.is_over
    scene.advance(0.1)
    client.ends()
    assert shown(scene.line()) == (
        'at=error code=H15 desc="Idle connection" GET '
        "dyno=web.1 connect=0ms service=217000ms status=503 bytes=3"
    )


def test_h28_when_the_client_falls_silent(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(POST + b"1234")
    peer = dyno.accept()
    peer.has(b"1234")
    scene.advance(55)
    assert shown(scene.line()) == (
        'sock=client at=warning code=H28 desc="Client Connection Idle" POST '
        "dyno=web.1 connect=0ms service=55000ms status=499 bytes=0"
    )
    peer.ends()
    client.close()
    scene.settle()


def test_h27_when_the_client_leaves(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(GET)
    peer = dyno.accept()
    peer.has(b"\r\n\r\n")
    scene.advance(5)
    client.close()
    assert shown(scene.line()) == (
        'sock=client at=warning code=H27 desc="Client Request Interrupted" GET '
        "dyno=web.1 connect=0ms service=5000ms status=499 bytes=0"
    )
    assert peer.ends() == b""


@pytest.mark.parametrize("ending", [Peer.close, Peer.reset, Peer.half_close])
@pytest.mark.parametrize(
    ("request_", "response"),
    [(POST + b"123", b""), (GET, HELLO[:-2]), (GET, b"HTTP/1.1 200 OK\r\n\r\nabc")],
)
def test_h27_in_the_middle(scene: Scene, ending: object, request_: bytes, response: bytes) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(request_)
    peer = dyno.accept()
    peer.has(b"\r\n\r\n")
    peer.send(response)
    if response:
        client.has(response[-3:])
    ending(client)  # type: ignore[operator]
    assert "sock=client at=warning code=H27" in scene.line()
    peer.ends()


def test_h27_while_waiting_for_a_dyno(scene: Scene) -> None:
    scene.dynos(STARTING)
    client = scene.client()
    client.send(GET)
    scene.settle()
    client.close()
    assert shown(scene.line()) == (
        'sock=client at=warning code=H27 desc="Client Request Interrupted" GET '
        "dyno= connect= service= status=499 bytes="
    )
    assert not scene.proxy.waiting


def test_h21_when_no_dyno_takes_connections(scene: Scene) -> None:
    first, second = scene.dynos(UP, UP)
    first.sock.close()
    second.sock.close()
    client = scene.client()
    client.send(GET)
    assert status(client) == 503
    line = shown(scene.line())
    assert line.startswith('at=error code=H21 desc="Backend connection refused" GET dyno=web.')
    assert line.endswith(" connect=0ms service= status=503 bytes=")


def test_a_dyno_that_refuses_is_left_alone_for_five_seconds(scene: Scene) -> None:
    first, second = scene.dynos(UP, UP)
    first.sock.close()
    client = scene.client()
    peer = None
    for _ in range(12):
        client.send(GET)
        peer = second.accept() if peer is None else peer
        peer.has(b"\r\n\r\n")
        peer.send(HELLO)
        client.has(b"hello")
        # By chance the one that refuses may not have been asked yet.
        if len(scene.proxy.available) == 1:
            break
    assert [pool.dyno.name for pool in scene.proxy.available] == ["web.2"]
    scene.advance(5)
    assert len(scene.proxy.available) == 2
    assert all("dyno=web.2" in line for line in scene.lines)


def test_h19_when_a_dyno_does_not_accept(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    dyno.sock.listen(0)
    crowd = []
    for _ in range(3):
        sock = scene.keep(socket.socket())
        sock.connect_ex(("127.0.0.1", dyno.port))
        crowd.append(sock)
    client = scene.client()
    client.send(GET)
    scene.advance(5)
    assert status(client) == 503
    assert shown(scene.line()) == (
        'at=error code=H19 desc="Backend connection timeout" GET '
        "dyno=web.1 connect=5000ms service= status=503 bytes="
    )


def test_h99_when_all_dynos_stay_in_quarantine(scene: Scene) -> None:
    scene.dynos(UP)
    (pool,) = scene.proxy.pools.values()
    pool.quarantined_until = scene.now + 1000
    scene.proxy._find_available()
    client = scene.client()
    client.send(GET)
    scene.advance(75)
    assert status(client) == 503
    line = 'at=error code=H99 desc="Platform error" GET dyno= connect= service= status=503 bytes='
    assert shown(scene.line()) == line


@pytest.mark.parametrize(
    ("response", "answer", "expected"),
    [
        (b"HTTP/1.1 200\r\n\r\n", 503, 'H17 desc="Poorly formatted HTTP response"'),
        (b"HTTP/1.1 2000 OK\r\n\r\n", 503, "H17"),
        (b"HTTP/2 200 OK\r\n\r\n", 503, "H17"),
        (b"hello\r\n\r\n", 503, "H17"),
        (b"HTTP/1.1 200 OK\r\nBad header\r\n\r\n", 503, "H17"),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", 503, "H17"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", 503, "H17"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", 503, "H17"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 502, "H25"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", 502, "invalid content length"),
        (b"HTTP/1.1 200 " + 9000 * b"a" + b"\r\n\r\n", 502, "oversized status line"),
        (b"HTTP/1.1 200 OK\r\nSet-Cookie: " + 9000 * b"a" + b"\r\n\r\n", 502, "oversized cookie"),
        (b"HTTP/1.1 200 OK\r\nA: " + 600_000 * b"a" + b"\r\n\r\n", 502, "oversized header"),
        (b"HTTP/1.1 200 OK\r\nA: " + 1_100_000 * b"a", 502, "oversized header"),
    ],
)
def test_a_response_that_is_not_passed_on(
    scene: Scene, response: bytes, answer: int, expected: str
) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(GET)
    peer = dyno.accept()
    peer.has(b"\r\n\r\n")
    view = memoryview(response)
    for at in range(0, len(view), 65536):
        if scene.lines:
            break
        peer.send(view[at : at + 65536].tobytes())
        scene.settle()
    assert status(client) == answer
    line = scene.line()
    assert "at=error code=H" in line and expected in line and f"status={answer}" in line
    peer.close()


def test_a_bad_chunk_of_the_dyno_cuts_the_answer_off(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(GET)
    dyno.serves(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nno\r\n")
    assert b"0\r\n\r\n" not in client.ends()
    assert "code=H17" in scene.line()


def test_a_bad_chunk_of_the_client(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n")
    assert status(client) == 400
    line = scene.line()
    assert 'at=error code=H26 desc="Request Error" cause="bad chunk" method=POST' in line
    peer = dyno.accept()
    assert peer.ends().partition(b"\r\n\r\n")[2] == b""


def test_the_dyno_that_is_gone_from_the_table_finishes_what_it_has(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(GET)
    peer = dyno.accept()
    peer.has(b"\r\n\r\n")
    scene.proxy.update(Table(app="shop", quantity=1))
    peer.send(HELLO)
    client.has(b"hello")
    assert "at=info" in scene.line()
    peer.ends()
    client.send(GET)
    scene.advance(1)
    assert len(scene.proxy.waiting) == 1
    client.close()
    scene.settle()
