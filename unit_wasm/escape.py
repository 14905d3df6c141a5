"""Text of others for the log, a message or a terminal: ``csrc/base/escape.h`` does the same.

A component names its functions, imports and exports, a client its path and its headers. None of
them may end a line, hide, change the order of what is read, or steer a terminal.
"""

from __future__ import annotations

import re

from unit_wasm.patterns import pattern

_UNSAFE = (
    *((0x0000, 0x0008), (0x000A, 0x001F), (0x007F, 0x009F), (0x00AD, 0x00AD), (0x034F, 0x034F)),
    *((0x0600, 0x0605), (0x061C, 0x061C), (0x06DD, 0x06DD), (0x070F, 0x070F), (0x0890, 0x0891)),
    *((0x08E2, 0x08E2), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F)),
    *((0x2028, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0D), (0xFEFF, 0xFEFF)),
    *((0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0x110BD, 0x110BD), (0x110CD, 0x110CD)),
    *((0x13430, 0x1343F), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
    # Halves of characters: no UTF-8.
    (0xD800, 0xDFFF),
)
"""First and last of what is written as ``\\xNN``; why these: ``csrc/base/escape.c``."""

_CLASS = "".join(f"{re.escape(chr(low))}-{re.escape(chr(high))}" for low, high in _UNSAFE)
_FOUND = pattern(f"[{_CLASS}]")
# In strings of JSON those below are escaped already; others stand between its values.
_FOUND_IN_JSON = pattern(f"(?![\\x00-\\x1f])[{_CLASS}]")


def escape(text: str) -> str:
    """Return a text in which no character is unsafe: these are ``\\xNN`` for each byte of UTF-8.

    Bytes that were no UTF-8 may be in it as ``os.fsdecode()`` leaves them.
    """
    return _FOUND.sub(_bytes_of, text)


def escape_json(text: str) -> str:
    """Return a JSON text in which nothing unsafe stands as it is, but as ``\\uNNNN``."""
    return _FOUND_IN_JSON.sub(_units_of, text)


def _bytes_of(found: re.Match[str]) -> str:
    character = found[0]
    if "\udc80" <= character <= "\udcff":
        return f"\\x{ord(character) - 0xDC00:02x}"
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))


def _units_of(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))
