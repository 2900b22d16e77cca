"""Endpoints that are ours: the emulator's status, its end, and waiting for dynos."""

from __future__ import annotations

from emulator.runtime.command import Abort, Shutdown

from . import progress, resource, text
from .answer import Answer, stream_head
from .view import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .answer import Stream
    from .call import Call
    from .ink import Ink

ACCEPTED = 202


def status(call: Call) -> Answer:
    view, info = call.view, call.app.info
    counts: dict[str, int] = {}
    for slot in view.dynos:
        counts[slot.state] = counts.get(slot.state, 0) + 1
    started_at = info["started_at"]
    assert isinstance(started_at, float)
    folder = str(info["dir"]).encode("utf-8", "replace").decode()  # a name may be any bytes
    problem = call.app.history.problem
    data = {
        **info,
        "dir": folder,
        "log": {"problem": problem or None},
        "app": view.world.app,
        "dynos": counts,
        "release": view.world.release,
        "started_at": iso(started_at),
        "web_url": resource.web_url(view),
    }

    def shown(ink: Ink) -> str:
        dynos = ", ".join(f"{count} {state}" for state, count in counts.items()) or "none"
        lines = {
            "App": ink.app(view.world.app),
            "Folder": folder,
            "Web": resource.web_url(view) or "no web dyno",
            "API": str(info.get("api_url", "at the socket only")),
            "Release": f"v{view.world.release}",
            "Dynos": dynos,
            "Emulator": f"hk-local {info['version']}, pid {info['pid']}",
            "Started": view.ago(started_at),
        }
        if problem:
            lines["Log"] = f"is not being stored: {problem}"
        return text.fields(lines, ink)

    return Answer(lambda: data, shown)


def wait(call: Call) -> Stream:
    """Reports of how many dynos are up, until all are, or have crashed."""
    query = call.request.query
    arrival = progress.Arrival(
        current_only=query.get("release") == ["1"],
        type=query.get("type", [""])[0],
        with_run=query.get("run") == ["1"],
    )
    head = stream_head("application/x-ndjson")
    return progress.Progress(head, call.app.kernel, arrival.report, progress.is_done)


def stop(call: Call) -> Stream:
    """Every dyno stops. The stream ends with the emulator, which is gone when it does."""
    call.submit(Abort() if call.payload.flag("kill") else Shutdown())
    head = stream_head("text/plain; charset=utf-8", status=ACCEPTED)
    return progress.Progress(head, call.app.kernel, progress.remaining)
