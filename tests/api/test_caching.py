"""What Heroku's heads say: an id for each request, and whether the client's copy is still good."""

from __future__ import annotations

from uuid import UUID

from tests.api.bench import Bench


def fields(response):
    return dict(response.fields)


def test_each_response_has_an_id_and_says_how_many_may_follow():
    bench = Bench().start(web=1)
    for method, target in (("GET", "/apps/~"), ("DELETE", "/apps/~/dynos"), ("GET", "/nowhere")):
        found = fields(bench.ask(method, target))
        assert UUID(found["Request-Id"]).version == 4
        assert found["RateLimit-Remaining"] == "4500"


def test_a_copy_that_is_still_good_is_not_sent_again():
    bench = Bench().start(web=1)
    tag = fields(bench.ask("GET", "/apps/~/dynos"))["ETag"]
    for given in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        response = bench.ask("GET", "/apps/~/dynos", If_None_Match=given)
        assert (response.status, response.body) == (304, b"")
        assert fields(response)["ETag"] == tag
    head, _ = response.encoded(True)
    assert b"Content-Length" not in head
    bench.crash("web.1")
    assert bench.ask("GET", "/apps/~/dynos", If_None_Match=tag).status == 200


def test_what_changes_something_or_fails_has_no_tag():
    bench = Bench().start(web=1)
    for method, target in (("DELETE", "/apps/~/dynos"), ("GET", "/apps/other")):
        assert "ETag" not in fields(bench.ask(method, target, If_None_Match="*"))


def test_what_is_missing_is_told_once_and_not_without_end():
    bench = Bench()
    for _ in range(3):
        assert bench.ask("POST", "/apps/~/otters").status == 404
    assert bench.told == ["POST /apps/~/otters: there is no such endpoint in this emulator"]
    for n in range(200):
        bench.ask("GET", f"/{n}")
    assert len(bench.told) == 100


def test_what_there_is_none_of():
    bench = Bench()
    assert bench.get("/apps/~/addons") == bench.get("/addon-attachments") == []
    assert bench.refused("POST", "/apps", {"name": "x"})[0] == 422
    assert bench.refused("GET", "/apps/~/pipeline-couplings")[:2] == (404, "not_found")
    assert bench.refused("GET", "/account/features/x")[:2] == (404, "not_found")


def test_the_token_is_told_to_whoever_has_sent_it():
    bench = Bench()
    [found] = bench.get("/oauth/authorizations", Authorization="Bearer abc")
    assert found["access_token"]["token"] == "abc"
    [found] = bench.get("/oauth/authorizations")
    assert found["access_token"]["token"] == ""


def test_the_status_is_green():
    status = Bench().get("/api/v4/current-status")
    assert {one["status"] for one in status["status"]} == {"green"}


def test_an_account_owns_the_app():
    bench = Bench()
    assert bench.get("/account")["email"] == bench.get("/apps/~")["owner"]["email"]


def test_a_warning_is_told_in_heroku_s_way_too():
    bench = Bench().start(web=1, clock=1)
    body = {"quantity": 2}
    found = fields(bench.ask("PATCH", "/apps/~/formation/clock", body))
    assert found["X-Heroku-Warning"].startswith("every clock schedules every job")
