"""A drain whose receiver follows a script, in a time that is a number."""

from __future__ import annotations

import errno
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from emulator.logplex import frame
from emulator.logplex.address import parse
from emulator.logplex.backlog import BUDGET, Backlog, Batch, batch
from emulator.logplex.block import Block, Stream
from emulator.logplex.drain import IDLE_SECONDS, Drain
from emulator.logplex.outlet import Refused, Torn, outlet
from tests.logplex.test_frame import parsed

WEB = Stream("app", "web.1")
AWAY = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
BROKEN = OSError("it answered 503 Service Unavailable")


def lines(*texts: str, at_ns: int = 0) -> Block:
    return Block(at_ns, WEB, "".join(f"{text}\n" for text in texts).encode())


class Bench:
    """Is the drain's outlet, its bell and its clock; `script` says what comes of each attempt.

    An entry is an exception to raise, or a function to call; when the script is at its end, the
    drain is finished as soon as it has nothing to do.
    """

    tries = 3
    patience = 0.0

    def __init__(self, batch_bytes: int = 102_400) -> None:
        self.batch_bytes = batch_bytes
        self.now = 1000.0
        self.connects: list[object] = []
        self.sends: list[object] = []
        self.diary: list[tuple[float, str]] = []
        self.taken: list[Batch] = []
        self.told: list[str] = []
        self.delays: list[int] = []
        self.waits: list[object] = []
        self.drain = Drain("place", self, self.tell, self, self, lambda: 0.999)
        self.delay_of = outlet(parse("http://a"), "d.1").delay

    def tell(self, sentence) -> None:
        self.told.append(f"{sentence.source}[{sentence.dyno}]: {sentence.text}")

    # --- the clock and the bell

    def monotonic(self) -> float:
        return self.now

    def wall_ns(self) -> int:
        return int(self.now * 1e9)

    def __enter__(self) -> bool:
        return True

    def __exit__(self, *error: object) -> None:
        pass

    def notify(self) -> None:
        pass

    def wait(self, timeout: float | None = None) -> bool:
        """Somebody comes to push or to finish, or the time has passed."""
        assert timeout is not None
        if timeout < IDLE_SECONDS or (self.waits and self.waits[0] is None):
            self.now += timeout
            if timeout == IDLE_SECONDS:
                self.waits.pop(0)
            return False
        if self.waits:
            self.waits.pop(0)()
        else:
            self.drain.finish(2.0)
        return True

    # --- the outlet

    def framed(self, block: Block) -> bytes:
        return frame.framed(block, frame.HTTPS)

    def overhead(self, stream: Stream) -> int:
        return frame.overhead(stream, frame.HTTPS)

    def delay(self, failures: int, luck: float) -> float:
        return self.delay_of(failures, luck)

    def connect(self) -> None:
        self._act(self.connects, "connect")

    def send(self, batch: Batch) -> None:
        if self.sends and isinstance(self.sends[0], Torn):  # the receiver has a part of it
            torn = self.sends[0].taken = min(self.sends[0].taken, batch.messages - 1)
            arrived = b"".join(b"%d %b" % (len(m), m) for m in parsed(batch.body)[:torn])
            self.taken += [batch.replace(body=arrived)] * (torn > 0)
        self._act(self.sends, f"send {batch.lines}")
        self.taken.append(batch)

    def _act(self, script: list[object], what: str) -> None:
        self.diary.append((round(self.now - 1000.0, 3), what))
        act = script.pop(0) if script else None
        if isinstance(act, Exception):
            raise act
        if callable(act):
            act()

    def close(self) -> None:
        self.diary.append((round(self.now - 1000.0, 3), "close"))

    @property
    def texts(self) -> list[str]:
        bodies = [parsed(batch.body) for batch in self.taken]
        return [m.split(b" ", 6)[6].decode().strip() for body in bodies for m in body]

    def run(self, *blocks: Block) -> None:
        if blocks:
            self.drain.push(list(blocks))
        self.drain.run()


def test_what_came_is_delivered_in_order_and_the_connection_closed_at_the_end():
    bench = Bench()
    bench.waits = [lambda: bench.drain.push([lines("c")])]
    bench.run(lines("a", "b"))
    assert bench.texts == ["a", "b", "c"]
    assert [what for _, what in bench.diary] == ["connect", "send 2", "connect", "send 1", "close"]
    assert (bench.drain.delivered, bench.drain.lost, bench.told) == (3, 0, [])


def test_its_tally_while_it_works():
    bench = Bench(batch_bytes=400)
    tallies = []

    def look() -> None:
        tallies.append(bench.drain.tally)

    bench.sends = [look, Refused("it answered 403 Forbidden"), look]
    bench.run(lines("a", "b"), lines("c", "d"), lines("e"))
    tallies.append(bench.drain.tally)
    assert [(t.delivered, t.lost, t.pending) for t in tallies] == [(0, 0, 5), (2, 2, 1), (3, 2, 0)]
    assert [t.error for t in tallies] == ["", *["it answered 403 Forbidden"] * 2]
    assert tallies[1].error_at == bench.now


