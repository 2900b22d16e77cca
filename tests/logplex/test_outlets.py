"""Each kind of drain with a real receiver: HTTP servers, syslog over TCP and TLS, files."""

from __future__ import annotations

import errno
import gzip
import os
import random
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from emulator.cli import certificates
from emulator.clock import Clock
from emulator.logplex.address import parse
from emulator.logplex.block import Block, Stream
from emulator.logplex.drain import Drain
from emulator.logplex.outlet import outlet
from tests.logplex.receivers import HANG_UP, Https, Syslog
from tests.logplex.test_frame import parsed
from tests.real.app import until

pytestmark = pytest.mark.real
TOKEN = "d.f12ee345-3239-4fde-8dc9-db7faf4b5b0f"
AT = 1_597_464_094_460_759_000
TIME = b"2020-08-15T04:01:34.460759+00:00"
WEB = Stream("app", "web.1")


class Running:
    """A drain at work, and all that it says."""

    def __init__(self, url: str) -> None:
        where = parse(url)
        self.told: list[str] = []
        self.drain = Drain(
            where.place,
            outlet(where, TOKEN),
            lambda sentence: self.told.append(sentence.text),
            threading.Condition(),
            Clock(),
            lambda: 0.0,
        )
        self.thread = threading.Thread(target=self.drain.run)
        self.thread.start()

    def push(self, *texts: str) -> None:
        body = "".join(f"{text}\n" for text in texts)
        self.drain.push([Block(AT, WEB, body.encode())])

    @property
    def settled(self) -> int:
        """How many lines were delivered or lost."""
        return self.drain.delivered + self.drain.lost

    def delivers(self, lines: int) -> None:
        until(lambda: self.drain.delivered >= lines, f"{lines} lines: {self.told}")

    def close(self) -> None:
        self.drain.finish(30.0)
        self.thread.join(60)
        assert not self.thread.is_alive()


Start = Callable[[str], Running]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Running] = []

    def begin(url: str) -> Running:
        started.append(Running(url))
        return started[-1]

    yield begin
    for one in started:
        one.close()


@pytest.fixture
def receive() -> Iterator[Callable[..., Https | Syslog]]:
    """Makes receivers. Asked for before `start`, so that they outlive its drains."""
    made: list[Https | Syslog] = []

    def make(kind: type[Https | Syslog], *given: object) -> Https | Syslog:
        made.append(kind(*given))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A certificate for localhost, made here, and not yet believed."""
    for name in ("HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    return certificates.authority()


def message(text: str, fields: bytes = b"-") -> bytes:
    return b"<190>1 %b host app web.1 %b %b\n" % (TIME, fields, text.encode())


def test_http(receive, start: Start):
    receiver = receive(Https)
    running = start(f"http://us%40er:p%3Aw@127.0.0.1:{receiver.port}/logs?a=b")
    running.push("one", "two")
    running.delivers(2)
    running.push("three")
    running.delivers(3)
    first = receiver.posts[0]
    assert first.target == "/logs?a=b"
    assert first.body.startswith(b"61 " + message("one"))
    wanted = {
        "Host": f"127.0.0.1:{receiver.port}",
        "Content-Type": "application/logplex-1",
        "Logplex-Msg-Count": "2",
        "Logplex-Drain-Token": TOKEN,
        "Authorization": "Basic dXNAZXI6cDp3",
        "Content-Length": str(len(first.body)),
    }
    assert first.headers.items() >= wanted.items()
    frame_id = first.headers["Logplex-Frame-Id"]
    assert len(frame_id) == 32 and set(frame_id) <= set("0123456789ABCDEF")
    assert receiver.messages == [message(text) for text in ("one", "two", "three")]
    assert receiver.connections == 1, "the connection is kept"


def test_a_try_again_has_the_same_frame_id_and_a_refusal_none(receive, start: Start):
    receiver = receive(Https, None, (500, 429, 204, 404))
    running = start(f"http://127.0.0.1:{receiver.port}")
    running.push("one")
    running.delivers(1)
    running.push("two")
    until(lambda: running.drain.lost == 1, "the second line is refused")
    running.push("three")
    running.delivers(2)
    ids = [post.headers["Logplex-Frame-Id"] for post in receiver.posts]
    assert ids[0] == ids[1] == ids[2] and len(set(ids)) == 3
    last = receiver.posts[-1]
    assert last.headers["Logplex-Msg-Count"] == "2"
    assert b"heroku logplex - Error L10 (output buffer overflow): 1 messages" in last.body


def test_with_a_moody_receiver_no_line_goes_missing_uncounted(receive, start: Start):
    moods = random.Random(11).choices((204, 500, 429, 404, HANG_UP), (8, 2, 1, 1, 2), k=60)
    receiver = receive(Https, None, tuple(moods))
    running = start(f"http://127.0.0.1:{receiver.port}")
    sent = 1400
    for begin in range(0, sent, 7):
        running.push(*map(str, range(begin, begin + 7)))
        until(lambda begin=begin: running.settled > begin - 70, "it keeps up")
    until(lambda: running.settled == sent, "all is settled")
    running.push("last")
    running.delivers(running.drain.delivered + 1)
    taken = [post for post in receiver.posts if post.status == 204]
    assert len({post.headers["Logplex-Frame-Id"] for post in taken}) == len(taken)
    texts = [m.split(b" ", 6)[6].split() for post in taken for m in parsed(post.body)]
    told = sum(int(words[5]) for words in texts if words[:2] == [b"Error", b"L10"])
    numbers = [int(words[0]) for words in texts if words[0].isdigit()]
    assert numbers == sorted(set(numbers)) and len(numbers) + told == sent
    assert told == running.drain.lost > 0


@pytest.mark.parametrize(("status", "times"), [(302, 3), (500, 3), (413, 1)])
def test_a_batch_that_is_not_taken_is_lost_in_the_end_and_told(receive, start, status, times):
    """There is no following of redirects. Source: Logplex, logplex_http_drain.erl."""
    receiver = receive(Https, None, (status,) * times)
    running = start(f"http://127.0.0.1:{receiver.port}")
    running.push("one")
    until(lambda: running.drain.lost == 1, "the line is lost")
    running.push("two")
    running.delivers(1)
    assert [post.status for post in receiver.posts] == [*[status] * times, 204]
    assert running.drain.tally.error.startswith(f"it answered {status} ")
    until(lambda: running.told, "it is told")
    assert f"it answered {status} " in running.told[0]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n", "it answered 413 Too Large"),
        (b"HTTP/1.1 200 OK\r\nContent-", "its answer broke off"),
        (b"", "it closed the connection without an answer"),
    ],
)
def test_a_receiver_that_hangs_up_after_a_word(start: Start, answer: bytes, reason: str):
    """Before it has read the batch, which is more than a socket holds."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    sock, _ = listener.accept()
                    with sock:
                        sock.recv(100)
                        sock.sendall(answer)
                        sock.shutdown(socket.SHUT_WR)
                        while sock.recv(1 << 16):
                            pass

        thread = threading.Thread(target=serve)
        thread.start()
        running = start(f"http://127.0.0.1:{listener.getsockname()[1]}")
        running.push(*"x" * 3000)
        until(lambda: running.drain.lost == 3000, "all is lost, and counted")
        assert running.drain.tally.error == reason
        running.close()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_receiver_at_an_ipv6_address(receive, start: Start, monkeypatch):
    monkeypatch.setattr(ThreadingHTTPServer, "address_family", socket.AF_INET6)
    receiver = receive(Https, None, (), "::1")
    running = start(f"http://[::1]:{receiver.port}/")
    running.push("one")
    running.delivers(1)
    assert receiver.posts[0].headers["Host"] == f"[::1]:{receiver.port}"


