"""Invariant: whatever a guest does with handles, it ends in one of the known ways, leaks nothing,
and its worker serves the next request.

The inputs are programs for the guest tests/guests/c/handles.c, behind one byte that says how the
client behaves and one that says how the requests of the guest are answered. Each runs with the
rewrite and without; some many times in a row, after which the process must not hold more memory.
"""

import contextlib
import ctypes
import re
import select
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.fuzz.choices import Choices
from tests.harness.direct import PATIENCE, Call, Client
from tests.harness.outgoing import Asked, Peer

_STEP = 4
_STEPS = 40
_HEAD = 2
_GROUPS = 22
"""What a step may be about: run() in the guest."""

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
    "waits for room in a body that nobody reads yet: response-outparam.set or "
    "outgoing-handler.handle comes first",
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
    kept = _HEAD + _STEP * choices.below(len(seed) // _STEP + 1)
    program = bytearray(seed[:kept])
    program[:_HEAD] = choices.byte(), choices.byte()
    for _ in range(choices.below(_STEPS)):
        about = choices.below(_GROUPS) | (0x80 if choices.chance(100) else 0)
        program += bytes((about, choices.byte(), choices.byte(), choices.byte()))
    return bytes(program)


# ---- The other server ----

_HEADERS = [(b"x-their", b"1"), (b"host", b"other.test"), (b"content-length", b"5")]
_TRAILERS = [(b"x-sum", b"2" * 40), (b"host", b"other.test")]

Act = Callable[[Asked], object]

_ANSWERS: Sequence[Sequence[Act]] = (
    (
        lambda asked: asked.respond(200, _HEADERS),
        lambda asked: asked.push(b"hello", last=True, trailers=_TRAILERS),
    ),
    (
        lambda asked: asked.respond(206),
        lambda asked: asked.push(b"part"),
        lambda asked: asked.push(_BODY),
        lambda asked: asked.push(b"", last=True, trailers=_TRAILERS),
    ),
    (
        lambda asked: asked.respond(200),
        lambda asked: asked.push(b"part"),
        lambda asked: asked.fail("connection-timeout"),
    ),
    (lambda asked: asked.fail("DNS-error", "NXDOMAIN", 3),),
    (),
    (lambda asked: asked.respond(204), lambda asked: asked.push(b"", last=True)),
    (lambda asked: asked.respond(200, [(b"a b", b"no name")]),),
    (
        lambda asked: asked.respond(200),
        lambda asked: asked.push(b"x" * 8192),
        lambda asked: asked.push(b"", last=True, trailers=[(b"x-sum", b"\n")]),
    ),
)


class _Server:
    """Answers what one program asks for, as a byte says.

    It goes on with requests that were cancelled, which must do nothing.

    Parameters:
        client: of the worker that sends them.
        manner: which answers, and whether they come step by step, wait for the body of the request,
            and confirm what came of it.
    """

    def __init__(self, client: Client, manner: int) -> None:
        self.peer = Peer(client, confirms=manner & 8 == 0)
        self._manner = manner
        self._done: list[int] = []

    def turn(self) -> bool:
        """Go on with each of the answers; True when something was said."""
        self.peer.take()
        self._done += [0] * (len(self.peer.asked) - len(self._done))
        went_on = [self._answer(index) for index in range(len(self._done))]
        return any(went_on)

    def _answer(self, index: int) -> bool:
        asked, done = self.peer.asked[index], self._done[index]
        left = _ANSWERS[(self._manner + index) % len(_ANSWERS)][done:]
        if self._manner & 16:
            left = left[:1]
        if self._manner & 32 and not (asked.ended or asked.broken or asked.cancelled):
            return False
        for act in left:
            act(asked)
        self._done[index] += len(left)
        return bool(left)


def _drive(client: Client, server: _Server, call: Call) -> None:
    """Run until the call has ended, and the guest has."""
    deadline = time.monotonic() + PATIENCE
    watched = [client.worker.fileno(), client.worker.outgoing_fd()]
    while not (call.done and client.idle):
        assert time.monotonic() < deadline, client.lines
        more = client.turn()
        if not server.turn() and not more:
            select.select(watched, [], [], 1)


# ---- One program ----


def _start(client: Client, behaviour: int, path: str) -> Call:
    return client.start(
        path,
        method="POST",
        body=[_BODY[: behaviour % 5 * 200], _BODY],
        reads=behaviour & 8 == 0,
        finishes=behaviour & 16 == 0,
    )


def _check(client: Client, data: bytes) -> None:
    behaviour, manner = bytes(_HEAD) if len(data) < _HEAD else data[:_HEAD]
    path = "/" + data[_HEAD:].hex()
    server = _Server(client, manner)
    call = _start(client, behaviour, path)
    if behaviour & 32:
        for _ in range(behaviour >> 6):
            client.turn()
            server.turn()
        client.gone(call)
        client.until(lambda: client.idle)
    else:
        _drive(client, server, call)
        assert call.how in ("ended", "cut"), call
    server.peer.take()
    lines = client.lines[:]
    client.lines.clear()
    for line in lines:
        assert _LINE.fullmatch(line), line
    late = any(_LATE in line for line in lines)
    # A sample: the repeats cost as much as all the rest; and who waits for the time limit, waits.
    if not late and not server.peer.asked and zlib.crc32(data) % 64 == 0:
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
        "timeout": 0.02,
        "max_handles": 24,
        "body_buffer": 4096,
        "max_exchanges": 2,
    }
    with contextlib.ExitStack() as stack:
        clients = [
            stack.enter_context(Client("handles", rewrite=rewrite, outgoing=True, **options))
            for rewrite in (True, False)
        ]

        def check(data: bytes) -> None:
            for client in clients:
                _check(client, data)

        yield check
