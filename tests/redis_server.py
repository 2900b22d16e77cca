"""A Redis for a test: private, empty, on a port of its own, and gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from redis import Redis

SERVER = next(filter(None, map(shutil.which, ("redis-server", "valkey-server"))), None)
needs_redis = pytest.mark.skipif(
    not SERVER and not os.environ.get("CI"), reason="there is no redis-server"
)


class RedisServer:
    def __init__(self, folder: Path) -> None:
        assert SERVER, "there is no redis-server"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        words = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", folder)
        self._process = subprocess.Popen([SERVER, *words], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        for line in self._process.stdout:
            if "Ready to accept connections" in line:
                break
        self.url = f"redis://127.0.0.1:{self.port}"
        self.client = Redis(port=self.port, decode_responses=True)

    def close(self) -> None:
        self.client.close()
        self._process.kill()
        self._process.communicate()