def test_a_batch_waits_to_become_larger_but_not_once_it_is_full():
    bench = Bench(batch_bytes=1000)
    bench.patience = 1.0
    bench.waits = [lambda: bench.drain.push([lines(*"x" * 1000)])]
    bench.run(lines("a"))
    sends = [at for at, what in bench.diary if what.startswith("send")]
    assert sends[0] == 1.0, "the first line waits for others"
    assert sends[1:-1] == [1.0] * (len(sends) - 2) and len(sends) > 50


def test_a_connection_that_idles_is_closed():
    bench = Bench()
    bench.waits = [None, lambda: bench.drain.push([lines("b")])]
    bench.run(lines("a"))
    assert bench.diary[2] == (IDLE_SECONDS, "close")
    assert bench.texts == ["a", "b"]


def test_a_receiver_that_is_away_is_tried_again_and_again_and_loses_nothing_that_fits():
    bench = Bench()
    bench.connects = [AWAY] * 14
    bench.run(lines("a"))
    tries = [at for at, what in bench.diary if what == "connect"]
    waits = [round(b - a, 3) for a, b in pairwise(tries)]
    # Logplex: at once, then 10 ms times (2**n - 1) // 2 for an n that grows up to 10.
    assert waits == [0, 0, 0.01, 0.03, 0.07, 0.15, 0.31, 0.63, 1.27, 2.55, 5.11, 5.11, 5.11, 5.11]
    assert bench.texts == ["a"]
    assert bench.told == [
        "hk-local[drain]: place: Connection refused; what it cannot take in time is dropped and"
        " counted",
        "hk-local[drain]: place: works again; 0 lines were lost",
    ]


@pytest.mark.parametrize(
    ("url", "delays"),
    [
        ("syslog://a", [0, 2, 4, 8, 16, 30, 30]),
        ("file:///a", [5, 5, 5, 5, 5, 5, 5]),
    ],
)
def test_how_long_other_receivers_are_left_alone(url: str, delays: list[float]):
    delay = outlet(parse(url), "d.1").delay
    assert [delay(failures, 0.5) for failures in range(1, 8)] == delays


def test_a_batch_is_sent_three_times_then_lost_and_the_next_one_tells_of_it():
    bench = Bench(batch_bytes=70)
    bench.sends = [BROKEN] * 3
    bench.run(lines("a", at_ns=int(1000e9)), lines("b"))
    assert bench.texts == [
        "Error L10 (output buffer overflow): 1 messages dropped since"
        " 1970-01-01T00:16:40.000000+00:00.",
        "b",
    ]
    assert [what for _, what in bench.diary].count("send 1") == 4
    assert (bench.drain.delivered, bench.drain.lost) == (1, 1)
    assert bench.told[-1] == "hk-local[drain]: place: works again; 1 lines were lost"


def test_what_was_refused_is_not_sent_again():
    bench = Bench(batch_bytes=70)
    bench.sends = [Refused("it answered 403 Forbidden")]
    bench.run(lines("a"), lines("b"))
    assert [what for _, what in bench.diary] == ["connect", "send 1", "connect", "send 1", "close"]
    assert (bench.drain.delivered, bench.drain.lost) == (1, 1)


def test_a_loss_that_could_not_be_told_is_told_later_with_all_that_was_lost_since():
    bench = Bench(batch_bytes=70)
    bench.sends = [Refused("no")] * 2
    bench.run(*(lines(text) for text in "abc"))
    assert "2 messages dropped" in bench.texts[0] and bench.texts[1:] == ["c"]


def test_a_torn_stream_loses_what_was_not_whole_and_sends_nothing_twice():
    bench = Bench()
    bench.tries = 1
    bench.sends = [Torn(BROKEN, 2)]
    bench.waits = [lambda: bench.drain.push([lines("d")])]
    bench.run(lines("a", "b", "c"))
    assert bench.texts[:2] + bench.texts[3:] == ["a", "b", "d"]
    assert "1 messages dropped" in bench.texts[2]
    assert (bench.drain.delivered, bench.drain.lost) == (3, 1)
    assert "it answered 503" in bench.told[0] and "1 lines were lost" in bench.told[1]


def test_a_drain_that_is_removed_while_its_receiver_is_away_ends_at_once():
    bench = Bench()
    bench.connects = [*[AWAY] * 8, lambda: bench.drain.finish(0.0) or _raise(), *[AWAY] * 50]
    bench.run(lines("a"), lines("b"))
    assert len([what for _, what in bench.diary if what == "connect"]) == 9
    assert bench.drain.tally.lost == 2 and bench.drain.tally.pending == 0


def test_the_oldest_are_dropped_while_the_receiver_is_away():
    bench = Bench()
    big = [lines("x" * 9_999) for _ in range(2400)]
    bench.connects = [lambda: bench.drain.push(big), AWAY]
    bench.run(lines("first"))
    assert bench.texts[0] == "first"
    assert bench.drain.delivered + bench.drain.lost == 2401
    assert BUDGET - 20_000 < bench.drain.delivered * 10_200 <= BUDGET + 10_200
    assert "messages dropped since" in bench.texts[1]


