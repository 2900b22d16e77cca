"""What Heroku's logs always have in common, whatever the times: order, and what never appears.

Source: log samples 2018 to 2026 and Dev Center, dyno-restarts, dyno-shutdown-behavior, error-codes.
"""

from __future__ import annotations

import itertools
import re

import pytest

from emulator.dyno.slot import Signal, Spawn
from tests.simulation import Simulation
from tests.transcripts.scenarios import DAY, SCENARIOS, play

EITHER = pytest.mark.parametrize("pace", ["", ".paced"])
START = "Starting process with command"
TERM = "Stopping all processes with SIGTERM"
R10 = "Error R10 (Boot timeout)"
R12 = "Error R12 (Exit timeout)"


class Log:
    """What one dyno's lines say, in order."""

    def __init__(self, app: Simulation, dyno: str) -> None:
        header = f"[{dyno}]: "
        told = [(at, line.partition(header)) for at, line in app.lines]
        self.lines = [(at, text) for at, (_, found, text) in told if found]
        self.texts = [text for _, text in self.lines]

    def at(self, part: str, nth: int = 0) -> float:
        """When the nth line with that part was written."""
        return [at for at, text in self.lines if part in text][nth]

    def has(self, part: str) -> bool:
        return any(part in text for text in self.texts)

    def assert_order(self, *parts: str) -> None:
        """Lines with these parts follow one another, others between them or not."""
        texts = iter(self.texts)
        for part in parts:
            assert any(part in text for text in texts), (part, self.texts)


def state(before: str, after: str) -> str:
    return f"State changed from {before} to {after}"


@EITHER
def test_g1_a_new_dyno_has_no_transition_to_starting(pace: str) -> None:
    app = play("g01-first-start-with-config-and-every-type" + pace)
    for dyno in ("web.1", "worker.1", "worker.2", "clock.1"):
        log = Log(app, dyno)
        assert not log.has("to starting")
        log.assert_order(START, state("starting", "up"))
    Log(app, "api").assert_order(
        *("Initial release", "Release v1", "Enable Logplex", "Release v2"),
        *("Build started", "Deploy", "Release v4", "Scaled to clock@1", "Build succeeded"),
    )


@EITHER
def test_g1_a_web_dyno_is_up_only_once_it_listens(pace: str) -> None:
    log = Log(play("g01-first-start" + pace), "web.1")
    assert log.at(state("starting", "up")) == pytest.approx(log.at(START) + 1.0)


@EITHER
@pytest.mark.parametrize("name", ["g02-deploy", "g03-config-set"])
def test_g2_g3_every_dyno_restarts_in_this_order(name: str, pace: str) -> None:
    app = play(name + pace)
    for dyno in ("web.1", "worker.1"):
        log = Log(app, dyno)
        log.assert_order("Restarting", state("up", "starting"), TERM, START)
        log.assert_order(TERM, "Process exited with status 143")
        log.assert_order(START, state("starting", "up"))


def test_g2_the_build_succeeds_between_the_state_and_the_sigterm() -> None:
    app = play("g02-deploy.paced")
    texts = [text.partition(": ")[2] for _, text in app.lines]
    assert texts.index(state("up", "starting")) < texts.index("Build succeeded") < texts.index(TERM)


def test_g2_the_new_process_starts_2_to_5_seconds_after_restarting_whatever_the_old_one_does() -> (
    None
):
    for name, dyno in (("g02-deploy", "web.1"), ("g06-overlap-on-restart", "worker.1")):
        log = Log(play(f"{name}.paced"), dyno)
        assert 2 <= log.at(START) - log.at("Restarting") <= 5


@EITHER
def test_g2_a_crashed_dyno_starts_without_restarting_or_sigterm(pace: str) -> None:
    log = Log(play("g02-deploy-over-a-crashed-dyno" + pace), "worker.1")
    assert log.texts == [
        state("crashed", "starting"),
        f"{START} `python fixed.py`",
        state("starting", "up"),
    ]