def test_https_believes_known_certificates_only(receive, start: Start, authority, monkeypatch):
    receiver = receive(Https, certificates.context())
    doubting = start(f"https://localhost:{receiver.port}/")
    doubting.push("one")
    until(lambda: doubting.told, "it is told")
    assert doubting.told[0] == (
        'Error L14 (certificate validation): error="self-signed certificate"'
        f' uri="https://localhost:{receiver.port}"'
    )
    careless = start(f"https://localhost:{receiver.port}/#insecure,rfc5424")
    careless.push("two")
    careless.delivers(1)
    monkeypatch.setenv("SSL_CERT_FILE", authority)
    believing = start(f"https://localhost:{receiver.port}/")
    believing.push("three")
    believing.delivers(1)
    assert receiver.messages == [message("two", b"- -"), message("three")]
    doubting.drain.finish(0.0)


@pytest.mark.parametrize("scheme", ["syslog", "syslog+tls"])
def test_syslog(receive, start: Start, authority, monkeypatch, scheme: str):
    monkeypatch.setenv("SSL_CERT_FILE", authority)
    receiver = receive(Syslog, certificates.context() if scheme == "syslog+tls" else None)
    running = start(f"{scheme}://localhost:{receiver.port}")
    running.push("one")
    running.delivers(1)
    until(lambda: receiver.data, "the line arrives")
    receiver.hang_up()
    until(lambda: receiver.ends == 1, "the connection is closed")
    running.push("two", *"x" * 5000)
    running.close()
    until(lambda: receiver.ends == 2, "the second connection is at its end")
    head = b"<190>1 %b %b app web.1 - - " % (TIME, TOKEN.encode())
    texts = ["one", "two", *"x" * 5000]
    assert receiver.messages == [head + text.encode() + b"\n" for text in texts]
    assert running.drain.lost == 0


def test_what_does_not_speak_http_is_a_receiver_in_trouble(receive, start: Start):
    receiver = receive(Https, certificates.context())
    running = start(f"http://localhost:{receiver.port}")
    running.push("one")
    until(lambda: running.drain.lost == 1, "it is given up")
    assert "what it cannot take in time is dropped" in running.told[0]


