"""The lines that children write, and whether all of them came out as they went in."""

from __future__ import annotations

import re
from collections import defaultdict

from emulator.fact import Fact

SIZE = 100
"""Bytes of a record with its newline."""


class Verdict(Fact):
    """What became of the records.

    `lost` never came out, `cut` were split, mixed or reordered, `doubled` came out twice.
    """

    whole: int
    lost: int
    cut: int
    doubled: int

    def is_good(self) -> bool:
        return not (self.lost or self.cut or self.doubled)

    def __str__(self) -> str:
        bad = {"lost": self.lost, "cut": self.cut, "doubled": self.doubled}
        return ", ".join(f"{count} {name}" for name, count in bad.items() if count) or "all whole"


def record(child: int, number: int) -> bytes:
    """`<CHILD NUMBER CHECKSUM ~~~>` and a newline, 100 bytes, as child.c writes it."""
    checksum = (child * 2654435761 + number * 40503) & 0xFFFFFFFF
    head = b"<%04d %09d %08x " % (child, number, checksum)
    return head.ljust(SIZE - 2, b"~") + b">\n"


def verify(output: bytes, children: range, lines: int) -> Verdict:
    """Every line of the output ends in one whole record, and each child's come in order.

    A prefix before the record is the supervisor's; so are lines that hold no part of a record.
    """
    found: dict[bytes, list[bytes]] = defaultdict(list)
    for line in _plain(output).split(b"\n"):
        if line[-1:] == b">":
            found[line[1 - SIZE :][1:5]].append(line[1 - SIZE :])
    whole = sum(_in_order(found[b"%04d" % child], child, lines) for child in children)
    written, arrived = len(children) * lines, output.count(b"<")
    lost = max(written - arrived, 0)
    return Verdict(whole, lost, cut=written - lost - whole, doubled=max(arrived - written, 0))


def _plain(output: bytes) -> bytes:
    """Without what some print for a terminal's sake: colours, carriage returns."""
    if b"\x1b" in output:
        output = re.sub(rb"\x1b\[[0-9;]*m", b"", output)
    return output.replace(b"\r\n", b"\n") if b"\r" in output else output


def _in_order(records: list[bytes], child: int, lines: int) -> int:
    """How many records of this child are whole, each but once and after the one before it."""
    if records == [record(child, number)[:-1] for number in range(lines)]:
        return lines
    last, whole = -1, 0
    for one in records:
        number = int(one[6:15]) if one[6:15].isdigit() else -1
        if last < number < lines and one == record(child, number)[:-1]:
            last, whole = number, whole + 1
    return whole
