"""What dynos would have cost, as text and as JSON, and the quota of Eco."""

from __future__ import annotations

from emulator.app.formation import parse_changes
from emulator.runtime.command import Scale
from tests.api.bench import Bench

USAGE = """\
=== shop Usage in 2027-01

  type     size          dyno hours   cost
 ───────────────────────────────────────────
  web      Basic         2.00         $0.02
  worker   Standard-2X   36.00        $2.50

So far $2.52; with this formation, all month long, at most $50.
An estimate of what Heroku would bill for the dynos that ran here, at its prices of August 2026.
"""

QUOTA = """\
Eco dyno hours quota remaining this month: 999h 15m (99%)
Eco dyno usage for this app: 0h 45m (0%)
For more information on Eco dyno hours, see:
https://devcenter.heroku.com/articles/eco-dyno-hours

=== web (Eco): gunicorn app:app (1)

"""


def scale(bench, *words):
    bench.kernel.submit(Scale(parse_changes(words)))
    bench.boot()


def test_usage():
    bench = Bench().start(web=1)
    bench.wait(7200)
    scale(bench, "web=0", "worker=1:Standard-2X")
    bench.wait(36 * 3600)
    assert bench.ask("GET", "/hk-local/usage", Accept="text/plain").body.decode() == USAGE
    data = bench.get("/hk-local/usage")
    assert data["months"] == [
        {
            "cents": 252,
            "month": "2027-01",
            "dynos": [
                {"dyno_hours": 2.0, "size": "Basic", "type": "web"},
                {"dyno_hours": 36.0, "size": "Standard-2X", "type": "worker"},
            ],
        }
    ]
    assert data["formation_cents_per_month"] == 5000 and data["estimate"] is True


def test_before_the_first_dyno():
    text = Bench().ask("GET", "/hk-local/usage", Accept="text/plain").body.decode()
    assert "No dyno has run yet." in text and "So far $0.00" in text


def test_eco():
    bench = Bench().start(web=1)
    assert "process_tier" not in bench.get("/apps/~")
    scale(bench, "all=1:Eco")
    scale(bench, "worker=0", "clock=0")
    bench.wait(2700)
    assert bench.get("/apps/~")["process_tier"] == "eco"
    account = bench.get("/account")["id"]
    assert bench.get(f"/accounts/{account}/actions/get-quota") == {
        "account_quota": 3_600_000,
        "apps": [{"app_uuid": bench.get("/apps/~")["id"], "quota_used": 2700}],
        "quota_used": 2700,
    }
    assert bench.refused("GET", "/accounts/me/actions/get-quota")[0] == 404
    ps = bench.ask("GET", "/apps/~/dynos", Accept="text/plain").body.decode()
    assert ps.startswith(QUOTA)
    assert "So far $5.00" in bench.ask("GET", "/hk-local/usage", Accept="text/plain").body.decode()
