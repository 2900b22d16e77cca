"""What holds for all tests."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says more about the machine, which may be busy, than about us.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

# Thousands of tests, all kept to the end, would be looked through for garbage again and again.
gc.set_threshold(50_000, 20, 20)


REAL = Path(__file__).with_name("real")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Whoever does not want the real tests need not import those that are nothing else."""
    is_left_out = config.getoption("markexpr") == "not real"
    return (is_left_out and collection_path == Path(__file__).with_name("real")) or None
