"""The environment in which the Heroku CLI speaks with an app on this machine, and with nobody else.

Every host that the CLI knows how to find elsewhere is named, or it would send our token to the real
one. Source of the names: Heroku CLI 11, its commands, @heroku-cli/command (src/vars.ts) and
@heroku/buildpack-registry.
"""

from __future__ import annotations

from json import dumps, loads

from emulator.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

BEFORE = "HK_LOCAL_BEFORE"
"""What these variables were before, as JSON, so that it can be undone."""
NO_PROXY = ("NO_PROXY", "no_proxy")
LOCAL = "localhost,127.0.0.1,::1"


class Access(Fact):
    """How an app's API is reached; `authority`, `git_config` and `cache` are paths."""

    app: str
    port: int
    token: str
    authority: str
    git_config: str
    cache: str = ""


def variables(access: Access, env: Mapping[str, str]) -> dict[str, str]:
    """What to set, in a process whose environment is `env`."""
    api = f"http://localhost:{access.port}"
    found = {
        "HEROKU_HOST": api,
        "HEROKU_API_KEY": access.token,
        "HEROKU_APP": access.app,
        "HEROKU_PARTICLEBOARD_URL": api,
        "HEROKU_DATA_HOST": "localhost",
        "HEROKU_STATUS_HOST": api,
        "HEROKU_LOGIN_HOST": api,
        "HEROKU_BUILDPACK_REGISTRY_URL": api,
        "PGDIAGNOSE_URL": "localhost",
        # Always spoken to over TLS, which our port takes too.
        "HEROKU_EXEC_URL": f"https://localhost:{access.port}/",
        "HEROKU_CI_WEBSOCKET_URL": f"wss://localhost:{access.port}/socket",
        # Or a user's own would be where git is led.
        "HEROKU_GIT_HOST": f"localhost:{access.port}",
        "NODE_EXTRA_CA_CERTS": access.authority,
        "GIT_CONFIG_GLOBAL": access.git_config,
        # Or the CLI would tell of Heroku's terms of service at its first use.
        "HEROKU_CACHE_DIR": access.cache,
        "DISABLE_TELEMETRY": "true",
        "HEROKU_DISABLE_AUTOUPDATE": "1",
        "HEROKU_SKIP_NEW_VERSION_CHECK": "1",
        "HEROKU_NOTIFICATIONS": "0",
    }
    old = before(env)
    for name in NO_PROXY:
        if name in old or name == NO_PROXY[0]:
            others = old.get(name) or old.get("no_proxy")
            found[name] = f"{others},{LOCAL}" if others else LOCAL
    found[BEFORE] = env.get(BEFORE) or dumps({n: old[n] for n in found if n in old})
    return found


def before(env: Mapping[str, str]) -> Mapping[str, str]:
    """The environment without what an earlier call of ours has set."""
    if BEFORE not in env:
        return env
    try:
        old = loads(env[BEFORE])
    except ValueError:
        return {}
    return old if isinstance(old, dict) else {}


def undone(env: Mapping[str, str]) -> dict[str, str | None]:
    """What every variable was before; None: not set."""
    if BEFORE not in env:
        return {}
    old = before(env)
    names = variables(Access("", 0, "", "", ""), env)
    return {name: old.get(name) for name in names}


def undo(env: MutableMapping[str, str]) -> None:
    """Every variable is what it was before: a dyno that inherits it has no token of ours."""
    for name, value in undone(env).items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = value


def exports(changes: Mapping[str, str | None], shell: str) -> str:
    """The changes as lines for a shell to evaluate."""
    return "".join(f"{_line(name, value, shell)}\n" for name, value in changes.items())


def _line(name: str, value: str | None, shell: str) -> str:
    if shell == "fish":
        if value is None:
            return f"set -e {name};"
        return "set -gx {} '{}';".format(name, value.replace("\\", "\\\\").replace("'", "\\'"))
    if value is None:
        return f"unset {name}"
    return "export {}='{}'".format(name, value.replace("'", "'\\''"))
