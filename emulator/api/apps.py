"""Endpoints: the app and the dyno sizes."""

from __future__ import annotations

from emulator.app import name as names
from emulator.dyno.size import SIZES
from emulator.errors import UserError
from emulator.runtime.command import Rename, Shutdown

from . import resource
from .answer import Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .call import Call
    from .ink import Ink


def app(call: Call) -> Answer:
    return Answer(lambda: resource.app(call.view, call.app.sizes()), holds=True)


def apps(call: Call) -> Answer:
    """The one that there is."""
    return Answer(lambda: [resource.app(call.view, call.app.sizes())], holds=True)


def rename(call: Call) -> Answer:
    """The app has the name in the body, if there is one, now and at later starts.

    Departs: the old name is nobody's, so its user is told where it may still stand.
    """
    name, old = call.payload.text("name"), call.world.app
    if name is None or name == old:
        return app(call)
    if fault := names.fault(name):
        raise UserError(fault)
    warning = call.submit(Rename(name)) or (
        f'$HEROKU_APP still says {old} in shells that ran eval "$(hk-local env)": run it again.'
    )

    def message(ink: Ink) -> str:
        return f"Renaming {ink.app(old)} to {ink.info(name)}... done"

    return app(call).replace(message=message, warning=warning)


def destroy(call: Call) -> Answer:
    """Every dyno stops; then the emulator ends, and the app's state is deleted. Its code and its
    `.env` are the user's own and stay as they are."""
    data, name = resource.app(call.view, call.app.sizes()), call.world.app
    call.app.forget()
    call.submit(Shutdown())

    def message(ink: Ink) -> str:
        return f"Destroying {ink.app(name)} (including all add-ons)... done"

    return Answer(lambda: data, message=message)


def dyno_sizes(call: Call) -> Answer:
    return Answer(lambda: [resource.dyno_size(size) for size in SIZES.values()])
