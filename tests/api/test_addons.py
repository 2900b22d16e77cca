"""Add-ons and attachments through the API: made, found by every name, shown, and gone."""

from __future__ import annotations

import json
from urllib.parse import unquote

import pytest

from emulator.addon.declared import services
from emulator.runtime.addons import ProvisionedAddon
from tests.api.bench import Bench
from tests.api.schema import faults


@pytest.fixture
def bench():
    bench = Bench().start(web=1)
    numbers = iter(range(1, 9999))
    bench.outside.random = lambda size: (next(numbers) * 7919 % 251).to_bytes(1, "big") * size
    return bench


def made(bench, plan="heroku-redis:mini", **fields):
    response = bench.ask("POST", "/apps/~/addons", {"plan": {"name": plan}, **fields})
    assert response.status == 201, response.body
    return json.loads(response.body)


def provisioned(bench, plan="heroku-redis:mini", **fields):
    addon = made(bench, plan, **fields)
    bench.kernel.submit(ProvisionedAddon(addon["id"]))
    return bench.get(f"/apps/~/addons/{addon['id']}")


def test_one_is_made_in_the_background(bench):
    addon = made(bench)
    assert faults(addon, "add-on") == []
    assert addon["state"] == "provisioning" and addon["plan"]["name"] == "heroku-redis:mini"
    assert addon["billing_entity"]["name"] == "shop"
    assert bench.get("/apps/~/config-vars") == {}
    bench.kernel.submit(ProvisionedAddon(addon["id"]))
    assert bench.get("/apps/~/addons")[0]["state"] == "provisioned"
    assert sorted(bench.get("/apps/~/config-vars")) == ["REDIS_TLS_URL", "REDIS_URL"]


def test_it_is_found_by_every_name_that_it_has(bench):
    addon = provisioned(bench)
    names = (addon["id"], addon["name"], "REDIS", "redis", "REDIS_URL", "shop::REDIS")
    for name in (*names, "heroku-redis", "heroku-redis:mini", "heroku-key-value-store"):
        for answer in (
            bench.ask("POST", "/actions/addons/resolve", {"addon": name, "app": None}).body,
            b"[" + bench.ask("GET", f"/apps/~/addons/{name}").body + b"]",
        ):
            assert [one["id"] for one in json.loads(answer)] == [addon["id"]], name
    assert bench.refused("POST", "/actions/addons/resolve", {"addon": "x"})[:2] == (
        404,
        "not_found",
    )


def test_more_than_one_is_ambiguous(bench):
    made(bench)
    made(bench, name="other")
    found = json.loads(bench.ask("POST", "/actions/addons/resolve", {"addon": "heroku-redis"}).body)
    assert len(found) == 2
    assert "Ambiguous" in bench.refused("GET", "/apps/~/addons/heroku-redis")[2]


def test_service_and_plan_are_told_in_full_if_asked_for(bench):
    made(bench)
    (addon,) = bench.get("/apps/~/addons", Accept_Expansion="addon_service,plan")
    assert addon["plan"]["price"]["cents"] == 0 and faults(addon["plan"], "plan") == []
    assert faults(addon["addon_service"], "add-on-service") == []


def test_services_and_plans(bench):
    names = [one["name"] for one in bench.get("/addon-services")]
    assert names == ["heroku-redis", "heroku-postgresql", "scheduler"]
    for service in bench.get("/addon-services"):
        assert faults(service, "add-on-service") == []
        assert bench.get(f"/addon-services/{service['id']}") == service
        for plan in bench.get(f"/addon-services/{service['name']}/plans"):
            assert faults(plan, "plan") == []
            assert bench.get(f"/plans/{plan['id']}") == plan
    short = bench.get("/addon-services/heroku-redis/plans/mini")
    assert short == bench.get("/plans/heroku-redis:mini") and "25 MB" in short["description"]
    assert bench.refused("GET", "/addon-services/x")[0] == 404
    assert bench.refused("GET", "/plans/mini")[0] == 404