@EITHER
def test_g3_each_launch_has_a_port_of_its_own(pace: str) -> None:
    app = play("g03-config-set" + pace)
    ports = [it.port for _, it in app.orders if isinstance(it, Spawn)]
    assert len(ports) == len(set(ports)) == 4
    Log(app, "api").assert_order("Set CRON_ENABLED config vars", "Release v5 created")


@EITHER
def test_g3_a_release_begins_the_day_anew(pace: str) -> None:
    app = play("g03-config-set" + pace)
    spawned = {it.launch: at for at, it in app.orders if isinstance(it, Spawn)}
    for slot in app.world.slots.values():
        assert slot.current and slot.current.deadline
        age = slot.current.deadline - spawned[slot.current.id]
        assert DAY <= age <= DAY + 216 * 60


@EITHER
def test_g4_scaling_is_no_release_and_touches_no_other_type(pace: str) -> None:
    app = play("g04-scale-up" + pace)
    assert not Log(app, "api").has("Release")
    assert Log(app, "worker.1").texts == []
    assert Log(app, "web.2").texts[0].startswith(START)
    worker = Log(play("g04-scale-from-zero" + pace), "worker.1")
    assert worker.texts[0].startswith(START)
    assert 0 < worker.at(state("starting", "up")) < worker.at("ready for jobs")


def test_g4_a_worker_is_up_half_a_second_to_a_second_after_its_start_in_heroku_s_pace() -> None:
    log = Log(play("g04-scale-from-zero.paced"), "worker.1")
    assert 0.5 <= log.at(state("starting", "up")) - log.at(START) <= 1


@EITHER
def test_g5_it_is_down_before_its_sigterm_and_does_not_restart(pace: str) -> None:
    log = Log(play("g05-scale-down-of-a-busy-worker" + pace), "worker.1")
    log.assert_order(
        *(state("up", "down"), TERM, "Warm shutdown", R12),
        *("Stopping remaining processes with SIGKILL", "Process exited with status 137"),
    )
    assert not log.has("Restarting")
    assert log.at(R12) - log.at(TERM) == pytest.approx(30)


@EITHER
def test_g5_a_crashed_dyno_goes_down_and_says_nothing_else(pace: str) -> None:
    log = Log(play("g05-scale-down-of-a-crashed-dyno" + pace), "worker.1")
    assert log.texts == [state("crashed", "down")]


@EITHER
def test_g5_thirty_seconds_are_thirty_seconds(pace: str) -> None:
    app = play("g05-exactly-thirty-seconds" + pace)
    assert not Log(app, "worker.1").has(R12)
    assert Log(app, "worker.2").has(R12)


@EITHER
def test_g6_old_and_new_live_together_and_signals_reach_the_old_alone(pace: str) -> None:
    app = play("g06-overlap-on-restart" + pace)
    log = Log(app, "worker.1")
    assert log.at(TERM) <= log.at(START) < log.at(state("starting", "up")) < log.at(R12)
    assert not Log(app, "worker.1").has(state("starting", "down"))
    (new,) = [it.launch for _, it in app.orders if isinstance(it, Spawn)]
    sent = [(it.name, it.launch) for _, it in app.orders if isinstance(it, Signal)]
    assert [name for name, _ in sent] == ["TERM", "KILL"]
    assert new not in [launch for _, launch in sent] and len({launch for _, launch in sent}) == 1


@EITHER
@pytest.mark.parametrize(
    ("name", "dyno", "before"),
    [
        ("g07-crash-at-boot", "web.1", "starting"),
        ("g07-crash-while-up", "worker.1", "up"),
        ("g07-exit-0-is-a-crash", "worker.1", "up"),
    ],
)
def test_g7_the_second_crash_is_not_retried_at_once(
    name: str, dyno: str, before: str, pace: str
) -> None:
    app = play(name + pace)
    log = Log(app, dyno)
    log.assert_order(
        *("Process exited", state(before, "crashed"), state("crashed", "starting"), START),
        *("Process exited", state(before, "crashed")),
    )
    second = log.at("Process exited", 1)
    assert [text for at, text in log.lines if second < at < second + 100] == []
    assert not log.has(TERM) and not log.has("Restarting")


