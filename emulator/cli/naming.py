"""What an app and its user are called where nobody said."""

from __future__ import annotations

import os


def app_name(given: str, folder: str) -> str:
    """The app's name: as told, else the folder's name made to fit Heroku's rule.

    Source: Platform API schema, app.name: lower case letters, digits, dashes, 3 to 30 of them.
    """
    name = os.path.basename(folder).lower()
    letters = "".join(c if c.isascii() and c.isalnum() else "-" for c in name).strip("-")
    while letters and not letters[0].isalpha():
        letters = letters[1:]
    return given or letters[:30].strip("-") or "app"


def user_name() -> str:
    """Who does things in this app: `me@localhost`, in the place of a Heroku user's e-mail."""
    return f"{os.environ.get('USER') or os.environ.get('LOGNAME') or 'dev'}@localhost"
