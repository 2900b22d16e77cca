"""The commands, as emulator.cli.parse reads them. Written by `python -m emulator.cli.generate`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.cli.parse import Syntax

COMMANDS: dict[str, Syntax] = {
    "start": (
        "start:start",
        True,
        (
            (("--procfile", "-f"), "procfile", "text", "Procfile"),
            (("--env", "-e"), "env", "texts", ()),
            (("--formation", "-m"), "formation", "texts", ()),
            (("--only",), "only", "texts", ()),
            (("--except",), "exclude", "texts", ()),
            (("--heroku-formation",), "heroku_formation", "flag", False),
            (("--port", "-p"), "port", "int", None, 1, 65535),
            (("--host",), "host", "text", ""),
            (("--tls",), "tls", "flag", False),
            (("--forwarded-proto",), "forwarded_proto", "choice", None, ("http", "https")),
            (("--router-log",), "router_log", "choice", "2.0", ("2.0", "legacy")),
            (("--no-router",), "no_router", "flag", False),
            (("--api-port",), "api_port", "int", None, 1, 65535),
            (("--strict-bind",), "strict_bind", "flag", False),
            (("--pace",), "pace", "choice", None, ("heroku",)),
            (("--time-scale",), "time_scale", "float", 1.0),
            (("--reload",), "reload", "texts", ()),
            (("--no-reload",), "no_reload", "flag", False),
            (("--no-prefix",), "no_prefix", "flag", False),
            (("--timestamps",), "timestamps", "choice", "heroku", ("heroku", "time", "none")),
            (("--log-size",), "log_size", "int", 256, 1, None),
            (("--detach", "-d"), "detach", "flag", False),
            (("--ephemeral",), "ephemeral", "flag", False),
            (("--in-place",), "in_place", "flag", False),
            (("--app", "-a"), "app", "text", ""),
            (("--dir", "-C"), "dir", "text", None),
            ((), "processes", "texts", ()),
        ),
    ),
    "stop": (
        "emulator:stop",
        True,
        (
            (("--kill",), "kill", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "status": (
        "emulator:status",
        True,
        (
            (("--json",), "json", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "deploy": (
        "deploy:deploy",
        True,
        (
            (("--no-wait",), "no_wait", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "git:remote": (
        "git:remote",
        True,
        (
            (("--remote", "-r"), "name", "text", "hk-local"),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "git:credentials": (
        "git:credentials",
        True,
        (((), "words", "texts", ()),),
    ),
    "ps": (
        "ps:dynos",
        True,
        (
            (("--json",), "json", "flag", False),
            (("--extended", "-x"), "extended", "flag", False),
            (("--no-wrap",), "no_wrap", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "types", "texts", ()),
        ),
    ),
    "ps:scale": (
        "ps:scale",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "changes", "texts", ()),
        ),
    ),
    "ps:restart": (
        "ps:restart",
        True,
        (
            (("--dyno-name", "-d"), "dyno_name", "text", None),
            (("--process-type", "-p"), "process_type", "text", None),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "dyno", "text", None),
        ),
    ),
    "ps:stop": (
        "ps:stop",
        True,
        (
            (("--dyno-name", "-d"), "dyno_name", "text", None),
            (("--process-type", "-p"), "process_type", "text", None),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "dyno", "text", None),
        ),
    ),
    "ps:type": (
        "sizes:sizes",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "sizes", "texts", ()),
        ),
    ),
    "ps:wait": (
        "wait:wait",
        True,
        (
            (("--type", "-t"), "type", "text", None),
            (("--with-run", "-R"), "with_run", "flag", False),
            (("--wait-interval", "-w"), "wait_interval", "int", 10, None, None),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "ps:cycle": (
        "ps:cycle",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "target", "text", None),
        ),
    ),
    "usage": (
        "emulator:usage",
        True,
        (
            (("--json",), "json", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "logs": (
        "logs:logs",
        True,
        (
            (("--num", "-n"), "num", "int", None, 1, None),
            (("--tail", "-t"), "tail", "flag", False),
            (("--source", "-s"), "source", "text", None),
            (("--dyno-name", "--dyno", "-d"), "dyno_name", "text", None),
            (("--process-type", "--ps", "-p"), "process_type", "text", None),
            (("--since",), "since", "text", None),
            (("--grep",), "grep", "text", None),
            (("--json",), "json", "flag", False),
            (("--no-color",), "no_color", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "drains": (
        "drains:drains",
        True,
        (
            (("--json",), "json", "flag", False),
            (("--extended", "-x"), "extended", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "drains:add": (
        "drains:add",
        True,
        (
            (("--format",), "format", "choice", None, ("rfc5424",)),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "url", "text", ...),
        ),
    ),
    "drains:remove": (
        "drains:remove",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "url", "text", ...),
        ),
    ),
    "run": (
        "run:run",
        False,
        (
            (("--env", "-e"), "env", "texts", ()),
            (("--no-tty",), "no_tty", "flag", False),
            (("--size", "-s"), "size", "text", None),
            (("--type",), "type", "text", None),
            (("--exit-code", "-x"), "exit_code", "flag", False),
            (("--no-launcher",), "no_launcher", "flag", False),
            (("--no-notify",), "no_notify", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "words", "texts", ...),
        ),
    ),
    "run:detached": (
        "run:detached",
        False,
        (
            (("--env", "-e"), "env", "texts", ()),
            (("--size", "-s"), "size", "text", None),
            (("--type",), "type", "text", None),
            (("--tail", "-t"), "tail", "flag", False),
            (("--no-launcher",), "no_launcher", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "words", "texts", ...),
        ),
    ),
    "console": (
        "run:console",
        True,
        (
            (("--env", "-e"), "env", "texts", ()),
            (("--size", "-s"), "size", "text", None),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "run:inside": (
        "run:inside",
        False,
        (
            (("--env", "-e"), "env", "texts", ()),
            (("--no-tty",), "no_tty", "flag", False),
            (("--exit-code", "-x"), "exit_code", "flag", False),
            (("--no-launcher",), "no_launcher", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "words", "texts", ...),
        ),
    ),
    "ps:exec": (
        "run:exec_",
        False,
        (
            (("--dyno", "-d"), "dyno", "text", "web.1"),
            (("--status",), "status", "flag", False),
            (("--ssh",), "ssh", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "words", "texts", ()),
        ),
    ),
    "releases": (
        "releases:releases",
        True,
        (
            (("--num", "-n"), "num", "int", 15, 1, None),
            (("--json",), "json", "flag", False),
            (("--extended", "-x"), "extended", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "releases:info": (
        "releases:info",
        True,
        (
            (("--json",), "json", "flag", False),
            (("--shell", "-s"), "shell", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "release", "text", None),
        ),
    ),
    "releases:output": (
        "releases:output",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "release", "text", None),
        ),
    ),
    "releases:rollback": (
        "releases:rollback",
        True,
        (
            (("--no-wait",), "no_wait", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "release", "text", None),
        ),
    ),
    "releases:retry": (
        "releases:retry",
        True,
        (
            (("--no-wait",), "no_wait", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "addons": (
        "addons:addons",
        True,
        (
            (("--json",), "json", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "addons:create": (
        "addons:create",
        True,
        (
            (("--as",), "as_", "text", None),
            (("--name",), "name", "text", None),
            (("--version",), "version", "int", None, 1, None),
            (("--wait",), "wait", "flag", False),
            (("--confirm",), "confirm", "text", None),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "plan", "text", ...),
        ),
    ),
    "addons:info": (
        "addons:info",
        True,
        (
            (("--json",), "json", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "addon", "text", ...),
        ),
    ),
    "addons:upgrade": (
        "addons:upgrade",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "words", "texts", ...),
        ),
    ),
    "addons:attach": (
        "addons:attach",
        True,
        (
            (("--as",), "as_", "text", None),
            (("--confirm", "-c"), "confirm", "text", None),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "addon", "text", ...),
        ),
    ),
    "addons:detach": (
        "addons:detach",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "attachment", "text", ...),
        ),
    ),
    "addons:destroy": (
        "addons:destroy",
        True,
        (
            (("--confirm", "-c"), "confirm", "text", None),
            (("--force", "-f"), "force", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "addon", "text", ...),
        ),
    ),
    "addons:wait": (
        "addons:wait",
        True,
        (
            (("--wait-interval",), "wait_interval", "int", 5, None, None),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "addon", "text", None),
        ),
    ),
    "addons:services": (
        "addons:services",
        True,
        (
            (("--json",), "json", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "addons:plans": (
        "addons:plans",
        True,
        (
            (("--json",), "json", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "service", "text", ...),
        ),
    ),
    "addons:docs": (
        "addons:docs",
        True,
        (
            (("--show-url",), "show_url", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "addon", "text", ...),
        ),
    ),
    "addons:open": (
        "addons:open",
        True,
        (
            (("--show-url",), "show_url", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "addon", "text", ...),
        ),
    ),
    "redis:info": (
        "databases:redis_info",
        True,
        (
            (("--json",), "json", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "database", "text", None),
        ),
    ),
    "redis:cli": (
        "databases:redis_cli",
        True,
        (
            (("--confirm",), "confirm", "text", None),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "database", "text", None),
        ),
    ),
    "redis:promote": (
        "databases:redis_promote",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "database", "text", ...),
        ),
    ),
    "pg:info": (
        "databases:pg_info",
        True,
        (
            (("--json",), "json", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "database", "text", None),
        ),
    ),
    "pg:psql": (
        "databases:pg_psql",
        True,
        (
            (("--command", "-c"), "command", "text", None),
            (("--file", "-f"), "file", "text", None),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "database", "text", None),
        ),
    ),
    "pg:promote": (
        "databases:pg_promote",
        True,
        (
            (("--force",), "force", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "database", "text", ...),
        ),
    ),
    "scheduler": (
        "scheduler:jobs",
        True,
        (
            (("--json",), "json", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "scheduler:add": (
        "scheduler:add",
        False,
        (
            (("--every",), "every", "choice", "day", ("10m", "hour", "day")),
            (("--at",), "at", "text", None),
            (("--size", "-s"), "size", "text", None),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "words", "texts", ...),
        ),
    ),
    "scheduler:remove": (
        "scheduler:remove",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "job", "text", ...),
        ),
    ),
    "scheduler:run": (
        "scheduler:run",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "job", "text", ...),
        ),
    ),
    "scheduler:open": (
        "scheduler:open_page",
        True,
        (
            (("--print",), "print_only", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "apps:info": (
        "apps:info",
        True,
        (
            (("--json", "-j"), "json", "flag", False),
            (("--shell", "-s"), "shell", "flag", False),
            (("--extended", "-x"), "extended", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "apps:rename": (
        "apps:rename",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "newname", "text", ...),
        ),
    ),
    "apps:destroy": (
        "apps:destroy",
        True,
        (
            (("--confirm", "-c"), "confirm", "text", None),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "name", "text", None),
        ),
    ),
    "config": (
        "config:config",
        True,
        (
            (("--json", "-j"), "json", "flag", False),
            (("--shell", "-s"), "shell", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "config:get": (
        "config:get",
        True,
        (
            (("--json", "-j"), "json", "flag", False),
            (("--shell", "-s"), "shell", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "names", "texts", ...),
        ),
    ),
    "config:set": (
        "config:set_",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "pairs", "texts", ...),
        ),
    ),
    "config:unset": (
        "config:unset",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "names", "texts", ...),
        ),
    ),
    "config:edit": (
        "edit:edit",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "name", "text", None),
        ),
    ),
    "open": (
        "web:open_app",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "path", "text", None),
        ),
    ),
    "maintenance": (
        "web:maintenance",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "maintenance:on": (
        "web:maintenance_on",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "maintenance:off": (
        "web:maintenance_off",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "features": (
        "web:features",
        True,
        (
            (("--json",), "json", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "labs": (
        "web:labs",
        True,
        (
            (("--json",), "json", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "features:info": (
        "web:feature",
        True,
        (
            (("--json",), "json", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "feature", "text", ...),
        ),
    ),
    "features:enable": (
        "web:enable",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "feature", "text", ...),
        ),
    ),
    "features:disable": (
        "web:disable",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "feature", "text", ...),
        ),
    ),
    "domains": (
        "web:domains",
        True,
        (
            (("--json",), "json", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "domains:add": (
        "web:add_domain",
        True,
        (
            (("--cert", "-c"), "cert", "text", None),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "hostname", "text", ...),
        ),
    ),
    "domains:remove": (
        "web:remove_domain",
        True,
        (
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
            ((), "hostname", "text", ...),
        ),
    ),
    "heroku": (
        "heroku:heroku",
        False,
        (((), "words", "texts", ()),),
    ),
    "env": (
        "env:env",
        True,
        (
            (("--shell",), "shell", "choice", "sh", ("sh", "fish")),
            (("--json",), "json", "flag", False),
            (("--unset",), "unset", "flag", False),
            (("--app", "-a"), "app", "text", None),
            (("--dir", "-C"), "dir", "text", None),
        ),
    ),
    "version": ("version:version", True, ()),
    "completion": (
        "completion:script",
        True,
        (((), "shell", "choice", ..., ("bash", "zsh", "fish")),),
    ),
    "_complete": (
        "completion:candidates",
        True,
        (((), "what", "choice", ..., ("types", "dynos")),),
    ),
}

ALIASES = {
    "dyno:scale": "ps:scale",
    "scale": "ps:scale",
    "dyno:restart": "ps:restart",
    "restart": "ps:restart",
    "dyno:stop": "ps:stop",
    "ps:kill": "ps:stop",
    "dyno:kill": "ps:stop",
    "kill": "ps:stop",
    "ps:resize": "ps:type",
    "dyno:resize": "ps:type",
    "resize": "ps:type",
    "dyno:type": "ps:type",
    "dyno:exec": "ps:exec",
    "rollback": "releases:rollback",
    "addons:downgrade": "addons:upgrade",
    "redis": "redis:info",
    "pg": "pg:info",
    "psql": "pg:psql",
    "info": "apps:info",
    "rename": "apps:rename",
    "destroy": "apps:destroy",
    "apps:delete": "apps:destroy",
    "config:add": "config:set",
    "config:remove": "config:unset",
    "apps:open": "open",
    "labs:enable": "features:enable",
    "labs:disable": "features:disable",
}
