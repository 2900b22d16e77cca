"""What real-process tests share: an app that is cleared away, for each kind of user."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest

from tests.real.app import ME, App, User, users


@pytest.fixture(scope="session", autouse=True)
def signals_as_a_shell_leaves_them() -> None:
    """nohup ignores SIGHUP for all that it runs, and a shell SIGINT for what it puts behind it."""
    for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(params=users(), ids=lambda user: user.name)
def user(request: pytest.FixtureRequest) -> User:
    """Whoever runs the tests and, if that is root, an ordinary user too."""
    found: User = request.param
    return found


@pytest.fixture
def make_app() -> Iterator[Callable[..., App]]:
    made: list[App] = []

    def make(user: User = ME, name: str = "app") -> App:
        made.append(App(user, name))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def app(make_app: Callable[..., App]) -> App:
    """Of whoever runs the tests."""
    return make_app()


@pytest.fixture
def user_app(make_app: Callable[..., App], user: User) -> App:
    """Of each user in turn."""
    return make_app(user)
