"""The completion script for zsh: to be sourced, or a file `_hk-local` on $fpath."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.cli.generator.wants import shown_options, takes_value, want

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.cli.generator.outline import Command

SCRIPT = r"""#compdef hk-local
# hk-local's completion for zsh. In ~/.zshrc:
#     source <(hk-local completion zsh)
# Written by python -m emulator.cli.generate.

# Sets, for a command: its options, the wants of those that take a value, and of its words.
_hk_local_syntax() {
    case $1 in
@CASES@
    esac
    options+=('--help:Explain the command')
}

_hk_local_names() {
    local -a names
    names=(${(f)"$(HK_LOCAL_DIR=$dir $program _complete $1 2>/dev/null)"})
    compadd "${@:2}" -a names
}

_hk_local() {
    local program=$words[1] dir=$HK_LOCAL_DIR positional key i
    local -a commands options
    local -A wants
    if (( CURRENT == 2 )); then
        commands=(
@COMMANDS@
        )
        _describe -t commands 'command' commands
        return
    fi
    _hk_local_syntax $words[2]
    for (( i = 3; i < CURRENT; i++ )); do
        if (( $+wants[$words[i]] )); then
            [[ $words[i] == (-C|--dir) ]] && dir=${~words[i+1]}
            (( i++ ))
        elif [[ $positional == commands && $words[i] != -* ]]; then
            shift $(( i - 1 )) words
            (( CURRENT -= i - 1 ))
            _normal
            return
        fi
    done
    key=$words[CURRENT-1]
    if [[ $words[CURRENT] == --*=* ]]; then
        key=${words[CURRENT]%%=*}
        compset -P '*='
    fi
    if (( $+wants[$key] )); then
        positional=$wants[$key]
    elif [[ $words[CURRENT] == -* ]]; then
        _describe -o 'option' options
        return
    fi
    case $positional in
        '') return 1 ;;
        files) _files ;;
        folders) _files -/ ;;
        commands)
            _hk_local_names types
            _command_names -e
            ;;
        dynos | types) _hk_local_names $positional ;;
        targets)
            _hk_local_names dynos
            _hk_local_names types
            ;;
        quantities) _hk_local_names types -S = ;;
        *) compadd -- ${(s:,:)positional} ;;
    esac
}

if [[ $funcstack[1] == _hk-local ]]; then
    _hk_local "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
    compdef _hk_local hk-local
fi
"""


def script(commands: Sequence[Command]) -> str:
    """The script, for these commands."""
    shown = [command for command in commands if not command.hidden]
    described = "\n".join(
        f"            {_described(command.name, command.summary)}" for command in shown
    )
    cases = "\n".join(map(_case, shown))
    return SCRIPT.replace("@CASES@", cases).replace("@COMMANDS@", described)


def _case(command: Command) -> str:
    options = shown_options(command)
    described = " ".join(_described(option.flags[0], option.help) for option in options)
    wants = " ".join(
        f"{flag} '{want(option)}'"
        for option in options
        if takes_value(option)
        for flag in option.flags
    )
    return (
        f"        {' | '.join(command.names)})\n"
        f"            options=({described})\n"
        f"            wants=({wants})\n"
        f"            positional='{want(command.positional)}'\n"
        "            ;;"
    )


def _described(name: str, text: str) -> str:
    both = name.replace(":", "\\:") + ":" + text
    return "'" + both.replace("'", "'\\''") + "'"
