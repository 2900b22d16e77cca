"""Releases listed, looked at, followed, rolled back to and retried."""

from __future__ import annotations

import json

import pytest

from emulator.runtime.builds import DeploySlug
from emulator.runtime.command import Deploy, SetConfig
from tests.api.bench import Bench

TYPES = {"web": "serve", "release": "migrate"}


@pytest.fixture
def bench():
    """v3 is a deploy without, v4 one with a release command."""
    bench = Bench().start(web=1)
    bench.kernel.submit(Deploy(TYPES))
    bench.boot()
    ended(bench)
    return bench


def ended(bench, status=0):
    """The release command has run, and dynos have followed."""
    bench.boot()
    bench.exit(bench.kernel.world.pending.dyno, status)
    bench.boot()


def changed(bench, changes):
    response = bench.ask("PATCH", "/apps/~/config-vars", changes)
    assert response.status == 200, response.body


def made(bench, **body):
    response = bench.ask("POST", "/apps/~/releases", body)
    assert response.status == 201, response.body
    return json.loads(response.body)


def test_a_release_with_a_command_is_pending_first(bench):
    changed(bench, {"A": "1"})
    pending = bench.get("/apps/~/releases/5")
    assert (pending["status"], pending["current"]) == ("pending", False)
    assert not pending["eligible_for_rollback"]
    assert pending["output_stream_url"].startswith("/release-output/")
    bench.wait(3)
    ended(bench)
    now = bench.get("/apps/~/releases/5")
    assert (now["status"], now["current"], now["eligible_for_rollback"]) == (
        "succeeded",
        True,
        True,
    )
    assert now["updated_at"] > now["created_at"]


def test_a_failed_release_is_listed_and_never_current(bench):
    changed(bench, {"A": "1"})
    ended(bench, 1)
    items = bench.get("/apps/~/releases")
    assert [(one["version"], one["status"], one["current"]) for one in items[-2:]] == [
        (4, "succeeded", True),
        (5, "failed", False),
    ]
    assert bench.get("/apps/~/config-vars") == {}
    assert bench.get("/apps/~/releases/5/config-vars") == {"A": "1"}


def test_a_rollback_is_a_new_release_and_edits_the_file():
    bench = Bench().start(web=1)
    bench.env = b"# mine\nA=1 # one\nB='two'\n"
    changed(bench, {"A": "2"})
    changed(bench, {"A": None, "C": "3"})
    new = made(bench, release=bench.get("/apps/~/releases/4")["id"])
    assert (new["version"], new["description"], new["current"]) == (6, "Rollback to v4", True)
    assert bench.get("/apps/~/config-vars") == {"A": "2", "B": "two"}
    assert bench.env == b"# mine\nB='two'\nA=2\n"
    assert bench.get("/apps/~/releases/6/config-vars") == {"A": "2", "B": "two"}


def test_a_rollback_runs_the_command_of_its_target(bench):
    changed(bench, {"A": "1"})
    ended(bench)
    bench.env = b"A=1\n"
    new = made(bench, release="v4")
    assert new["status"] == "pending" and bench.env == b"A=1\n"
    assert bench.later_edits[6] == {"A": None}
    ended(bench)
    bench.env = b""
    changed(bench, {"B": "1"})
    ended(bench)
    bench.env = b"B=1\n"
    without = made(bench, release="3")
    assert (without["status"], bench.env) == ("succeeded", b"")


HAND = b"# hand\nNEW=secret # mine\n"


def test_what_was_edited_by_hand_survives_a_retry(bench):
    """And comes into no release unasked."""
    bench.env = b"A=1\n"
    changed(bench, {"A": "1"})
    ended(bench)
    bench.env += HAND
    answer = bench.ask("POST", "/apps/~/releases", {"slug": "~"})
    assert "left in the file as it is: NEW." in dict(answer.fields)["X-Heroku-Warning"]
    ended(bench)
    assert (bench.env, bench.later_edits[6]) == (b"A=1\n" + HAND, {})
    assert bench.get("/apps/~/config-vars") == {"A": "1"}


