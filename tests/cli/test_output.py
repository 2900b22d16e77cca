"""Bytes and sentences, and when they have colours."""

from __future__ import annotations

import os
import threading

import pytest

from emulator.cli.output import GUTTER, WARNING, say, wants_colour, warn, write


@pytest.mark.parametrize(
    ("env", "wanted"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"FORCE_COLOR": ""}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
    ],
)
def test_colours_on_a_pipe(env, wanted):
    reader, writer = os.pipe()
    assert wants_colour(writer, env) is wanted
    os.close(reader)
    os.close(writer)


@pytest.mark.parametrize(
    ("env", "wanted"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "FORCE_COLOR": "0"}, False),
    ],
)
def test_colours_on_a_terminal(env, wanted):
    master, slave = os.openpty()
    assert wants_colour(slave, env) is wanted
    os.close(master)
    os.close(slave)


def test_all_is_written_to_a_pipe_that_does_not_block():
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    data = os.urandom(300_000)
    thread = threading.Thread(target=lambda: (write(data, writer), os.close(writer)))
    thread.start()
    with os.fdopen(reader, "rb") as pipe:
        assert pipe.read() == data
    thread.join()


def test_sentences(capfd):
    say("Scaling dynos... done")
    warn("one\ntwo")
    say("half of a pair: \ud800")
    out, err = capfd.readouterr()
    assert out == ""
    assert err == (f"Scaling dynos... done\n{WARNING}one\n{GUTTER}two\nhalf of a pair: ?\n")
