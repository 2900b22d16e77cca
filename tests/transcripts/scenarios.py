"""What happens in each golden transcript: an app, scripted processes, and what the developer does.

Each function is one transcript; its name is the name of the file. It says `app.forget()` where the
transcript begins.
"""

from __future__ import annotations

from collections.abc import Callable

from emulator.app.surroundings import Addon, Attachment
from emulator.dyno.policy import Policy
from emulator.event import ProcessStarting
from emulator.runtime import addons
from emulator.runtime import command as ask
from emulator.runtime.schedule import AddJob
from tests.simulation import COMMANDS, Process, Simulation
from tests.visit import visit

DAY = 86_400.0
ROUTED = "http://localhost:5000"

Scenario = Callable[[Simulation], None]
SCENARIOS: dict[str, Scenario] = {}
WORLDS: dict[str, dict[str, object]] = {}
POLICIES: dict[str, dict[str, object]] = {}


def scenario(
    policy: dict[str, object] | None = None, **world: object
) -> Callable[[Scenario], Scenario]:
    """The function is a transcript, in a world and under a policy with these fields."""

    def add(play: Scenario) -> Scenario:
        name = play.__name__.replace("_", "-")
        SCENARIOS[name] = play
        WORLDS[name] = world
        POLICIES[name] = policy or {}
        return play

    return add


def play(name: str) -> Simulation:
    """The scenario of that name has been played, in Heroku's pace if it ends in `.paced`."""
    scenario, _, pace = name.partition(".")
    plain = Policy().replace(**POLICIES[scenario])
    app = Simulation(plain.paced() if pace else plain, **WORLDS[scenario])
    SCENARIOS[scenario](app)
    return app


def up(app: Simulation, formation: str, **config: str) -> None:
    """The app runs in that formation, and its story begins."""
    app.start(formation, config)
    app.run_until(lambda app: app.world.is_settled)
    app.run(60)
    app.forget()


def with_release_phase(app: Simulation) -> None:
    """An app with a release command, which takes 2 seconds, runs; its story begins."""
    app.plays("release.*", Process(exits=2.0))
    app.start("web=1", types={**COMMANDS, "release": "python manage.py migrate"})
    app.run_until(lambda app: app.world.is_settled)
    app.run(60)
    app.forget()


def boot(app: Simulation, formation: str) -> None:
    """The app starts in that formation; the story begins with its first process."""
    app.start(formation)
    is_process = [isinstance(it, ProcessStarting) for _, it in app.story]
    del app.story[: is_process.index(True)]


@scenario()
def g01_first_start(app: Simulation) -> None:
    app.plays("web.1", Process(says=((0.9, "Listening on $PORT"),)))
    app.start("web=1")
    app.run(10)


@scenario()
def g01_first_start_with_config_and_every_type(app: Simulation) -> None:
    app.start("web=1 worker=2 clock=1", {"SECRET_KEY": "x", "DEBUG": "1"})
    app.run(10)


@scenario(heroku_formation=True)
def g01_first_start_in_heroku_s_formation(app: Simulation) -> None:
    app.start("web=1 worker=0 clock=0")
    app.run(10)


@scenario()
def g02_deploy(app: Simulation) -> None:
    up(app, "web=1 worker=1")
    app.ask(ask.Deploy({"web": "node app.js", "worker": COMMANDS["worker"]}))
    app.run(10)


@scenario()
def g02_deploy_over_a_crashed_dyno(app: Simulation) -> None:
    broken = Process(exits=0.7, status=1)
    app.plays("worker.1", broken, broken, Process())
    up(app, "web=1 worker=1")
    app.ask(ask.Deploy({"web": COMMANDS["web"], "worker": "python fixed.py"}))
    app.run(10)


@scenario()
def g02_deploy_drops_a_type_and_adds_one(app: Simulation) -> None:
    up(app, "web=1 worker=1")
    app.ask(ask.Deploy({"web": COMMANDS["web"], "clock": COMMANDS["clock"]}))
    app.run(10)


@scenario()
def g03_config_set(app: Simulation) -> None:
    up(app, "web=1 worker=1", KEPT="1", OLD="2")
    app.ask(ask.SetConfig({"KEPT": "1", "OLD": "2", "CRON_ENABLED": "1"}))
    app.run(10)
    app.ask(ask.SetConfig({"KEPT": "1"}))
    app.run(10)


