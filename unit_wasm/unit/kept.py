"""What prepare has answered, kept beside the machine code for the next start (csrc/unit/kept.h).

An answer depends on the request, which holds the application, the module and the processor; and on
files: the component, the machine code, Python, this package, libwasmtime and certificates. They are
named with what they were, and the module looks at them itself.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import unit_wasm
from unit_wasm.component.prepared import Prepared, identity
from unit_wasm.native.library import wasmtime_library
from unit_wasm.options import Options
from unit_wasm.prepare.files import replace_file

_FORMAT = b"unit_wasm prepared 1"
_MAX_SIZE = 1 << 20


def keep(
    request: bytes,
    answer: bytes,
    prepared: Prepared,
    component: str,
    options: Options,
    warnings: Sequence[str],
) -> None:
    """Keep an answer; where that cannot be done, the next start asks again.

    Parameters:
        request: of the module.
        answer: to it.
        prepared: what the answer is about; its file is in the cache.
        component: the path of the component.
        options: of the application.
        warnings: that the next start has to say, too.
    """
    if prepared.code is None or b"\0" in request:
        return
    files = [f"file={prepared.code.identity} {prepared.compiled.absolute()}"]
    try:
        for path in _files(component, options):
            files.append(f"file={identity(os.stat(path))} {path}")
    except OSError:
        return
    entries = [
        _FORMAT,
        b"request=" + request,
        b"size=%d" % len(answer),
        *(entry.encode(errors="surrogateescape") for entry in files),
        *(b"warning=" + line.encode(errors="replace") for line in warnings),
        b"",
    ]
    text = b"".join(entry + b"\0" for entry in entries) + answer
    if any(b"\0" in entry for entry in entries) or len(text) > _MAX_SIZE:
        return
    # It holds the application's environment: for its owner alone.
    with contextlib.suppress(OSError):
        replace_file(options.cache_dir / f"{_name(request):016x}.prepared", text)


def _files(component: str, options: Options) -> Iterator[Path]:
    yield Path(component).absolute()
    yield Path(sys.executable)
    yield wasmtime_library().path
    if options.ca_file is not None:
        yield options.ca_file.absolute()
    package = Path(unit_wasm.__file__).parent
    yield from sorted((*package.rglob("*.py"), *package.glob("_native*.so")))


def _name(request: bytes) -> int:
    """FNV-1a, as csrc/unit/kept.c computes it."""
    name = 0xCBF29CE484222325
    for byte in request:
        name = (name ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return name
