"""What a dyno finds: descriptors, signals, limits and variables, however we were started."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
from typing import Any

import pytest

from tests.real.app import SOON, App, read, until

pytestmark = pytest.mark.real

REPORT = """
import json, os, resource, signal, sys
status = dict(line.split(":\\t") for line in open("/proc/self/status").read().splitlines())
print(json.dumps({
    "fds": sorted(int(n) for n in os.listdir("/dev/fd") if os.path.exists(f"/proc/self/fd/{n}")),
    "stdin": os.readlink("/proc/self/fd/0"),
    "umask": os.umask(0),
    "nofile": resource.getrlimit(resource.RLIMIT_NOFILE),
    "blocked": int(status["SigBlk"], 16),
    "ignored": int(status["SigIgn"], 16),
    "is_leader": os.getsid(0) == os.getpid() == os.getpgid(0),
    "cwd": os.getcwd(),
    "env": dict(os.environ),
    "argv": sys.argv,
}), flush=True)
signal.pause()
"""

OF_GLIBC = sum(1 << number - 1 for number in (32, 33))
INEVITABLE = OF_GLIBC | sum(1 << number - 1 for number in (signal.SIGPIPE, signal.SIGXFSZ))
"""What a Python interpreter ignores by itself, besides."""


def report(app: App, *words: str, type_: str = "worker", **options: Any) -> dict[str, Any]:
    app.write("report.py", REPORT)
    app.procfile(**{type_: "{python} report.py and more"})
    emulator = app.start(*words, **options)
    line = emulator.expect(f"app[{type_}.1]: {{")
    found: dict[str, Any] = json.loads(line.partition("]: ")[2])
    assert emulator.stop() == 143
    app.assert_nothing_left()
    return found


def test_descriptors_session_and_folder(user_app: App) -> None:
    """T27."""
    found = report(user_app)
    assert found["fds"] == [0, 1, 2]
    assert found["stdin"] == "/dev/null"
    assert found["is_leader"]
    assert found["cwd"] == str(user_app.dir)
    assert found["argv"] == ["report.py", "and", "more"]


def test_what_we_inherited_stays_with_us(app: App) -> None:
    extra = os.open(os.devnull, os.O_RDONLY)
    high = os.dup2(extra, 200)
    try:
        assert report(app, pass_fds=(extra, high))["fds"] == [0, 1, 2]
    finally:
        os.close(extra)
        os.close(high)


def test_umask_and_descriptor_limit_are_the_user_s(user_app: App) -> None:
    """We ourselves write for our owner only, and have as many descriptors as we may."""

    def before() -> None:
        os.umask(0o027)
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (300, hard))

    found = report(user_app, preexec_fn=before)
    assert found["umask"] == 0o027
    assert found["nofile"][0] == 300


def test_more_dynos_than_the_user_s_descriptor_limit(app: App) -> None:
    """No shim holds a sibling's life line, whatever its number."""
    app.procfile(worker="exec sleep 1000")

    def few() -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (24, hard))

    emulator = app.start("-m", "worker=40", preexec_fn=few).up("worker.40")
    for shim in emulator.shims:
        # 0, 1, 2, its life line, and both ends of its wake-up pipe.
        until(lambda shim=shim: len(os.listdir(f"/proc/{shim}/fd")) == 6, "six descriptors")
    emulator.kill()
    assert "crashed" not in emulator.text
    app.assert_nothing_left()


@pytest.mark.parametrize("kind", ["ignored", "blocked"])
def test_signals_are_the_default_s(user_app: App, kind: str) -> None:
    """R11: and our own still work."""
    numbers = {signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGUSR1, signal.SIGCHLD}

    def before() -> None:
        if kind == "blocked":
            signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
        else:
            for number in numbers - {signal.SIGTERM}:
                signal.signal(number, signal.SIG_IGN)

    found = report(user_app, preexec_fn=before)
    assert found["blocked"] == 0
    assert found["ignored"] & ~INEVITABLE == 0