@scenario()
def g04_scale_from_zero(app: Simulation) -> None:
    app.plays("worker.1", Process(says=((1.5, "ready for jobs"),)))
    up(app, "web=1 worker=0")
    app.scale("web=0 worker=1")
    app.run(10)


@scenario()
def g04_scale_up(app: Simulation) -> None:
    up(app, "web=1 worker=1")
    app.scale("web+2:Standard-2X")
    app.run(10)


@scenario()
def g05_scale_down_of_a_busy_worker(app: Simulation) -> None:
    app.plays("worker.1", Process(quits=None, last_words="worker: Warm shutdown (MainProcess)"))
    up(app, "web=1 worker=1")
    app.scale("worker=0")
    app.run(60)


@scenario()
def g05_scale_down_of_an_obedient_worker(app: Simulation) -> None:
    app.plays("worker.2", Process(quits=2.0, quit_status=0, last_words="finishing"))
    up(app, "worker=2")
    app.scale("worker=0")
    app.run(60)


@scenario()
def g05_scale_down_of_a_crashed_dyno(app: Simulation) -> None:
    app.plays("worker.1", Process(exits=0.7, status=1))
    up(app, "web=1 worker=1")
    app.scale("worker=0")
    app.run(60)


@scenario()
def g05_exactly_thirty_seconds(app: Simulation) -> None:
    """worker.1 needs 29.999 s to stop, worker.2 30.001 s."""
    app.plays("worker.1", Process(quits=29.999, quit_status=0))
    app.plays("worker.2", Process(quits=30.001, quit_status=0))
    up(app, "worker=2")
    app.scale("worker=0")
    app.run(60)


@scenario()
def g06_overlap_on_restart(app: Simulation) -> None:
    app.plays("worker.1", Process(quits=None), Process())
    up(app, "worker=1")
    app.ask(ask.Restart("worker.1"))
    app.run(60)


@scenario()
def g06_three_restarts_in_a_row(app: Simulation) -> None:
    app.plays("worker.1", Process(quits=None))
    up(app, "worker=1")
    for _ in range(3):
        app.ask(ask.Restart())
        app.run(10)
    app.run(60)


@scenario(web_port=5000)
def g06_no_overlap_on_a_fixed_port(app: Simulation) -> None:
    app.plays("web.1", Process(quits=4.0), Process())
    up(app, "web=1")
    app.ask(ask.Restart("web"))
    app.run(60)


@scenario()
def g07_crash_at_boot(app: Simulation) -> None:
    broken = Process(exits=0.75, status=1, says=((0.7, "Error: Cannot find module 'x'"),))
    app.plays("web.1", broken, broken, Process())
    boot(app, "web=1")
    app.run(165)
    app.ask(ask.Deploy({"web": "node fixed.js"}))
    app.run(10)


@scenario()
def g07_crash_while_up(app: Simulation) -> None:
    app.plays("worker.1", Process(exits=61.3, status=1), Process(exits=0.9, status=1))
    up(app, "worker=1")
    app.run(60)


@scenario()
def g07_exit_0_is_a_crash(app: Simulation) -> None:
    app.plays("worker.1", Process(exits=61.3, status=0), Process(exits=0.9, status=0))
    up(app, "worker=1")
    app.run(60)


@scenario()
def g07_cool_off_ladder(app: Simulation) -> None:
    app.plays("worker.1", Process(exits=1.0, status=1))
    boot(app, "worker=1")
    app.run(DAY)


@scenario()
def g07_ten_minutes_up_forgive(app: Simulation) -> None:
    app.plays("worker.1", *(Process(exits=at, status=1) for at in (9.0, 700.0, 9.0, 9.0)))
    boot(app, "worker=1")
    app.run(2 * 3600)


@scenario()
def g07_the_machine_refuses(app: Simulation) -> None:
    app.plays("worker.1", Process(refused="Resource temporarily unavailable"), Process())
    boot(app, "worker=1")
    app.run(60)


@scenario()
def g07_a_clock_is_missed(app: Simulation) -> None:
    app.plays("clock.1", Process(exits=61.3, status=1), Process(exits=0.9, status=1), Process())
    up(app, "clock=1")
    app.run(3600)


@scenario()
def g08_boot_timeout(app: Simulation) -> None:
    app.plays("web.1", Process(listens=None, says=((1.0, "waiting for the database"),)))
    boot(app, "web=1")
    app.run(180)


