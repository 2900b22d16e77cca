"""What runner, warden and shim say to one another, in one place and without an import."""

TERM, HUP, STOP, CONT, KILL = b"T", b"H", b"S", b"C", b"K"
"""To a shim, one byte each: the signal that every process of its launch gets."""

LINK = 3
"""The descriptor on which the warden hears the emulator, and a shim its commands."""

KILLED = 128 + 9
"""The status of a process that was killed, as a shell and Heroku's log give it."""
