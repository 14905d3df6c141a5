"""JSON that others send: read strictly, without losing what a number or an object says.

RFC 8259 leaves to the reader what a name that occurs twice means, and how exact numbers are. Here
the one is an error, and the other is kept as it was written.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from unit_wasm.errors import UnitWasmError

MAX_DEPTH: Final = 100
"""So many arrays and objects may be inside one another."""

_STRINGS: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS: Final = re.compile(r"[\[\]{}]")
_TOKENS: Final = re.compile(_STRINGS.pattern + r"|[\[\]{},:]", re.DOTALL)
_SHOWN: Final = 60


class BadJson(UnitWasmError):
    """A text is no JSON, or not as we read it.

    Parameters:
        position: of the character where it is wrong, from 0.
    """

    fault = "caller"

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


class Written(float):
    """A number that is not written as a whole one.

    Attributes:
        text: as it was written.
    """

    __slots__ = ("text",)

    text: str

    def __new__(cls, text: str) -> Written:
        """Read it; what is too large for 64 bits is infinite."""
        number = super().__new__(cls, text)
        number.text = text
        return number


def read_document(data: bytes) -> Any:
    """Return what a JSON text is, in Python's types; numbers with a fraction or an exponent are
    :class:`Written`, and so is ``-0``.

    Raises:
        BadJson: it is not UTF-8, not JSON, nested deeper than :data:`MAX_DEPTH`, or has a name
            twice in one object.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise BadJson("this is not UTF-8", len(data[: error.start].decode())) from None
    if text.startswith("\ufeff"):
        raise BadJson("a text of JSON begins without a byte order mark", 0)
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _check_depth(text)
    decoder = _WITH_ZERO if "-0" in text else _PLAIN
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        raise BadJson(_sentence(error.msg), error.pos) from None
    except _ConstantError as error:
        name = str(error)
        message = f"{name} is no JSON; as a string, it is a number where one is expected"
        raise BadJson(message, _without_strings(text).find(name)) from None
    except _TwiceError:
        name, position = _find_twice(text)
        raise BadJson(f"{shown(name)} is there twice in one object", position) from None
    except ValueError:
        # Python reads no whole number of more digits than 4300.
        found = re.search(r"[0-9]{4301}", _without_strings(text))
        raise BadJson("this number has too many digits", found.start() if found else 0) from None


def shown(value: Any) -> str:
    """Return a value as JSON for an error message, shortened; it can be encoded."""
    return _shown(value).encode(errors="backslashreplace").decode()


def _shown(value: Any) -> str:
    if isinstance(value, str):
        text = json.dumps(value[:_SHOWN], ensure_ascii=False)
        return text if len(value) <= _SHOWN else f"{text[:-1]}..."
    if isinstance(value, list):
        return _few(value, "[]", "an array", "elements")
    if isinstance(value, dict):
        return _few(value, "{}", "an object", "members")
    if isinstance(value, Written):
        return value.text if len(value.text) <= _SHOWN else f"{value.text[:_SHOWN]}..."
    text = json.dumps(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _few(value: Any, brackets: str, kind: str, parts: str) -> str:
    if not value:
        return brackets
    if len(value) <= _SHOWN // 4:
        text = json.dumps(value, ensure_ascii=False, default=str)
        if len(text) <= _SHOWN:
            return text
    return f"{kind} of {len(value)} {parts if len(value) > 1 else parts[:-1]}"


class _TwiceError(Exception):
    """An object has a name twice."""


class _ConstantError(Exception):
    """The name of a number that JSON does not have."""


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _TwiceError
    return members


def _constant(name: str) -> Any:
    raise _ConstantError(name)


def _integer(text: str) -> int | Written:
    return Written("-0.0") if text == "-0" else int(text)


_PLAIN: Final = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=Written, parse_constant=_constant
)
_WITH_ZERO: Final = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=Written, parse_constant=_constant, parse_int=_integer
)


def _without_strings(text: str) -> str:
    """Return a text with blanks in the place of its strings."""
    return _STRINGS.sub(lambda found: " " * len(found[0]), text)


def _find_twice(text: str) -> tuple[str, int]:
    """Return the first name that is there twice in its object, and where it is again.

    Parameters:
        text: that is JSON as far as there.
    """
    # Of each object that we are in, the names so far; None for an array.
    inside: list[set[str] | None] = []
    names: set[str] | None = None
    for found in _TOKENS.finditer(text):
        token = found[0]
        if token in ("{", "["):
            inside.append(set() if token == "{" else None)
        elif token in ("}", "]"):
            inside.pop()
        elif token not in (",", ":") and names is not None:
            name = json.loads(token)
            if name in names:
                return name, found.start()
            names.add(name)
        # A string is a name only here.
        names = inside[-1] if token in ("{", ",") else None
    raise AssertionError("no name is there twice")


def _check_depth(text: str) -> None:
    """Find what is nested too deep before the reader, which calls itself for each level."""
    depth = 0
    for found in _BRACKETS.finditer(_without_strings(text)):
        depth += 1 if found[0] in "[{" else -1
        if depth > MAX_DEPTH:
            message = f"arrays and objects may be nested {MAX_DEPTH} levels deep"
            raise BadJson(message, found.start())


def _sentence(message: str) -> str:
    return message[:1].lower() + message[1:]
