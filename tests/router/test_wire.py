"""Frames between the emulator and the router."""

from __future__ import annotations

from emulator.router import wire
from emulator.router.table import State, Table, WebDyno

TABLE = Table(app="shop", dynos=(WebDyno("web.1", "a", 5001, State.UP),), quantity=1)
START = wire.Start((wire.Listener(5000), wire.Listener(5443, tls=True)), "cert.pem", "key.pem")


def test_frames_come_whole_however_they_are_cut() -> None:
    whole = wire.start_frame(START) + wire.table_frame(TABLE) + wire.frame(wire.Kind.SHUTDOWN)
    data, found = bytearray(), []
    for n in range(len(whole)):
        data += whole[n : n + 1]
        found += wire.frames(data)
    assert [kind.name for kind, _ in found] == ["START", "TABLE", "SHUTDOWN"]
    assert wire.read_start(found[0][1]) == START
    assert wire.read_table(found[1][1]) == TABLE
    assert not data


def test_counters_come_back() -> None:
    counters = wire.Counters(requests=7, errors=1, waiting=2)
    (kind, body), *rest = wire.frames(bytearray(wire.counters_frame(counters)))
    assert (kind, wire.read_counters(body), rest) == (wire.Kind.COUNTERS, counters, [])
