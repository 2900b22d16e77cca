"""From a request to its answer, whatever happens on the way."""

from __future__ import annotations

from emulator.errors import NotFound, UserError

from .answer import Answer, Response, refusal, response
from .caching import entity_tag, marked
from .call import Call
from .memory import Memory
from .repeats import Repeats
from .routes import NoSuchEndpoint, Routes, WrongMethod, table
from .visits import Visits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .answer import Handover, Stream
    from .call import App, Outside
    from .request import Request

OWN_APP = "~"
MOST_MISSED = 100


class Api:
    """Heroku's Platform API for one app, and our own routes beside it."""

    def __init__(self, app: App, outside: Outside) -> None:
        self._app = app
        self._outside = outside
        self.visits = Visits(outside.random)
        self._routes = Routes((*table(), *self.visits.routes()))
        self._missed: set[str] = set()
        self._memory = Memory()
        self._repeats = Repeats()

    def answer(self, request: Request) -> Response | Stream | Handover:
        """The response, or the stream that takes the connection over. Raises nothing."""
        found = self._answer_or_refuse(request)
        if isinstance(found, Response):
            return marked(found, request, self._outside.random(16))
        return found

    def _answer_or_refuse(self, request: Request) -> Response | Stream | Handover:
        try:
            return self._answer(request)
        except NoSuchEndpoint as error:
            self._tell_once(f"{request.method} {request.path}")
            return refusal(error, request)
        except WrongMethod as error:
            refused = refusal(error, request)
            return refused.replace(fields=(*refused.fields, ("Allow", error.allowed)))
        except UserError as error:
            return refusal(error, request)
        except Exception as error:  # noqa: BLE001 - a defect of ours costs one answer, not the dynos
            self._app.tell(f"{request.method} {request.path}: {type(error).__name__}: {error}")
            return refusal(Defect(), request)

    def _tell_once(self, asked: str) -> None:
        """What a client wants that is not there is in the log once."""
        if asked not in self._missed and len(self._missed) < MOST_MISSED:
            self._missed.add(asked)
            self._app.tell(f"{asked}: there is no such endpoint in this emulator")

    def _answer(self, request: Request) -> Response | Stream | Handover:
        if request.is_git:
            return self._app.serve_git(request)
        world = self._app.kernel.world
        now = self._app.clock.monotonic()
        known = self._memory.recall(world, request) or self._repeats.recall(request, now)
        if known:
            return known
        endpoint, params = self._routes.find(request.method, request.path)
        call = Call(self._app, self._outside, request, params, self.visits.url)
        if "app" in params:
            self._check_app(call, params["app"])
        found = endpoint(call)
        if not isinstance(found, Answer):
            return found
        made = response(found, request, call.ink)
        if found.holds and request.method == "GET" and not request.wants_text:
            made = made.replace(tag=entity_tag(made.body))
            self._memory.keep(world, request, made)
        self._repeats.keep(request, made, now)
        return made

    def _check_app(self, call: Call, name: str) -> None:
        if name not in (OWN_APP, call.world.app, call.view.id("app")):
            raise NotFound("Couldn't find that app.")


class Defect(UserError):
    """Something went wrong in hk-local itself; `hk-local logs --source hk-local` says what."""

    status = 500
    id = "internal_server_error"
