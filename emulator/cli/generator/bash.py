"""The completion script for bash.

Bash hands a completion function words split at colons and `=`; this one splits the line again, at
blanks alone, and gives back of each candidate what follows the last colon or `=`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.cli.generator.wants import shown_options, takes_value, want

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.cli.generator.outline import Command

SCRIPT = r"""# hk-local's completion for bash 3.2 and later. In ~/.bashrc:
#     eval "$(hk-local completion bash)"
# Written by python -m emulator.cli.generate.

# Sets, for a command: its options, ` -d=dynos ` for each that takes a value, the want of its words.
_hk_local_syntax() {
    options='--help' values=' ' want=''
    case $1 in
@CASES@
    esac
}

_hk_local_names() {
    HK_LOCAL_DIR=$dir "$program" _complete "$1" 2>/dev/null
}

# What is wanted once all words before the current one are read.
_hk_local_want() {
    local i word
    for ((i = 2; i < last; i++)); do
        word=${words[i]}
        case $values in
            *" $word="*)
                case $word in -C | --dir) dir=${words[i + 1]/#\~/$HOME} ;; esac
                i=$((i + 1))
                ;;
            *)
                case $want,$word in
                    commands,--) ;;
                    commands,[!-]*) want=files options='' ;;
                esac
                ;;
        esac
    done
    case $current in
        --*=*) previous=${current%%=*} current=${current#*=} ;;
    esac
    case $values in
        *" $previous="*) want=${values#*" $previous="} want=${want%% *} ;;
        *) case $current in -*) want=${options// /,} ;; esac ;;
    esac
}

_hk_local() {
    COMPREPLY=()
    local program=$1 dir=${HK_LOCAL_DIR-} line=${COMP_LINE:0:COMP_POINT}
    local options values want previous candidates item
    local -a words
    read -r -a words <<<"$line"
    case $line in *[[:space:]]) words+=('') ;; esac
    local last=$((${#words[@]} - 1))
    local current=${words[last]} whole=${words[last]}
    if ((last < 2)); then
        want='@COMMANDS@,--help,--version'
    else
        previous=${words[last - 1]}
        _hk_local_syntax "${words[1]}"
        _hk_local_want
    fi
    case $want in
        files | folders | commands)
            local action=-f
            case $want in
                folders) action=-d ;;
                commands) action=-c candidates=$(_hk_local_names types) ;;
            esac
            compopt -o filenames 2>/dev/null
            while IFS= read -r item; do
                COMPREPLY+=("$item")
            done < <(compgen $action -- "$current"; compgen -W "$candidates" -- "$current")
            return
            ;;
        dynos | types) candidates=$(_hk_local_names $want) ;;
        targets) candidates="$(_hk_local_names dynos) $(_hk_local_names types)" ;;
        quantities)
            case $current in *=*) return ;; esac
            for item in $(_hk_local_names types); do candidates+=" $item="; done
            compopt -o nospace 2>/dev/null
            ;;
        *) candidates=${want//,/ } ;;
    esac
    COMPREPLY=($(compgen -W "$candidates" -- "$current"))
    local breaks=${COMP_WORDBREAKS//[^:=]/}
    if [[ $breaks && $whole == *[$breaks]* ]]; then
        local prefix=${whole%"${whole##*[$breaks]}"}
        COMPREPLY=("${COMPREPLY[@]#"$prefix"}")
    fi
}

complete -F _hk_local hk-local
"""


def script(commands: Sequence[Command]) -> str:
    """The script, for these commands."""
    shown = ",".join(command.name for command in commands if not command.hidden)
    cases = "\n".join(_case(command) for command in commands if not command.hidden)
    return SCRIPT.replace("@CASES@", cases).replace("@COMMANDS@", shown)


def _case(command: Command) -> str:
    options = " ".join(option.flags[0] for option in shown_options(command))
    values = "".join(
        f"{flag}={want(option)} "
        for option in shown_options(command)
        if takes_value(option)
        for flag in option.flags
    )
    words = want(command.positional)
    return (
        f"        {' | '.join(command.names)})\n"
        f"            options='{options} --help' values=' {values}' want='{words}'\n"
        "            ;;"
    )
