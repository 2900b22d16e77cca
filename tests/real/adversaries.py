"""A dyno whose processes do all they can to be overlooked: `python adversaries.py KIND`.

Each process says `KIND PID` into the canary, a fifo, and holds it open for writing: as long as one
of them lives, however it has disguised itself, the canary's reader sees no end of file.
"""

from __future__ import annotations

import os
import signal
import sys

KINDS = ("plain", "setsid", "daemon", "clean", "deaf", "stopped", "orphan", "hopper")


def say(canary: int, kind: str) -> None:
    os.write(canary, f"{kind} {os.getpid()}\n".encode())


def wait(canary: int, kind: str) -> None:
    say(canary, kind)
    while True:
        signal.pause()


def plain(canary: int) -> None:
    """A child like any other."""
    wait(canary, "plain")


def setsid(canary: int) -> None:
    """In a session, and so a process group, of its own."""
    os.setsid()
    wait(canary, "setsid")


def daemon(canary: int) -> None:
    """Forked twice, without a parent, a terminal or a folder."""
    _daemonise(canary)
    wait(canary, "daemon")


def clean(canary: int) -> None:
    """A daemon with an empty environment."""
    _daemonise(canary)
    os.set_inheritable(canary, True)
    source = f"import os; os.write({canary}, b'clean %d\\n' % os.getpid())\nimport signal\n"
    os.execve(sys.executable, ["x", "-I", "-S", "-c", source + "while 1: signal.pause()"], {})


def deaf(canary: int) -> None:
    """Ignores all that can be ignored."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    wait(canary, "deaf")


def stopped(canary: int) -> None:
    """Stopped: it sees no SIGTERM before it is continued."""
    say(canary, "stopped")
    while True:
        os.kill(os.getpid(), signal.SIGSTOP)


def orphan(canary: int) -> None:
    """Its parent ends as soon as it is there, and it holds on to the dyno's output."""
    say(canary, "orphan")
    os.kill(os.getppid(), signal.SIGKILL)
    while True:
        signal.pause()


def hopper(canary: int) -> None:
    """A new process every half a millisecond, the one before gone."""
    import time

    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    say(canary, "hopper")
    while True:
        if os.fork():
            os._exit(0)
        time.sleep(0.0005)


def _daemonise(canary: int) -> None:
    if os.fork():
        os._exit(0)
    os.setsid()
    if os.fork():
        os._exit(0)
    os.chdir("/")
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)


def main(kind: str) -> None:
    """The dyno's main process, which has a child of that kind and waits to be told to stop."""
    with open("canary-name") as file:
        canary = os.open(file.read(), os.O_WRONLY)
    if not os.fork():
        globals()[kind](canary)
    wait(canary, "main")


if __name__ == "__main__":
    main(sys.argv[1])
