"""The completion script for fish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.cli.generator.wants import (
    COMMANDS,
    DYNOS,
    FILES,
    FOLDERS,
    NOTHING,
    QUANTITIES,
    TARGETS,
    TYPES,
    shown_options,
    takes_value,
    want,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emulator.cli.generator.outline import Command, Parameter

HEAD = r"""# hk-local's completion for fish. In ~/.config/fish/config.fish:
#     hk-local completion fish | source
# Written by python -m emulator.cli.generate.

function __hk_local_names
    set -l words (commandline -opc)
    set -l dir $HK_LOCAL_DIR
    for i in (seq 2 (count $words))
        if contains -- $words[$i] -C --dir
            set dir (string replace -r '^~' $HOME -- $words[(math $i + 1)])
        end
    end
    HK_LOCAL_DIR=$dir $words[1] _complete $argv[1] 2>/dev/null
end

function __hk_local_quantities
    __hk_local_names types | string replace -r '$' '='
end

function __hk_local_is
    set -l words (commandline -opc)
    test (count $words) -ge 2; and contains -- $words[2] $argv
end

complete -c hk-local -f
complete -c hk-local -n 'test (count (commandline -opc)) -eq 1' -l version -d 'Print the version'
complete -c hk-local -l help -d 'Explain the command'
"""

ARGUMENTS = {
    NOTHING: "",
    DYNOS: "(__hk_local_names dynos)",
    TYPES: "(__hk_local_names types)",
    QUANTITIES: "(__hk_local_quantities)",
    TARGETS: "(__hk_local_names dynos; __hk_local_names types)",
    FOLDERS: "(__fish_complete_directories)",
    COMMANDS: "(__hk_local_names types; __fish_complete_command)",
}


def script(commands: Sequence[Command]) -> str:
    """The script, for these commands."""
    shown = [command for command in commands if not command.hidden]
    return HEAD + "\n".join(line for command in shown for line in _lines(command)) + "\n"


def _lines(command: Command) -> Iterator[str]:
    first = "-n 'test (count (commandline -opc)) -eq 1'"
    yield f"\ncomplete -c hk-local {first} -a '{command.name}' -d {_quoted(command.summary)}"
    within = f"-n '__hk_local_is {' '.join(command.names)}'"
    for option in shown_options(command):
        yield f"complete -c hk-local {within}{_option(option)} -d {_quoted(option.help)}"
    wanted = want(command.positional)
    files = "-F " if wanted == COMMANDS else ""
    if wanted:
        yield f"complete -c hk-local {within} {files}-a {_quoted(_arguments(wanted))}"


def _option(option: Parameter) -> str:
    flags = "".join(
        f" -l {flag[2:]}" if flag.startswith("--") else f" -s {flag[1:]}" for flag in option.flags
    )
    if not takes_value(option):
        return flags
    wanted = want(option)
    if wanted == FILES:
        return f"{flags} -r -F"
    arguments = _arguments(wanted)
    return f"{flags} -x -a {_quoted(arguments)}" if arguments else f"{flags} -x"


def _arguments(wanted: str) -> str:
    return ARGUMENTS.get(wanted, wanted.replace(",", " "))


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
