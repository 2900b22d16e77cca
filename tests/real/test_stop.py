"""Every process of a dyno is told to stop, and none is left: after a stop, a crash, a restart."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.real.adversaries import KINDS
from tests.real.app import TRIES, App, Canary, Emulator, children, pace, state, until, users

pytestmark = pytest.mark.real

OBEDIENT = [kind for kind in KINDS if kind not in ("deaf", "hopper", "orphan")]
LASTING = [kind for kind in KINDS if kind != "orphan"]
"""Those whose main process does not end by itself."""


def started(app: App, *kinds: str, before: str = "") -> Emulator:
    """All of them run, and so do the children that they are about."""
    app.adversaries(*kinds)
    emulator = app.start(before=before).up(*(f"{kind}.1" for kind in kinds))
    app.canary.wait_for(*kinds)
    return emulator


def test_stop_reaches_every_obedient_process(user_app: App) -> None:
    """F01, F02, F03, F05."""
    emulator = started(user_app, *OBEDIENT)
    assert emulator.stop() == 143
    user_app.assert_nothing_left()
    for kind in OBEDIENT:
        assert f"heroku[{kind}.1]: Stopping all processes with SIGTERM" in emulator.text
        assert f"heroku[{kind}.1]: Process exited with status 143" in emulator.text
    assert emulator.stderr == ""


def test_a_signal_that_comes_before_the_emulator_is_ready_for_it(app: App) -> None:
    app.procfile(worker="kill -TERM $(cat .hk-local/lock) && exec sleep 1000")
    emulator = app.start()
    assert emulator.ends() == 143
    assert "heroku[worker.1]: Stopping all processes with SIGTERM" in emulator.text
    assert "heroku[worker.1]: Process exited with status 143" in emulator.text
    assert emulator.stderr == ""
    app.assert_nothing_left()


IMPATIENT = "from emulator.dyno.policy import Policy; Policy.exit_timeout = 2.0"
"""Instead of 30, which the golden timelines have to the hundredth of a second."""


def test_who_ignores_sigterm_is_killed_when_its_time_is_over(make_app) -> None:
    """F04, F06, G9: as an ordinary user."""
    user_app: App = make_app(users()[-1])
    emulator = started(user_app, "deaf", "hopper", "plain", before=IMPATIENT)
    emulator.process.send_signal(signal.SIGTERM)
    begun = time.monotonic()
    emulator.expect("heroku[plain.1]: Process exited with status 143")
    assert emulator.ends() == 143
    assert time.monotonic() - begun >= 2
    user_app.assert_nothing_left()
    for dyno in ("deaf.1", "hopper.1"):
        emulator.expect(f"heroku[{dyno}]: Error R12 (Exit timeout) -> At least one process failed")
        emulator.expect(f"heroku[{dyno}]: Stopping remaining processes with SIGKILL")
        emulator.expect(f"heroku[{dyno}]: Process exited with status 143")
    assert "waiting for deaf.1, hopper.1" in emulator.errors.read_text()


def test_each_process_gets_sigterm_once(app: App) -> None:
    """F01: a second SIGTERM means something else to many programs."""
    app.write(
        "counter.py",
        """
import os, signal, sys, time
canary = os.open(open("canary-name").read(), os.O_WRONLY)
name = "parent" if os.fork() else "child"
def note(*_):
    os.write(1, f"{name} got SIGTERM\\n".encode())
signal.signal(signal.SIGTERM, note)
os.write(canary, f"{name} {os.getpid()}\\n".encode())
end = None
while end is None or time.monotonic() < end:
    signal.sigtimedwait([], 0.05)
    if signal.getsignal(signal.SIGTERM) and os.path.exists("stop-now"):
        end = end or time.monotonic() + 0.3
""",
    )
    app.procfile(worker="{python} counter.py")
    emulator = app.start().up("worker.1")
    app.canary.wait_for("parent", "child")
    emulator.process.send_signal(signal.SIGTERM)
    emulator.expect("parent got SIGTERM")
    emulator.expect("child got SIGTERM")
    app.write("stop-now", "")
    assert emulator.ends() == 143
    assert emulator.text.count("got SIGTERM") == 2
    app.assert_nothing_left()


def test_what_outlives_the_main_process_has_its_thirty_seconds_too(app: App) -> None:
    """Told to stop, a shell ends at once, while what it runs still has work to finish."""
    app.write(
        "slow.py",
        """
