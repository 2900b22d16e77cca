"""What is saved comes back, whatever happened to us in between; what is damaged is set aside."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from emulator.app.formation import Quantity
from emulator.app.release import Release, Status
from emulator.app.surroundings import Addon, Attachment, Domain, Drain, Job, Used, Webhook
from emulator.dyno.size import SIZES
from emulator.errors import UserError
from emulator.runtime.kernel import NotSaved
from emulator.runtime.schema import VERSION
from emulator.runtime.store import StateDamaged, StateTooNew, StateUnusable, Store
from emulator.runtime.world import World

EXHAUSTIVE = bool(os.environ.get("HK_LOCAL_EXHAUSTIVE"))
"""Damage every byte and cut at many a length, which takes a minute, instead of a sample."""

BLANK = World("blank", "me")

TEXT = some.text(some.characters(exclude_categories=["Cs"]), max_size=20)
TYPES = some.dictionaries(some.sampled_from(["web", "worker", "clock", "a_b-c9"]), TEXT)
QUANTITIES = some.builds(
    Quantity, some.integers(0, 10_000), some.sampled_from([size.name for size in SIZES.values()])
)
CONFIG = some.dictionaries(TEXT, TEXT, max_size=4)
TIMES = some.floats(0, 4e9)
WORDS = some.lists(some.sampled_from(["api:release", "dyno", "api:app"]), max_size=3).map(tuple)
DRAINS = some.builds(Drain, TEXT, TEXT, TEXT, TIMES)
DOMAINS = some.builds(Domain, TEXT, TEXT, TIMES)
WEBHOOKS = some.builds(Webhook, TEXT, TEXT, WORDS, TEXT, TEXT, TEXT, TIMES, TIMES)
JOBS = some.builds(Job, TEXT, TEXT, TEXT, TEXT, TEXT, *2 * [TIMES], TIMES, TEXT, TIMES, TIMES)

PORTS = some.integers(0, 65535)
ADDONS = some.builds(Addon, *[TEXT] * 6, PORTS, PORTS, TIMES, TIMES, TEXT)
USED = some.builds(Used, TEXT, TEXT, TEXT, TIMES)
ATTACHMENTS = some.builds(Attachment, TEXT, TEXT, TEXT, TIMES)


def _used(item: Used) -> tuple[str, ...]:
    return item.month, item.type, item.size


def _id(item: Drain | Domain | Job | Webhook | Addon | Attachment) -> str:
    return item.id


class Hasty(sqlite3.Connection):
    """There is no power cut in here, so nobody waits for a disk."""

    def execute(self, sql: str, *given: object) -> sqlite3.Cursor:
        return super().execute(sql.replace("synchronous=normal", "synchronous=off"), *given)


@pytest.fixture(scope="module", autouse=True)
def hasty() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Hasty))
        yield


@some.composite
def worlds(draw: some.DrawFn) -> World:
    releases = tuple(
        Release(
            *(n, draw(TEXT), draw(TEXT), draw(some.floats(0, 4e9)), draw(TYPES), draw(CONFIG)),
            slug=draw(TEXT),
            status=draw(some.sampled_from(Status)),
            dyno=draw(TEXT),
            ended_at=draw(some.none() | TIMES),
            revision=draw(TEXT),
        )
        for n in range(1, draw(some.integers(0, 4)) + 1)
    )
    formation = draw(some.dictionaries(some.sampled_from(["web", "worker", "clock"]), QUANTITIES))
    return World(
        app=draw(TEXT),
        user="me",
        id=draw(some.text("0123456789abcdef", min_size=16, max_size=16)),
        formation=formation,
        heroku_formation=draw(some.booleans()),
        releases=releases,
        maintenance=draw(some.booleans()),
        features=tuple(draw(some.lists(TEXT, unique=True, max_size=3))),
        drains=tuple(draw(some.lists(DRAINS, unique_by=_id, max_size=3))),
        domains=tuple(draw(some.lists(DOMAINS, unique_by=_id, max_size=3))),
        webhooks=tuple(draw(some.lists(WEBHOOKS, unique_by=_id, max_size=3))),
        addons=tuple(draw(some.lists(ADDONS, unique_by=_id, max_size=3))),
        attachments=tuple(draw(some.lists(ATTACHMENTS, unique_by=_id, max_size=3))),
        jobs=tuple(draw(some.lists(JOBS, unique_by=_id, max_size=3))),
        usage=tuple(draw(some.lists(USED, unique_by=_used, max_size=3))),
    )


def release(number: int, **config: str) -> Release:
    return Release(number, f"Release {number}", "me", 1.5, {"web": "run $PORT"}, config)


FIRST = BLANK.replace(
    id="ab" * 8,
    formation={"web": Quantity(2, "Standard-2X"), "worker": Quantity(0)},
    releases=(release(1), release(2, KEY="value", UMLAUT="äöü\n\t\x01")),
    drains=(Drain("1", "https://example.org/", "d.1", 2.5),),
    webhooks=(Webhook("2", "http://localhost/", ("dyno", "api:app"), "notify", "s", "", 1, 2),),
)
SECOND = FIRST.replace(
    formation={"worker": Quantity(7), "web": Quantity(1)},
    releases=(*FIRST.releases, release(3)),
    maintenance=True,
    features=("preboot",),
    drains=(*FIRST.drains, Drain("2", "syslog://example.org:514", "d.2", 3.5)),
    domains=(Domain("1", "www.example.org", 3.5),),
    usage=(Used("2026-11", "web", "Basic", 7.5),),
    jobs=(Job("1", "python x.py", "hour", "30", "", 4.5, 5.5, 6.5, "scheduler.4711"),),
)


def loaded(path: Path) -> World:
    store = Store(str(path))
    try:
        return store.load(BLANK)
    finally:
        store.close()


def saved(path: Path, *steps: World) -> None:
    store = Store(str(path))
    store.load(BLANK)
    for world in steps:
        store.save(world)
    store.close()


@settings(max_examples=20, deadline=None)
@given(some.lists(worlds(), min_size=1, max_size=3))
def test_what_is_saved_comes_back(tmp_path_factory: pytest.TempPathFactory, steps: list[World]):
    path = tmp_path_factory.mktemp("store") / "state.db"
    store = Store(str(path))
    store.load(BLANK)
    told: tuple[Release, ...] = ()
    for step in steps:
        # Releases are only ever added.
        told += tuple(r.replace(version=len(told) + n + 1) for n, r in enumerate(step.releases))
        last = step.replace(releases=told)
        store.save(last)
        assert store.load(BLANK) == last
    store.close()
    again = loaded(path)
    assert again == last
    assert list(again.formation) == list(last.formation), "in the Procfile's order"


def test_a_type_that_this_run_leaves_out_is_remembered(tmp_path: Path) -> None:
    left_out = {"clock": Quantity(1)}
    saved(tmp_path / "state.db", FIRST.replace(left_out=left_out))
    assert loaded(tmp_path / "state.db").formation == {**FIRST.formation, **left_out}


def test_a_change_of_nothing_durable_writes_nothing(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "state.db"))
    store.load(BLANK)
    store.save(FIRST)
    before = store.db.total_changes
    store.save(FIRST.replace(one_offs=5, stopping=True))
    assert store.db.total_changes == before
    store.close()


def test_a_first_start_has_nothing_to_load(tmp_path: Path) -> None:
    assert loaded(tmp_path / "state.db") == BLANK


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    """Config vars are in there."""
    os.umask(old := os.umask(0))
    try:
        store = Store(str(tmp_path / "state.db"))
        store.save(FIRST)
        for name in os.listdir(tmp_path):
            assert os.stat(tmp_path / name).st_mode & 0o077 == 0, name
        store.close()
    finally:
        os.umask(old)


# Killed.


def killed_at(path: Path, statement: int) -> bool:
    """A child saved SECOND over FIRST and was killed before that statement; False if it was not."""
    child = os.fork()
    if not child:
        count = 0

        def trace(_: str) -> None:
            nonlocal count
            count += 1
            if count == statement:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            store = Store(str(path))
            store.load(BLANK)
            store.db.set_trace_callback(trace)
            store.save(SECOND)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_killed_between_any_two_statements_it_is_the_old_or_the_new(tmp_path: Path) -> None:
    statement = 1
    while True:
        path = tmp_path / f"{statement}.db"
        saved(path, FIRST)
        was_killed = killed_at(path, statement)
        found = loaded(path)
        if not was_killed:
            break
        assert found == FIRST, f"killed before statement {statement}"
        statement += 1
    assert found == SECOND
    assert statement > 5


# A disk that is full.


def test_a_failed_save_leaves_the_old_state_and_the_next_one_makes_up_for_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "state.db"
    saved(path, FIRST)
    store = Store(str(path))
    store.load(BLANK)
    store.db.execute("pragma max_page_count=8")
    big = SECOND.replace(releases=(*SECOND.releases, release(4, BIG="x" * 100_000)))
    with pytest.raises(NotSaved, match="full"):
        store.save(big)
    assert not store.db.in_transaction
    assert store.load(BLANK) == FIRST
    store.db.execute("pragma max_page_count=100000")
    store.save(big)
    store.close()
    assert loaded(path) == big


# Damaged.


def test_garbage_is_set_aside_and_said(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    for number, garbage in enumerate((b"[" * 100_000, b"\0" * 4096, b"SQLite format 3\0"), 1):
        path.write_bytes(garbage)
        store = Store(str(path))
        aside = tmp_path / f"state.db.damaged-{number}"
        assert isinstance(store.notice, StateDamaged)
        assert str(store.notice).startswith(f"{path} was damaged (")
        assert f"set aside as {aside};" in str(store.notice)
        assert aside.read_bytes() == garbage
        assert store.load(BLANK) == BLANK
        store.save(FIRST)
        store.close()
        assert loaded(path) == FIRST


def test_version_1_gets_what_version_2_added(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    plain = FIRST.replace(drains=(), webhooks=())
    saved(path, plain)
    with sqlite3.connect(path) as db:
        for table in ("features", "drains", "domains", "webhooks"):
            db.execute(f"drop table {table}")
        db.execute("delete from meta where name = 'maintenance'")
        db.execute("pragma user_version=1")
    db.close()
    assert loaded(path) == plain
    saved(path, SECOND)
    assert loaded(path) == SECOND


def test_version_2_gets_what_version_3_added(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    plain = SECOND.replace(jobs=(), usage=())
    saved(path, plain)
    with sqlite3.connect(path) as db:
        for column in ("slug", "status", "dyno", "ended_at", "revision"):
            db.execute(f"alter table releases drop column {column}")
        db.execute("drop table jobs")
        db.execute("drop table usage")
        db.execute("pragma user_version=2")
    db.close()
    assert loaded(path) == plain
    assert loaded(path) == plain, "a second time too"
    saved(path, SECOND)
    assert loaded(path) == SECOND


def test_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    saved(path, FIRST)
    with sqlite3.connect(path) as db:
        db.execute(f"pragma user_version={VERSION + 1}")
    db.close()
    with pytest.raises(StateTooNew, match="newer hk-local"):
        Store(str(path))
    assert os.listdir(tmp_path) == ["state.db"]


@pytest.mark.parametrize(
    "harm",
    [
        "drop table releases",
        "alter table formation drop column size",
        "update formation set quantity = 'many'",
        "update formation set quantity = -1",
        "update formation set quantity = 1000000000",
        "update formation set quantity = null",
        "update formation set size = 'Gigantic'",
        "update formation set size = null",
        "update releases set description = x'ff00'",
        "update releases set created_at = 'yesterday'",
        "update releases set version = 'last' where version = 2",
        "update release_config set value = null",
        "update release_config set value = cast(x'ff' as text)",
        "update meta set value = x'00' where name = 'id'",
        "drop table webhooks",
        "update drains set url = null",
        "update drains set created_at = 'never'",
    ],
)
def test_what_is_not_as_we_wrote_it_is_damage(tmp_path: Path, harm: str) -> None:
    path = tmp_path / "state.db"
    saved(path, FIRST)
    with sqlite3.connect(path) as db:
        db.execute(harm)
    db.close()
    store = Store(str(path))
    assert isinstance(store.notice, StateDamaged)
    store.close()


def test_the_message_of_damage_gives_no_value_away(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    saved(path, FIRST)
    with sqlite3.connect(path) as db:
        db.execute("update release_config set value = cast('hunter2' || x'ff' as text)")
    db.close()
    store = Store(str(path))
    assert store.notice and "hunter2" not in str(store.notice)
    store.close()


def opened(path: Path) -> None:
    """It opens, perhaps afresh, and what it gives has the right types; or it says why not."""
    try:
        store = Store(str(path))
    except UserError as error:
        assert str(path) in str(error)
        return
    world = store.load(BLANK)
    store.close()
    for aside in path.parent.glob("*.damaged-*"):
        aside.unlink()
    assert all(
        isinstance(text, str)
        for release in world.releases
        for text in (release.description, *release.types.values(), *release.config.values())
    )
    assert all(item.size.lower() in SIZES for item in world.formation.values())


@pytest.mark.timeout(600)
def test_no_damaged_byte_is_a_traceback(tmp_path: Path) -> None:
    saved(tmp_path / "good.db", FIRST)
    good = (tmp_path / "good.db").read_bytes()
    places = [n for n, byte in enumerate(good) if byte]
    path = tmp_path / "state.db"
    for number, place in enumerate(places if EXHAUSTIVE else (*places[:40], *places[40::31])):
        flipped = good[place] ^ (0xFF, 0x01, 0x80)[number % 3]
        path.write_bytes(good[:place] + bytes([flipped]) + good[place + 1 :])
        opened(path)


@pytest.mark.timeout(600)
def test_no_length_is_a_traceback(tmp_path: Path) -> None:
    saved(tmp_path / "good.db", FIRST)
    good = (tmp_path / "good.db").read_bytes()
    path = tmp_path / "state.db"
    step = 7 if EXHAUSTIVE else 1511
    for length in (*range(0, 110, 9), *range(110, len(good), step)):
        path.write_bytes(good[:length])
        opened(path)


# What is not a file of ours.


def test_a_folder_in_its_place_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "state.db").mkdir()
    with pytest.raises(StateUnusable, match=r"state.db: cannot be opened: Is a directory"):
        Store(str(tmp_path / "state.db"))


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "state.db").symlink_to(tmp_path / "victim")
    with pytest.raises(StateUnusable, match="cannot be opened"):
        Store(str(tmp_path / "state.db"))
    assert (tmp_path / "victim").read_text() == "precious"
