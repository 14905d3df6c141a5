"""How the value of an option is written: durations, sizes, counts, switches, paths and headers."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from unit_wasm.options import directories, network
from unit_wasm.options.origins import faulty, faulty_origin
from unit_wasm.patterns import pattern
from unit_wasm.values import dataclass

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

_DURATION = pattern(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|)", re.ASCII)
_DURATION_UNITS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0}
_SIZE = pattern(r"(\d+(?:\.\d+)?)\s*(?:([kmg])(?:ib)?|b)?", re.ASCII | re.IGNORECASE)
_SIZE_UNITS = {"": 1, "k": KIB, "m": MIB, "g": GIB}
_COUNT = pattern(r"\d{1,18}", re.ASCII)
_SWITCH = {
    **dict.fromkeys(("on", "true", "yes", "1"), True),
    **dict.fromkeys(("off", "false", "no", "0"), False),
}

# RFC 9110 section 5.6.2; Unit's names have no more bytes.
_HEADER = pattern(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,255}", re.ASCII)
_HEADERS_OF_HTTP = frozenset(
    (
        # Those of the connection: csrc/http/fields.c keeps them from components.
        *("connection", "http2-settings", "keep-alive", "proxy-authenticate"),
        *("proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding"),
        *("upgrade",),
        # Those that say what the request is.
        *("content-length", "content-type", "expect", "host"),
    )
)


def _parse_duration(text: str) -> float | None:
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    return float(match[1]) * _DURATION_UNITS[match[2]]


def _parse_size(text: str) -> int | None:
    # "64KB" could mean 64000 or 65536 bytes, so the pattern does not know it.
    match = _SIZE.fullmatch(text)
    if match is None:
        return None
    value = float(match[1]) * _SIZE_UNITS[(match[2] or "").lower()]
    # A float is exact up to 2**53; the largest bound of a size is far below that.
    return int(value) if value.is_integer() else None


def _parse_count(text: str) -> int | None:
    return int(text) if _COUNT.fullmatch(text) else None


def _parse_switch(text: str) -> bool | None:
    return _SWITCH.get(text.lower())


def _parse_path(text: str) -> Path | None:
    return Path(os.path.expanduser(text)) if text and "\0" not in text else None


def _adopt_path(value: Any) -> Any:
    """Take a text for a path, as everywhere else in Python; one that cannot be stays a text."""
    if not isinstance(value, (str, os.PathLike)) or isinstance(value, Path):
        return value
    return _parse_path(os.fsdecode(value)) or value


def _accepts_header(name: str) -> bool:
    return not name or (
        _HEADER.fullmatch(name) is not None and name.lower() not in _HEADERS_OF_HTTP
    )


def _parse_header(text: str) -> str | None:
    return text if _accepts_header(text) else None


def _show_duration(value: float) -> str:
    for unit, factor, least in (("h", 3600.0, 3600.0), ("m", 60.0, 120.0)):
        if value >= least and (value / factor).is_integer():
            return f"{value / factor:g}{unit}"
    return f"{value * 1000:g}ms" if 0 < value < 1 else f"{value:g}s"


def _show_size(value: int) -> str:
    for unit, factor in (("GiB", GIB), ("MiB", MIB), ("KiB", KIB)):
        if value >= factor and value % factor == 0:
            return f"{value // factor}{unit}"
    return f"{value} bytes"


_STORE = pattern(
    r"sqlite:[^\0]+"
    r"|redis://([^@/\s]*@)?(\[[0-9A-Fa-f:.]+\]|[^:/@\s\[\]?#]+)(:\d{1,5})?(/\d{1,4})?",
    re.ASCII,
)


_NAME = r"[^\W\d]\w*(\.[^\W\d]\w*)*"
_REFERENCE = pattern(rf"{_NAME}(:{_NAME}(,{_NAME})*)?")


def _accepts_reference(text: str) -> bool:
    return all(_REFERENCE.fullmatch(one) for one in text.split())


def _accepts_store(text: str) -> bool:
    return not text or _STORE.fullmatch(text) is not None


PARTS: Final = (
    *("nothing", "batch", "bytes", "direct", "faults", "front", "guard", "images", "merge"),
    *("scan", "small-memory", "written"),
)
_PROCESSORS = ("native", "generic", "x86-64-v2", "x86-64-v3", "x86-64-v4")


@dataclass(frozen=True)
class Kind:
    """How the values of one sort of option are written, read and shown.

    Parameters:
        unit: names the sort in a table.
        what: the same with its article, for an error.
        example: for its hint.
        types: of a value.
        parse: reads a text; None where it is no value.
        show: writes a value.
        accepts: whether something of these types is a value.
        faulty: the part of something that makes it none, where it has parts.
        adopt: makes a value of what Python programs have in its place, such as a text for a path;
            returns all else as it is.
        flag: on the command line, where each one has one value, with blanks and commas in it; else
            the flag is made of the option's name.
    """

    unit: str
    what: str
    example: str
    types: tuple[type, ...]
    parse: Callable[[str], Any]
    show: Callable[[Any], str]
    accepts: Callable[[Any], bool] = lambda value: True
    faulty: Callable[[Any], str] | None = None
    adopt: Callable[[Any], Any] = lambda value: value
    flag: str = ""

    @property
    def repeats(self) -> bool:
        """Whether its flag may be repeated: the values are those of all."""
        return tuple in self.types


def _text(
    unit: str,
    what: str,
    example: str,
    accepts: Callable[[str], bool],
    read: Callable[[str], str] = str,
) -> Kind:
    """Return a kind of text; where it is written, it is not empty."""

    def parse(text: str) -> str | None:
        text = read(text)
        return text if text and accepts(text) else None

    return Kind(unit, what, example, (str,), parse, str, accepts)


def _list(what: str, example: str, faulty: Callable[[Any], str | None]) -> Kind:
    """Return a kind of list."""
    return Kind(
        *("list", what, example, (tuple,)),
        parse=lambda text: tuple(text.replace(",", " ").split()),
        show=" ".join,
        accepts=lambda value: faulty(value) is None,
        faulty=lambda value: str(faulty(value)),
        adopt=lambda value: tuple(value) if isinstance(value, (list, set, frozenset)) else value,
    )


DURATION = Kind(
    "duration", "a duration", "500ms, 5s or 1m", (float, int), _parse_duration, _show_duration
)
SIZE = Kind("bytes", "a size", "65536, 64KiB or 1M", (int,), _parse_size, _show_size)
COUNT = Kind("count", "a whole number", "1000", (int,), _parse_count, str)
SWITCH = Kind(
    "on or off",
    "a switch",
    "on or off",
    (bool,),
    _parse_switch,
    lambda value: "on" if value else "off",
)
FILE = Kind(
    "path",
    "a path",
    "/etc/ssl/own-ca.pem",
    (Path, type(None)),
    _parse_path,
    str,
    adopt=_adopt_path,
)
PATH = Kind("path", "a path", "/var/cache/unit-wasm", (Path,), _parse_path, str, adopt=_adopt_path)
LOG_FORMAT = _text(
    *("text or json", "a format of the log", "text or json"),
    ("text", "json").__contains__,
    str.lower,
)
HEADER = Kind(
    "header",
    "the name of a header that may be replaced",
    "x-forwarded-for",
    (str,),
    _parse_header,
    str,
    _accepts_header,
)
REFERENCE = _text(
    "module:Class", "a module of Python with a class", "app.host:Kvdb", _accepts_reference
)
STORE = _text(
    *("store", "a store"),
    "sqlite:/var/lib/app/store.db or redis://127.0.0.1:6379/0",
    _accepts_store,
)
PROCESSOR = _text(
    *("level", "a level of processors", f"one of {', '.join(_PROCESSORS)}"),
    _PROCESSORS.__contains__,
)
PART = _text(
    *("part", "a part of what makes components fast", f"one of {', '.join(PARTS)}"),
    PARTS.__contains__,
)
HOST_HEADER = _text(
    *("keep or drop", "keep or drop", "keep or drop"),
    # Empty: as the type of the application has it.
    ("", "keep", "drop").__contains__,
    str.lower,
)
ENTRIES = _list(
    'a list of origins, networks or "*"',
    "https://api.example.com https://*.example.com:8443",
    faulty,
)
PAGES = _list(
    'a list of origins or "*"',
    "https://app.example.com http://localhost:5173",
    faulty_origin,
)
DIRECTORIES = Kind(
    "directories",
    "a list of directories with different names, each HOST, HOST::GUEST, or one of them with :ro",
    "/srv/site::/site:ro",
    (tuple,),
    lambda text: directories.adopt(text.replace(",", " ").split()),
    directories.shown,
    lambda value: directories.faulty(value) is None,
    lambda value: str(directories.faulty(value)),
    directories.adopt,
    "--dir",
)
NETWORK = _list(
    'a list of tcp:HOST:PORT, udp:HOST:PORT, listen:ADDRESS:PORT, networks or "*"',
    "tcp:db.example.com:5432 listen:127.0.0.1:9000",
    network.faulty,
)
