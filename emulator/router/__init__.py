"""The router: a process of its own between clients and web dynos, as Heroku's is.

It knows what `table` says and nothing else of the emulator; `wire` is how it is told, and how it
hands back its log lines. `main` is the process.
"""
