"""Dyno sizes, and what a measured memory means under each."""

from __future__ import annotations

import pytest

from emulator import event
from emulator.dyno.size import MIB, SIZES, canonical, quota
from emulator.errors import FormationError
from tests.simulation import Process, Simulation


@pytest.mark.parametrize(
    ("name", "memory_mb", "monthly"),
    [
        ("Eco", 512, 5),
        ("Basic", 512, 7),
        ("Standard-1X", 512, 25),
        ("Standard-2X", 1024, 50),
        ("Performance-M", 2560, 250),
        ("Performance-L", 14336, 500),
        ("Performance-L-RAM", 30720, 500),
        ("Performance-XL", 63488, 750),
        ("Performance-2XL", 129024, 1500),
    ],
)
def test_a_size_is_known_however_it_is_capitalised(name: str, memory_mb: int, monthly: int) -> None:
    assert canonical(name.lower()) == canonical(name.upper()) == canonical(name) == name
    assert quota(name.lower()) == memory_mb * MIB == SIZES[name.lower()].quota
    assert SIZES[name.lower()].monthly == monthly


def test_there_are_no_other_sizes() -> None:
    assert len(SIZES) == 9
    with pytest.raises(
        FormationError, match=r"^No such dyno size: 2X\. Sizes are Eco, Basic, .*L\.$"
    ):
        canonical("2X")


@pytest.mark.parametrize(
    ("size", "used", "told"),
    [
        ("basic", 512 * MIB, None),
        ("basic", 512 * MIB + 1, event.QuotaExceeded),
        ("basic", 1024 * MIB - 1, event.QuotaExceeded),
        ("basic", 1024 * MIB, event.QuotaVastlyExceeded),
        ("standard-2x", 1024 * MIB, None),
        ("standard-2x", 2047 * MIB, event.QuotaExceeded),
        ("standard-2x", 2048 * MIB, event.QuotaVastlyExceeded),
    ],
)
def test_r14_over_the_quota_and_r15_at_twice_the_quota(
    size: str, used: int, told: type[event.Event] | None
) -> None:
    app = Simulation()
    app.plays("worker.1", Process(memory=lambda _: used / MIB))
    app.start("worker=0")
    app.scale(f"worker=1:{size}")
    app.run(5)
    quotas = (event.QuotaExceeded, event.QuotaVastlyExceeded)
    kinds = [type(it) for _, it in app.story if isinstance(it, quotas)]
    assert kinds == ([told] if told else [])


@pytest.mark.parametrize(("memory", "minute"), [(600, 3), (500, 0)])
def test_r14_comes_every_twenty_seconds_and_only_while_it_is_over(memory: int, minute: int) -> None:
    app = Simulation()
    app.plays("worker.1", Process(memory=lambda at: memory if at < 58 else 500))
    app.start("worker=1")
    app.run(120)
    assert sum(isinstance(it, event.QuotaExceeded) for _, it in app.story) == minute