def test_a_declared_service_is_one_like_ours(bench):
    document = {
        "addons": {"memcachier": {"command": "x", "config": {"MEMCACHIER_SERVERS": "h:$PORT"}}}
    }
    bench.addons.declared = services(document)
    provisioned(bench, "memcachier")
    assert list(bench.get("/apps/~/config-vars")) == ["MEMCACHIER_SERVERS"]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"plan": {"name": "papertrail"}}, "papertrail"),
        ({"plan": {"name": "heroku-redis:huge"}}, "huge"),
        ({}, "add-on service"),
        ({"plan": "heroku-redis", "name": "No Name"}, "name: expected"),
        ({"plan": "heroku-redis", "attachment": {"name": "1 2"}}, "as: expected"),
        ({"plan": "heroku-postgresql", "config": {"version": "new"}}, "version: expected"),
    ],
)
def test_what_cannot_be_made(bench, fields, text):
    status, _, message = bench.refused("POST", "/apps/~/addons", fields)
    assert status in (404, 422) and text in message
    assert bench.kernel.world.addons == ()


def test_what_this_machine_cannot_run_is_not_made(bench):
    bench.addons.refuses = "There is no Redis on this machine."
    message = bench.refused("POST", "/apps/~/addons", {"plan": {"name": "heroku-redis"}})[2]
    assert message == bench.addons.refuses and bench.kernel.world.addons == ()


def test_the_scheduler_is_there_at_once_and_once(bench):
    addon = made(bench, "scheduler:standard")
    assert addon["state"] == "provisioned" and addon["config_vars"] == []
    again = bench.refused("POST", "/apps/~/addons", {"plan": {"name": "scheduler"}})
    assert "already installed" in again[2]


def test_a_variable_of_an_add_on_is_not_the_user_s_to_set(bench):
    provisioned(bench)
    for value in ("x", None):
        message = bench.refused("PATCH", "/apps/~/config-vars", {"REDIS_URL": value})[2]
        assert message == "Cannot overwrite attachment values REDIS_URL."
    assert bench.env == b""


def test_a_rollback_leaves_the_add_ons_variables_out_of_the_file(bench):
    provisioned(bench)
    bench.ask("PATCH", "/apps/~/config-vars", {"KEY": "1"})
    bench.ask("PATCH", "/apps/~/config-vars", {"KEY": "2"})
    version = bench.kernel.world.release - 1
    assert bench.ask("POST", "/apps/~/releases", {"release": f"v{version}"}).status == 201
    assert bench.env == b"KEY=1\n"
    assert "REDIS_URL" in bench.get("/apps/~/config-vars")


def test_attachments(bench):
    addon = provisioned(bench)
    (first,) = bench.get("/apps/~/addon-attachments")
    assert faults(first, "add-on-attachment") == [] and first["name"] == "REDIS"
    body = {"addon": {"name": addon["name"]}, "app": {"name": "shop"}, "name": "queue"}
    second = json.loads(bench.ask("POST", "/addon-attachments", body).body)
    assert second["name"] == "QUEUE" and "QUEUE_URL" in bench.get("/apps/~/config-vars")
    for name in (second["id"], "QUEUE", "QUEUE_TLS_URL", "shop::QUEUE"):
        assert bench.get(f"/apps/~/addon-attachments/{name}") == second
    assert len(bench.get(f"/addons/{addon['id']}/addon-attachments")) == 2
    found = bench.ask("POST", "/actions/addon-attachments/resolve", {"addon_attachment": "QUEUE"})
    assert json.loads(found.body) == [second]
    assert bench.ask("DELETE", "/addon-attachments/QUEUE").status == 200
    assert "QUEUE_URL" not in bench.get("/apps/~/config-vars")
    assert "last attachment" in bench.refused("DELETE", "/addon-attachments/REDIS")[2]


def test_a_name_that_is_none_is_shown_as_it_was_typed(bench):
    body = {"plan": "heroku-redis", "attachment": {"name": "a-b c"}}
    refused = bench.refused("POST", "/apps/~/addons", body)
    assert refused[2] == "as: expected a name such as QUEUE, not 'a-b c'"


def test_an_attachment_has_a_colour_if_it_is_given_no_name(bench):
    addon = provisioned(bench)
    body = {"addon": {"name": addon["name"]}, "app": {"name": "shop"}}
    name = json.loads(bench.ask("POST", "/addon-attachments", body).body)["name"]
    assert name.startswith("HEROKU_REDIS_")


def test_what_an_attachment_includes_if_asked_for(bench):
    provisioned(bench, "heroku-postgresql")
    (found,) = bench.get("/apps/~/addon-attachments", Accept_Inclusion="addon:plan,config_vars")
    assert found["config_vars"] == ["DATABASE_URL"]
    assert found["addon"]["plan"]["name"] == "heroku-postgresql:essential-0"


