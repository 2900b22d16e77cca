"""What a connection is busy with."""

from __future__ import annotations

from enum import Enum


class Stage(Enum):
    WAITING = "for a request, or for the rest of one"
    ANSWERING = "with a response; nothing is read until it is written"
    STREAMING = "until the stream ends; what the client sends is of no interest"
    LINGERING = "for a client that has its last answer to stop sending"
    OVER = "the socket is closed"
