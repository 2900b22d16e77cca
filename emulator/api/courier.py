"""Deliveries to webhooks, made in a thread of its own: however slow they are, nobody waits."""

from __future__ import annotations

import queue
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from http.client import HTTPResponse
    from typing import IO
    from urllib.request import Request

    from .notices import Delivery

MOST_WAITING = 1000
SECONDS = 5.0
"""For a delivery to be taken. Source: Dev Center, app-webhooks."""


class Courier:
    """`tell` is called in the courier's thread, with a line for each delivery that failed."""

    def __init__(self, tell: Callable[[str], object]) -> None:
        self._tell = tell
        self._waiting: queue.Queue[Delivery | None] = queue.Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None

    def deliver(self, delivery: Delivery) -> None:
        """It is delivered when its turn has come, unless too many wait already."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()
        try:
            self._waiting.put_nowait(delivery)
        except queue.Full:
            pass  # the deliveries before it are told of when they fail

    def close(self) -> None:
        """What waits is dropped; the thread ends with the delivery that it is at."""
        while True:
            try:
                self._waiting.get_nowait()
            except queue.Empty:
                break
        if self._thread is not None:
            self._waiting.put_nowait(None)

    def _run(self) -> None:
        while (delivery := self._waiting.get()) is not None:
            try:
                post(delivery)
            except (OSError, ValueError) as error:
                self._tell(f"webhook {_place(delivery.url)}: {error}; it is not tried again")


def post(delivery: Delivery) -> None:
    """The other side has taken it. Raises OSError or ValueError."""
    from http.client import HTTPException
    from urllib import error as problem
    from urllib import request

    class Stay(request.HTTPRedirectHandler):
        def redirect_request(
            self, req: Request, fp: IO[bytes], code: int, msg: str, headers: object, newurl: str
        ) -> None:
            """A signed body goes nowhere but where the user said."""

    opener = request.build_opener(request.ProxyHandler({}), Stay)
    asked = request.Request(delivery.url, delivery.body, dict(delivery.fields), method="POST")
    try:
        answered: HTTPResponse = opener.open(asked, timeout=SECONDS)
        answered.close()
    except problem.HTTPError as error:
        error.close()
        raise
    except HTTPException as error:
        raise ValueError(f"{type(error).__name__}: {error}") from None


def _place(url: str) -> str:
    """Host and port of the URL, without what may be secret in it."""
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2]
