"""Requests that go well, from a client to a dyno and back."""

from __future__ import annotations

import re

import pytest

from emulator.router.table import State, Table
from tests.router.scene import GET, HELLO, WALL, Scene

UP = State.UP


def test_a_request_reaches_the_dyno_with_heroku_s_headers_and_the_answer_the_client(
    scene: Scene,
) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(b"GET /a?b=1 HTTP/1.1\r\nHost: localhost:5000\r\nAccept: */*\r\nTE: x\r\n\r\n")
    _, request = dyno.serves()
    head = request.decode().split("\r\n")
    request_id = next(line[14:] for line in head if line.startswith("X-Request-Id"))
    assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", request_id)
    assert head == [
        "GET /a?b=1 HTTP/1.1",
        "Host: localhost:5000",
        "Accept: */*",
        f"X-Request-Id: {request_id}",
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-Proto: http",
        f"X-Forwarded-Port: {scene.port}",
        f"X-Request-Start: {WALL * 1000:.0f}",
        "Via: 1.1 heroku-router",
        "",
        "",
    ]
    assert client.has(b"hello") == (
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nVia: 1.1 heroku-router\r\n"
        b"Server: Heroku\r\n\r\nhello"
    )
    assert scene.line() == (
        f'at=info method=GET path="/a?b=1" host=localhost request_id={request_id} '
        'fwd="127.0.0.1" dyno=web.1 connect=0ms service=0ms status=200 bytes=5 '
        "protocol=http1.1 tls=false\n"
    )


def test_both_connections_are_kept(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(GET)
    peer, _ = dyno.serves()
    client.has(b"hello")
    for _ in range(3):
        client.send(GET)
        peer.has(b"\r\n\r\n")
        peer.send(HELLO)
        client.has(b"hello")


def test_pipelined_requests_are_answered_in_order(scene: Scene) -> None:
    (dyno,) = scene.dynos(UP)
    client = scene.client()
    client.send(b"".join(GET.replace(b"/ ", b"/%d " % n) for n in range(5)))
    peer = dyno.accept()
    for n in range(5):
        assert peer.has(b"\r\n\r\n").startswith(b"GET /%d " % n)
        assert peer.look() == b""
        peer.send(HELLO.replace(b"hello", b"no. %d" % n))
        assert client.has(b"no. %d" % n)
    scene.until(lambda: len(scene.lines) == 5)


def test_a_thousand_pipelined_requests_do_not_exhaust_the_stack(scene: Scene) -> None:
    scene.proxy.update(Table())
    client = scene.client()
    client.send(GET * 1500)
    for _ in range(1500):
        client.has(b"</html>")


@pytest.mark.parametrize("size", [0, 1, 100_000, 3_000_000])
def test_bodies_pass_in_both_directions(scene: Scene, size: int) -> None:
    (dyno,) = scene.dynos(UP)
    body = bytes(range(256)) * (size // 256 + 1)
    body = body[:size]
    client = scene.client()
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % size
    peer = None

    def upload() -> None:
        nonlocal peer
        client.send(head + body[:10])
        peer = dyno.accept()

    upload()
    assert peer is not None
    sent, received = 10, b""
    while sent < size:
        client.send(body[sent : sent + 50_000])
        sent += 50_000
        received = peer.look()
    scene.until(lambda: len(peer.look().partition(b"\r\n\r\n")[2]) == size)
    received = peer.look().partition(b"\r\n\r\n")[2]
    assert received == body
    peer.data = b""
    peer.sock.setblocking(False)
    response = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + body
    got = b""
    at = 0
    while at < len(response):
        peer.send(response[at : at + 50_000])
        at += 50_000
        client.look()
    scene.until(lambda: len(client.look().partition(b"\r\n\r\n")[2]) == size)
    got = client.look().partition(b"\r\n\r\n")[2]
    assert got == body
    assert f"status=200 bytes={size} " in scene.line()
