"""Endpoints that the Heroku CLI's ps:exec asks, at what it takes for Heroku's exec manager.

Source: Heroku CLI, src/lib/ps-exec/exec.ts.
"""

from __future__ import annotations

from emulator.dyno.slot import State

from .absent import refused
from .answer import Answer
from .route import Route

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .call import Call

NO_SSH = "There is no SSH here, and no need of it: hk-local ps:exec runs beside the dyno."


def reachable(call: Call) -> Answer:
    """The dynos that `hk-local ps:exec` can go to."""
    up = [slot.name for slot in call.view.dynos if slot.shown is State.UP]
    return Answer(lambda: [{"dyno_name": name} for name in up])


ROUTES = (
    Route("GET", "/api/v2", reachable),
    Route("PUT", "/api/v2/{dyno}", refused(NO_SSH)),
)
