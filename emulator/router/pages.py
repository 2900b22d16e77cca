"""The pages that the router answers with itself. No browser has to leave the machine for them."""

from __future__ import annotations

from html import escape

_SHELL = """<!DOCTYPE html>
<html>
  <head>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta charset="utf-8">
    <title>{title}</title>
    <style media="screen">
      html, body, iframe {{ margin: 0; padding: 0; }}
      html, body {{ height: 100%; {style} }}
      iframe {{ width: 100%; height: 100%; border: 0; }}
      main {{ max-width: 36em; margin: 0 auto; padding: 20vh 1em 0; text-align: center; }}
    </style>
  </head>
  <body>
    {body}
  </body>
</html>
"""
_OWN = "font: 16px/1.5 system-ui, sans-serif; color: #444; background: #f7f8fb;"


def _page(title: str, heading: str, *paragraphs: str) -> bytes:
    text = "".join([f"<p>{paragraph}</p>" for paragraph in paragraphs])
    body = f"<main><h1>{heading}</h1>{text}</main>"
    return _SHELL.format(title=title, style=_OWN, body=body).encode()


APPLICATION_ERROR = _page(
    "Application Error",
    "Application error",
    "An error occurred in the application and your page could not be served. If you are the "
    "application owner, check your logs for details. You can do this with the command",
    "<code>hk-local logs --tail</code>",
)
"""Source: the text of Heroku's own page, with our command.

Departs: Heroku serves an iframe of www.herokucdn.com.
"""

MAINTENANCE = _page(
    "Offline for Maintenance",
    "Offline for Maintenance",
    "This application is undergoing maintenance right now. Please check back later.",
)
BLANK = _page(
    "Nothing here yet",
    "There's nothing here, yet.",
    "Deploy an application to see it here.",
)
NO_SUCH_APP = _page(
    "No such app",
    "No such app",
    "There is no app configured at that hostname. If it is yours, add the name with",
    "<code>hk-local domains:add NAME</code>",
)


def framed(title: str, url: str) -> bytes:
    """A page that shows the one at the URL. Source: Dev Center, error-pages; log samples."""
    body = f'<iframe src="{escape(url)}"></iframe>'
    return _SHELL.format(title=title, style="overflow: hidden;", body=body).encode()


def error_page(code: str, error_page_url: str, maintenance_page_url: str) -> bytes:
    """What a browser sees of that H code; the config vars' pages replace ours.

    Source: Dev Center, error-pages.
    """
    if code == "H80":
        if maintenance_page_url:
            return framed("Offline for Maintenance", maintenance_page_url)
        return MAINTENANCE
    if code == "H81":
        return BLANK
    return framed("Application Error", error_page_url) if error_page_url else APPLICATION_ERROR