def test_a_name_that_leads_nowhere(start: Start):
    running = start("http://nowhere.invalid/")
    running.push("one")
    until(lambda: running.told, "it is told")
    assert running.drain.delivered == 0


def test_a_file_that_is_rotated(start: Start, tmp_path: Path):
    path = tmp_path / "app.log"
    running = start(f"file://{path}")
    running.push("one")
    running.delivers(1)
    path.rename(tmp_path / "app.log.1")
    running.push("two")
    running.delivers(2)
    assert (tmp_path / "app.log.1").read_bytes() == TIME + b" app[web.1]: one\n"
    assert path.read_bytes() == TIME + b" app[web.1]: two\n"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_written(start: Start, tmp_path: Path, monkeypatch):
    from emulator.logplex import drain_file

    monkeypatch.setattr(drain_file, "RETRY_SECONDS", 0.01)
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "file").touch()
    for path, reason in (
        (tmp_path, "Is a directory"),
        (tmp_path / "fifo", "No such device"),
        (tmp_path / "no/folder/app.log", "No such file or directory"),
        (f"{tmp_path}/file/", "Not a directory"),
    ):
        running = start(f"file://{path}")
        running.push("one")
        until(lambda running=running: running.told, "it is told")
        assert reason in running.told[0]


def test_a_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch):
    from emulator.logplex.backlog import Batch
    from emulator.logplex.drain_file import FileOutlet
    from emulator.logplex.outlet import Torn

    path = tmp_path / "app.log"
    path.write_bytes(b"before\n")
    write = os.write

    def full(fd: int, data: bytes) -> int:
        if len(data) < 6:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(fd, data[:3])

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(Torn, match="No space"):
        FileOutlet(str(path)).send(Batch(b"12345\n6\n", 2, 0))
    assert path.read_bytes() == b"before\n"


def test_an_archive_on_a_full_disk_counts_what_it_loses(start: Start, tmp_path: Path, monkeypatch):
    from emulator.logplex import drain_file

    class Full:
        def __getattr__(self, name: str) -> object:
            return getattr(os, name)

        def write(self, fd: int, data: bytes) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    running = start(f"file://{tmp_path}/archive/")
    running.push("one")
    running.delivers(1)
    before = [path.read_bytes() for path in (tmp_path / "archive").rglob("*.gz")]
    monkeypatch.setattr(drain_file, "os", Full())
    monkeypatch.setattr(drain_file, "RETRY_SECONDS", 0.01)
    running.push("two", "three")
    until(lambda: running.drain.lost == 2, "it is counted")
    assert "No space left on device" in running.told[0]
    assert [path.read_bytes() for path in (tmp_path / "archive").rglob("*.gz")][:1] == before


def test_an_archive(start: Start, tmp_path: Path):
    running = start(f"file://{tmp_path}/archive/")
    running.push("one")
    running.push("two")
    running.close()
    [segment] = (tmp_path / "archive").rglob("*.gz")
    expected = b"".join(TIME + b" app[web.1]: %b\n" % text for text in (b"one", b"two"))
    assert gzip.decompress(segment.read_bytes()) == expected
    again = start(f"file://{tmp_path}/archive/")
    again.push("three")
    again.close()
    found = sorted((tmp_path / "archive").rglob("*.gz"))
    texts = b"".join(gzip.decompress(path.read_bytes()) for path in found)
    assert texts == expected + TIME + b" app[web.1]: three\n"


RSYSLOG = """
module(load="imtcp")
input(type="imtcp" port="0" listenPortFileName="{dir}/port")
template(name="T" type="string" string="%PRI% %HOSTNAME% %APP-NAME% %PROCID% %MSG%\\n")
*.* action(type="omfile" file="{dir}/out" template="T")
"""


RSYSLOGD = shutil.which("rsyslogd", path=f"{os.environ['PATH']}:/usr/sbin")


@pytest.mark.skipif(not RSYSLOGD and "CI" not in os.environ, reason="rsyslogd is not here")
def test_rsyslog_understands_every_message(start: Start, tmp_path: Path):
    """The receiver that most people have."""
    assert RSYSLOGD
    (tmp_path / "conf").write_text(RSYSLOG.format(dir=tmp_path))
    words = ["-n", "-i", str(tmp_path / "pid"), "-f", str(tmp_path / "conf")]
    daemon = subprocess.Popen([RSYSLOGD, *words], stdout=-3, stderr=-3)
    try:
        port = tmp_path / "port"
        until(lambda: port.exists() and port.read_text(), "rsyslog listens")
        running = start(f"syslog://127.0.0.1:{port.read_text().strip()}")
        texts = [f"line {n} of 2000: ü" for n in range(2000)]
        running.push(*texts)
        running.close()
        out = tmp_path / "out"
        expected = [f"190 {TOKEN} app web.1 {text}" for text in texts]
        until(lambda: out.exists() and out.read_text().count(TOKEN) == 2000, "all lines arrive")
        assert [line for line in out.read_text().splitlines() if TOKEN in line] == expected
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(60)