@scenario()
def g08_exactly_sixty_seconds(app: Simulation) -> None:
    """web.1 listens after 59.999 s, web.2 after 60.001 s."""
    app.plays("web.1", Process(listens=59.999))
    app.plays("web.2", Process(listens=60.001), Process())
    boot(app, "web=2")
    app.run(70)


@scenario()
def g08_boot_timeout_of_a_stray_port(app: Simulation) -> None:
    app.plays("web.1", Process(strays=3000))
    boot(app, "web=1")
    app.run(180)


@scenario({"strict_bind": True})
def g08_strict_bind_on_loopback(app: Simulation) -> None:
    app.plays("web.1", Process(loopback=True))
    boot(app, "web=1")
    app.run(70)


@scenario()
def g08_loopback_is_up_with_a_hint(app: Simulation) -> None:
    app.plays("web.1", Process(loopback=True))
    boot(app, "web=1")
    app.run(10)
    app.ask(ask.Restart())
    app.run(10)


@scenario()
def g09_memory_quota_exceeded(app: Simulation) -> None:
    app.plays("web.1", Process(memory=lambda at: 300 if at < 63 else 870.5 + int(at / 30)))
    up(app, "web=1")
    app.run(90)


@scenario()
def g09_memory_quota_vastly_exceeded(app: Simulation) -> None:
    app.plays("worker.1", Process(memory=lambda at: 300 if at < 63 else 1214.5), Process())
    up(app, "worker=1")
    app.run(30)


@scenario()
def g09_a_one_off_over_its_quota_completes(app: Simulation) -> None:
    up(app, "web=1")
    app.plays("run.4711", Process(memory=lambda at: 100 + 200 * at))
    app.ask(ask.Run("run.4711", "python import.py"))
    app.run(30)


@scenario()
def g10_daily_cycle(app: Simulation) -> None:
    boot(app, "web=1 worker=1")
    app.run(DAY + 216 * 60 + 10)


@scenario()
def g10_cycling_of_a_one_off(app: Simulation) -> None:
    up(app, "web=1")
    app.plays("run.4711", Process(quits=0.9, quit_status=0))
    app.ask(ask.Run("run.4711", "ssserver -p 8388"))
    app.ask(ask.Restart("web"))
    app.run_until(lambda app: "run.4711" not in app.world.slots, within=DAY + 216 * 60 + 10)


@scenario()
def g10_cycle_now(app: Simulation) -> None:
    up(app, "web=1 worker=1")
    app.ask(ask.Cycle("worker.1"))
    app.run(10)


@scenario()
def g11_one_off_attached(app: Simulation) -> None:
    up(app, "web=1")
    app.plays("run.4711", Process(exits=17.9, status=127))
    app.ask(ask.Run("run.4711", "bash", attached=True))
    app.run(60)


@scenario()
def g11_one_off_detached(app: Simulation) -> None:
    up(app, "web=1 worker=0")
    app.plays("run.4711", Process(exits=2.0, says=((1.5, "done 17 jobs"),)))
    app.ask(ask.Run("run.4711", "worker --once"))
    app.run(60)


@scenario()
def g11_one_off_whose_client_goes(app: Simulation) -> None:
    up(app, "web=1")
    app.ask(ask.Run("run.4711", "bash", attached=True))
    app.run(10)
    app.ask(ask.HangUp("run.4711"))
    app.run(60)


@scenario()
def g11_one_off_that_ignores_that_its_client_goes(app: Simulation) -> None:
    up(app, "web=1")
    app.plays("run.4711", Process(hangs_up=None, quits=None))
    app.ask(ask.Run("run.4711", "nohup sleep 9999", attached=True))
    app.run(10)
    app.ask(ask.HangUp("run.4711"))
    app.run(60)


@scenario()
def g13_release_phase(app: Simulation) -> None:
    up(app, "web=1 worker=1")
    app.plays("release.*", Process(exits=6.0, says=((5.5, "Applying 0002_auto... OK"),)))
    app.ask(ask.Deploy({**app.world.types, "release": "python manage.py migrate"}))
    app.run(20)


@scenario()
def g13_first_start_with_a_release_phase(app: Simulation) -> None:
    app.plays("release.*", Process(exits=2.0))
    app.start("web=1", {"DEBUG": "1"}, {**COMMANDS, "release": "python manage.py migrate"})
    app.run(20)


