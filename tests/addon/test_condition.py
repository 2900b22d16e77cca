"""What the machine allows a server that runs."""

from __future__ import annotations

import resource

import pytest

from emulator.addon import condition


@pytest.mark.parametrize(
    ("most", "clients"), [(20_000, 19_872), (100_000, 65_000), (resource.RLIM_INFINITY, 65_000)]
)
def test_there_are_no_more_clients_than_descriptors(
    monkeypatch: pytest.MonkeyPatch, most: int, clients: int
) -> None:
    monkeypatch.setattr(condition.resource, "getrlimit", lambda kind: (1024, most))
    assert condition.possible(65_000) == clients
