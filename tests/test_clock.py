"""The clocks of the machine, on either system."""

from __future__ import annotations

import sys
import time

import pytest

from emulator.clock import Clock


@pytest.mark.parametrize(("platform", "name"), [("linux", "BOOTTIME"), ("darwin", "MONOTONIC_RAW")])
def test_sleep_is_what_the_monotonic_clock_leaves_out(monkeypatch, platform, name):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    clocks = {getattr(time, f"CLOCK_{name}"): 160.0}
    monkeypatch.setattr(time, "clock_gettime", clocks.__getitem__)
    assert Clock().asleep() == 60.0


def test_a_system_that_cannot_tell_sleep(monkeypatch):
    monkeypatch.setattr(sys, "platform", "freebsd14")
    assert Clock().asleep() == 0.0
