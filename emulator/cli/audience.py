"""Whoever reads what a command writes: that they have left is seen before the next line comes."""

from __future__ import annotations

import os
import select
import stat
import sys


def await_input(source: int, output: int) -> None:
    """There is something to be read from `source`, or its end. Raises BrokenPipeError as soon as
    nobody reads what is written to `output`, as `tail -f` ends then."""
    if sys.platform == "darwin":
        _kqueue(source, output)
        return
    poll = select.poll()
    poll.register(source, select.POLLIN)
    poll.register(output, 0)  # an error or the end of the other side is told all the same
    if any(fd == output for fd, _ in poll.poll()):
        raise BrokenPipeError


if sys.platform == "darwin":

    def _kqueue(source: int, output: int) -> None:
        """The same: poll(2) tells nothing of a pipe's end that we write to unless asked whether
        it can be written to, which it always can. Source: macOS, kqueue(2), EVFILT_WRITE."""
        mode = os.fstat(output).st_mode
        ends = [select.kevent(source, select.KQ_FILTER_READ, select.KQ_EV_ADD)]
        if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
            flags = select.KQ_EV_ADD | select.KQ_EV_CLEAR
            ends.append(select.kevent(output, select.KQ_FILTER_WRITE, flags))
        queue = select.kqueue()
        try:
            events = queue.control(ends, len(ends))
            while not any(event.ident == source for event in events):
                if any(event.flags & select.KQ_EV_EOF for event in events):
                    raise BrokenPipeError
                events = queue.control(None, len(ends))
        finally:
            queue.close()
