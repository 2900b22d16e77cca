"""Real servers without an app: the warden runs them, and nothing is left of them."""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Callable
from pathlib import Path

from emulator.addon.catalog import POSTGRES, REDIS, template
from emulator.addon.servers import Servers
from emulator.app.surroundings import Addon
from emulator.cli.addons import Addons
from emulator.cli.start import Boot, Options
from emulator.dyno.ports import free_ports
from emulator.dyno.runner import Runner
from emulator.runtime.files import AppFiles
from emulator.runtime.folder import Folder
from tests.real.app import all_pids, folder, until

LATE = 30.0
"""A busy machine takes so long for what should take a second."""

PLANS = {REDIS: "mini", POSTGRES: "essential-0"}


class Machine:
    """Runs servers of that service as an emulator does; what it is told is noted on the way."""

    def __init__(self, root: Path, service: str, declared: str = "") -> None:
        self.service = service
        if declared:
            (root / "hk-local.toml").write_text(declared)
        self._folder = Folder(str(root))
        self._place = self._folder.file("addons")
        self._runner = Runner(str(root), 0o077, 256, "")
        options = Options(dir=str(root))
        self._boot = Boot(options, self._runner, self._folder, AppFiles({}, {}), None)
        self._runner.report = lambda report: self.host.hear(report)
        self.host = Addons(self._boot)
        self.said: list[str] = []
        self.host.tell = lambda line: self.said.append(f"{line.dyno}: {line.text}")
        self._ports = free_ports(os.getpid() % 1000 / 1000)
        self._made = 0
        self._listeners: list[socket.socket] = []
        self.readied: list[str] = []
        self.moved: list[str] = []
        for name, noted in (("ready", self.readied), ("taken", self.moved)):
            setattr(self.host, name, _noting(getattr(self.host, name), noted))

    @property
    def servers(self) -> Servers:
        return self.host.servers

    def addon(self) -> Addon:
        """A new one, with ports that nobody has."""
        self._made += 1
        id_ = f"{self._made:08x}-89ab-4cde-8f01-23456789abcd"
        known = self.host.services().get(self.service)
        text = template(known, id_) if known else ""
        ports = next(self._ports), next(self._ports)
        plan = PLANS.get(self.service, "local")
        return Addon(id_, f"db-{id_[:8]}", self.service, plan, text, "a5ec4e7", *ports, 1.0)

    def refuse(self) -> None:
        """From now on no server can be started."""
        self.service = "unheard-of"

    def occupy(self, addon: Addon) -> None:
        self._listeners.append(socket.create_server(("127.0.0.1", addon.port)))

    def until(self, is_true: Callable[[], object]) -> None:
        """It has become true."""
        end = time.monotonic() + LATE
        link = self._runner.link.fileno()

        def look() -> None:
            self._runner.flush()
            poll = select.poll()
            poll.register(link, select.POLLIN)
            if poll.poll(0):
                self._runner.receive()
            if is_true() or time.monotonic() > end:
                self.host.loop.stop()
            else:
                self.host.loop.call_later(0.005, look)

        look()
        self.host.loop.run_forever()
        assert is_true(), (self.said, self.processes())

    def kill(self, addon: Addon) -> None:
        """Its server dies without a word."""
        self.host.end(self.servers.servers[addon.id].launch, "KILL")

    def processes(self) -> list[int]:
        """Those that work in folders of add-ons."""
        return [pid for pid in all_pids() if folder(pid).startswith(self._place)]

    def has_process(self, addon: Addon) -> bool:
        place = self.host.folder(addon)
        return any(folder(pid).startswith(place) for pid in all_pids())

    def has_data(self, addon: Addon) -> bool:
        names = os.listdir(self._place) if os.path.isdir(self._place) else []
        return any(name.startswith(addon.id) for name in names)

    def close(self) -> None:
        for listener in self._listeners:
            listener.close()
        self.servers.hurry()
        stopped: list[bool] = []
        self.servers.stop(lambda: stopped.append(True))
        try:
            self.until(lambda: stopped)
            until(lambda: not self.processes(), "no server is left", LATE)
        finally:
            self._runner.close()
            self.host._threads.shutdown()
            self.host.loop.close()
            for _, fd in self._boot.pipes:
                os.close(fd)
            self._boot.store.close()


def _noting(act: Callable[[Addon], None], noted: list[str]) -> Callable[[Addon], None]:
    def noting(addon: Addon) -> None:
        noted.append(addon.id)
        act(addon)

    return noting
