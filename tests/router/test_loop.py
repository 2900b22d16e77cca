"""Who is called when, over real descriptors."""

from __future__ import annotations

import os

from emulator.router.loop import READ, Loop


class Watcher:
    """Notes what it was told, and then acts."""

    def __init__(self, loop: Loop, told: list[str], name: str) -> None:
        self.loop, self.told, self.name = loop, told, name

    def ready(self, events: int) -> None:
        self.told.append(self.name)
        self.act()

    def act(self) -> None: ...

    def broken(self) -> None:
        self.told.append(f"{self.name} is broken")


def test_an_event_is_not_for_who_got_the_descriptor_s_number_later() -> None:
    """Both of two that are ready would put another in the place of the first one's neighbour."""
    told: list[str] = []
    loop = Loop(lambda: 1.0, lambda: None)
    pipes = [os.pipe(), os.pipe()]
    new = Watcher(loop, told, "new")
    for at, (reader, writer) in enumerate(pipes):
        other = pipes[1 - at][0]
        watcher = Watcher(loop, told, "old")

        def replace(fd: int = other) -> None:
            loop.forget(fd)
            loop.watch(fd, READ, new)

        watcher.act = replace  # type: ignore[method-assign] # it is what this one does
        loop.watch(reader, READ, watcher)
        os.write(writer, b"x")
    try:
        assert loop.turn(0) == 2
        assert told == ["old"]
        loop.turn(0)
        assert "new" in told
    finally:
        loop.close()
        for fd in (*pipes[0], *pipes[1]):
            os.close(fd)
