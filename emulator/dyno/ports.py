"""Free ports for dynos: each launch gets its own."""

from __future__ import annotations

import _socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

LOWEST = 10000
"""Five digits, as nearly all in log samples."""

HIGHEST = 32767
"""Below the range from which the kernel gives ports to outgoing connections (Linux: 32768 on).

Polling a closed port inside that range sooner or later connects to itself.
"""


def free_ports(start: float) -> Iterator[int]:
    """Ports that nobody listens on at the moment they are drawn, from a fraction of the range on.

    A port comes up again only after the whole range went by.
    """
    span = HIGHEST - LOWEST + 1
    offset = int(start * span)
    while True:
        port = LOWEST + offset % span
        offset += 1
        if is_free(port):
            yield port


def is_free(port: int, host: str = "") -> bool:
    """Whether a dyno could listen there now. `host` "" is every IPv4 address."""
    probe = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    try:
        # Without it a port whose last connections are in TIME_WAIT would look taken.
        probe.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
    except OSError:
        return False
    finally:
        probe.close()
    return True