def test_one_that_is_too_slow_is_told_of_at_most_once_a_minute():
    bench = Bench()
    flood = [lines("x" * 9_999) for _ in range(1733)]
    bench.waits = [lambda: bench.drain.push(flood)] * 3
    bench.run(*flood)
    assert [told.partition("place: ")[2] for told in bench.told] == [
        "has lost 89 lines (L10)",
        "ends; 267 more lines were lost",
    ]


def test_trouble_that_goes_on_is_told_once_a_minute():
    bench = Bench()
    bench.connects = [AWAY] * 100
    bench.run(lines("a"))
    assert 5 <= len([told for told in bench.told if "refused" in told]) <= 9


def test_a_certificate_that_is_not_believed_is_told_as_heroku_does():
    import ssl

    bench = Bench()
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    bench.connects = [error, error]
    bench.run(lines("a"))
    assert bench.told[:2] == [
        'heroku[logplex]: Error L14 (certificate validation): error="self-signed certificate"'
        ' uri="place"',
        "hk-local[drain]: place: its certificate is not believed (self-signed certificate); what it"
        " cannot take in time is dropped and counted",
    ]


def test_at_the_end_nobody_waits_for_a_receiver_that_is_away():
    bench = Bench()
    bench.connects = [*[AWAY] * 3, lambda: bench.drain.finish(2.0) or _raise(), *[AWAY] * 50]
    bench.run(lines("a"), lines("b"))
    assert bench.now < 1000.2
    assert (bench.drain.delivered, bench.drain.lost) == (0, 2)


def _raise() -> None:
    raise AWAY


def test_at_the_end_a_slow_receiver_gets_what_it_can_take_in_time():
    bench = Bench(batch_bytes=70)

    def slowly() -> None:
        bench.now += 0.9

    bench.sends = [lambda: bench.drain.finish(2.0), *[slowly] * 9]
    bench.run(*(lines(text) for text in "abcdefg"))
    assert bench.texts == ["a", "b", "c", "d"]
    assert bench.drain.lost == 3
    assert bench.told == ["hk-local[drain]: place: ends; 3 more lines were lost"]


ACTS = some.sampled_from([None, None, AWAY, BROKEN, Refused("no")]) | some.builds(
    Torn, some.just(BROKEN), some.integers(0, 30)
)


@settings(max_examples=30, deadline=None)
@given(
    some.lists(some.lists(some.text("ab", max_size=200), min_size=1, max_size=30), max_size=8),
    some.lists(ACTS, max_size=20),
    some.lists(some.sampled_from([None, AWAY]), max_size=10),
    some.integers(1, 3000),
)
def test_received_and_counted_as_lost_is_what_was_sent(pushes, sends, connects, batch_bytes):
    bench = Bench(batch_bytes)
    bench.sends, bench.connects = list(sends), list(connects)
    bench.waits = [partial(bench.drain.push, [lines(*texts)]) for texts in pushes]

    def end_well() -> None:
        bench.sends, bench.connects = [], []
        bench.drain.push([lines("last")])

    bench.waits.append(end_well)
    bench.run()
    sent = 1 + sum(map(len, pushes))
    received = [text for text in bench.texts if "Error L10" not in text]
    told = sum(int(text.split()[5]) for text in bench.texts if "Error L10" in text)
    assert len(received) == bench.drain.delivered
    assert bench.drain.delivered + bench.drain.lost == sent
    assert told == bench.drain.lost
    if not any(isinstance(act, Exception) for act in sends):
        assert bench.drain.lost == 0


@settings(max_examples=30, deadline=None)
@given(
    some.lists(some.lists(some.integers(0, 900), min_size=1, max_size=60), max_size=20),
    some.integers(100, 5000),
)
def test_batches_are_bounded_and_hold_every_line_once(blocks, size):
    framing = frame.HTTPS
    backlog, found, texts = Backlog(), [], []
    for sizes in blocks:
        texts += [f"{len(texts) + n} {'x' * length}" for n, length in enumerate(sizes)]
        backlog.extend([lines(*texts[-len(sizes) :])])
    while backlog:
        taken = backlog.take(size, partial(frame.overhead, framing=framing))
        made = batch(taken, None, 0, partial(frame.framed, framing=framing))
        messages = parsed(made.body)
        assert len(made.body) <= size or len(messages) == 1
        assert made.lines == made.messages == len(messages)
        found += messages
    assert [message.split(b" ", 6)[6].decode() for message in found] == [f"{t}\n" for t in texts]
    assert backlog.size == 0


def test_batches_are_filled():
    """Lines of any length: what is left empty is little."""
    backlog = Backlog()
    backlog.extend([lines(*["x" * (n * 7919 % 300) for n in range(3000)])])
    sizes = []
    while backlog:
        taken = backlog.take(102_400, partial(frame.overhead, framing=frame.HTTPS))
        sizes.append(len(batch(taken, None, 0, partial(frame.framed, framing=frame.HTTPS)).body))
    assert min(sizes[:-1]) > 95_000