def test_a_pipe_that_breaks_ends_a_dyno_s_process(app: App) -> None:
    """Python ignores SIGPIPE, and what is ignored would be inherited: `yes | head` never ended."""
    app.procfile(worker="grep -E 'Sig(Ign|Blk)' /proc/self/status")
    emulator = app.start()
    blocked = emulator.expect("app[worker.1]: SigBlk:").split()[-1]
    ignored = emulator.expect("app[worker.1]: SigIgn:").split()[-1]
    assert int(blocked, 16) == 0
    assert int(ignored, 16) & ~OF_GLIBC == 0
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_variables(app: App) -> None:
    app.write(".env", f"{app.mark}\nGREETING='grüß dich'\nDYNO=mine\n")
    app.env["ONLY_OURS"] = "yes"
    env = report(app)["env"]
    assert env["DYNO"] == "worker.1"
    assert env["GREETING"] == "grüß dich"
    assert env["ONLY_OURS"] == "yes"
    assert env["PYTHONUNBUFFERED"]
    assert 10_000 <= int(env["PORT"]) < 32_768


def test_what_breaks_an_interpreter_does_not_break_ours(app: App) -> None:
    """R12, T29: config vars are for the dyno."""
    broken = ("PYTHONHOME=/nowhere", "PYTHONMALLOC=none", "PYTHONHASHSEED=x", "LD_PRELOAD=/no.so")
    app.write(".env", "\n".join((app.mark, *broken)) + "\n")
    app.procfile(worker="echo home is $PYTHONHOME; exec sleep 1000")
    emulator = app.start().up("worker.1")
    emulator.expect("app[worker.1]: home is /nowhere")
    os.kill(emulator.warden_pid, signal.SIGKILL)
    emulator.expect("State changed from starting to up", times=2)
    assert emulator.stop() == 143
    assert emulator.stderr == ""
    app.assert_nothing_left()


def test_no_value_stands_in_our_arguments_or_environment(app: App) -> None:
    """T10, T14: everybody may read those of any process."""
    secret = "hunter2-" + os.urandom(8).hex()
    app.write(".env", f"{app.mark}\nSECRET={secret}\n")
    app.procfile(worker="exec sleep 1000")
    emulator = app.start().up("worker.1")
    ours = [emulator.pid, emulator.warden_pid, *emulator.shims]
    for pid in ours:
        assert secret.encode() not in read(f"/proc/{pid}/cmdline")
        assert secret.encode() not in read(f"/proc/{pid}/environ")
    assert emulator.stop() == 143
    assert secret not in emulator.text


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_started_without_standard_descriptors(app: App, closed: tuple[int, ...]) -> None:
    """F56: nothing of ours comes to lie where stdout was."""
    app.procfile(worker="echo hello; exec sleep 1000")
    redirections = " ".join(f"{fd}>&-" for fd in closed)
    script = subprocess.Popen(
        ["sh", "-c", f'exec "$@" {redirections}', "sh", *app.argv("start")],
        cwd=app.dir,
        env=app.environment(),
        stdout=subprocess.DEVNULL,
    )
    until((app.dir / ".hk-local/socket").exists, "it serves")
    answer = app.hk_local_in(app.dir, "logs", "--source", "app", "--dyno-name", "worker.1")
    assert "hello" in answer.stdout, answer.stderr
    assert app.hk_local_in(app.dir, "stop").returncode == 0
    assert script.wait(SOON) == 0
    app.assert_nothing_left()
    assert app.start().up("worker.1").stop() == 143, "the state is intact"


def test_a_folder_with_a_long_name(make_app: Any, user: Any) -> None:
    """F55: a socket's path may have 104 bytes on macOS, 108 on Linux."""
    app: App = make_app(user, "a-folder-name-of-fifty-bytes-that-goes-on-and-on/" * 3)
    assert len(str(app.dir)) > 140
    app.adversaries("plain")
    emulator = app.start().up("plain.1")
    answer = app.hk_local("ps:scale")
    assert answer.stdout.strip() == "plain=1:Basic", answer.stderr
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_locale_and_time_zone_change_nothing(app: App) -> None:
    """F59: UTC stamps, UTF-8 files."""
    app.env |= {"LC_ALL": "C", "LANG": "C", "TZ": "Australia/Lord_Howe"}
    app.write(".env", f"{app.mark}\nNAME=größe\n")
    app.procfile(worker="echo $NAME ist groß; exec sleep 1000")
    hour = ["date", "-u", "+%Y-%m-%dT%H:"]
    before = subprocess.check_output(hour, text=True).strip()
    emulator = app.start().up("worker.1")
    line = emulator.expect("app[worker.1]: größe ist groß")
    assert line.partition(" ")[0].endswith("+00:00")
    assert line.startswith((before, subprocess.check_output(hour, text=True).strip()))
    assert emulator.stop() == 143
    app.assert_nothing_left()
