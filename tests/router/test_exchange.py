"""Log lines of the router."""

from __future__ import annotations

import pytest

from emulator.router import hcode
from emulator.router.exchange import Exchange, shown_path
from emulator.router.hcode import Blame, Phase, Reason, classify
from emulator.router.request import Requests
from emulator.router.table import LogFormat

LEGACY, ROUTER_2 = LogFormat.LEGACY, LogFormat.ROUTER_2


def exchange() -> Exchange:
    request = Requests().read(b"POST /api?q=1 HTTP/1.1\r\nHost: shop.localhost\r\n\r\n")
    made = Exchange(request, "id", "1.2.3.4, 127.0.0.1", 10.0)
    made.dyno, made.connected_at, made.ended_at = "web.2", 10.0014, 10.2506
    made.status, made.bytes, made.head_bytes = 201, 7, 100
    return made


def test_the_line_of_router_2() -> None:
    assert exchange().line(ROUTER_2, "") == (
        'at=info method=POST path="/api?q=1" host=shop.localhost request_id=id '
        'fwd="1.2.3.4,127.0.0.1" dyno=web.2 connect=1ms service=249ms status=201 bytes=7 '
        "protocol=http1.1 tls=false\n"
    )
    assert (
        exchange()
        .line(ROUTER_2, "tls1.3")
        .endswith("bytes=7 protocol=http1.1 tls=true tls_version=tls1.3\n")
    )


def test_the_legacy_line() -> None:
    assert exchange().line(LEGACY, "").endswith("status=201 bytes=107 protocol=http\n")
    assert exchange().line(LEGACY, "tls1.3").endswith(" protocol=https\n")


def test_codes_have_sock_and_cause() -> None:
    made = exchange()
    made.code = hcode.H18
    start = 'sock=backend at=error code=H18 desc="Server Request Interrupted" method='
    assert made.line(ROUTER_2, "").startswith(start)
    made.code = hcode.H26_CHUNK
    start = 'at=error code=H26 desc="Request Error" cause="bad chunk" method='
    assert made.line(ROUTER_2, "").startswith(start)


@pytest.mark.parametrize(
    ("path", "router_2", "legacy"),
    [
        (b"/", "/", "/"),
        (b"/a%20b?c=%C3%BC", "/a b?c=ü", "/a%20b?c=%C3%BC"),
        (b"/a%22b", "/a%22b", "/a%22b"),
        (b'/a"b', "/a%22b", "/a%22b"),
        (b"/a%0Aat=info", "/a%0Aat=info", "/a%0Aat=info"),
        (b"/a%1b[31m", "/a%1b[31m", "/a%1b[31m"),
        (b"/%E2%80%AE", "/%E2%80%AE", "/%E2%80%AE"),
        (b"/%ff", "/%ff", "/%ff"),
        (b"/\xc3\xbc", "/ü", "/%C3%BC"),
        (b"/100%", "/100%", "/100%"),
    ],
)
def test_no_path_can_end_the_quotes_or_the_line(path: bytes, router_2: str, legacy: str) -> None:
    assert (shown_path(path, ROUTER_2), shown_path(path, LEGACY)) == (router_2, legacy)


def test_a_forwarded_for_cannot_end_the_quotes() -> None:
    made = exchange()
    made.forwarded_for = 'a" at=error, 127.0.0.1'
    assert 'fwd="a%22 at=error,127.0.0.1" dyno=' in made.line(ROUTER_2, "")


@pytest.mark.parametrize(
    ("blame", "phase", "reason", "code"),
    [
        (Blame.DYNO, Phase.QUEUED, Reason.SILENT, "H20"),
        (Blame.ROUTER, Phase.QUEUED, Reason.SILENT, "H99"),
        (Blame.ROUTER, Phase.STREAMING, Reason.CLOSED, "H24"),
        (Blame.DYNO, Phase.CONNECTING, Reason.SILENT, "H19"),
        (Blame.DYNO, Phase.CONNECTING, Reason.REFUSED, "H21"),
        (Blame.DYNO, Phase.SENDING, Reason.CLOSED, "H13"),
        (Blame.DYNO, Phase.SENDING, Reason.SILENT, "H15"),
        (Blame.DYNO, Phase.WAITING, Reason.SILENT, "H12"),
        (Blame.DYNO, Phase.WAITING, Reason.CLOSED, "H13"),
        (Blame.DYNO, Phase.WAITING, Reason.MALFORMED, "H17"),
        (Blame.DYNO, Phase.STREAMING, Reason.SILENT, "H15"),
        (Blame.DYNO, Phase.STREAMING, Reason.CLOSED, "H18"),
        (Blame.DYNO, Phase.TUNNEL, Reason.SILENT, "H15"),
        (Blame.CLIENT, Phase.WAITING, Reason.CLOSED, "H27"),
        (Blame.CLIENT, Phase.STREAMING, Reason.SILENT, "H28"),
        (Blame.CLIENT, Phase.SENDING, Reason.MALFORMED, "H26"),
    ],
)
def test_whose_fault_it_is(blame: Blame, phase: Phase, reason: Reason, code: str) -> None:
    assert classify(blame, phase, reason).name == code


def test_every_way_to_end_has_a_code() -> None:
    for blame in Blame:
        for phase in Phase:
            for reason in Reason:
                assert classify(blame, phase, reason).name.startswith("H")
