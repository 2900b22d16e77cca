"""The Range header of lists: how many, and in which order.

Source: Dev Center, platform-api-reference, "Ranges". The Heroku CLI sends
`version ..; max=15, order=desc`; other clients separate by semicolons, or leave options empty.
"""

from __future__ import annotations

from emulator.errors import UserError
from emulator.fact import Fact

DEFAULT_MOST = 200
MOST = 1000


class Range(Fact):
    """At most so many, from the first or, `descending`, from the last."""

    most: int = DEFAULT_MOST
    descending: bool = False


class WrongRange(UserError):
    """Range: expected something like `version ..; max=15, order=desc`, at most 1000"""


def parse(header: str) -> Range:
    """The range that the header asks for; without a header the first 200. Raises WrongRange."""
    wanted = Range()
    for option in header.replace(",", ";").split(";")[1:]:
        name, _, value = option.strip().partition("=")
        if name == "order" and value in ("asc", "desc"):
            wanted = wanted.replace(descending=value == "desc")
        elif name == "max" and value.isascii() and value.isdigit() and 0 < int(value[:9]) <= MOST:
            wanted = wanted.replace(most=int(value))
        elif option.strip():
            raise WrongRange
    return wanted
