"""Which links of Heroku's schema the route table serves; `python -m tests.api.coverage` writes
docs/api-coverage.md of it."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from emulator.api import absent
from emulator.api.routes import NoSuchEndpoint, Routes, WrongMethod, table
from emulator.fact import Fact
from tests.api import schema

PAGE = Path(__file__).parents[2] / "docs" / "api-coverage.md"


class Coverage(enum.Enum):
    WORKS = "works"
    EMPTY = "answers empty"
    REFUSED = "refused"
    NOT_SUPPORTED = "not supported"


EMPTY_TOO = (
    ("GET", "/account/features"),
    ("GET", "/account/features/{feature}"),
)
"""Routes that have an endpoint of their own to say that there is nothing."""

HEAD = """\
# Coverage of Heroku's Platform API

Every link of [Heroku's schema](https://devcenter.heroku.com/articles/platform-api-reference), and
what becomes of it here. This page is written by `python -m tests.api.coverage`.

- **works**: as on Heroku, as far as one folder on one machine is an app; [api.md](api.md) says what
  differs.
- **answers empty**: a list that has nothing in it, or 404 for a single thing, since there is none.
- **refused**: an error whose message says why, and what to do instead.
- **not supported**: 404 in Heroku's form (405 where the path takes other methods), and the first
  time a line in the log.
"""


class Link(Fact):
    """`path` has the names of its variable parts in braces."""

    resource: str
    title: str
    method: str
    path: str
    coverage: Coverage


def links(document: dict) -> Iterator[Link]:
    """All of the schema, by resource."""
    routes = Routes(table())
    known = _known()
    for name, definition in sorted(document["definitions"].items()):
        for link in definition.get("links", ()):
            method, path = link["method"], readable(link["href"])
            yield Link(name, link["title"], method, path, _coverage(routes, known, method, path))


def readable(href: str) -> str:
    """`/apps/{(%23%2Fdefinitions%2Fapp%2Fdefinitions%2Fidentity)}` is `/apps/{app}`."""
    return "/".join(
        "{" + unquote(part).split("/")[2] + "}" if part.startswith("{(") else part
        for part in href.split("/")
    )


def _known() -> dict[object, Coverage]:
    """What machines can know of an endpoint, by the table that it stands in."""
    empty = {("GET", pattern) for pattern in absent.EMPTY} | set(EMPTY_TOO)
    empty |= {(method, pattern) for method, pattern, _ in absent.MISSING}
    refused = {(method, pattern) for method, pattern, _ in absent.REFUSED}
    found: dict[object, Coverage] = {}
    for route in table():
        if (route.method, route.pattern) in empty:
            found[route.endpoint] = Coverage.EMPTY
        elif (route.method, route.pattern) in refused:
            found[route.endpoint] = Coverage.REFUSED
    return found


def _coverage(routes: Routes, known: dict[object, Coverage], method: str, path: str) -> Coverage:
    try:
        endpoint, _ = routes.find(method, path.replace("{", "").replace("}", ""))
    except (NoSuchEndpoint, WrongMethod):
        return Coverage.NOT_SUPPORTED
    return known.get(endpoint, Coverage.WORKS)


def page(document: dict) -> str:
    """The table in Markdown: what is served first, then the resources of which nothing is."""
    found = list(links(document))
    counts = {kind: sum(link.coverage is kind for link in found) for kind in Coverage}
    told = ", ".join(f"{count} {kind.value}" for kind, count in counts.items())
    served = {link.resource for link in found if link.coverage is not Coverage.NOT_SUPPORTED}
    here = [link for link in found if link.resource in served]
    absent_ones = [link for link in found if link.resource not in served]
    return "\n".join(
        [
            HEAD,
            f"Of {len(found)} links: {told}.\n",
            "## Resources that are served\n",
            *_rows(here),
            "\n## Resources that are not\n",
            *_rows(absent_ones),
            "",
        ]
    )


def _rows(found: list[Link]) -> Iterator[str]:
    yield "| Resource | | Link | |"
    yield "|---|---|---|---|"
    last = ""
    for link in found:
        name = "" if link.resource == last else link.resource
        last = link.resource
        yield f"| {name} | {link.title} | `{link.method} {link.path}` | {link.coverage.value} |"


if __name__ == "__main__":
    PAGE.write_text(page(schema.SCHEMA))
