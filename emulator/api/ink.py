"""The Heroku CLI's colours for what it prints, or none.

Source: Heroku CLI 11.10, as seen on a terminal of 256 colours; @heroku/heroku-cli-util,
src/ux/colors.ts for the names.
"""

from __future__ import annotations

from emulator.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

BOLD = ("\x1b[1m", "\x1b[22m")
PURPLE, PINK, TEAL, GREEN, ORANGE, GREY, CYAN, RED = (
    (f"\x1b[38;5;{number}m", "\x1b[39m") for number in (147, 212, 43, 40, 214, 248, 116, 217)
)
WHITE, BRIGHT_WHITE = ("\x1b[37m", "\x1b[39m"), ("\x1b[97m", "\x1b[39m")
CODE = ("\x1b[48;5;237m\x1b[38;5;255m\x1b[1m", "\x1b[22m\x1b[39m\x1b[49m")


class Ink(Fact):
    """Paints if `colour`; else every method answers its text as it is."""

    colour: bool = False

    def _painted(self, text: str, with_: tuple[str, str]) -> str:
        """A colour inside another one gives way to it again where it ends."""
        begin, end = with_
        return begin + text.replace(end, begin) + end if self.colour and text else text

    def app(self, name: str) -> str:
        """The hexagon comes with the colour: the CLI leaves it out where it has none."""
        return self._painted(f"⬢ {name}", PURPLE) if self.colour else name

    def label(self, text: str) -> str:
        return self._painted(text, BOLD)

    def name(self, text: str) -> str:
        return self._painted(text, PINK)

    def info(self, text: str) -> str:
        return self._painted(text, TEAL)

    def success(self, text: str) -> str:
        return self._painted(text, GREEN)

    def warning(self, text: str) -> str:
        return self._painted(text, ORANGE)

    def failure(self, text: str) -> str:
        return self._painted(text, RED)

    def grey(self, text: str) -> str:
        return self._painted(text, GREY)

    def user(self, text: str) -> str:
        return self._painted(text, CYAN)

    def code(self, text: str) -> str:
        return self._painted(text, CODE)

    def header(self, text: str) -> str:
        """`=== text` and an empty line."""
        return f"{self.label('=== ')}{self.label(text)}\n\n"

    def table(self, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
        """Rows under underlined headings, and an empty line. Source: Heroku CLI, hux.table."""
        widths = [
            max(len(column), *(_width(row[n]) for row in rows)) if rows else len(column)
            for n, column in enumerate(columns)
        ]
        edge = self._painted(" ", BRIGHT_WHITE)
        cells = [f" {_padded(text, width)} " for text, width in zip(columns, widths, strict=True)]
        lines = [edge + "".join(self._heading(cell) + edge for cell in cells)]
        rule = "─" * (sum(widths) + 3 * len(widths) - 1)
        lines.append(self._painted(f" {rule} ", BRIGHT_WHITE))
        for row in rows:
            cells = [f" {_padded(text, width)} " for text, width in zip(row, widths, strict=True)]
            lines.append(edge + edge.join(cells) + edge)
        return "".join(line.rstrip() + "\n" for line in lines) + "\n"

    def _heading(self, text: str) -> str:
        return self._painted(self._painted(text, WHITE), BOLD) if self.colour else text


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """How many characters are seen: all but the colours."""
    first, *rest = text.split("\x1b[")
    return len(first) + sum(len(part.partition("m")[2]) for part in rest)
