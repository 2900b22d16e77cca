"""The limit of open files: raised as far as may be, and enough."""

from __future__ import annotations

import pytest

from emulator.dyno import descriptors
from emulator.dyno.descriptors import TooFew, limit, raise_limit


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The soft and the hard one, in the place of this process's."""
    pair = [256, 1024]

    def setrlimit(which: int, new: tuple[int, int]) -> None:
        pair[:] = new

    monkeypatch.setattr(descriptors.resource, "getrlimit", lambda which: tuple(pair))
    monkeypatch.setattr(descriptors.resource, "setrlimit", setrlimit)
    return pair


def test_it_is_raised_and_the_user_s_answered(limits: list[int]) -> None:
    assert raise_limit() == 256
    assert limits == [1024, 1024] and limit() == 1024


def test_no_limit_is_a_high_one(limits: list[int]) -> None:
    limits[:] = [256, descriptors.resource.RLIM_INFINITY]
    raise_limit()
    assert limit() == 65536
    limits[0] = descriptors.resource.RLIM_INFINITY
    assert limit() == 65536


def test_too_low_a_limit_is_a_message(limits: list[int]) -> None:
    limits[:] = [20, 20]
    with pytest.raises(TooFew, match=r"20 files may be open .*, and hk-local needs 64"):
        raise_limit()