@scenario()
def g13_config_set_with_a_release_phase(app: Simulation) -> None:
    with_release_phase(app)
    app.ask(ask.SetConfig({"DEBUG": "1"}))
    app.run(20)


@scenario()
def g14_release_phase_fails(app: Simulation) -> None:
    up(app, "web=1 worker=1")
    app.plays(
        "release.*",
        Process(exits=3.0, status=2, says=((2.8, "python: can't open file 'manage.py'"),)),
    )
    app.ask(ask.Deploy({**app.world.types, "release": "python manage.py migrate"}))
    app.run(20)
    app.ask(ask.SetConfig({"DEBUG": "1"}))
    app.run(20)


@scenario()
def g14_release_phase_fails_at_the_start(app: Simulation) -> None:
    """The release before it is what runs."""
    with_release_phase(app)
    app.ask(ask.Shutdown())
    app.run(60)
    app.world = app.world.replace(stopping=False)
    app.forget()
    app.plays("release.*", Process(exits=2.0, status=1))
    app.start("web=1", types={**COMMANDS, "release": "python manage.py migrate --all"})
    app.run(20)


@scenario()
def g14_release_phase_that_never_ends(app: Simulation) -> None:
    with_release_phase(app)
    app.plays("release.*", Process(quits=None))
    app.ask(ask.SetConfig({"DEBUG": "1"}))
    app.run(3700)


@scenario()
def g14_release_phase_that_is_stopped(app: Simulation) -> None:
    with_release_phase(app)
    app.plays("release.*", Process(quits=1.5, quit_status=0))
    app.ask(ask.SetConfig({"DEBUG": "1"}))
    app.run(5)
    app.ask(ask.Stop("release"))
    app.run(20)


@scenario()
def g14_retry(app: Simulation) -> None:
    with_release_phase(app)
    app.plays("release.*", Process(exits=2.0, status=1), Process(exits=2.0))
    app.ask(ask.SetConfig({"DEBUG": "1"}))
    app.run(20)
    app.ask(ask.Retry(app.world.newest))
    app.run(20)


@scenario()
def g19_rollback(app: Simulation) -> None:
    up(app, "web=1")
    app.ask(ask.SetConfig({"A": "1"}))
    app.run(20)
    app.forget()
    app.ask(ask.Rollback(3))
    app.run(10)


@scenario()
def g19_rollback_with_a_release_phase(app: Simulation) -> None:
    with_release_phase(app)
    app.ask(ask.SetConfig({"A": "1"}))
    app.run(20)
    app.forget()
    app.ask(ask.Rollback(3))
    app.run(10)


@scenario()
def stop_of_the_app(app: Simulation) -> None:
    app.plays("worker.1", Process(quits=None))
    up(app, "web=1 worker=1")
    app.ask(ask.Run("run.4711", "bash", attached=True))
    app.run(5)
    app.ask(ask.Shutdown())
    app.run(60)


@scenario()
def stop_of_the_app_that_is_cut_short(app: Simulation) -> None:
    app.plays("worker.1", Process(quits=None))
    up(app, "web=1 worker=1")
    app.ask(ask.Shutdown())
    app.run(2)
    app.ask(ask.Abort())
    app.run(60)


@scenario()
def stop_of_the_app_in_the_middle_of_a_restart(app: Simulation) -> None:
    up(app, "web=1")
    app.ask(ask.Restart())
    app.run(0.3)
    app.ask(ask.Shutdown())
    app.run(60)


def up_in(app: Simulation, formation: str, size: str) -> None:
    """The app runs behind its router in that formation and size, and its story begins."""
    app.start(formation)
    app.scale(" ".join(f"{name}+0:{size}" for name in app.world.formation))
    app.run_until(lambda app: app.world.is_settled)
    app.run(60)
    app.forget()


@scenario(address=ROUTED)
def g15_eco_idle_and_wake(app: Simulation) -> None:
    up_in(app, "web=1 worker=1", "Eco")
    app.run(900)
    visit(app, "/last")
    app.run(1800)
    visit(app, "/wake")
    app.run(10)


@scenario(address=ROUTED)
def g15_a_deploy_while_idle_starts_nothing(app: Simulation) -> None:
    up_in(app, "web=1", "Eco")
    app.run(1800)
    app.ask(ask.Deploy({"web": "node app.js"}))
    app.run(60)
    visit(app)
    app.run(10)