def test_what_was_edited_by_hand_survives_a_rollback_that_changes_other_lines():
    bench = Bench().start(web=1)
    changed(bench, {"A": "1", "B": "1", "C": "1"})
    changed(bench, {"A": "2", "B": "2", "C": "2"})
    bench.env = b"A=2\nB=3\n" + HAND
    answer = bench.ask("POST", "/apps/~/releases", {"release": "v4"})
    assert "as it is: B, C, NEW." in dict(answer.fields)["X-Heroku-Warning"]
    assert bench.env == b"A=1\nB=3\n" + HAND
    assert bench.get("/apps/~/config-vars") == {"A": "1", "B": "1", "C": "1"}


def test_an_edit_that_is_followed_is_a_release_before_the_rollback():
    bench = Bench().start(web=1)
    changed(bench, {"A": "1"})
    bench.env += HAND
    bench.follows_edits = True
    made(bench, release="v4")
    assert bench.get("/apps/~/releases/5/config-vars") == {"A": "1", "NEW": "secret"}
    assert bench.get("/apps/~/config-vars") == {"A": "1"} and b"NEW" not in bench.env


def test_an_edit_whose_release_command_failed_stays_as_it_was_written(bench):
    bench.env = HAND
    bench.kernel.submit(SetConfig({"NEW": "secret"}))
    ended(bench, 1)
    made(bench, slug="~")
    ended(bench)
    assert (bench.env, bench.later_edits[6]) == (HAND, {})
    assert bench.get("/apps/~/config-vars") == {"NEW": "secret"}


def test_the_previous_release_is_the_one_that_the_heroku_cli_takes(bench):
    changed(bench, {"A": "1"})
    ended(bench)
    changed(bench, {"A": "2"})
    ended(bench, 1)
    assert made(bench, release="previous")["description"] == "Rollback to v4"
    fresh = Bench().start(web=1)
    status, _, message = fresh.refused("POST", "/apps/~/releases", {"release": "previous"})
    assert (status, message) == (
        404,
        "No eligible release found for shop to roll back to.",
    )


def test_what_cannot_be_rolled_back_to(bench):
    changed(bench, {"A": "1"})
    ended(bench, 1)
    for release, status in (("1", 422), ("5", 422), ("99", 404), ("x", 404), (None, 404)):
        body = {"release": release}
        assert bench.refused("POST", "/apps/~/releases", body)[0] == status
    assert len(bench.get("/apps/~/releases")) == 5


def test_while_a_release_is_pending_nothing_is_changed(bench):
    bench.env = b"A=1\n"
    changed(bench, {"A": "2"})
    for body in ({"release": "3"}, {"slug": "~"}):
        status, _, message = bench.refused("POST", "/apps/~/releases", body)
        assert status == 422 and message.startswith("v5 is pending: its release command")
    assert bench.env == b"A=1\n" and bench.kernel.world.newest == 5


def test_a_retry_as_the_heroku_cli_asks_for_it(bench):
    bench.env = b"# mine\n"
    changed(bench, {"A": "2"})
    ended(bench, 1)
    failed = bench.get("/apps/~/releases/~")
    description = "Retry of v5: Set A config vars"
    new = made(bench, slug=failed["slug"]["id"], description=description)
    assert (new["version"], new["description"], new["status"]) == (6, description, "pending")
    ended(bench)
    assert bench.get("/apps/~/config-vars") == {"A": "2"}
    assert bench.later_edits[6] == {"A": "2"}


def test_what_cannot_be_retried(bench):
    assert bench.refused("POST", "/apps/~/releases", {"slug": "x"})[0] == 404
    plain = Bench().start(web=1)
    status, _, message = plain.refused("POST", "/apps/~/releases", {"slug": "~"})
    assert status == 422 and message.startswith("App must have a release-phase command")


def test_the_formation_names_the_release_command_for_the_cli(bench):
    found = {one["type"]: one for one in bench.get("/apps/~/formation")}
    assert (found["release"]["quantity"], found["release"]["command"]) == (0, "migrate")


def test_whoever_waits_for_the_latest_release_waits_for_one_that_is_pending(bench):
    def told():
        stream = bench.ask("GET", "/hk-local/wait?release=1")
        stream.begin(lambda: None)
        (part,) = stream.take(100)
        stream.end()
        return json.loads(part)

    changed(bench, {"A": "1"})
    assert (told()["release"], told()["done"]) == (4, False)
    ended(bench)
    assert (told()["release"], told()["done"]) == (5, True)


# --- output ----------------------------------------------------------------------------------


