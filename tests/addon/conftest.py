"""A listener that has all its words ready."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from emulator.addon import wire


@pytest.fixture
def server() -> Iterator[Callable[[bytes], int]]:
    """A listener that says these words to whoever comes first, once that has said something."""
    listener = socket.create_server((wire.HOST, 0))
    threads = []

    def serve(words: bytes) -> int:
        def talk() -> None:
            link, _ = listener.accept()
            with link:
                link.recv(1024)
                link.sendall(words)
                link.shutdown(socket.SHUT_WR)
                while link.recv(1024):
                    pass

        threads.append(threading.Thread(target=talk))
        threads[-1].start()
        port: int = listener.getsockname()[1]
        return port

    yield serve
    for thread in threads:
        thread.join()
    listener.close()