@EITHER
def test_g8_boot_timeout_is_60_seconds_then_sigkill_and_counts_as_a_crash(pace: str) -> None:
    app = play("g08-boot-timeout" + pace)
    log = Log(app, "web.1")
    assert log.at(R10) - log.at(START) == pytest.approx(60)
    log.assert_order(
        *(R10, "Stopping process with SIGKILL", "Process exited with status 137"),
        *(state("starting", "crashed"), state("crashed", "starting")),
        *(R10, "Process exited with status 137", state("starting", "crashed")),
    )
    assert log.texts[-1] == state("starting", "crashed")
    assert {it.name for _, it in app.orders if isinstance(it, Signal)} == {"KILL"}


@EITHER
def test_g8_loopback_is_no_binding_where_heroku_s_rule_is_asked_for(pace: str) -> None:
    assert Log(play("g08-strict-bind-on-loopback" + pace), "web.1").has(R10)
    lenient = Log(play("g08-loopback-is-up-with-a-hint" + pace), "web.1")
    assert not lenient.has(R10)
    assert sum("loopback" in text for text in lenient.texts) == 1, "told once, not at each restart"


@EITHER
def test_g9_r14_never_kills_and_comes_as_a_pair_every_20_to_22_seconds(pace: str) -> None:
    app = play("g09-memory-quota-exceeded" + pace)
    lines = Log(app, "web.1").lines
    usage, error = lines[::2], lines[1::2]
    assert all(text.startswith("Process running mem=") for _, text in usage)
    assert {text for _, text in error} == {"Error R14 (Memory quota exceeded)"}
    assert [at for at, _ in usage] == [at for at, _ in error]
    assert all(20 <= b - a <= 22 for (a, _), (b, _) in itertools.pairwise(usage))
    assert app.orders == []


@EITHER
def test_g9_r15_kills_and_a_one_off_completes(pace: str) -> None:
    Log(play("g09-memory-quota-vastly-exceeded" + pace), "worker.1").assert_order(
        *("Process running mem=1214M(237.2%)", "Error R15", "Stopping process with SIGKILL"),
        *("Process exited with status 137", state("up", "crashed"), state("crashed", "starting")),
    )
    one_off = Log(play("g09-a-one-off-over-its-quota-completes" + pace), "run.4711")
    assert one_off.texts[-2:] == ["Process exited with status 137", state("up", "complete")]


@EITHER
def test_g10_a_cycle_is_no_release_and_no_restarting(pace: str) -> None:
    app = play("g10-daily-cycle" + pace)
    assert Log(app, "api").texts == []
    for dyno in ("web.1", "worker.1"):
        log = Log(app, dyno)
        assert not log.has("Restarting")
        log.assert_order("Cycling", state("up", "starting"), TERM, START, state("starting", "up"))
        assert DAY <= log.at("Cycling") <= DAY + 216 * 60
    assert Log(app, "web.1").at("Cycling") != Log(app, "worker.1").at("Cycling")


@EITHER
def test_g10_a_one_off_is_cycled_within_the_day_and_not_started_again(pace: str) -> None:
    log = Log(play("g10-cycling-of-a-one-off" + pace), "run.4711")
    log.assert_order("Cycling", state("up", "complete"), TERM, "Process exited with status 0")
    assert sum(text.startswith(START) for text in log.texts) == 1
    assert DAY <= log.at("Cycling") - log.at(START) <= DAY + 216 * 60


@EITHER
def test_g11_any_exit_status_of_a_one_off_is_its_completion(pace: str) -> None:
    app = play("g11-one-off-attached" + pace)
    Log(app, "run.4711").assert_order(
        *("Awaiting client", START, state("starting", "up")),
        *("Process exited with status 127", state("up", "complete")),
    )
    detached = play("g11-one-off-detached" + pace)
    assert not Log(detached, "run.4711").has("Awaiting client")


