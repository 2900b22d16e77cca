"""The formation that an app.json asks for. Source: Dev Center, app-json-schema, formation."""

from __future__ import annotations

from emulator.app.formation import parse_change
from emulator.app.text import Number, decode, read_json, shown
from emulator.errors import FormationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.app.formation import Change


def formation(data: bytes, path: str) -> tuple[Change, ...]:
    """One change for each type in the file's `formation`; other keys are none of its business.

    Raises FormationError for what is not JSON, with line and column, or not in this shape:
    `{"formation": {"web": {"quantity": 1, "size": "standard-1x"}}}`.
    """
    text, _ = decode(data, path, FormationError)
    app = _object(read_json(text, path, FormationError), path, "the file")
    if app.get("formation") is None:
        return ()
    entries = _object(app["formation"], path, "formation")
    return tuple(_change(type_, entry, path) for type_, entry in entries.items())


def _change(type_: str, entry: object, path: str) -> Change:
    place = f"formation.{type_}" if type_.isprintable() else f"formation.{shown(type_)}"
    wanted = _object(entry, path, place)
    quantity, size = wanted.get("quantity"), wanted.get("size")
    if not (quantity is None or (isinstance(quantity, Number) and quantity.isdigit())):
        raise FormationError(f"{path}: {place}.quantity: expected a whole number, 0 or more")
    if not (size is None or (isinstance(size, str) and not isinstance(size, Number))):
        raise FormationError(f'{path}: {place}.size: expected a text such as "standard-1x"')
    order = "+0" if quantity is None else f"={quantity}"
    try:
        return parse_change(f"{type_}{order}" + (f":{size}" if size is not None else ""))
    except FormationError as error:
        raise FormationError(f"{path}: {place}: {error}") from None


def _object(value: object, path: str, place: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise FormationError(f"{path}: {place}: expected an object, {{...}}")
    return value
