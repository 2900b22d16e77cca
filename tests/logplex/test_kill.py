"""kill -9 at any moment loses no line that was acknowledged, and nothing has to be repaired."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from emulator.logplex.history import History

WRITER = """
import os, sys
from emulator.logplex.block import Block, Stream
from emulator.logplex.history import History

web, number = Stream("app", "web.1"), int(sys.argv[2])
history = History(sys.argv[1], print, 4 << 20)
while True:
    history.append([Block(number, web, b"%09d" % number * 1000 + b"\\n")] * 3, 0.0)
    os.write(1, b"%d\\n" % number)
    number += 1
"""


@pytest.mark.real
def test_killed_while_writing(tmp_path):
    acknowledged = -1
    for round_number in range(8):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(acknowledged + 1)],
            stdout=subprocess.PIPE,
        )
        assert writer.stdout
        for _ in range(20 + 7 * round_number):
            acknowledged = int(writer.stdout.readline())
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged = int([acknowledged, *writer.stdout.read().split()][-1])
        writer.wait()
        writer.stdout.close()
        told: list[str] = []
        blocks = History(str(tmp_path), told.append, 4 << 20).last(10**6)
        lines = b"".join(block.body for block in blocks).split(b"\n")[:-1]
        assert {len(line) for line in lines} == {9000}
        numbers = [int(line[:9]) for line in lines]
        first = numbers[0]
        assert set(range(first, acknowledged + 1)) <= set(numbers)
        assert numbers == sorted(numbers)
        assert told == []