class Reading:
    def __init__(self, bench, target):
        self.stream = bench.ask("GET", target)
        self.woken = 0
        self.stream.begin(self.wake)

    def wake(self):
        self.woken += 1

    def read(self):
        """What there is now, `<end>` if it is all."""
        text = b""
        while parts := self.stream.take(1 << 20):
            text += b"".join(parts)
        return text.decode() + ("<end>" if parts is None else "")


def test_output_is_followed_to_its_end(bench):
    changed(bench, {"A": "1"})
    bench.boot()
    dyno = bench.kernel.world.pending.dyno
    bench.log("one\n", dyno=dyno)
    url = bench.get("/apps/~/releases/5")["output_stream_url"]
    readings = [Reading(bench, "/apps/~/releases/v5/output"), Reading(bench, url)]
    assert [reading.read() for reading in readings] == ["one\n", "one\n"]
    bench.log("two\n", dyno=dyno)
    bench.log("web's\n", dyno="web.1")
    bench.log("State changed\n", "heroku", dyno)
    assert [reading.read() for reading in readings] == ["two\n", "two\n"]
    bench.channel.publish(block(bench, dyno, b"last\n"))
    woken = readings[0].woken
    bench.exit(dyno)
    assert readings[0].woken > woken
    assert [reading.read() for reading in readings] == ["last\n<end>", "last\n<end>"]
    for reading in readings:
        reading.stream.end()
    assert bench.kernel.observers == []


def block(bench, dyno, text):
    from emulator.logplex.block import Block, Stream

    return Block(bench.clock.wall_ns(), Stream("app", dyno), text)


def test_output_is_there_afterwards_and_is_this_release_s_alone(bench):
    changed(bench, {"A": "1"})
    bench.boot()
    dyno = bench.kernel.world.pending.dyno
    bench.log("before\n", dyno=dyno, at=bench.clock.wall_ns() - 10**9)
    bench.log("mine\n", dyno=dyno)
    ended(bench)
    bench.log("much later\n", dyno=dyno, at=bench.clock.wall_ns() + 10**12)
    assert Reading(bench, "/apps/~/releases/5/output").read() == "mine\n<end>"
    assert Reading(bench, "/apps/~/releases/~/output").read() == "mine\n<end>"


def test_a_release_without_a_command_has_no_output(bench):
    assert bench.get("/apps/~/releases/3")["output_stream_url"] is None
    status, _, message = bench.refused("GET", "/apps/~/releases/3/output")
    assert (status, message) == (404, "Release v3 has no release output available.")
    assert bench.refused("GET", "/release-output/1-2-3")[0] == 404


# --- as text ---------------------------------------------------------------------------------


def test_info_as_text(bench):
    changed(bench, {"A": "it's", "B": "2"})
    ended(bench, 1)
    assert bench.text("/apps/~/releases/5") == (
        "=== Release v5\n"
        "\n"
        "By:                     dev@localhost\n"
        "Change:                 Set A, B config vars (release command failed)\n"
        "Eligible for Rollback?: No\n"
        "When:                   2027-01-15T08:00:00Z\n"
        "\n"
        "=== v5 Config vars\n"
        "\n"
        "A: it's\n"
        "B: 2\n"
    )
    assert bench.text("/apps/~/releases/~?shell=1").endswith("\nA='it'\\''s'\nB=2\n")


def test_what_our_client_is_told_of_a_rollback(bench):
    answer = bench.ask("POST", "/apps/~/releases", {"release": "v3"}, accept="text/plain")
    fields = dict(answer.fields)
    assert fields["HK-Version"] == "5" and "HK-Release" not in fields
    answer = bench.ask("POST", "/apps/~/releases", {"release": "v4"}, accept="text/plain")
    assert dict(answer.fields)["HK-Release"] == "6" and "HK-Warning" not in dict(answer.fields)


def test_a_slug_that_is_gone_is_not_rolled_back_to():
    bench = Bench().start(web=1)
    for slug in ("abc", "def"):
        bench.kernel.submit(DeploySlug({"web": "serve"}, slug, slug))
    bench.lost_slugs.add("abc")
    status, _, message = bench.refused("POST", "/apps/~/releases", {"release": "v4"})
    assert status == 422 and message.startswith("The slug of v4 is not kept any more.")
    assert bench.refused("POST", "/apps/~/releases", {"release": "v99"})[0] == 404
    assert made(bench, release="v5")["description"] == "Rollback to v5"
