"""The text of a file that a user wrote, and the JSON in it, or an error that says where."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.errors import UserError

UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class Number(str):
    """A JSON number, as it was written."""

    __slots__ = ()


def shown(text: str) -> str:
    r"""Text fit for a message: quoted, controls escaped, cut short; '\x1b[2J' cannot clear."""
    return repr(text) if len(text) <= 40 else f"{text[:16]!r}..."


def decode(data: bytes, path: str, error: type[UserError]) -> tuple[str, tuple[str, ...]]:
    """The text of a file, its line ends all `\\n`, and a notice if some were lone `\\r`.

    Raises `error` where the file is not UTF-8 or has a NUL byte.
    """
    if data.startswith(UTF_16_MARKS):
        raise error(f"{path}:1: the file is UTF-16; save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        line = _line(bad.object.decode("latin-1"), bad.start)
        byte = f"byte 0x{bad.object[bad.start]:02x}"
        raise error(f"{path}:{line}: {byte} is not UTF-8; save the file as UTF-8") from None
    if "\0" in text:
        line = _line(text, text.index("\0"))
        raise error(f"{path}:{line}: NUL byte; save the file as UTF-8 text")
    text = text.replace("\r\n", "\n")
    if "\r" not in text:
        return text, ()
    line = _line(text, text.index("\r"))
    notice = f"{path}:{line}: a carriage return without a line feed is read as a line end"
    return text.replace("\r", "\n"), (notice,)


def _line(text: str, index: int) -> int:
    before = text[:index].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1


def read_json(text: str, path: str, error: type[UserError]) -> object:
    """The JSON value that the text is, its numbers as `Number`; `error` names line and column."""
    import json

    def refuse(constant: str) -> object:
        raise error(f"{path}: {constant} is not JSON")

    try:
        value: object = json.loads(
            text, parse_int=Number, parse_float=Number, parse_constant=refuse
        )
    except json.JSONDecodeError as bad:
        raise error(f"{path}:{bad.lineno}:{bad.colno}: not JSON: {bad.msg}") from None
    except RecursionError:
        raise error(f"{path}: JSON nested too deep") from None
    return value
