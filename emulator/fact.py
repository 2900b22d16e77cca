"""Facts: immutable values with named fields, the only data that layers hand to one another.

Not dataclasses: importing those (with inspect) and building forty of them costs 45 ms of the
60 ms in which a first dyno has to run; a Fact subclass costs 10 microseconds
(docs/decisions/0001-facts.md).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self, dataclass_transform
else:

    def dataclass_transform(**_options):
        return lambda cls: cls


@dataclass_transform(frozen_default=True)
class Fact:
    """A frozen record: `class Point(Fact): x: int; y: int = 0`. Equal if type and fields are."""

    __match_args__: tuple[str, ...] = ()
    __required__: frozenset[str] = frozenset()

    if not TYPE_CHECKING:

        def __init_subclass__(cls) -> None:
            own = tuple(vars(cls).get("__annotations__", ()))
            cls.__match_args__ = cls.__match_args__ + own
            cls.__required__ = frozenset(n for n in cls.__match_args__ if not hasattr(cls, n))

        def __init__(self, *args: Any, **fields: Any) -> None:
            names = self.__match_args__
            given = dict(zip(names, args, strict=False), **fields) if args else fields
            missing = self.__required__ - given.keys()
            if missing or len(args) > len(names) or given.keys() - set(names):
                raise TypeError(f"{type(self).__name__}{names} cannot be made of {args} {fields}")
            self.__dict__.update(given)

    def replace(self, **changes: Any) -> Self:
        """The same fact with some fields changed."""
        return type(self)(**{**self.__dict__, **changes})

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def _key(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__match_args__)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((type(self), self._key()))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__name__}({fields})"