@EITHER
def test_g11_a_lost_client_is_three_sighups_five_seconds_apart_then_r16(pace: str) -> None:
    log = Log(play("g11-one-off-that-ignores-that-its-client-goes" + pace), "run.4711")
    hangups = [at for at, text in log.lines if "Sending SIGHUP" in text]
    assert hangups == pytest.approx([10, 15, 20])
    assert log.at("Error R16") == pytest.approx(25)


@EITHER
@pytest.mark.parametrize(
    "name",
    [
        "g13-release-phase",
        "g13-config-set-with-a-release-phase",
        "g19-rollback-with-a-release-phase",
    ],
)
def test_g13_the_release_is_created_after_exit_0_and_then_dynos_restart(
    name: str, pace: str
) -> None:
    app = play(name + pace)
    api, release = Log(app, "api"), Log(app, release_dyno(app))
    api.assert_order("by user U", "Running release v", START, "Release v")
    release.assert_order(START, state("starting", "up"), "Process exited with status 0")
    created = next(at for at, text in api.lines if re.fullmatch(r"Release v\d created.*", text))
    assert release.at("Process exited") <= created <= Log(app, "web.1").at("Restarting")
    assert release.texts[-1] == state("up", "complete")


@EITHER
def test_g13_the_build_succeeds_whatever_the_release_command_does(pace: str) -> None:
    for name in ("g13-release-phase", "g14-release-phase-fails"):
        app = play(name + pace)
        assert Log(app, "api").at("Build succeeded") < Log(app, release_dyno(app)).at("Process ex")


@EITHER
def test_g13_a_new_app_is_scaled_and_boots_once_its_first_release_is_there(pace: str) -> None:
    app = play("g13-first-start-with-a-release-phase" + pace)
    api = Log(app, "api")
    api.assert_order("Running release v4", "Build succeeded", "Release v4", "Scaled to web@1")
    assert api.at("Release v4 created") <= Log(app, "web.1").at(START)


@EITHER
@pytest.mark.parametrize(
    "name",
    [
        "g14-release-phase-fails",
        "g14-release-phase-that-is-stopped",
        "g14-release-phase-that-never-ends",
    ],
)
def test_g14_a_failure_ends_complete_and_changes_nothing(name: str, pace: str) -> None:
    app = play(name + pace)
    api, release = Log(app, "api"), Log(app, release_dyno(app))
    api.assert_order("Running release v4 commands by user U", "Release v4 command failed by user U")
    assert release.has(state("up", "complete")) and not release.has("crashed")
    assert not api.has("Release v4 created")
    web = Log(app, "web.1")
    assert not web.has("Restarting") or web.at("Restarting") >= api.at("Release v5 created")


@EITHER
def test_g14_the_next_release_has_the_next_number(pace: str) -> None:
    for name in ("g14-release-phase-fails", "g14-retry"):
        Log(play(name + pace), "api").assert_order("Release v4 command failed", "v5 created")


def test_g14_a_release_command_may_run_for_an_hour() -> None:
    app = play("g14-release-phase-that-never-ends")
    log = Log(app, release_dyno(app))
    assert log.at(TERM) == pytest.approx(3600) and log.at(R12) == pytest.approx(3630)


@EITHER
def test_g19_a_rollback_is_a_new_release_without_a_build(pace: str) -> None:
    app = play("g19-rollback" + pace)
    api = Log(app, "api")
    assert api.texts == ["Rollback to v3 by user U", "Release v5 created by user U"]
    Log(app, "web.1").assert_order("Restarting", state("up", "starting"), TERM, START)


def release_dyno(app: Simulation) -> str:
    """The name of the first release dyno."""
    return next(re.search(r"release\.\d+", line)[0] for _, line in app.lines if "[release" in line)


@EITHER
@pytest.mark.parametrize("name", list(SCENARIOS))
def test_no_crashed_dyno_is_restarting(name: str, pace: str) -> None:
    app = play(name + pace)
    for dyno in {line.partition("[")[2].partition("]")[0] for _, line in app.lines}:
        log = Log(app, dyno)
        for before, after in itertools.pairwise(log.texts):
            assert not (before.endswith("to crashed") and after in ("Restarting", "Cycling", TERM))
