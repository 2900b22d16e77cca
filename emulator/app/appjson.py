"""What an app.json asks for when its app is started for the first time.

Source: Dev Center, app-json-schema. What only concerns Heroku's own pages is none of our business.
"""

from __future__ import annotations

from emulator.app.config_vars import fault
from emulator.app.formation import parse_change
from emulator.app.text import Number, decode, read_json, shown
from emulator.errors import AppJsonError, FormationError
from emulator.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.app.formation import Change

KNOWN = frozenset(
    """
    addons buildpacks description env environments formation image keywords logo name repository
    scripts stack success_url website
    """.split()  # noqa: SIM905 - a column of quoted words teaches nobody anything
)
PLATFORMS = ("PORT", "DYNO")
"""Whatever the file says, the platform sets these."""


class Variable(Fact):
    """A config var that the app wants: with a default value, a secret one, or the user's."""

    name: str
    value: str | None = None
    is_secret: bool = False
    is_required: bool = True


class AppJson(Fact):
    """`unknown` are keys that Heroku does not know either."""

    formation: tuple[Change, ...] = ()
    env: tuple[Variable, ...] = ()
    addons: tuple[str, ...] = ()
    postdeploy: str = ""
    unknown: tuple[str, ...] = ()


def parse(data: bytes, path: str) -> AppJson:
    """What the file asks for. Raises AppJsonError for what is not JSON, with line and column, or
    not in the shape that Heroku documents."""
    text, _ = decode(data, path, AppJsonError)
    app = _object(read_json(text, path, AppJsonError), path, "the file")
    formation = _optional(app.get("formation"), path, "formation")
    env = _optional(app.get("env"), path, "env")
    scripts = _optional(app.get("scripts"), path, "scripts")
    return AppJson(
        tuple(_change(type_, entry, path) for type_, entry in formation.items()),
        tuple(_variable(name, entry, path) for name, entry in env.items() if name not in PLATFORMS),
        _addons(app.get("addons"), path),
        _text(scripts.get("postdeploy", ""), path, "scripts.postdeploy"),
        tuple(_name(key) for key in app if key not in KNOWN),
    )


def _change(type_: str, entry: object, path: str) -> Change:
    place = f"formation.{_name(type_)}"
    wanted = _object(entry, path, place)
    quantity, size = wanted.get("quantity"), wanted.get("size")
    if not (quantity is None or (isinstance(quantity, Number) and quantity.isdigit())):
        raise AppJsonError(f"{path}: {place}.quantity: expected a whole number, 0 or more")
    if not (size is None or (isinstance(size, str) and not isinstance(size, Number))):
        raise AppJsonError(f'{path}: {place}.size: expected a text such as "standard-1x"')
    order = "+0" if quantity is None else f"={quantity}"
    try:
        return parse_change(f"{type_}{order}" + (f":{size}" if size is not None else ""))
    except FormationError as error:
        raise AppJsonError(f"{path}: {place}: {error}") from None


def _variable(name: str, entry: object, path: str) -> Variable:
    """`"NAME": "value"`, or an object with value, generator and required."""
    place = f"env.{_name(name)}"
    if isinstance(entry, str) and not isinstance(entry, Number):
        entry = {"value": entry}
    wanted = _object(entry, path, place)
    value, required = wanted.get("value"), wanted.get("required", True)
    if value is not None:
        value = _text(value, path, f"{place}.value")
    if reason := fault(name, value or ""):
        raise AppJsonError(f"{path}: {place}: {reason}")
    generator = wanted.get("generator")
    if generator not in (None, "secret"):
        raise AppJsonError(f'{path}: {place}.generator: expected "secret"')
    if not isinstance(required, bool):
        raise AppJsonError(f"{path}: {place}.required: expected true or false")
    return Variable(name, value, generator is not None, required)


def _addons(entries: object, path: str) -> tuple[str, ...]:
    """Their plans: `"heroku-redis:mini"`, or an object with a plan."""
    if entries is None:
        return ()
    if not isinstance(entries, list):
        raise AppJsonError(f"{path}: addons: expected a list, [...]")
    plans = [entry.get("plan") if isinstance(entry, dict) else entry for entry in entries]
    return tuple(_name(_text(plan, path, f"addons[{n}]")) for n, plan in enumerate(plans))


def _text(value: object, path: str, place: str) -> str:
    if not isinstance(value, str) or isinstance(value, Number):
        raise AppJsonError(f"{path}: {place}: expected a text")
    return value


def _name(name: str) -> str:
    return name if name.isprintable() and len(name) <= 60 else shown(name)


def _optional(value: object, path: str, place: str) -> Mapping[str, object]:
    return {} if value is None else _object(value, path, place)


def _object(value: object, path: str, place: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise AppJsonError(f"{path}: {place}: expected an object, {{...}}")
    return value
