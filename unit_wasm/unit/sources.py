"""Which C source belongs to which product, and the digest of those that package and module share.

Tables of host functions, the settings and how they are read, the packing of bytes: the package
compiles components, and writes settings, for exactly the sources of its extension. A module that
was built from others has other numbers for the same rows, and no version tells.

It imports nothing of the package: build.py, which makes the extension, loads this file alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

_COMMON = ("base/", "wasmtime/", "http/", "engine/", "guest/", "outgoing/", "wasi/", "worker/")
_CLIENT = ("python/outgoing_client.c", "python/host_calls.c")
_MODULE = (*_COMMON, *_CLIENT, "nxt_shim", "unit/")

HOOKED = tuple(
    f"unit/{name}.c" for name in ("intake", "loop", "outbox", "request", "siblings", "uplink")
)
"""What asks the operating system for something, which the double answers: tests/double/hooked.c."""

_EXCHANGE = tuple(f"http/{name}.c" for name in ("exchange", "request", "request_id"))
_EXCHANGE_USES = ("http/body.c", "http/fields.c", "base/buf.c", "base/utf8.c")

FUZZED: dict[str, tuple[str, ...]] = {
    "latin1": ("guest/latin1.c", "base/utf8.c"),
    "fields": ("http/fields.c", "base/buf.c"),
    "value": ("guest/val.c", "base/arena.c", "base/buf.c", "guest/latin1.c"),
    "packed": (
        *("guest/packed.c", "guest/unpacked.c", "guest/cursor.c", "guest/types.c"),
        *("guest/checked.c", "guest/latin1.c"),
        *("base/buf.c", "base/utf8.c"),
    ),
    "settings": ("base/settings_text.c",),
    "memories": tuple(
        f"engine/{name}.c"
        for name in (
            *("area", "faults", "held", "image", "memory", "promise", "restore", "stack"),
            "written",
        )
    ),
    "paths": ("wasi/filesystem/path.c", "wasi/filesystem/errno.c"),
    "request": (*_EXCHANGE, *_EXCHANGE_USES),
    "exchange": (*_EXCHANGE, *_EXCHANGE_USES),
    "unit_request": _MODULE,
}
"""The fuzz targets in C, with what of csrc/ each needs."""

_PRODUCTS: dict[str, tuple[str, ...]] = {
    "extension": (*_COMMON, "python/"),
    "module": _MODULE,
    "double": _MODULE,
    # bench/instructions.c: a worker without anything around it.
    "instructions": (*_COMMON, *_CLIENT, "python/loopback.c"),
    **FUZZED,
}
"""What each consists of: folders of csrc/, and files."""

_LEFT_OUT: dict[str, tuple[str, ...]] = {
    # The double has something else in the place of Python.
    "double": (*HOOKED, "unit/python.c"),
    "unit_request": (*HOOKED, "unit/python.c"),
}

CLIENT_HEADERS = (
    *("outgoing/orders.h", "python/outgoing_client.h"),
    *("guest/hostcall_orders.h", "python/host_calls.h"),
)
"""What CFFI reads for those who do something for guests on another thread, in this order."""

CDEF_HEADERS = (
    *("base/settings.h", "base/utf8.h", "base/digest.h", "http/end.h"),
    *("engine/space.h", "engine/compile.h", "guest/latin1.h"),
    *("worker/metrics.h", "worker/worker.h", *CLIENT_HEADERS),
    *("python/news.h", "python/transport.h", "python/push.h", "python/source.h"),
    *("python/request_head.h", "python/chunks.h"),
    *("python/events.h", "python/library.h", "python/calls.h"),
    *("python/loopback.h", "python/tables.h", "python/tests.h"),
)
"""What CFFI reads for the extension, in this order."""

_COMMENT_OR_STRING = re.compile(
    r"/\*.*?\*/|//[^\n]*|(\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')", re.DOTALL
)
_INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)


def sources(folder: Path, product: str) -> list[Path]:
    """Return the C sources of a product.

    Parameters:
        folder: where csrc/ is.
        product: ``extension``, ``module``, ``double``, ``instructions`` or a fuzz target.
    """
    parts, left_out = _PRODUCTS[product], _LEFT_OUT.get(product, ())
    return [
        path
        for path in sorted(folder.rglob("*.c"))
        if (name := path.relative_to(folder).as_posix()).startswith(parts) and name not in left_out
    ]


def headers(folder: Path) -> list[Path]:
    """Return every header of csrc/."""
    return sorted(folder.rglob("*.h"))


def sources_digest(folder: Path) -> str:
    """Return 16 hexadecimal digits that change with the code, and not with its comments."""
    shared = {*sources(folder, "extension")} & {*sources(folder, "module")}
    waiting = sorted(shared)
    while waiting:
        text = waiting.pop().read_text(encoding="utf-8")
        included = {folder / name for name in _INCLUDE.findall(text)} - shared
        shared |= included
        waiting += included
    return _digest(folder, shared)


def engine_digest(folder: Path) -> str:
    """Return the digest of what sets up an engine, on which machine code depends.

    Compiled components are made anew when it changes.
    """
    return _digest(folder, (folder / "engine").glob("*.[ch]"))


def _digest(folder: Path, paths: Iterable[Path]) -> str:
    made = hashlib.sha256()
    for path in sorted(paths):
        text = path.read_text(encoding="utf-8")
        code = " ".join(_COMMENT_OR_STRING.sub(lambda match: match[1] or " ", text).split())
        made.update(f"{path.relative_to(folder).as_posix()}\0{code}\0".encode())
    return made.hexdigest()[:16]