import os, signal, time
canary = os.open(open("canary-name").read(), os.O_WRONLY)
signal.signal(signal.SIGTERM, lambda *_: None)
os.write(canary, b"slow %d\\n" % os.getpid())
signal.pause()
time.sleep(0.7)
os.write(1, b"finished my work\\n")
""",
    )
    app.procfile(worker="{python} slow.py & wait")
    emulator = app.start().up("worker.1")
    app.canary.wait_for("slow")
    assert emulator.stop() == 143
    emulator.expect("app[worker.1]: finished my work")
    app.assert_nothing_left()


def test_when_the_main_process_ends_by_itself_the_rest_is_killed_at_once(user_app: App) -> None:
    """F09: the exit is told at once, though a grandchild holds the output, and nothing is left."""
    user_app.adversaries("orphan")
    first = user_app.canary
    emulator = user_app.start()
    emulator.expect("heroku[orphan.1]: Process exited with status 137", times=2)
    emulator.expect("heroku[orphan.1]: State changed from up to crashed")
    first.wait_gone()
    assert emulator.stop() == 143
    user_app.assert_nothing_left()


@pytest.mark.parametrize("kind", LASTING)
def test_nothing_is_left_of_a_crashed_dyno(user_app: App, kind: str) -> None:
    first = user_app.canary
    emulator = started(user_app, kind)
    (main,) = first.pids("main")
    user_app.new_canary()
    os.kill(main, signal.SIGSEGV)
    first.wait_gone()
    emulator.expect(f"heroku[{kind}.1]: Process exited with status 139")
    user_app.canary.wait_for(kind)
    emulator.kill()
    user_app.assert_nothing_left()


def test_nothing_is_left_of_a_restarted_dyno(user_app: App) -> None:
    emulator = started(user_app, *OBEDIENT)
    first: Canary = user_app.canary
    second = user_app.new_canary()
    answer = user_app.hk_local("ps:restart")
    assert answer.returncode == 0, answer.stderr
    second.wait_for(*OBEDIENT)
    first.wait_gone()
    assert second.is_held
    assert emulator.stop() == 143
    user_app.assert_nothing_left()


def test_nothing_is_left_of_a_dyno_that_is_scaled_away(user_app: App) -> None:
    emulator = started(user_app, *OBEDIENT)
    answer = user_app.hk_local("ps:scale", *(f"{kind}=0" for kind in OBEDIENT))
    assert answer.returncode == 0, answer.stderr
    user_app.canary.wait_gone()
    assert emulator.process.poll() is None
    assert emulator.stop() == 143
    user_app.assert_nothing_left()


def test_scaled_down_while_it_is_being_spawned(app: App) -> None:
    """F13: no SIGTERM gets lost between fork and exec, whenever it comes."""
    app.adversaries("plain")
    emulator = app.start().up("plain.1")
    app.canary.wait_for("plain")
    for _ in range(15):
        for quantity in (6, 1):
            answer = app.hk_local("ps:scale", f"plain={quantity}")
            assert answer.returncode == 0, answer.stderr
    until(lambda: len(emulator.shims) == 1, "one dyno is left")
    (main,) = children(emulator.shims[0])
    until(lambda: state(main) == "S", "it waits for its end")
    assert emulator.stop() == 143
    assert "R12" not in emulator.text
    app.assert_nothing_left()


def test_a_dyno_that_closes_its_output_goes_on(app: App) -> None:
    """F41: and nobody spins on the end of its file."""
    app.procfile(worker="echo last words; exec >&- 2>&-; exec sleep 1000")
    emulator = app.start().up("worker.1")
    emulator.expect("app[worker.1]: last words")

    def spends() -> float:
        before = cpu(emulator.pid)
        with pytest.raises(AssertionError, match="no more output"):
            emulator.expect("anything", within=0.5)
        return cpu(emulator.pid) - before

    # At first it still begins its services; who spins never comes to rest.
    until(lambda: spends() < 0.1, "it is at rest")
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_orphans_that_end_are_no_zombies(app: App) -> None:
    """F47."""
    app.procfile(worker="{python} orphans.py")
    app.write(
        "orphans.py",
        """
import os, signal
for _ in range(50):
    if not os.fork():
        if not os.fork():
            os._exit(0)
        os._exit(0)
    os.wait()
os.write(1, b"done\\n")
signal.pause()
""",
    )
    emulator = app.start().up("worker.1")
    emulator.expect("done")
    (shim,) = emulator.shims
    until(lambda: len(children(shim)) == 1, "no zombie is left")
    assert emulator.stop() == 143


def test_stopping_takes_no_longer_than_the_app_itself(app: App) -> None:
    """G9: 0.5 seconds over."""
    app.procfile(worker="exec sleep 1000", web="exec sleep 1000")

    def stopping() -> float:
        emulator = app.start("-m", "worker=5").up("worker.5")
        emulator.process.send_signal(signal.SIGTERM)
        took = until(lambda: emulator.process.poll() is not None, "it has ended")
        assert emulator.ends() == 143
        return took

    assert any(stopping() < 0.5 * pace() for _ in range(TRIES))


def cpu(pid: int) -> float:
    """Seconds of processor time."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
