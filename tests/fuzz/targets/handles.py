"""Invariant: whatever a guest does with handles, it ends in one of the known ways, leaks nothing,
and its worker serves the next request.

The inputs are programs for the guest tests/guests/c/handles.c, behind one byte that says how the
client behaves. Each runs with the rewrite and without, and many times in a row, after which the
process must not hold more memory.
"""

from __future__ import annotations

import contextlib
import ctypes
import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from tests.fuzz.choices import Choices
from tests.harness.direct import Client

__all__ = ["make", "opened"]

_STEP = 4
_STEPS = 40
_REPEATS = 512
_GROWTH = _REPEATS * 16
"""Bytes: less than the smallest piece of memory for each repeat, and more than what caches take."""

_BODY = bytes(range(256)) * 4

_TRAPS = (
    "resource has children",
    r"unknown handle index \d+",
    r"handle index \d+ used with the wrong type, expected [a-z -]* but found a different [a-z -]*",
    "empty poll list",
    "write exceeded budget",
    r"resource table has no free keys \(limit 24\)",
    "waits for room in a body that nobody reads before response-outparam.set",
)
_BROKEN = (
    "the component dropped the response body unfinished(?:, or it has the wrong length)?",
    r"the component answered with status \d+, which is not between 200 and 599",
    "the component's content-length is not one number",
    r"the component wrote \d+ bytes of a response body of \d+ bytes",
    r"the component finished a response body of \d+ bytes after \d+",
    "the response body is not as long as the component's content-length",
)
_LATE = "the component did not end in time"
_ENDS = (
    _LATE,
    rf"the component failed: (?:{'|'.join((*_TRAPS, *_BROKEN))})",
    "the component returned without calling response-outparam.set",
    "the component ended without finishing its response body",
    *_BROKEN,
)
_LINE = re.compile(
    rf"3 app: request \d+: POST /[0-9a-f]*: (?:{'|'.join(_ENDS)}) \(<times>\)(?:\n<backtrace>)?"
)


class _MallocInfo(ctypes.Structure):
    """mallinfo2() of glibc."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


def _allocated() -> int:
    libc = ctypes.CDLL(None)
    libc.mallinfo2.restype = _MallocInfo
    info = libc.mallinfo2()
    return int(info.uordblks + info.hblkhd)


def make(choices: Choices, seeds: Sequence[bytes]) -> bytes:
    """Return a program: a seed, and steps behind some of its first ones."""
    seed = choices.pick(seeds)
    kept = 1 + _STEP * choices.below(len(seed) // _STEP + 1)
    program = bytearray(seed[:kept])
    program[0] = choices.byte()
    for _ in range(choices.below(_STEPS)):
        about = choices.below(16) | (0x80 if choices.chance(100) else 0)
        program += bytes((about, choices.byte(), choices.byte(), choices.byte()))
    return bytes(program)


def _check(client: Client, data: bytes) -> None:
    behaviour, path = data[0] if data else 0, "/" + data[1:].hex()
    call = client.start(
        path,
        method="POST",
        body=[_BODY[: behaviour % 5 * 200], _BODY],
        reads=behaviour & 8 == 0,
        finishes=behaviour & 16 == 0,
    )
    if behaviour & 32:
        for _ in range(behaviour >> 6):
            client.turn()
        client.gone(call)
        client.until(lambda: client.idle)
    else:
        client.finish(call)
        assert call.how in ("ended", "cut"), call
    lines = client.lines[:]
    client.lines.clear()
    for line in lines:
        assert _LINE.fullmatch(line), line
    late = any(_LATE in line for line in lines)
    # A sample: the repeats cost as much as all the rest; and who waits for the time limit, waits.
    if not late and zlib.crc32(data) % 64 == 0:
        _check_memory(client, path)


def _check_memory(client: Client, path: str) -> None:
    """Run it often; what is kept once, for later use, is no leak: that grows every time."""
    used = [_allocated()]
    for _ in range(4):
        result = client.worker.loopback(_REPEATS, parallel=2, method="POST", path=path, body=_BODY)
        assert result.exchanges + result.failed == _REPEATS
        client.lines.clear()
        used.append(_allocated())
        if used[-1] - used[-2] < _GROWTH:
            return
    raise AssertionError(f"bytes in use before and after {_REPEATS} runs each: {used}")


@contextlib.contextmanager
def opened() -> Iterator[Any]:
    """Make the workers."""
    options: dict[str, Any] = {
        "timeout": 0.05,
        "max_handles": 24,
        "body_buffer": 4096,
        "max_exchanges": 2,
    }
    with contextlib.ExitStack() as stack:
        clients = [
            stack.enter_context(Client("handles", rewrite=rewrite, **options))
            for rewrite in (True, False)
        ]

        def check(data: bytes) -> None:
            for client in clients:
                _check(client, data)

        yield check
