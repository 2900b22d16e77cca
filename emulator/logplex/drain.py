"""A drain: takes what is logged at any speed, and delivers it at that of its receiver.

Nothing but its own thread ever waits for the receiver. A line that came was delivered, or is
counted as lost, and the receiver is told how many those were (L10) with what it gets next.
"""

from __future__ import annotations

from emulator.fact import Fact
from emulator.logplex.backlog import LOSS_BYTES, Backlog, batch
from emulator.logplex.narration import Sentence
from emulator.logplex.outlet import Refused, Torn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Protocol

    from emulator.logplex.backlog import Batch
    from emulator.logplex.block import Block
    from emulator.logplex.outlet import Outlet

    class Bell(Protocol):
        """A threading.Condition."""

        def __enter__(self) -> bool: ...
        def __exit__(
            self,
            kind: type[BaseException] | None,
            error: BaseException | None,
            trace: TracebackType | None,
            /,
        ) -> None: ...
        def wait(self, timeout: float | None = None) -> bool: ...
        def notify(self) -> None: ...

    class Times(Protocol):
        def monotonic(self) -> float: ...
        def wall_ns(self) -> int: ...


IDLE_SECONDS, AGE_SECONDS = 240.0, 18_000.0
"""A connection that has been idle, or open, for so long is closed. Source: Logplex, logplex_app."""

TOLD_EVERY = 60.0
"""What goes on failing is told no more often, in seconds."""

_ANY, _NONE = 1, 1 << 62
"""How many bytes have to wait for the drain's thread to be woken."""


class Tally(Fact):
    """Lines that a drain delivered, lost, and still has; what went wrong last, and when."""

    delivered: int = 0
    lost: int = 0
    pending: int = 0
    error: str = ""
    error_at: float = 0.0


