"""`releases` and its siblings: what they ask of the emulator, and what they print."""

from __future__ import annotations

import json

from emulator.cli.output import WARNING


def failed(emulator, version="5"):
    emulator.on(f"GET /apps/~/releases/{version}/output", "migrating\n")
    emulator.on(f"GET /apps/~/releases/{version}", '{"status":"failed"}')
    emulator.on("GET /hk-local/status", '{"release":4}')


def test_info(emulator, hk_local):
    emulator.on("GET /apps/~/releases/~", "=== Release v5\n")
    emulator.on("GET /apps/~/releases/v2?shell=1", "=== Release v2\n")
    assert hk_local("releases:info").out == "=== Release v5\n"
    assert hk_local("releases:info", "v2", "-s").out == "=== Release v2\n"


def test_info_as_json(emulator, hk_local):
    emulator.on("GET /apps/~/releases/v2", '{"version":2}')
    assert json.loads(hk_local("releases:info", "v2", "--json").out) == {"version": 2}


def test_output(emulator, hk_local):
    emulator.on("GET /apps/~/releases/~", '{"version":5,"output_stream_url":"/release-output/x"}')
    emulator.on("GET /apps/~/releases/~/output", "migrating\n")
    assert hk_local("releases:output").out == "migrating\n"
    emulator.on("GET /apps/~/releases/v3", '{"version":3,"output_stream_url":null}')
    result = hk_local("releases:output", "v3")
    assert (result.code, result.out) == (0, "")
    assert result.err == f"{WARNING}Release v3 has no release output available.\n"


UP = '{"release":9,"up":1,"of":2,"crashed":[],"done":false}\n'
DONE = '{"release":9,"up":2,"of":2,"crashed":[],"done":true}\n'
WAITED = "Waiting for every dyno to be running v9... 2 / 2, done\nv9 is live\n"


def test_rollback(emulator, hk_local):
    emulator.on("POST /apps/~/releases", "", 201, HK_Message="Rolling%20back", HK_Version="9")
    emulator.on("GET /hk-local/wait?release=1", UP + DONE)
    result = hk_local("rollback", "v7")
    assert (result.code, result.out) == (0, "")
    assert result.err == (
        "Rolling back\n"
        f"{WARNING}Rollback affects code and config vars; it doesn't add or remove addons.\n"
        f"{WARNING}To undo, run: hk-local rollback v8\n{WAITED}"
    )
    assert "v9 is live" not in hk_local("releases:rollback", "--no-wait").err
    asked = [json.loads(one.body) for one in emulator.requests if one.method == "POST"]
    assert [one["release"] for one in asked] == ["v7", "previous"]


def test_a_rollback_whose_dynos_crash(emulator, hk_local):
    emulator.on("POST /apps/~/releases", "", 201, HK_Version="9")
    crashed = DONE.replace("[]", '["web.1"]')
    emulator.on("GET /hk-local/wait?release=1", crashed)
    result = hk_local("rollback")
    assert result.code == 1 and result.err.endswith("hk-local: web.1 crashed\n")


def test_a_rollback_whose_release_command_fails(emulator, hk_local):
    emulator.on("POST /apps/~/releases", "", 201, HK_Version="5", HK_Release="5")
    failed(emulator)
    result = hk_local("rollback")
    assert (result.code, result.out) == (1, "Running release command...\nmigrating\n")
    assert result.err.endswith(
        "hk-local: the release command of v5 failed; the app goes on as v4. Once it is mended, "
        "hk-local releases:retry runs it again\n"
    )


def test_retry(emulator, hk_local):
    emulator.on("GET /apps/~/releases/~", '{"version":4,"description":"Set A","slug":{"id":"s-1"}}')
    emulator.on(
        "POST /apps/~/releases", "", 201, HK_Message="Retrying", HK_Release="9", HK_Version="9"
    )
    emulator.on("GET /apps/~/releases/9/output", "fine\n")
    emulator.on("GET /apps/~/releases/9", '{"status":"succeeded"}')
    emulator.on("GET /hk-local/wait?release=1", UP + DONE)
    result = hk_local("releases:retry")
    assert (result.code, result.out, result.err) == (
        0,
        "Running release command...\nfine\n",
        f"Retrying\n{WAITED}",
    )
    (asked,) = [json.loads(one.body) for one in emulator.requests if one.method == "POST"]
    assert asked == {"slug": "s-1", "description": "Retry of v4: Set A"}
