"""A release command that is followed, by somebody who may look away."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from emulator.cli.follow import output


class Client:
    path = "/apps/~"

    def ask(self, method: str, path: str) -> SimpleNamespace:
        assert (method, path) == ("GET", "/apps/~/releases/5/output")
        return SimpleNamespace(blocks=self.blocks)

    def blocks(self) -> Iterator[bytes]:
        yield b"migrating\n"
        raise KeyboardInterrupt


def test_whoever_looks_away_is_told_that_it_goes_on(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt):
        output(Client(), "5")  # type: ignore[arg-type] # as much of one as is asked
    out, err = capfd.readouterr()
    assert out == "Running release command...\nmigrating\n"
    assert err == (
        "hk-local: the release command of v5 goes on, and v5 is released if it succeeds;"
        " hk-local releases:output shows it\n"
    )
