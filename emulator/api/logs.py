"""Endpoints: the log, and log sessions, which stand for a query of it."""

from __future__ import annotations

from emulator.errors import NotFound, UsageError

from . import events, resource
from .answer import Answer, stream_head
from .feed import Feeds
from .identity import shaped
from .query import query
from .tail import Search, Tail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .answer import Stream
    from .call import Call
    from .query import Query

CREATED = 201
KEPT_SESSIONS = 1000
TEXT, JSON_LINES = "text/plain; charset=utf-8", "application/x-ndjson"


class Sessions:
    """The log, and the newest log sessions by id.

    An id cannot be guessed: whoever has it may read the log.
    """

    def __init__(self) -> None:
        self._queries: dict[str, Query] = {}
        self._feeds = Feeds()

    def create(self, call: Call) -> Answer:
        """A session of that query. Its URL can be read any number of times."""
        payload = call.payload
        asked = _query(call, payload.fields)
        id_ = shaped(call.outside.random(16), 4)
        self._queries[id_] = asked
        while len(self._queries) > KEPT_SESSIONS:
            del self._queries[next(iter(self._queries))]
        now, base = call.app.clock.wall(), str(call.app.info.get("api_url", ""))
        return Answer(lambda: resource.log_session(id_, now, base), status=CREATED)

    def read(self, call: Call) -> Stream:
        asked = self._queries.get(call.params["session"])
        if asked is None:
            raise NotFound("Couldn't find that log session.")
        return _stream(call, asked, self._feeds)

    def logs(self, call: Call) -> Stream:
        """The log, by the query in the URL; the last of two values for one name counts."""
        given = {name: values[-1] for name, values in call.request.query.items()}
        return _stream(call, _query(call, given), self._feeds)


def _query(call: Call, fields: Mapping[str, object]) -> Query:
    clock = call.app.clock
    offset = call.outside.utc_offset(clock.wall())
    return query(fields, clock.wall_ns(), offset, call.request.wants_colour)


def _stream(call: Call, asked: Query, feeds: Feeds) -> Stream:
    """The log in the form that the client accepts. Source: heroku3 wants lines, the CLI events."""
    head = call.request.head
    if events.CONTENT_TYPE in head.get("accept"):
        if asked.text:
            raise UsageError("grep: not for server-sent events")
        last = events.place(head.get("last-event-id"))
        return events.Events(call.app, asked, last, call.outside, feeds)
    lines = stream_head(JSON_LINES if asked.style.json else TEXT)
    if asked.text:
        return Search(call.app, asked, lines, call.outside)
    return Tail(call.app, asked, lines, call.outside)
