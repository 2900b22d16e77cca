"""Builds and slugs: what the deploys that there were came of."""

from __future__ import annotations

from emulator.runtime.builds import DeploySlug
from emulator.runtime.command import SetConfig
from tests.api.bench import Bench
from tests.api.schema import faults


def test_a_deploy_is_a_build_and_its_code_a_slug() -> None:
    bench = Bench().start(web=1)
    bench.kernel.submit(SetConfig({"A": "1"}))
    bench.kernel.submit(DeploySlug({"web": "serve"}, "f00d", "6909d7c6"))
    first, second = bench.get("/apps/~/builds")
    release = bench.get("/apps/~/releases/5")
    assert second["release"]["id"] == release["id"]
    assert second["source_blob"]["version"] == "6909d7c6" and second["status"] == "succeeded"
    assert bench.get(f"/apps/~/builds/{first['id']}") == first
    slug = bench.get(f"/apps/~/slugs/{release['slug']['id']}")
    assert slug["process_types"] == {"web": "serve"} and slug["commit"] == "6909d7c6"
    assert faults(slug, "slug") == []
    for missing in ("builds", "slugs"):
        assert bench.ask("GET", f"/apps/~/{missing}/{release['id']}").status == 404
