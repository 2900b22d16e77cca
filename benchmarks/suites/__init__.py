"""What is measured: each suite takes a peer and gives figures."""

from __future__ import annotations

from benchmarks.suites import (
    addons,
    api,
    command,
    deploy,
    drain,
    latency,
    lifecycle,
    release,
    rest,
    router,
    scale,
    throughput,
)
from benchmarks.suites.suite import Suite

ALL: list[Suite] = [
    *throughput.SUITES,
    *latency.SUITES,
    *lifecycle.SUITES,
    *release.SUITES,
    *deploy.SUITES,
    *rest.SUITES,
    *command.SUITES,
    *scale.SUITES,
    *addons.SUITES,
    *api.SUITES,
    *drain.SUITES,
    *router.SUITES,
]