def test_a_database_is_promoted_when_that_is_confirmed(bench):
    first = provisioned(bench, "heroku-postgresql")
    second = provisioned(bench, "heroku-postgresql")
    (colour,) = second["config_vars"]
    assert colour.startswith("HEROKU_POSTGRESQL_")
    body = {"addon": {"name": second["name"]}, "app": {"name": "shop"}, "name": "DATABASE"}
    status, id_, message = bench.refused("POST", "/addon-attachments", body)
    assert (status, id_) == (423, "confirmation_required") and first["name"] in message
    response = bench.ask("POST", "/addon-attachments", {**body, "confirm": "shop"})
    assert response.status == 201
    config = bench.get("/apps/~/config-vars")
    assert config["DATABASE_URL"] == config[colour]
    (old,) = bench.get(f"/apps/~/addons/{first['name']}")["config_vars"]
    assert old.startswith("HEROKU_POSTGRESQL_") and config[old] != config[colour]


def test_a_name_is_changed(bench):
    path = f"/apps/~/addons/{made(bench)['id']}"
    assert json.loads(bench.ask("PATCH", path, {"name": "jobs"}).body)["name"] == "jobs"


def test_a_plan_is_changed(bench):
    name = provisioned(bench)["name"]
    path = f"/apps/~/addons/{name}"
    answer = bench.ask("PATCH", path, {"plan": {"name": "heroku-redis:premium-0"}})
    addon = json.loads(answer.body)
    assert faults(addon, "add-on") == [] and addon["plan"]["name"] == "heroku-redis:premium-0"
    assert bench.get(path)["plan"]["name"] == "heroku-redis:premium-0"
    status, _, message = bench.refused("PATCH", path, {"plan": {"name": "heroku-redis:huge"}})
    assert status == 422 and message.startswith(
        "Couldn't find either the add-on service or the add-on plan of heroku-redis:huge. There "
    )
    answer = bench.ask("PATCH", path, {"plan": "mini"}, Accept="text/plain")
    assert unquote(dict(answer.fields)["HK-Message"]) == (
        f"Changing {name} on shop from heroku-redis:premium-0 to heroku-redis:mini... done, free"
    )


def test_one_that_is_destroyed_is_gone(bench):
    addon = provisioned(bench)
    response = bench.ask("DELETE", f"/apps/~/addons/{addon['name']}", {"force": False})
    assert json.loads(response.body)["state"] == "deprovisioned"
    assert bench.get("/apps/~/addons") == [] and bench.get("/apps/~/config-vars") == {}
    assert bench.kernel.world.releases[-1].description == f"Detach REDIS (@ref:{addon['name']})"


def test_what_the_data_services_tell(bench):
    redis = provisioned(bench)
    database = provisioned(bench, "heroku-postgresql")
    found = bench.get(f"/redis/v0/databases/{redis['name']}")
    assert {"name": "Connections", "values": ["3/20"]} in found["info"]
    assert found["resource_url"].startswith("rediss://:") and found["prefer_native_tls"] is True
    found = bench.get(f"/client/v11/databases/{database['id']}")
    assert found["resource_url"].startswith("postgres://u")
    assert bench.refused("GET", f"/redis/v0/databases/{database['id']}")[0] == 404
    status = {"error?": False, "message": "available", "waiting?": False}
    assert bench.get(f"/client/v11/databases/{database['id']}/wait_status") == status
    assert bench.get(f"/redis/v0/databases/{redis['id']}/wait") == status
    assert [one["name"] for one in bench.get("/hk-local/databases/redis")] == [redis["name"]]


TEXTS = {
    "/apps/~/addons": "heroku-redis (NAME)   mini   REDIS   created, up",
    "/apps/~/addons/REDIS": "Plan:         heroku-redis:mini",
    "/addon-services": "Heroku Key-Value Store",
    "/addon-services/heroku-redis/plans": "heroku-redis:premium-0    50 MB",
    "/hk-local/databases/redis": "=== NAME (REDIS_TLS_URL, REDIS_URL)",
    "/hk-local/databases/postgres": "No heroku-postgresql on shop",
}


@pytest.mark.parametrize("path", TEXTS)
def test_what_is_shown(bench, path):
    name = provisioned(bench)["name"]
    shown = bench.text(path)
    assert TEXTS[path].replace("NAME", name) in shown


def test_an_app_without_add_ons_says_so(bench):
    shown = bench.text("/apps/~/addons")
    assert shown == "There are no add-ons for app shop.\n"
