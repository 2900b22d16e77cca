"""The Range header of lists: from where on, how many, and in which order; and what comes next.

Source: Dev Center, platform-api-reference, "Ranges". The Heroku CLI sends
`version ..; max=15, order=desc`; other clients separate by semicolons, or leave options empty.
"""

from __future__ import annotations

from emulator.errors import UserError
from emulator.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .answer import Fields

DEFAULT_MOST = 200
MOST = 1000
PARTIAL = 206


class Range(Fact):
    """At most so many, from `first` to `last` or, `descending`, from `last` down.

    Bounds are of the field `name`; an empty one is no bound. `after` excludes the bound from
    which the list begins.
    """

    name: str = ""
    first: str = ""
    last: str = ""
    after: bool = False
    most: int = DEFAULT_MOST
    descending: bool = False


class WrongRange(UserError):
    """Range: expected something like `version ..; max=15, order=desc`, at most 1000"""


def parse(header: str) -> Range:
    """The range that the header asks for; without a header the first 200. Raises WrongRange."""
    span, *options = header.replace(",", ";").split(";")
    wanted = Range()
    for option in options:
        name, _, value = option.strip().partition("=")
        if name == "order" and value in ("asc", "desc"):
            wanted = wanted.replace(descending=value == "desc")
        elif name == "max" and value.isascii() and value.isdigit() and 0 < int(value[:9]) <= MOST:
            wanted = wanted.replace(most=int(value))
        elif option.strip():
            raise WrongRange
    name, _, bounds = span.strip().partition(" ")
    first, dots, last = bounds.strip().partition("..")
    if header.strip() and not dots:
        raise WrongRange
    return wanted.replace(
        name=name, first=first.lstrip("]"), last=last.rstrip("["), after=first.startswith("]")
    )


class Page(Fact):
    """Which items, by their places in the list; if some are left, status and fields say so."""

    places: list[int]
    status: int = 200
    fields: Fields = ()


def page(wanted: Range, keys: list[str]) -> Page:
    """The page of a list whose items have those keys, which are found, or else are numbers."""
    places = list(range(len(keys)))
    if wanted.descending:
        places.reverse()
    ordered = [keys[place] for place in places]
    begin = _before(ordered, wanted.first, wanted, 0) + (wanted.after and wanted.first in ordered)
    end = _before(ordered, wanted.last, wanted, len(keys)) + (wanted.last in ordered)
    chosen = places[begin:end][: wanted.most]
    if not chosen or chosen[-1] == places[begin:end][-1]:
        return Page(chosen)
    name, last = wanted.name or "id", keys[chosen[-1]]
    order = ", order=desc" if wanted.descending else ""
    content = ("Content-Range", f"{name} {keys[chosen[0]]}..{last}")
    following = ("Next-Range", f"{name} ]{last}..; max={wanted.most}{order}")
    return Page(chosen, PARTIAL, (content, following))


def _before(ordered: list[str], bound: str, wanted: Range, unknown: int) -> int:
    """How many come before the bound; numbers are compared as such."""
    if bound in ordered:
        return ordered.index(bound)
    if not (bound.isascii() and bound.isdigit() and all(key.isdigit() for key in ordered)):
        return unknown
    number = int(bound[:9])
    if wanted.descending:
        return sum(int(key) > number for key in ordered)
    return sum(int(key) < number for key in ordered)