class Drain:
    """`place` is its receiver's name; `tell` is called in the drain's thread, `luck` is in [0, 1).

    `bell` is what that thread waits for: a condition, which also guards all that both threads use.
    """

    def __init__(
        self,
        place: str,
        outlet: Outlet,
        tell: Callable[[Sentence], object],
        bell: Bell,
        times: Times,
        luck: Callable[[], float],
    ) -> None:
        self.place = place
        self._outlet = outlet
        self._tell = tell
        self._bell = bell
        self._times = times
        self._luck = luck
        self._backlog = Backlog()
        self._enough = _NONE
        self._under_way = 0
        self._is_behind = False
        self._error, self._error_at = "", 0.0
        self._end_at: float | None = None
        self._failures = 0
        self._told_at: float | None = None
        self._told_lost = 0
        self._in_trouble = False
        self._opened_at = 0.0
        self.delivered = 0

    @property
    def lost(self) -> int:
        """How many lines its receiver will never get."""
        return self._backlog.lost

    @property
    def tally(self) -> Tally:
        with self._bell:
            pending = self._under_way + self._backlog.lines
            return Tally(self.delivered, self.lost, pending, self._error, self._error_at)

    def push(self, blocks: list[Block]) -> None:
        """The blocks will be delivered in their turn, if they are not too many."""
        with self._bell:
            self._backlog.extend(blocks)
            if self._backlog.size >= self._enough:
                self._bell.notify()

    def finish(self, seconds: float) -> None:
        """`run` returns within about so many seconds; until then it delivers what there is."""
        with self._bell:
            self._end_at = self._times.monotonic() + seconds
            self._bell.notify()

    def run(self) -> None:
        """All that came was delivered or counted."""
        while batch := self._next():
            self._deliver(batch)
        self._outlet.close()
        with self._bell:
            self._backlog.lose(self._backlog.drop(), 0)
        if lost := self._newly_lost():
            self._say(f"ends; {lost} more lines were lost")

    # --- what to deliver -------------------------------------------------------------------------

    def _next(self) -> Batch | None:
        """The next batch; None at the end."""
        while not self._await_lines():
            if self._end_at is not None:
                return None
            self._outlet.close()
        self._collect()
        if self._is_over:
            return None
        outlet = self._outlet
        with self._bell:
            blocks = self._backlog.take(outlet.batch_bytes - LOSS_BYTES, outlet.overhead)
            loss = self._backlog.loss()
            self._under_way = sum(block.lines for block in blocks)
            self._is_behind = bool(self._backlog)
        return batch(blocks, loss, self._times.wall_ns(), outlet.framed)

    def _await_lines(self) -> bool:
        """There is something to deliver; False if for long there was not, or at the end."""
        with self._bell:
            if not self._backlog and self._end_at is None:
                self._sleep(IDLE_SECONDS, _ANY)
            return bool(self._backlog)

    def _collect(self) -> None:
        """The next batch is full, or has waited for as long as it may, or the last one was full."""
        enough = self._outlet.batch_bytes // 2  # a frame may be twice as long as its line
        until = self._times.monotonic() + self._outlet.patience
        with self._bell:
            while not self._is_behind and self._end_at is None and self._backlog.size < enough:
                left = until - self._times.monotonic()
                if left <= 0:
                    break
                self._sleep(left, enough)

    def _sleep(self, seconds: float, enough: int) -> None:
        """So long, or until so many bytes wait, or until somebody says something else."""
        self._enough = enough
        self._bell.wait(seconds)
        self._enough = _NONE

    @property
    def _is_over(self) -> bool:
        return self._end_at is not None and self._times.monotonic() >= self._end_at

    def _wait(self, seconds: float) -> None:
        """So long, or until the end is near."""
        until = self._times.monotonic() + seconds
        with self._bell:
            while self._end_at is None and (left := until - self._times.monotonic()) > 0:
                self._bell.wait(left)

    # --- how -------------------------------------------------------------------------------------

    def _deliver(self, batch: Batch) -> None:
        """The batch was taken, or is given up: connecting can be tried for ever, sending cannot."""
        tries = taken = 0
        try:
            while not taken and tries < self._outlet.tries:
                try:
                    self._connect()
                    tries += 1
                    self._outlet.send(batch)
                    return self._succeed(batch)
                except OSError as error:
                    taken = error.taken if isinstance(error, Torn) else 0
                    if not self._recover(error):
                        break
        except Refused as error:
            self._tell_trouble(str(error))
        with self._bell:
            self.delivered += self._backlog.give_up(batch, taken)
            self._under_way = 0
        return None

    def _connect(self) -> None:
        now = self._times.monotonic()
        if now - self._opened_at > AGE_SECONDS:
            self._outlet.close()
            self._opened_at = now
        self._outlet.connect()

    def _succeed(self, batch: Batch) -> None:
        self._failures = 0
        with self._bell:
            self.delivered += batch.lines
            self._under_way = 0
        if self._in_trouble:
            self._in_trouble = False
            self._say(f"works again; {self._newly_lost()} lines were lost")
        elif batch.loss and self._may_tell():
            self._say(f"has lost {self._newly_lost()} lines (L10)")

    def _recover(self, error: OSError) -> bool:
        """The receiver was given a rest; False if there is no time for another try.

        Any receiver may close a connection that idles: only a second failure is one, unless the
        first one has already cost lines.
        """
        self._outlet.close()
        self._failures += 1
        if self._failures > 1 or isinstance(error, Torn):
            self._tell_trouble(_reason(error), error)
        ending = self._end_at is not None
        self._wait(self._outlet.delay(self._failures, self._luck()))
        return not self._is_over and not (ending and self._failures > 1)

    # --- what the app's log says of it -----------------------------------------------------------

    def _tell_trouble(self, reason: str, error: OSError | None = None) -> None:
        self._error, self._error_at = reason, self._times.wall_ns() / 1e9
        if self._may_tell():
            self._in_trouble = True
            verdict = getattr(error, "verify_message", "")
            if verdict:
                # Source: Dev Center, error-codes, L14. Departs: OpenSSL says more than its alert.
                text = f'Error L14 (certificate validation): error="{verdict}" uri="{self.place}"'
                self._tell(Sentence("heroku", "logplex", text))
            self._say(f"{reason}; what it cannot take in time is dropped and counted")

    def _may_tell(self) -> bool:
        now = self._times.monotonic()
        if self._told_at is not None and now - self._told_at < TOLD_EVERY:
            return False
        self._told_at = now
        return True

    def _newly_lost(self) -> int:
        before, self._told_lost = self._told_lost, self.lost
        return self.lost - before

    def _say(self, text: str) -> None:
        self._tell(Sentence("hk-local", "drain", f"{self.place}: {text}"))


def _reason(error: OSError) -> str:
    """Without the numbers that nobody knows by heart."""
    if verdict := getattr(error, "verify_message", ""):
        return f"its certificate is not believed ({verdict})"
    alert: str = getattr(error, "reason", "")  # of an ssl.SSLError
    return alert.replace("_", " ").lower() or error.strerror or str(error) or type(error).__name__
