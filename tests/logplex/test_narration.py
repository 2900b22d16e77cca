"""Event to sentence: the words of Heroku's log, letter by letter."""

from __future__ import annotations

import pytest

from emulator import event
from emulator.dyno.size import MIB
from emulator.logplex.block import Stream
from emulator.logplex.frame import NOTICE, STATE, priority
from emulator.logplex.narration import TELLERS, Sentence, narrate

R10 = "Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 60 seconds of launch"
R12 = "Error R12 (Exit timeout) -> At least one process failed to exit within 30 seconds of SIGTERM"
R16 = (
    "Error R16 (Detached) -> An attached process is not responding to SIGHUP after its "
    "external connection was closed."
)

TOLD: list[tuple[event.Event, str, list[str]]] = [
    (
        event.DynoStateChanged("web.1", "starting", "up"),
        "heroku[web.1]",
        ["State changed from starting to up"],
    ),
    (event.DynoRestarting("web.1"), "heroku[web.1]", ["Restarting"]),
    (event.DynoCycling("run.4711"), "heroku[run.4711]", ["Cycling"]),
    (event.DynoIdling("web.1"), "heroku[web.1]", ["Idling"]),
    (event.DynoUnidling("web.1"), "heroku[web.1]", ["Unidling"]),
    (
        event.ProcessStarting("web.1", "serve -p 5000", 5000),
        "heroku[web.1]",
        ["Starting process with command `serve -p 5000`"],
    ),
    (event.ProcessesStopping("web.1"), "heroku[web.1]", ["Stopping all processes with SIGTERM"]),
    (event.ProcessExited("web.1", 143), "heroku[web.1]", ["Process exited with status 143"]),
    (
        event.BootTimedOut("web.1"),
        "heroku[web.1]",
        [R10, "Stopping process with SIGKILL"],
    ),
    (
        event.ExitTimedOut("worker.1"),
        "heroku[worker.1]",
        [R12, "Stopping remaining processes with SIGKILL"],
    ),
    (
        event.QuotaExceeded("web.1", 870 * MIB + 900_000, 512 * MIB),
        "heroku[web.1]",
        ["Process running mem=870M(170.1%)", "Error R14 (Memory quota exceeded)"],
    ),
    (
        event.QuotaVastlyExceeded("worker.1", 1214 * MIB + 500_000, 512 * MIB),
        "heroku[worker.1]",
        [
            "Process running mem=1214M(237.2%)",
            "Error R15 (Memory quota vastly exceeded)",
            "Stopping process with SIGKILL",
        ],
    ),
    (event.ClientAwaited("run.4711"), "heroku[run.4711]", ["Awaiting client"]),
    (
        event.AttachFailed("run.4711"),
        "heroku[run.4711]",
        ["Error R13 (Attach error) -> Failed to attach to process"],
    ),
    (
        event.ClientLost("run.4711"),
        "heroku[run.4711]",
        ["Client connection closed. Sending SIGHUP to all processes"],
    ),
    (event.HangupIgnored("run.4711"), "heroku[run.4711]", [R16]),
    (
        event.OneOffCreated("bash", "you@example.com"),
        "app[api]",
        ["Starting process with command `bash` by user you@example.com"],
    ),
    (
        event.FormationScaled("web@1:Basic worker@0:Basic", "you@example.com"),
        "app[api]",
        ["Scaled to web@1:Basic worker@0:Basic by user you@example.com"],
    ),
    (
        event.BuildStarted("you@example.com"),
        "app[api]",
        ["Build started by user you@example.com"],
    ),
    (event.BuildSucceeded(), "app[api]", ["Build succeeded"]),
    (event.BuildFailed(), "app[api]", ["Build failed -- check your build output"]),
    (
        event.ReleaseCreated(4, "Set A, B config vars", "you@example.com"),
        "app[api]",
        [
            "Set A, B config vars by user you@example.com",
            "Release v4 created by user you@example.com",
        ],
    ),
    (
        event.ReleasePhaseStarted(4, "Deploy 6909d7c6", "you@example.com"),
        "app[api]",
        [
            "Deploy 6909d7c6 by user you@example.com",
            "Running release v4 commands by user you@example.com",
        ],
    ),
    (
        event.ReleasePhaseSucceeded(4, "you@example.com"),
        "app[api]",
        ["Release v4 created by user you@example.com"],
    ),
    (
        event.ReleasePhaseFailed(4, "you@example.com"),
        "app[api]",
        ["Release v4 command failed by user you@example.com"],
    ),
    (
        event.SpawnRefused("web.1", "too many processes"),
        "hk-local[web.1]",
        ["cannot start the process: too many processes"],
    ),
    (
        event.ProcessLingers("web.1", 77),
        "hk-local[web.1]",
        ["pid 77 was killed and is still there; the kernel has not let go of it"],
    ),
    (event.Hinted("clock", "one is enough"), "hk-local[clock]", ["one is enough"]),
    (
        event.ClockMissing("clock.1", 2.5),
        "hk-local[clock.1]",
        ["no clock was up for 2.500 s; what was due then was not scheduled"],
    ),
    (
        event.JobsMissed("rake x", 1, 1_800_000_000, 1_800_000_000),
        "hk-local[scheduler]",
        ["missed `rake x` due 2027-01-15T08:00:00+00:00; it is not made up for"],
    ),
    (
        event.JobsMissed("rake x", 3, 1_800_000_000, 1_800_007_200),
        "hk-local[scheduler]",
        [
            "missed `rake x` 3 times, due 2027-01-15T08:00:00+00:00 to 2027-01-15T10:00:00+00:00;"
            " it is not made up for"
        ],
    ),
]


@pytest.mark.parametrize(("happened", "header", "texts"), TOLD, ids=lambda it: type(it).__name__)
def test_the_words(happened: event.Event, header: str, texts: list[str]) -> None:
    told = narrate(happened)
    assert [f"{line.source}[{line.dyno}]" for line in told] == [header] * len(texts)
    assert [line.text for line in told] == texts


def test_every_event_has_its_words_and_every_word_its_test() -> None:
    kinds = [kind for kind in vars(event).values() if isinstance(kind, type)]
    events = {kind for kind in kinds if issubclass(kind, event.Event)} - {event.Event}
    assert set(TELLERS) == events == {type(happened) for happened, _, _ in TOLD}


def test_a_state_is_of_the_dyno_manager_s_priority_and_all_else_a_notice() -> None:
    for happened, _, _ in TOLD:
        expected = STATE if isinstance(happened, event.DynoStateChanged) else NOTICE
        for line in narrate(happened):
            stream = Stream(line.source, line.dyno)
            assert priority(stream, line.text.encode()) == expected
    assert (STATE, NOTICE) == (134, 45)


@pytest.mark.parametrize(
    ("used", "shown"),
    [
        (512 * MIB + 1, "512M(100.0%)"),
        (513 * MIB - 1, "512M(100.2%)"),
        (1024 * MIB - 1, "1023M(200.0%)"),
    ],
)
def test_megabytes_are_cut_off_and_the_percentage_is_of_the_bytes(used: int, shown: str) -> None:
    (first, _) = narrate(event.QuotaExceeded("web.1", used, 512 * MIB))
    assert first == Sentence("heroku", "web.1", f"Process running mem={shown}")
