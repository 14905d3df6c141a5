"""A client of the worker in the same process, without sockets: one guest, exact results.

Everything waits on the worker's own descriptor, so a test ends as soon as the guest does. Compiled
guests are kept in build/cache, with those of tests/live, so that only the first run compiles.
"""

import itertools
import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.harness.ids import numbered
from tests.harness.processes import uninstrumented
from unit_wasm.component.prepared import Prepared
from unit_wasm.native.types import News
from unit_wasm.native.worker import Worker
from unit_wasm.options import Options
from unit_wasm.prepare.compile import compile_component
from unit_wasm.serving.request import request_head

# Below the sanitizers' copy of the tree this is a link: the cache is shared with the usual run.
GUESTS = (Path(__file__).resolve().parents[2] / "build" / "guests").resolve()
CACHE = GUESTS.parent / "cache" / "unit-wasm"

SANITIZED = "UW_ASAN" in os.environ
SLOWNESS = 10 if SANITIZED else 1
"""How much more time everything takes in this build."""

PATIENCE = 60.0
"""Seconds after which a guest that neither ends nor waits for the client fails its test."""

TEXT = [(b"content-type", b"text/plain")]
ERROR_PAGE = [(b"content-type", b"text/plain; charset=utf-8")]

_TIMES = re.compile(r"\(\d+\.\d{3} ms, cpu \d+\.\d{3} ms\)")
_FRAMES = re.compile(r"(\n +\d+: +0x[^\n]*)+")


def guest_path(name: str) -> Path:
    """Return the component of that guest; ``make guests`` builds it."""
    return GUESTS / f"{name}.wasm"


class _NotCompiledYetError(Exception):
    """The cache does not have it."""


def prepare(path: Path, options: Options, *, served: bool = True) -> Prepared:
    """Compile a guest, or find it in the cache.

    The sanitizers slow libwasmtime's compiler down to minutes for one guest, and have nothing to
    find there: below them, the usual build compiles.
    """

    def stop(step: str) -> None:
        if step == "compiling" and SANITIZED:
            raise _NotCompiledYetError

    try:
        return compile_component(path, options, stop, served=served)
    except _NotCompiledYetError:
        given = (
            *(str(options.cache_dir), options.rewrite, options.pooling, options.max_memory),
            served,
        )
        command = [sys.executable, "-c", COMPILE.format(str(path), *given)]
        subprocess.run(command, cwd=GUESTS.parent.parent, env=uninstrumented(), check=False)
        return compile_component(path, options, served=served)


COMPILE = """
from pathlib import Path
from unit_wasm.prepare.compile import compile_component
from unit_wasm.options import Options
options = Options(cache_dir=Path({1!r}), rewrite={2}, pooling={3}, max_memory={4})
compile_component({0!r}, options, served={5})
"""


def masked(line: str) -> str:
    """Return a line of the log without its times, its backtrace and what ids begin with."""
    line = numbered(line)
    return _FRAMES.sub("\n<backtrace>", _TIMES.sub("(<times>)", line))


@dataclass
class Answer:
    """What a client got, and what the log got meanwhile.

    Parameters:
        how: how the response ended: ``ended``, ``cut``, or ``open`` where it did not.
        log: levels and masked lines, e.g. ``6 app: request 1: stderr: text``.
    """

    status: int | None
    headers: list[tuple[bytes, bytes]] | None
    body: bytes
    how: str
    log: list[str]

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


@dataclass
class Call:
    """One request on its way.

    Parameters:
        id: as the worker counts.
        pieces: of the request body, not pushed yet; the last one ends the body.
        reads: whether the client takes what arrives; see :meth:`Client.read`.
        finishes: whether the last piece ends the request body.
        room: how many bytes the worker takes now.
        unread: bytes that have arrived and are not confirmed.
        pulls: how often the guest asked for bytes.
    """

    id: int
    pieces: list[bytes]
    reads: bool
    finishes: bool
    room: int = 0
    status: int | None = None
    headers: list[tuple[bytes, bytes]] | None = None
    adds_length: bool = False
    body: bytearray = field(default_factory=bytearray)
    unread: int = 0
    pulls: int = 0
    how: str = "open"

    @property
    def done(self) -> bool:
        """The response is whole or broken."""
        return self.how != "open"


