"""For how long the first dynos wait for the servers of add-ons."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from types import SimpleNamespace
from typing import Any

from emulator.cli import addons


def test_a_signal_to_stop_ends_the_wait(monkeypatch: Any) -> None:
    monkeypatch.setattr(addons, "READY_WITHIN", 5.0)
    loop = asyncio.SelectorEventLoop()
    link, theirs = socket.socketpair()
    waiting: Any = SimpleNamespace(
        loop=loop,
        servers=SimpleNamespace(are_settled=False),
        _runner=SimpleNamespace(link=link, flush=lambda: True),
    )
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        began = loop.time()
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        addons.Addons.await_ready(waiting)
        assert loop.time() - began < addons.READY_WITHIN
    finally:
        signal.sigtimedwait({signal.SIGINT}, 0)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        link.close()
        theirs.close()
        loop.close()
