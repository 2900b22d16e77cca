"""HTTP/1.1 as clients and dynos speak it, and HTTP/1.0 as some clients still do."""

from __future__ import annotations

import pytest

from emulator.router.table import LogFormat, State, Table
from tests.router.scene import GET, HELLO, Scene

UP = State.UP
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNKS = b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX-Trailer: yes\r\n\r\n"
OURS = b"Via: 1.1 heroku-router\r\nServer: Heroku\r\n"


@pytest.mark.parametrize(
    ("method", "response"),
    [
        (b"HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
        (b"HEAD", CHUNKED),
        (b"HEAD", b"HTTP/1.1 200 OK\r\n\r\n"),
        (b"GET", b"HTTP/1.1 204 No Content\r\n\r\n"),
        (b"GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n"),
        (b"GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ],
)
def test_answers_without_a_body_leave_both_connections_open(
    scene: Scene, method: bytes, response: bytes
) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(GET.replace(b"GET", method))
    peer, _ = dyno.serves(response)
    assert client.has(b"\r\n\r\n") == response[:-2] + OURS + b"\r\n"
    client.send(GET)
    peer.has(b"\r\n\r\n")
    peer.send(HELLO)
    client.has(b"hello")


def test_early_hints_pass_and_a_dynos_own_continue_does_not(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(GET)
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    dyno.serves(b"HTTP/1.1 100 Continue\r\n\r\n" + hints + HELLO)
    assert client.has(b"\r\n\r\n").startswith(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n")
    assert client.has(b"hello").startswith(b"HTTP/1.1 200 OK")


def test_the_router_says_continue_for_the_dyno(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
    )
    assert client.has(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.send(b"body")
    dyno.serves(end=b"body")
    client.has(b"hello")


def test_an_old_client_that_expects_gets_no_continue(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    head = b"POST / HTTP/1.0\r\nHost: localhost\r\nContent-Length: 4\r\n"
    client.send(head + b"Expect: 100-continue\r\n\r\n")
    peer = dyno.accept()
    peer.has(b"\r\n\r\n")
    client.send(b"body")
    peer.has(b"body")
    peer.send(HELLO)
    assert client.ends().startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    ("form", "logged"),
    [
        (LogFormat.ROUTER_2, "at=info method="),
        (LogFormat.LEGACY, 'at=error code=H26 desc="Request Error" cause="unsupported expect'),
    ],
)
def test_another_expectation_fails(scene: Scene, form: LogFormat, logged: str) -> None:
    scene.dynos(UP, log_format=form)
    client = scene.client()
    client.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n")
    client.send(b"Expect: coffee\r\n\r\n")
    assert client.ends().startswith(b"HTTP/1.1 417 Expectation Failed\r\n")
    line = scene.line()
    assert line.startswith(logged) and " dyno= connect= service= status=417 bytes= " in line


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_chunks_pass_as_they_are_in_both_directions(scene: Scene, step: int) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
    peer = dyno.accept()
    for at in range(0, len(CHUNKS), step):
        client.send(CHUNKS[at : at + step])
        scene.settle()
    assert peer.has(b"yes\r\n\r\n").endswith(b"\r\n\r\n" + CHUNKS)
    for at in range(0, len(CHUNKED + CHUNKS), step):
        peer.send((CHUNKED + CHUNKS)[at : at + step])
        scene.settle()
    assert client.has(b"yes\r\n\r\n").endswith(b"\r\n\r\n" + CHUNKS)
    assert f"status=200 bytes={len(CHUNKS)} " in scene.line()
    client.send(GET)
    peer.has(b"\r\n\r\n")
    peer.send(HELLO)
    client.has(b"hello")


def test_a_body_without_a_length_ends_with_the_connection(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(GET)
    peer, _ = dyno.serves(b"HTTP/1.1 200 OK\r\n\r\nhel")
    client.has(b"hel")
    peer.send(b"lo")
    peer.close()
    assert client.ends() == b"lo"
    assert "at=info" in scene.line()


def test_each_event_of_a_stream_comes_at_once(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(GET)
    peer, _ = dyno.serves(CHUNKED)
    client.has(b"\r\n\r\n")
    for n in range(3):
        peer.send(b"8\r\ndata: %d\n\r\n" % n)
        client.has(b"data: %d\n\r\n" % n)
    peer.send(b"0\r\n\r\n")
    client.has(b"0\r\n\r\n")


@pytest.mark.parametrize(
    ("asked", "response", "expected", "stays"),
    [
        (b"", HELLO, b"Content-Length: 5\r\n%sConnection: close\r\n\r\nhello", False),
        (
            b"Connection: keep-alive\r\n",
            HELLO,
            b"Content-Length: 5\r\n%sConnection: keep-alive\r\n\r\nhello",
            True,
        ),
        (
            b"Connection: keep-alive\r\n",
            CHUNKED + CHUNKS,
            b"%sConnection: close\r\n\r\nhello world",
            False,
        ),
    ],
)
def test_a_client_of_http_1_0(
    scene: Scene, asked: bytes, response: bytes, expected: bytes, stays: bool
) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(b"GET / HTTP/1.0\r\nHost: localhost\r\n" + asked + b"\r\n")
    _, request = dyno.serves(response)
    assert request.startswith(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Request-Id")
    whole = b"HTTP/1.1 200 OK\r\n" + expected % OURS
    if stays:
        assert client.has(b"hello") == whole
        assert not client.is_over
    else:
        assert client.ends() == whole


def test_a_client_that_says_close_gets_it(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    _, request = dyno.serves()
    assert b"onnection" not in request
    assert client.ends().endswith(b"Connection: close\r\n\r\nhello")


def test_a_dyno_that_says_close_gets_a_new_connection_next_time(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    for _ in range(2):
        client.send(GET)
        dyno.serves(HELLO.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert b"onnection" not in client.has(b"hello")


def test_an_answer_before_the_whole_request_has_come(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nabc")
    peer, _ = dyno.serves(HELLO.replace(b"200 OK", b"413 Content Too Large"), b"abc")
    assert b"Connection: close\r\n" in client.has(b"hello")
    client.send(500_000 * b"x")
    assert client.ends() == b""
    client.close()
    peer.ends()
    scene.settle()


UPGRADE = (
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\n"
    b"Upgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n"
)
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"


def test_a_websocket_is_a_tunnel_and_is_logged_when_it_closes(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(UPGRADE + b"early")
    peer = dyno.accept()
    head = peer.has(b"\r\n\r\n")
    assert b"Upgrade: websocket\r\n" in head and b"Connection: Upgrade\r\n" in head
    peer.send(SWITCH + b"first")
    assert b"\r\nConnection: Upgrade\r\n\r\nfirst" in client.has(b"first")
    peer.has(b"early")
    for _ in range(3):
        scene.advance(54)
        client.send(b"\0\1ping")
        peer.has(b"\0\1ping")
        peer.send(b"\xffpong")
        client.has(b"\xffpong")
    assert scene.lines == []
    peer.send(b"bye")
    peer.close()
    assert client.ends() == b"bye"
    figures = "dyno=web.1 connect=0ms service=162000ms status=101 bytes=23 "
    assert scene.line().startswith('at=info method=GET path="/ws"') and figures


def test_what_a_client_says_last_through_a_tunnel_arrives(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(UPGRADE)
    peer, _ = dyno.serves(SWITCH)
    client.has(b"\r\n\r\n")
    client.send(3_000_000 * b"z")
    client.close()
    assert len(peer.ends()) == 3_000_000
    assert " status=101 " in scene.line()
    peer.close()
    scene.settle()


def test_a_silent_websocket_is_cut_after_55_seconds(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(UPGRADE)
    peer, _ = dyno.serves(SWITCH)
    client.has(b"\r\n\r\n")
    scene.advance(55)
    client.ends()
    peer.ends()
    line = scene.line()
    assert "code=H15" in line and " service=55000ms status=503 " in line


def test_an_upgrade_that_the_dyno_declines_is_a_request(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(UPGRADE)
    peer, _ = dyno.serves()
    client.has(b"hello")
    client.send(GET)
    peer.has(b"\r\n\r\n")
    peer.send(HELLO)
    client.has(b"hello")


def test_a_slow_client_holds_up_the_dyno_only_beyond_a_megabyte(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    size = 40_000_000
    client.send(GET)
    peer, _ = dyno.serves(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
    sent = 0
    block = memoryview(b"x" * 1_000_000)
    for _ in range(200):
        try:
            sent += peer.sock.send(block[: size - sent])
        except BlockingIOError:
            if not scene.loop.turn(0.01):
                break
    assert sent < size
    (held,) = [one.pending for one in scene.proxy.clients]
    assert 0 < len(held) < 2_000_000
    got = 0
    while got < size:
        got += len(client.look().partition(b"\r\n\r\n")[2]) if not got else len(client.look())
        client.data = b""
        scene.loop.turn(0.005)
        try:
            sent += peer.sock.send(block[: size - sent]) if sent < size else 0
        except BlockingIOError:
            pass
    assert got == size
    assert f"bytes={size} " in scene.line()


def test_a_request_that_nobody_takes_is_held_within_limits(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000000\r\n\r\n")
    peer = dyno.accept()
    block = memoryview(b"x" * 1_000_000)
    for _ in range(200):
        try:
            client.sock.send(block)
        except BlockingIOError:
            if not scene.loop.turn(0.01):
                break
    (one,) = scene.proxy.clients
    assert one.backend is not None and len(one.backend.pending) < 1_000_000
    client.reset()
    peer.reset()
    scene.until(lambda: not scene.proxy.clients)
    scene.settle()


@pytest.mark.parametrize("quiet", [0, 1])
def test_idle_connections_end(scene: Scene, quiet: int) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(GET)
    peer, _ = dyno.serves()
    client.has(b"hello")
    scene.advance(60)
    assert client.ends() == b""
    scene.advance(31)
    assert peer.ends() == b""


def test_a_head_that_does_not_come_is_told_so(scene: Scene) -> None:
    scene.dynos(UP)
    client, silent = scene.client(), scene.client()
    client.send(b"GET / HT")
    for _ in range(9):
        scene.advance(1)
        client.send(b"")
    assert client.look() == b""
    scene.advance(1)
    assert client.ends().startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    scene.advance(50)
    assert silent.ends() == b""
    assert scene.lines == []


def test_affinity(scene: Scene) -> None:
    first, second = scene.dynos(UP, UP, affinity=True)
    by_launch = {dyno.launch: dyno for dyno in (first, second)}
    client = scene.client()
    client.send(GET)
    accepted = []
    for dyno in (first, second):
        dyno.sock.setblocking(False)

    def somebody_has_it() -> bool:
        for dyno in (first, second):
            try:
                accepted.append((dyno, dyno.sock.accept()[0]))
            except BlockingIOError:
                continue
        return bool(accepted)

    scene.until(somebody_has_it)
    dyno, sock = accepted[0]
    scene.keep(sock).send(HELLO)
    head = client.has(b"hello")
    cookie = head.partition(b"Set-Cookie: ")[2].partition(b"\r\n")[0]
    assert cookie == b"heroku-session-affinity=%s; path=/; HttpOnly" % dyno.launch.encode()
    other = next(one for one in by_launch.values() if one is not dyno)
    mine = cookie.partition(b";")[0].replace(dyno.launch.encode(), other.launch.encode())
    again = scene.client()
    again.send(GET[:-2] + b"Cookie: a=b; " + mine + b"\r\n\r\n")
    _, request = other.serves()
    assert b"Cookie: a=b; " + mine in request
    assert b"Set-Cookie" not in again.has(b"hello")


def test_at_the_end_no_request_is_left_without_its_answer(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    idle, busy = scene.client(), scene.client()
    busy.send(GET)
    peer = dyno.accept()
    peer.has(b"\r\n\r\n")
    waiting = scene.client()
    scene.proxy.update(Table(app="shop", quantity=1))
    waiting.send(GET)
    scene.until(lambda: scene.proxy.waiting)
    scene.proxy.shut_down()
    assert idle.ends() == b""
    assert waiting.ends().startswith(b"HTTP/1.1 503 ")
    assert "code=H24" in scene.line()
    peer.send(HELLO)
    assert busy.ends().endswith(b"Connection: close\r\n\r\nhello")


def test_those_who_ask_for_nothing_make_room(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    scene.proxy.most_clients = 3
    busy = scene.client()
    busy.send(GET)
    peer = dyno.accept()
    peer.has(b"\r\n\r\n")
    idle = [scene.client() for _ in range(2)]
    for one in idle:
        scene.advance(0.1)
        one.send(b"G")
    scene.settle()
    newest = scene.client()
    assert idle[0].ends() == b""
    peer.send(HELLO)
    busy.has(b"hello")
    newest.send(GET)
    peer.has(b"\r\n\r\n")
    peer.send(HELLO)
    newest.has(b"hello")
    assert not idle[1].look() and not idle[1].is_over


def test_h22_when_nobody_can_make_room(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    scene.proxy.most_clients = 2
    busy = [scene.client() for _ in range(2)]
    for one in busy:
        one.send(GET)
    peers = [dyno.accept() for _ in busy]
    for peer in peers:
        peer.has(b"\r\n\r\n")
    late = scene.client()
    late.send(GET)
    assert late.ends().startswith(b"HTTP/1.1 503 ")
    assert 'at=error code=H22 desc="Connection limit reached"' in scene.line()
    peers[0].send(HELLO)
    busy[0].has(b"hello")
    newest = scene.client()
    newest.send(GET)
    peers[0].has(b"\r\n\r\n")
    peers[0].send(HELLO)
    newest.has(b"hello")
    peers[1].send(HELLO)
    busy[1].has(b"hello")


def test_an_unknown_host_is_no_app(scene: Scene) -> None:
    scene.dynos(UP)
    client = scene.client()
    client.send(b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")
    page = client.has(b"</html>\n")
    assert page.startswith(b"HTTP/1.1 404 Not Found\r\n") and b"No such app" in page
    scene.settle()
    assert scene.lines == []
