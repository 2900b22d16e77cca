"""The durable part of the world, in sqlite: what must be there again at the next start."""

from __future__ import annotations

import os
import sqlite3

from emulator.app.formation import MOST_DYNOS, Quantity
from emulator.app.release import Release, Status
from emulator.app.surroundings import Addon, Attachment, Domain, Drain, Job, Used, Webhook
from emulator.dyno.size import SIZES
from emulator.errors import UserError

from .kernel import NotSaved
from .schema import RELEASE, VERSION, prepare
from .world import World

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from emulator.fact import Fact

AROUND: dict[str, type[Fact]] = {
    "drains": Drain,
    "domains": Domain,
    "webhooks": Webhook,
    "addons": Addon,
    "attachments": Attachment,
    "jobs": Job,
    "usage": Used,
}
DURABLE = (
    *("id", "app", "given_name", "formation", "left_out", "heroku_formation", "releases"),
    *("maintenance", "features", *AROUND),
)

ENVIRONMENT = {
    *(sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM),
    *(sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN),
    *(sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOLFS, sqlite3.SQLITE_AUTH),
}
"""What sqlite says when the disk, not the file, is at fault. Source: sqlite.org/rescode.html."""


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
            if version > VERSION:
                raise StateTooNew(self.path, version)
            prepare(db, version)
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
        query = f"select {', '.join(RELEASE)} from releases order by version"
        releases = tuple(_release(row, types, config) for row in db.execute(query))
        fields: dict[str, object] = {"formation": formation, "releases": releases}
        for name in ("id", "app", "given_name"):
            if name in meta:
                fields[name] = _text(meta[name])
        for name in ("heroku_formation", "maintenance"):
            if name in meta:
                fields[name] = meta[name] == "1"
        rows = db.execute("select name from features order by position")
        fields["features"] = tuple(_text(name) for (name,) in rows)
        return fields | {name: _around(db, name) for name in AROUND}

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
        meta = {
            "id": after.id,
            "app": after.app,
            "given_name": after.given_name,
            "heroku_formation": f"{after.heroku_formation:d}",
            "maintenance": f"{after.maintenance:d}",
        }
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
        for old, new in zip(before.releases, after.releases, strict=False):
            if new is not old:  # how its release command ended; nothing else ever changes
                self.db.execute(
                    "update releases set status = ?, ended_at = ? where version = ?",
                    (new.status.value, new.ended_at, new.version),
                )
        for release in after.releases[len(before.releases) :]:
            self._write_release(release)
        if after.features != before.features:
            self.db.execute("delete from features")
            rows = ((name, position) for position, name in enumerate(after.features))
            self._many("insert into features values (?, ?)", rows)
        for name in AROUND:
            if getattr(after, name) != getattr(before, name):
                self._write_around(name, getattr(after, name))

    def _write_around(self, table: str, items: Iterable[Fact]) -> None:
        """The table has these rows, in their order."""
        columns = AROUND[table].__match_args__
        self.db.execute(f"delete from {table}")
        values = ([getattr(item, column) for column in columns] for item in items)
        self._many(
            f"insert into {table} values ({', '.join('?' * len(columns))})",
            ([_plain(value) for value in row] for row in values),
        )

    def _write_release(self, release: Release) -> None:
        self.db.execute(
            f"insert into releases ({', '.join(RELEASE)}) values ({', '.join('?' * len(RELEASE))})",
            [_plain(getattr(release, name)) for name in RELEASE],
        )
        for table, values in (("types", release.types), ("config", release.config)):
            self._many(
                f"insert into release_{table} values (?, ?, ?, ?)",
                ((release.version, n, *item) for n, item in enumerate(values.items())),
            )

    def _many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        self.db.executemany(statement, rows)

    def close(self) -> None:
        self.db.close()


def _release(
    row: Sequence[Any], types: dict[int, dict[str, str]], config: dict[int, dict[str, str]]
) -> Release:
    number, text, user, at, slug, status, dyno, ended, revision, attached = row
    return Release(
        version := _number(number),
        _text(text),
        _text(user),
        float(at or 0),
        types.get(version, {}),
        config.get(version, {}),
        _text(slug),
        Status(status),
        _text(dyno),
        None if ended is None else float(ended),
        _text(revision),
        tuple(_text(attached).split()),
    )


def _plain(value: object) -> object:
    """Several texts in a field are one by blanks."""
    if isinstance(value, Status):
        return value.value
    return " ".join(value) if isinstance(value, tuple) else value


def _around(db: sqlite3.Connection, table: str) -> tuple[Fact, ...]:
    """The items of that table, in the order in which they were written."""
    kind = AROUND[table]
    found = []
    for row in db.execute(f"select * from {table} order by rowid"):
        fields = dict(zip(kind.__match_args__, row, strict=True))
        for name, value in fields.items():
            if name.endswith(("_at", "seconds")):
                fields[name] = float(value or 0)
            else:
                fields[name] = _number(value) if name.endswith("port") else _text(value)
        if "include" in fields:
            fields["include"] = tuple(fields["include"].split())
        found.append(kind(**fields))
    return tuple(found)


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