class Client:
    """A worker of one guest and the client of all its requests.

    Parameters:
        guest: its name in build/guests, or a file.
        rewrite: whether the component goes through the byte-string rewrite.
        environment: the guest's.
        outgoing: the guest may send requests; see tests/harness/outgoing.py.
        options: of the application, by name.

    ``lines`` holds the log, masked; ``on_line`` is given each line as it is. ``over``
    has the ids of those whose guest has ended and left bytes of its request unread.
    """

    def __init__(
        self,
        guest: str | Path,
        *,
        rewrite: bool = True,
        environment: Mapping[str, str] | None = None,
        outgoing: bool = False,
        **options: Any,
    ) -> None:
        settings: dict[str, Any] = {"max_exchanges": 16, **options}
        self.options = Options(cache_dir=CACHE, rewrite=rewrite, **settings)
        path = guest if isinstance(guest, Path) else guest_path(guest)
        self.prepared = prepare(path, self.options)
        self.lines: list[str] = []
        self.over: list[int] = []
        self.on_line: Callable[[int, str], None] | None = None
        self._open: dict[int, Call] = {}
        self.worker = Worker(
            self.prepared,
            self.options,
            name="app",
            environment=environment or {},
            log=self._log,
            outgoing=outgoing,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.worker.close()
        if self.prepared.code is not None:
            # Worker and client know each other, so that Python sees only later that both are gone.
            self.prepared.code.close()

    def _log(self, level: int, line: str) -> None:
        self.lines.append(f"{level} {masked(line)}")
        if self.on_line is not None:
            self.on_line(level, line)

    # ---- Requests ----

    def start(
        self,
        path: str | bytes = "/",
        *,
        method: str = "GET",
        scheme: str = "http",
        authority: str | bytes = "localhost",
        headers: Sequence[tuple[bytes, bytes]] = (),
        client: bytes = b"192.0.2.1",
        body: bytes | Sequence[bytes] | None = None,
        reads: bool = True,
        finishes: bool = True,
    ) -> Call:
        """Start a request; the guest runs from the next turn on.

        Parameters:
            body: the request body, whole or in the pieces in which it arrives.
            reads: confirm response bytes at once.
            finishes: end the request body after its last piece.
        """
        pieces = [body] if isinstance(body, bytes) else list(body or ())
        head = request_head(
            method.encode("latin-1"),
            scheme.encode(),
            authority.encode() if isinstance(authority, str) else authority,
            path.encode() if isinstance(path, str) else path,
            client,
            [part for header in headers for part in header],
        )
        assert head is not None, "a line feed in a request"
        number = self.worker.start(head, body is not None)
        call = Call(number, pieces, reads, finishes)
        self._open[number] = call
        if body is not None:
            call.room = self.options.body_buffer
            self._push(call)
        return call

    def run(self, path: str | bytes = "/", **request: Any) -> Answer:
        """Run one request to its end, of response and guest; see :meth:`start`."""
        before = len(self.lines)
        call = self.start(path, **request)
        self.finish(call)
        return self.answer(call, before)

    def answer(self, call: Call, before: int = 0) -> Answer:
        """Return what has arrived, with the lines of the log from number ``before`` on."""
        return Answer(call.status, call.headers, bytes(call.body), call.how, self.lines[before:])

    def finish(self, *calls: Call) -> None:
        """Run until these responses have ended and no guest runs any more."""
        self.until(lambda: all(call.done for call in calls) and self.idle)

    def lines_by_turn(self, call: Call) -> list[int]:
        """Run until it and its guest have ended; return how many lines each turn has logged."""
        counts = [len(self.lines)]

        def ended() -> bool:
            counts.append(len(self.lines))
            return call.done and self.idle

        self.until(ended)
        return [later - earlier for earlier, later in itertools.pairwise(counts)]

    @property
    def idle(self) -> bool:
        """No guest runs or waits for its turn."""
        status = self.worker.status()
        return status["in_flight"] == 0 and status["queued"] == 0

    # ---- The client's side of a body ----

    def read(self, call: Call, size: int | None = None) -> None:
        """Confirm response bytes that have arrived: all of them, or ``size``."""
        size = call.unread if size is None else size
        assert size <= call.unread
        call.unread -= size
        self.worker.sent(call.id, size)

    def send(self, call: Call, *pieces: bytes, last: bool = False) -> None:
        """Add pieces to the request body; ``last`` ends it."""
        call.pieces += pieces
        call.finishes = last
        self._push(call)

    def gone(self, call: Call) -> None:
        """The client goes away."""
        self.worker.gone(call.id)
        self._open.pop(call.id, None)

    def _push(self, call: Call) -> None:
        """Push one piece, or as much of it as there is room for."""
        if call.room <= 0 or (not call.pieces and not call.finishes):
            return
        piece = call.pieces.pop(0) if call.pieces else b""
        if len(piece) > call.room:
            call.pieces.insert(0, piece[call.room :])
            piece = piece[: call.room]
        last = call.finishes and not call.pieces
        # The next piece waits until the guest asks for it: so pieces are not joined.
        self.worker.push(call.id, piece, last)
        call.room = 0
        if last:
            call.finishes = False

    # ---- Time ----

    def until(self, condition: Callable[[], bool]) -> None:
        """Run the worker until the condition holds.

        Raises:
            AssertionError: it does not hold within :data:`PATIENCE`.
        """
        deadline = time.monotonic() + PATIENCE
        more = True
        while not condition():
            left = deadline - time.monotonic()
            assert left > 0, f"no end after {PATIENCE} s; log: {self.lines}"
            if not more:
                select.select([self.worker.fileno()], [], [], min(left, 1.0))
            more = self.turn()

    def settle(self, turns: int = 200) -> None:
        """Run the worker until nothing more is ready now: all guests wait, or have ended."""
        for _ in range(turns):
            if not self.turn() and not self.ready:
                return

    @property
    def ready(self) -> bool:
        """A turn of the worker is due."""
        return bool(select.select([self.worker.fileno()], [], [], 0)[0])

    def turn(self) -> bool:
        """Run the worker once and take its news; True when more is ready."""
        more = self.worker.turn()
        for news in self.worker.news():
            more = self._take(news) or more
        return more

    def _take(self, news: News) -> bool:
        if news.over:
            self.over.append(news.id)
        call = self._open.get(news.id)
        if call is None:
            return False
        if news.headers is not None:
            assert call.status is None, "a second head"
            call.status, call.headers = news.status, news.headers
            call.adds_length = news.adds_length
        if news.body:
            assert call.status is not None, "a body before its head"
            call.body += news.body
            call.unread += len(news.body)
        if news.pull:
            call.pulls += 1
            call.room = self.options.body_buffer
            self._push(call)
        if news.ended or news.cut:
            call.how = "ended" if news.ended else "cut"
            del self._open[call.id]
        elif call.reads and call.unread:
            self.read(call)
        return bool(news.body or news.pull)
