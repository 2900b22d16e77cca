"""The router at work: which dyno gets a request, who waits for one, and what becomes of them."""

from __future__ import annotations

import os
import random

from . import limits, outcome
from .client import Client
from .hcode import H10, H11, H14, H22, H24, H26_EXPECT, H80, H81, Blame, Phase, Reason, classify
from .pool import Pool
from .request import AFFINITY_COOKIE, Requests
from .response import VIA, Responses
from .table import LogFormat, Table, Verdict, pick

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .backend import Backend
    from .exchange import Exchange
    from .loop import Loop
    from .request import Request
    from .table import WebDyno

CODES = {
    Verdict.MAINTENANCE: H80,
    Verdict.BLANK: H81,
    Verdict.NO_DYNOS: H14,
    Verdict.CRASHED: H10,
}
MOST_HOSTS = 1000


class Proxy:
    """Clients on one side, pools of connections to dynos on the other, the table between them."""

    def __init__(self, loop: Loop, say: Callable[[str], None], wall: Callable[[], float]) -> None:
        self.loop = loop
        self.say = say
        self.wall = wall
        self.table = Table()
        self.verdict = Verdict.WAIT
        self.pools: dict[str, Pool] = {}
        self.available: list[Pool] = []
        """Those that are up and not quarantined."""

        self.clients: set[Client] = set()
        self.waiting: dict[Client, None] = {}
        self.discarding: set[Backend] = set()
        self.requests = Requests()
        self.responses = Responses()
        self.hosts: dict[str, bool] = {}
        self.in_flight = 0
        self.most_in_flight = limits.CONCURRENCY
        self.most_clients = 0
        self.began = 0
        self.errors = 0
        self._id = int.from_bytes(os.urandom(4), "little")
        rest = os.urandom(12).hex()
        self._id_end = f"-{rest[:4]}-{rest[4:8]}-{rest[8:12]}-{rest[12:]}"

    # A request on its way.

    def admit(self, client: Client) -> None:
        """The request is on its way to a dyno, waits for one, or was answered."""
        exchange = client.exchange
        assert exchange is not None
        request = exchange.request
        if not self._serves(request.host):
            outcome.no_such_app(client)
            return
        self.began += 1
        self.in_flight += 1
        if request.manner.expectation and request.manner.expectation != b"100-continue":
            self._refuse_expectation(client)
        elif len(self.clients) > self.most_clients:
            client.keeps_alive = False
            outcome.fail(client, H22)
        elif self.verdict in CODES:
            outcome.fail(client, CODES[self.verdict])
        elif self.in_flight > self.most_in_flight:
            outcome.fail(client, H11)
        else:
            self.dispatch(client)

    def _serves(self, host: str) -> bool:
        serves = self.hosts.get(host)
        if serves is None:
            serves = self.table.serves(host)
            if len(self.hosts) >= MOST_HOSTS:
                self.hosts.clear()
            self.hosts[host] = serves
        return serves

    def _refuse_expectation(self, client: Client) -> None:
        """Router 2.0 has no H26 (Dev Center, error-codes): its line has the status alone."""
        exchange = client.exchange
        assert exchange is not None
        if self.table.log_format is LogFormat.LEGACY:
            outcome.fail(client, H26_EXPECT)
            return
        exchange.status = H26_EXPECT.status
        outcome.answer(client, exchange.status, outcome.TEXT, b"Expect: only 100-continue\n")
        client.finish()

    def dispatch(self, client: Client) -> None:
        """Chance says which dyno it is. Source: Dev Center, http-routing."""
        pools = self.available
        if not pools:
            if self.verdict in CODES:
                outcome.fail(client, CODES[self.verdict])
            else:
                self._enqueue(client)
            return
        assert client.exchange is not None
        affinity = client.exchange.request.manner.affinity if self.table.affinity else ""
        pick(pools, random.random(), affinity).serve(client)

    def affinity_cookie(self, request: Request, dyno: WebDyno) -> bytes:
        """The header that makes the client come back to that dyno; nothing if it does already."""
        if not self.table.affinity or request.manner.affinity == dyno.launch:
            return b""
        value = dyno.launch.encode()
        return b"Set-Cookie: %s=%s; path=/; HttpOnly\r\n" % (AFFINITY_COOKIE, value)

    def try_again(self, client: Client, pool: Pool) -> None:
        """The request goes to that dyno over a new connection, or to another if it is stopping."""
        if pool in self.available:
            pool.connect(client)
        else:
            self.dispatch(client)

    def connect_failed(self, client: Client, reason: Reason) -> None:
        """The dyno is in quarantine, and the request tries another one."""
        exchange = client.exchange
        assert exchange is not None
        backend, client.backend = client.backend, None
        if backend is not None:
            backend.close()
        self._quarantine(exchange.dyno)
        exchange.attempts += 1
        if exchange.attempts >= min(limits.CONNECT_ATTEMPTS, max(len(self.table.up()), 1)):
            outcome.fail(client, classify(Blame.DYNO, Phase.CONNECTING, reason))
        else:
            exchange.dyno = ""
            self.dispatch(client)

    def _quarantine(self, dyno: str) -> None:
        for pool in self.available:
            if pool.dyno.name == dyno:
                pool.quarantined_until = self.loop.now + limits.QUARANTINE_SECONDS
        self._find_available()

    def done(self, exchange: Exchange, tls: str) -> None:
        """The exchange has ended, and the log has its line."""
        self.in_flight -= 1
        if exchange.code is not None:
            self.errors += 1
        self.say(exchange.line(self.table.log_format, tls or self._pretended()))

    def _pretended(self) -> str:
        """Source: log samples: `unknown` for all TLS on herokuapp.com."""
        return "unknown" if self.table.forwarded_proto == "https" else ""

    # What the dyno is told.

    def new_id(self) -> str:
        """A request id that looks like a UUID; the next four billion are others.

        The first part goes through all its values (a congruential generator of full period).
        Source: Dev Center, http-request-id.
        """
        self._id = (self._id * 1664525 + 1013904223) & 0xFFFFFFFF
        return f"{self._id:08x}{self._id_end}"

    def forwarded(self, port: int, tls: bool) -> str:
        """The headers that all requests of a client have. Source: Dev Center, http-routing."""
        table = self.table
        proto = table.forwarded_proto or ("https" if tls else "http")
        lies = bool(table.forwarded_proto) and not tls and proto == "https"
        seen = table.forwarded_port or (443 if lies else port)
        return f"X-Forwarded-Proto: {proto}\r\nX-Forwarded-Port: {seen}\r\nX-Request-Start: "

    def request_head(self, client: Client, exchange: Exchange) -> bytes:
        """What the dyno gets before the body."""
        request = exchange.request
        # When it came, not when a dyno had it: apps tell their users' waiting from that.
        came_at = self.wall() - (self.loop.now - exchange.began_at)
        ours = (
            f"X-Request-Id: {exchange.request_id}\r\nX-Forwarded-For: {exchange.forwarded_for}\r\n"
            f"{client.forwarded}{int(came_at * 1000)}\r\n"
            f"Via: {request.manner.via}{VIA}\r\n\r\n"
        )
        return request.sent_on + ours.encode("latin-1")

    # Waiting, and the table.

    def _enqueue(self, client: Client) -> None:
        exchange = client.exchange
        assert exchange is not None
        exchange.phase = Phase.QUEUED
        client.deadline = exchange.began_at + limits.QUEUE_SECONDS
        self.waiting[client] = None

    def release(self) -> None:
        """Whoever waits and need not, does not."""
        if self.verdict in (Verdict.WAIT, Verdict.WAKE):
            return
        if self.verdict is Verdict.SERVE and not self.available:
            return
        waiting, self.waiting = self.waiting, {}
        for client in waiting:
            if self.verdict in CODES:
                outcome.fail(client, CODES[self.verdict])
            else:
                self.dispatch(client)

    def update(self, table: Table) -> None:
        """What the table says holds from now on."""
        self.table = table
        self.verdict = table.verdict()
        self.hosts.clear()
        self.most_in_flight = limits.CONCURRENCY * max(table.quantity, len(table.dynos), 1)
        up = {dyno.launch: dyno for dyno in table.up()}
        for launch in self.pools.keys() - up.keys():
            self.pools.pop(launch).close()
        for launch, dyno in up.items():
            if launch not in self.pools:
                self.pools[launch] = Pool(self, dyno)
        self._find_available()
        self.release()

    def _find_available(self) -> None:
        for pool in self.pools.values():
            if pool.quarantined_until <= self.loop.now:
                pool.quarantined_until = 0.0
        self.available = [pool for pool in self.pools.values() if not pool.quarantined_until]

    def sweep(self) -> float:
        """Whatever was due has happened; the instant at which to sweep again."""
        now = self.loop.now
        soonest = now + limits.WORST_SWEEP_SECONDS
        for client in list(self.clients):
            if client.deadline <= now:
                outcome.expired(client)
            if client.deadline < soonest and not client.is_closed:
                soonest = client.deadline
        for pool in self.pools.values():
            pool.sweep(now)
        for backend in list(self.discarding):
            if backend.deadline <= now:
                backend.close()
        if len(self.available) < len(self.pools):
            self._find_available()
            self.release()
            until = [pool.quarantined_until for pool in self.pools.values()]
            soonest = min([soonest, *filter(None, until)])
        return soonest

    @property
    def wakes(self) -> bool:
        """Whether somebody waits for a dyno that is asleep."""
        return self.verdict is Verdict.WAKE and bool(self.waiting)

    def leave(self, client: Client) -> None:
        """That client is gone."""
        self.clients.discard(client)

    def evict(self, but: Client | None = None) -> bool:
        """The client is gone that has asked for nothing for the longest; False if all have."""
        idle = [client for client in self.clients if client.exchange is None and client is not but]
        if not idle:
            return False
        min(idle, key=lambda client: client.deadline).close()
        return True

    def shut_down(self) -> None:
        """Whoever asks for nothing is gone, whoever waits for a dyno is told that none comes, and
        the others are answered."""
        for client in list(self.clients):
            client.keeps_alive = False
            if client.exchange is None:
                client.close()
            elif client in self.waiting:
                outcome.fail(client, H24)

    @property
    def is_idle(self) -> bool:
        """Whether nothing has a deadline."""
        kept = any(pool.idle or pool.quarantined_until for pool in self.pools.values())
        return not (self.clients or self.discarding or kept)
