"""Heroku's Platform API, over the unix socket and (later) over HTTP."""
