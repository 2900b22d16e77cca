"""A process type's command line: how the log shows it and how it is executed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
NAME = LETTERS | frozenset("0123456789")
PLAIN = NAME | frozenset("./:=@%+,-")

BUILTINS = frozenset(
    """
    . : [ alias bg bind break builtin caller cd command compgen complete compopt continue declare
    dirs disown echo enable eval exec exit export false fc fg getopts hash help history jobs kill
    let local logout mapfile popd printf pushd pwd read readarray readonly return set shift shopt
    source suspend test times trap true type typeset ulimit umask unalias unset wait
    case coproc do done elif else esac fi for function if in select then time until while
    """.split()  # noqa: SIM905 - sixty quoted words in a column teach nobody anything
)
"""What a shell does itself. Source: bash(1), compgen -bk."""

OWN = frozenset(
    """
    _ BASH BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND
    BASH_EXECUTION_STRING BASH_LINENO BASH_LOADABLES_PATH BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO
    BASH_VERSION COMP_WORDBREAKS DIRSTACK EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME GROUPS HISTCMD
    HOSTTYPE IFS LINENO MACHTYPE OLDPWD OPTARG OPTERR OPTIND OSTYPE PIPESTATUS PPID PS4 PWD RANDOM
    SECONDS SHELLOPTS SHLVL SRANDOM UID
    """.split()  # noqa: SIM905 - as above
)
"""Variables that a shell sets itself, whatever its environment says. Source: bash(1)."""


def expand(command: str, config: Mapping[str, str]) -> str:
    """The command with simple `$NAME`s of set variables filled in; all else stays as typed.

    Source: log samples (2013 to 2026): `-p $PORT` is logged as `-p 22020`, while `${PORT:-5000}`
    and unset variables appear unexpanded.
    """
    head, *rest = command.split("$")
    return head + "".join(_expand_one(part, config) for part in rest)


def _expand_one(part: str, config: Mapping[str, str]) -> str:
    end = 0
    while end < len(part) and part[end] in NAME:
        end += 1
    name = part[:end]
    if name and name[0] in LETTERS and name in config:
        return config[name] + part[end:]
    return "$" + part


def argv(
    command: str, env: Mapping[str, str], shell: str, which: Callable[[str], str | None]
) -> list[str]:
    """The program's path and its argv: the shell with `-c`, or the program itself where it is
    plain that the shell would do nothing but execute it (that saves 2 ms a boot)."""
    given = {name: value for name, value in env.items() if name not in OWN}
    words = expand(command, given).split(" ")
    simple = all(word and not set(word) - PLAIN for word in words) and "BASH_ENV" not in env
    if words[0] == "exec" and words[1:] and words[1][:1] != "-":
        del words[0]  # it passes over builtins and functions
    elif words[0] in BUILTINS or "=" in words[0] or f"BASH_FUNC_{words[0]}%%" in env:
        simple = False
    program = which(words[0]) if simple else None
    if program:
        return [program, *words]
    return [shell, shell.rsplit("/", 1)[-1], "-c", command]
