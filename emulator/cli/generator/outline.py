"""The commands as Typer understood their definition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typer.main import get_command

from emulator.cli.definition import ROOT
from emulator.cli.registry import ALIASES, EXAMPLES, SIGNATURES, TARGETS, paragraphs
from emulator.fact import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable


class Parameter(Fact):
    """An option, or what stands without one; `kind` and `limits` as in emulator.cli.parse."""

    name: str
    kind: str
    limits: tuple[Any, ...]
    flags: tuple[str, ...]
    metavar: str
    help: str
    default: Any
    required: bool
    hidden: bool


class Command(Fact):
    name: str
    target: str
    aliases: tuple[str, ...]
    panel: str
    text: str
    examples: str
    options: tuple[Parameter, ...]
    positional: Parameter | None
    interspersed: bool
    hidden: bool

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)

    @property
    def summary(self) -> str:
        """The first sentence, without its full stop."""
        return self.text.partition("\n")[0].rstrip(".")


def outline() -> tuple[Command, ...]:
    """All commands, in the order in which they are defined."""
    group: Any = get_command(ROOT)
    return tuple(_command(name, group.commands[name]) for name in TARGETS)


def _command(name: str, command: Any) -> Command:
    parameters = [_parameter(param) for param in command.params]
    positionals = [param for param in parameters if not param.flags]
    assert len(positionals) <= 1, name
    return Command(
        name=name,
        target=TARGETS[name],
        aliases=tuple(alias for alias, of in ALIASES.items() if of == name),
        panel=command.rich_help_panel,
        text=paragraphs(SIGNATURES[name]),
        examples=EXAMPLES[name],
        options=tuple(param for param in parameters if param.flags),
        positional=positionals[0] if positionals else None,
        interspersed=command.context_settings["allow_interspersed_args"],
        hidden=command.hidden,
    )


def _parameter(param: Any) -> Parameter:
    is_option = param.param_type_name == "option"
    repeats = param.multiple if is_option else param.nargs == -1
    kind, limits = _kind(param, repeats)
    return Parameter(
        name=param.name,
        kind=kind,
        limits=limits,
        flags=_longest_first(param.opts) if is_option else (),
        metavar=param.metavar or "|".join(limits[0] if kind == "choice" else ()),
        help=(param.help or ""),
        default=() if repeats else param.default,
        required=param.required,
        hidden=param.hidden,
    )


def _kind(param: Any, repeats: bool) -> tuple[str, tuple[Any, ...]]:
    name = type(param.type).__name__
    if repeats:
        assert name == "StringParamType", param.name
        return "texts", ()
    if getattr(param, "is_flag", False):
        return "flag", ()
    if name == "TyperChoice":
        return "choice", (tuple(param.type.choices),)
    if name in ("IntRange", "IntParamType"):
        return "int", (getattr(param.type, "min", None), getattr(param.type, "max", None))
    return {"StringParamType": "text", "FloatParamType": "float"}[name], ()


def _longest_first(flags: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(flags, key=lambda flag: not flag.startswith("--")))
