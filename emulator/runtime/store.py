"""The durable part of the world, in sqlite: what must be there again at the next start."""

from __future__ import annotations

import os
import sqlite3

from emulator.app.formation import MOST_DYNOS, Quantity
from emulator.app.release import Release
from emulator.dyno.size import SIZES
from emulator.errors import UserError

from .kernel import NotSaved
from .world import World

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

VERSION = 1

DURABLE = ("id", "app", "formation", "left_out", "heroku_formation", "releases")

ENVIRONMENT = {
    *(sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM),
    *(sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN),
    *(sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOLFS, sqlite3.SQLITE_AUTH),
}
"""What sqlite says when the disk, not the file, is at fault. Source: sqlite.org/rescode.html."""

SCHEMA = """
create table meta (name text primary key, value text not null) without rowid;
create table formation (type text primary key, position int, quantity int, size text);
create table releases (version int primary key, description text, user text, created_at real);
create table release_types (version int, position int, type text, command text);
create table release_config (version int, position int, name text, value text);
"""


class StateDamaged(UserError):
    """{path} was damaged ({reason}). It was set aside as {aside}; hk-local starts afresh, with
    every process type at its first quantity and the releases counted from 1."""

    def __init__(self, path: str, reason: str, aside: str) -> None:
        super().__init__(path=path, reason=reason, aside=aside)


class StateTooNew(UserError):
    """{path} was written by a newer hk-local (state version {version}, this one knows {known}).
    Update hk-local, or move the file away to start afresh."""

    def __init__(self, path: str, version: int) -> None:
        super().__init__(path=path, version=version, known=VERSION)


class StateUnusable(UserError):
    """{path}: cannot be opened: {reason}"""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path=path, reason=reason)


class Store:
    """`notice` is what the user must be told of the state found, if anything."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.notice: StateDamaged | None = None
        self.db = self._open()
        self.saved = World("", "")

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except OSError as error:
            raise StateUnusable(self.path, error.strerror or str(error)) from None
        except (sqlite3.Error, ValueError) as error:
            if isinstance(error, sqlite3.Error) and not _is_damage(error):
                raise StateUnusable(self.path, str(error)) from None
            aside = self._set_aside()
            self.notice = StateDamaged(self.path, _reason(error), aside)
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        db = sqlite3.connect(self.path, isolation_level=None)
        try:
            # Safe against our own death at any point; a power cut may lose the last changes.
            db.execute("pragma synchronous=normal")
            db.execute("pragma journal_mode=wal")
            (version,) = db.execute("pragma user_version").fetchone()
            if version == 0:
                db.executescript(f"begin;{SCHEMA}pragma user_version={VERSION};commit")
            elif version > VERSION:
                raise StateTooNew(self.path, version)
            self._read(db)
        except BaseException:
            db.close()
            raise
        return db

    def _set_aside(self) -> str:
        number = 1
        while os.path.exists(aside := f"{self.path}.damaged-{number}"):
            number += 1
        os.rename(self.path, aside)
        for suffix in ("-wal", "-shm"):
            if os.path.exists(self.path + suffix):
                os.rename(self.path + suffix, aside + suffix)
        return aside

    def load(self, blank: World) -> World:
        """The world as it was saved, the rest as in `blank`."""
        self.saved = blank.replace(**self._read(self.db))
        return self.saved

    def _read(self, db: sqlite3.Connection) -> dict[str, object]:
        """The durable fields. Everything is read at opening, so damage shows there."""
        meta = dict(db.execute("select name, value from meta").fetchall())
        rows = db.execute("select type, quantity, size from formation order by position")
        formation = {_text(type_): _quantity(number, size) for type_, number, size in rows}
        types = self._by_version(db, "release_types", "type", "command")
        config = self._by_version(db, "release_config", "name", "value")
        releases = tuple(
            Release(
                _number(version),
                _text(text),
                _text(user),
                float(at or 0),
                types.get(version, {}),
                config.get(version, {}),
            )
            for version, text, user, at in db.execute("select * from releases order by version")
        )
        fields: dict[str, object] = {"formation": formation, "releases": releases}
        for name in ("id", "app"):
            if name in meta:
                fields[name] = _text(meta[name])
        if "heroku_formation" in meta:
            fields["heroku_formation"] = meta["heroku_formation"] == "1"
        return fields

    def _by_version(
        self, db: sqlite3.Connection, table: str, key: str, value: str
    ) -> dict[int, dict[str, str]]:
        found: dict[int, dict[str, str]] = {}
        rows = db.execute(f"select version, {key}, {value} from {table} order by position")
        for version, name, text in rows:
            found.setdefault(version, {})[_text(name)] = _text(text)
        return found

    def save(self, world: World) -> None:
        """What differs from the last save is on disk, all of it or nothing; NotSaved if not."""
        before = self.saved
        if all(getattr(before, name) is getattr(world, name) for name in DURABLE):
            return
        try:
            with self.db:
                self.db.execute("begin immediate")
                self._write(before, world)
        except sqlite3.Error as error:
            raise NotSaved(str(error)) from None
        self.saved = world

    def _write(self, before: World, after: World) -> None:
        meta = {"id": after.id, "app": after.app, "heroku_formation": f"{after.heroku_formation:d}"}
        self._many("insert or replace into meta values (?, ?)", meta.items())
        formation = {**after.formation, **after.left_out}
        if formation != before.formation:
            self.db.execute("delete from formation")
            self._many(
                "insert into formation values (?, ?, ?, ?)",
                (
                    (type_, position, item.quantity, item.size)
                    for position, (type_, item) in enumerate(formation.items())
                ),
            )
        for release in after.releases[len(before.releases) :]:
            self._write_release(release)

    def _write_release(self, release: Release) -> None:
        self.db.execute(
            "insert into releases values (?, ?, ?, ?)",
            (release.version, release.description, release.user, release.created_at),
        )
        for table, values in (("types", release.types), ("config", release.config)):
            self._many(
                f"insert into release_{table} values (?, ?, ?, ?)",
                ((release.version, n, *item) for n, item in enumerate(values.items())),
            )

    def _many(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        self.db.executemany(statement, rows)

    def close(self) -> None:
        self.db.close()


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a text is missing")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise ValueError("a number is missing")
    return value


def _quantity(number: object, size: object) -> Quantity:
    if not 0 <= _number(number) <= MOST_DYNOS:
        raise ValueError("a quantity is no number of dynos")
    if _text(size).lower() not in SIZES:
        raise ValueError("there is no such dyno size")
    return Quantity(_number(number), _text(size))


def _is_damage(error: sqlite3.Error) -> bool:
    """A full, busy or unreadable disk is no damage; tables or columns that are missing are."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code % 256 not in ENVIRONMENT


def _reason(error: Exception) -> str:
    """Without the values that sqlite quotes: they may be secret."""
    return str(error).partition(" with text ")[0]
