"""An app's name."""

from __future__ import annotations

SHORTEST, LONGEST = 3, 30
CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
RULE = (
    "Name must start with a letter, end with a letter or digit and can only contain lowercase"
    " letters, digits, and dashes."
)


def fault(name: str) -> str:
    """What is wrong with the name; empty if it can be an app's.

    Source: Platform API schema, app.name, and the API's own words.
    """
    if not name or not set(name) <= CHARACTERS or not name[0].isalpha() or name[-1] == "-":
        return RULE
    if len(name) < SHORTEST:
        return f"Name is too short (minimum is {SHORTEST} characters)"
    if len(name) > LONGEST:
        return f"Name is too long (maximum is {LONGEST} characters)"
    return ""
