"""Every limit and timeout of the router, with its source; lengths in bytes, times in seconds."""

from __future__ import annotations

# A request. Source: Dev Center, http-routing, "Request validation": a violation is a 400.
REQUEST_LINE = 8192
REQUEST_HEADER = 8192
HEADER_NAME = 1000
HEADERS = 1000
METHOD = 127

# Departs: Heroku names no limit for all headers together; a thousand of 8 kB are no request.
REQUEST_HEAD = 256 * 1024

# A request id that the client chose. Source: Dev Center, http-request-id; vegur, README.
SHORTEST_REQUEST_ID = 20
LONGEST_REQUEST_ID = 200

# A response. Source: Dev Center, http-routing, "Response validation": a violation is H25.
STATUS_LINE = 8192
RESPONSE_HEADER = 512 * 1024
COOKIE = 8192
RESPONSE_HEAD = 1024 * 1024

CHUNK_LINE = 4096
"""Ours: the line that tells a chunk's size, with extensions that nobody sends."""

RESPONSE_BUFFER = 1024 * 1024
"""So much of a response is kept for a slow client, so that the dyno is free earlier.

Source: Dev Center, http-routing, "Response buffering".
"""

REQUEST_BUFFER = 64 * 1024
"""Ours: so much of a request's body, or of the requests after it, is read before it is wanted."""

CONCURRENCY = 200
"""Requests in flight for each web dyno; more are H11. Source: Dev Center, http-routing."""

CONNECT_SECONDS = 5.0
QUARANTINE_SECONDS = 5.0
CONNECT_ATTEMPTS = 10
"""Or as many as there are dynos. Source: Dev Center, http-routing, "Dyno connection behavior"."""

QUEUE_SECONDS = 75.0
"""H20 after waiting for a dyno to boot; H99 when all are quarantined.

Source: Dev Center, error-codes, H20, H99; http-routing.
"""

FIRST_BYTE_SECONDS = 30.0
"""H12, from when the whole request was sent. Source: Dev Center, request-timeout."""

IDLE_SECONDS = 55.0
"""H15, H28; each byte in either direction begins it anew. Source: Dev Center, http-routing."""

CLIENT_KEEP_ALIVE_SECONDS = 60.0
DYNO_KEEP_ALIVE_SECONDS = 90.0
"""Source: Dev Center, http-routing, "Keepalives"."""

HEAD_SECONDS = 10.0
"""Ours: whoever begins a request says the head of it within this time (408)."""

FRESH_SECONDS = 1.0
"""Ours: a kept connection idle for longer gets only requests that may be sent twice."""

LINGER_SECONDS = 5.0
"""Ours: what a client still sends is thrown away for so long, lest a reset eat the answer."""

DISCARD_SECONDS = 600.0
"""Ours: so long after H12 the late answer is awaited, so that the dyno does not notice."""

TOLD_OF_LIMIT = 16
"""Ours: so many clients beyond those that there are descriptors for are told so (H22)."""

WORST_SWEEP_SECONDS = 0.5
"""Deadlines are looked at so often at least; none is set nearer than that."""