@scenario(address=ROUTED)
def g17_maintenance_mode(app: Simulation) -> None:
    app.plays("run.4711", Process(exits=3.0))
    up_in(app, "web=1 worker=1", "Basic")
    visit(app)
    app.ask(ask.SetUp(maintenance=True))
    visit(app, "/up")
    app.run(60)
    app.ask(ask.Run("run.4711", "python migrate.py"))
    app.run(60)
    app.ask(ask.SetUp(maintenance=False))
    visit(app, "/up")
    app.run(60)


@scenario(address=ROUTED)
def g16_request_timeout(app: Simulation) -> None:
    app.plays("web.1", Process(says=((96.0, "request finished"),)))
    up_in(app, "web=1", "Basic")
    visit(app, "/poll", answers=35.0)
    app.run(10)


@scenario(address=ROUTED)
def g18_no_web_dynos(app: Simulation) -> None:
    up_in(app, "web=1 worker=1", "Basic")
    app.scale("web=0")
    app.run(10)
    visit(app)


@scenario(address=ROUTED)
def g18_blank_app(app: Simulation) -> None:
    visit(app)


@scenario(address=ROUTED)
def h10_and_h20_of_a_web_process_that_never_listens(app: Simulation) -> None:
    app.plays("web.1", Process(listens=None))
    boot(app, "web=1")
    visit(app, "/waits")
    app.run(60)
    visit(app, "/crashed")


@scenario(address=ROUTED)
def requests_wait_while_the_only_web_dyno_restarts(app: Simulation) -> None:
    app.plays("web.1", Process(), Process(listens=7.0))
    up_in(app, "web=1", "Basic")
    app.ask(ask.Restart())
    visit(app)


@scenario(address=ROUTED, features=("preboot",))
def preboot(app: Simulation) -> None:
    up_in(app, "web=2", "Standard-1X")
    app.ask(ask.Deploy({"web": "node app.js"}))
    for _ in range(3):
        app.run(80)
        visit(app)


REDIS = Addon(
    "1",
    "redis-defined-55463",
    "heroku-redis",
    "mini",
    "URL=redis://:$PASSWORD@127.0.0.1:$PORT\nTLS_URL=rediss://:$PASSWORD@127.0.0.1:$TLS_PORT",
    "secret",
    0,
    0,
    0.0,
)


@scenario()
def g20_an_add_on_is_provisioned(app: Simulation) -> None:
    broken = Process(exits=0.7, status=1)
    app.plays("worker.1", broken, broken, Process())
    up(app, "web=1 worker=1")
    app.ask(addons.CreateAddon(REDIS, Attachment("2", "REDIS", "1", 0.0), has_tls=True))
    app.run(1)
    app.ask(addons.ProvisionedAddon("1"))
    app.run(10)


@scenario()
def g20_an_add_on_is_attached_moved_and_destroyed(app: Simulation) -> None:
    up(app, "worker=1")
    app.ask(addons.CreateAddon(REDIS, Attachment("2", "REDIS", "1", 0.0), has_tls=True))
    app.ask(addons.ProvisionedAddon("1"))
    app.run(10)
    app.ask(addons.Attach(Attachment("3", "QUEUE", "1", 0.0)))
    app.run(10)
    app.ask(addons.MoveAddon("1"))
    app.run(10)
    app.ask(addons.Detach("3"))
    app.run(10)
    app.ask(addons.DestroyAddon("1"))
    app.run(10)


def scheduled(app: Simulation, every: str, *runs: Process) -> None:
    """The app runs and has that job, whose next run is that process; the story begins."""
    up(app, "web=1 worker=0")
    addon = Addon("1", "scheduler-flat-1", "scheduler", "standard", "", "", 0, 0, 1.0, 1.0)
    app.world = app.world.replace(addons=(addon,))
    app.plays(app.world.free_name("scheduler"), *runs)
    app.ask(AddJob("worker --once", every))
    app.forget()


@scenario()
def g12_scheduler_job(app: Simulation) -> None:
    scheduled(app, "10m", Process(exits=2.0, says=((1.5, "It works !"),)))
    app.run(1000)


@scenario()
def g12_scheduler_job_outlives_its_interval(app: Simulation) -> None:
    scheduled(app, "10m", Process(quits=None))
    app.run(1500)


@scenario()
def g12_scheduler_jobs_are_missed_while_the_machine_sleeps(app: Simulation) -> None:
    scheduled(app, "hour", Process(exits=2.0))
    app.now += 3 * 3600
    app.run(60)
