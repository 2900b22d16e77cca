"""The JSON body of a request, within bounds that no honest client meets."""

from __future__ import annotations

from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_DEPTH = 64
MAX_INTEGER = 2**53
"""What every JSON reader can hold. Source: RFC 8259, 6."""


class BadRequest(UserError):
    """{message}"""

    status = 400
    id = "bad_request"


def parse(body: bytes) -> Payload:
    """The object that the body is; an empty body is an empty object. Raises BadRequest."""
    if not body.strip():
        return Payload({})
    import json

    try:
        value = json.loads(
            body.decode(), parse_int=_integer, parse_constant=_refuse, object_pairs_hook=_object
        )
        _check(value, MAX_DEPTH)
    except RecursionError:
        raise BadRequest("The body is nested too deep.") from None
    except ValueError as error:
        raise BadRequest(f"The body is not JSON that we take: {error}") from None
    if not isinstance(value, dict):
        raise BadRequest('The body must be a JSON object, such as {"quantity": 2}.')
    return Payload(value)


def _integer(digits: str) -> int:
    if len(digits) > 20 or abs(int(digits)) > MAX_INTEGER:
        raise ValueError(f"{digits[:20]}... is too large a number")
    return int(digits)


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has one name twice")
    return found


def _check(value: object, depth: int) -> None:
    """Text can be encoded and passed on to a program; nothing is nested too deep."""
    if not depth:
        raise RecursionError
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise ValueError("a text has a NUL or half a surrogate pair")
    elif isinstance(value, dict):
        for name, item in value.items():
            _check(name, depth)
            _check(item, depth - 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth - 1)


class Payload:
    """Reads fields by type; null is as good as absent, and unknown fields are left alone.

    A field of another type is a UserError that names it.
    """

    def __init__(self, fields: Mapping[str, object]) -> None:
        self.fields = fields

    def get(self, name: str) -> object:
        return self.fields.get(name)

    def text(self, name: str) -> str | None:
        value = self.get(name)
        if value is None or isinstance(value, str):
            return value
        raise UserError(f"{name}: expected a text")

    def flag(self, name: str) -> bool:
        value = self.get(name)
        if value in (None, False, 0):
            return False
        if value in (True, 1):
            return True
        raise UserError(f"{name}: expected true or false")

    def objects(self, name: str) -> list[Payload]:
        value = self.get(name)
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return [Payload(item) for item in value]
        raise UserError(f"{name}: expected a list of objects")

    def texts(self, name: str) -> dict[str, str]:
        """An object whose values are texts or numbers, which become texts."""
        value = self.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise UserError(f"{name}: expected an object")
        for key, item in value.items():
            if isinstance(item, bool) or not isinstance(item, str | int | float):
                raise UserError(f"{name}: {key}: expected a text")
        return {key: str(item) for key, item in value.items()}
