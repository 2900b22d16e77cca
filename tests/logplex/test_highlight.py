"""The platform's lines have the colours that the Heroku CLI's own test expects."""

from __future__ import annotations

import re

import pytest

from emulator.logplex import highlight


def sgr(text: bytes) -> str:
    """Escape sequences that can be read: <31> for red, <39> for its end."""
    parts = text.decode().split("\x1b[")
    return parts[0] + "".join("<" + part.replace("m", ">", 1) for part in parts[1:])


@pytest.mark.parametrize(
    ("line", "coloured"),
    [
        ("Stopping all processes with SIGTERM", "<31>Stopping all processes with SIGTERM<39>"),
        ("Stopping process with SIGKILL", "<31>Stopping process with SIGKILL<39>"),
        ("Restarting", "<33>Restarting<39>"),
        ("Unidling", "<33>Unidling<39>"),
        (
            "Starting process with command `npm start` by user a@b.c",
            "Starting process with command <1><36>`npm start`<39><22><32> by user a@b.c<39>",
        ),
        (
            "Starting process with command `echo`",
            "Starting process with command <1><36>`echo`<39><22>",
        ),
        ("State changed from down to up", "State changed from <31>down<39> to <92>up<39>"),
        (
            "State changed from starting to complete",
            "State changed from <93>starting<39> to <92>complete<39>",
        ),
        ("State changed from up to crashed", "State changed from <92>up<39> to <31>crashed<39>"),
        ("Process exited with status 1", "Process exited with status <31>1<39>"),
        ("Process exited with status 0", "Process exited with status <92>0<39>"),
        (
            "Error R14 (Memory quota exceeded)",
            "<31>Error R14 (Memory quota exceeded)<39>",
        ),
        ("Idling", "Idling"),
        ("I said: State changed from down to up", "I said: State changed from down to up"),
    ],
)
def test_a_dynos_life(line, coloured):
    body = f"before\n{line}\nafter\n".encode()
    assert sgr(highlight.lifecycle(body)) == f"before\n{coloured}\nafter\n"


def test_a_routers_line():
    line = (
        b'at=error code=H12 desc="Request timeout" method=GET path="/a b?c=1" host=myapp'
        b" dyno=web.1 connect= service=30000ms status=503 bytes=0\n"
    )
    assert sgr(highlight.router(line, lambda _: highlight.CYAN)) == (
        "<2>at=<22><31>error<39> <2>code=<22><1><31>H12<39><22>"
        ' <2>desc=<22><2>"Request timeout"<22> <2>method=<22><1><35>GET<39><22>'
        ' <2>path=<22><32>"/a b?c=1"<39> <2>host=<22><2>myapp<22> <2>dyno=<22><36>web.1<39>'
        " <2>connect=<22> <2>service=<22><31>30000ms<39> <2>status=<22><31>503<39>"
        " <2>bytes=<22><2>0<22>\n"
    )


@pytest.mark.parametrize(
    ("milliseconds", "code"),
    [("1", 92), ("99", 92), ("100", 32), ("500", 33), ("5000", 93), ("10000", 31)],
)
def test_the_colour_of_a_duration(milliseconds, code):
    line = highlight.router(f"service={milliseconds}ms\n".encode(), lambda _: highlight.NONE)
    assert sgr(line) == f"<2>service=<22><{code}>{milliseconds}ms<39>\n"


@pytest.mark.parametrize(("status", "code"), [(200, 32), (301, 36), (404, 33), (503, 31)])
def test_the_colour_of_a_status(status, code):
    line = highlight.router(f"status={status}\n".encode(), lambda _: highlight.NONE)
    assert sgr(line) == f"<2>status=<22><{code}>{status}<39>\n"


@pytest.mark.parametrize("line", ["bare words", "", 'broken="quote', "=", '""', "a==b"])
def test_odd_router_lines_keep_their_text(line):
    body = f"{line}\n".encode()
    shown = highlight.router(body, lambda _: highlight.NONE)
    assert re.sub(rb"\x1b\[\d+m", b"", shown) == body
