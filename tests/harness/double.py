"""The Unit module inside our double of libunit (tests/double): a test plays the router.

The module is compiled on first use, together with the double, and runs in a thread of the test.
"""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

from tests.harness.components import application, environment
from tests.harness.double_values import Answer, NewRequest, conf, ffi, lib
from tests.harness.ids import numbered
from tests.harness.processes import open_files
from tests.harness.server import ROOT

TIMEOUT = 20.0
"""Seconds after which something that should have happened fails the test."""


def _text(function: Callable[[Any], Any]) -> str:
    size = ffi.new("size_t *")
    lib.double_lock()
    try:
        lines = function(size)
        return bytes(ffi.buffer(lines, size[0])).decode("utf-8", "replace") if size[0] else ""
    finally:
        lib.double_unlock()


def module_info() -> tuple[str, str, bool]:
    """Return type and version of the module, and whether the double's Unit would load it."""
    size = ffi.new("size_t *")
    kind = ffi.unpack(lib.double_module_type(size), size[0]).decode()
    version = ffi.string(lib.double_module_version()).decode()
    return kind, version, bool(lib.double_module_fits(13500, 0))


class Module:
    """A module after ``setup()``; :meth:`start` runs it."""

    _running: "ClassVar[Module | None]" = None

    def __init__(self, name: bytes, document: Any, unitd: Sequence[Path | None]) -> None:
        assert self._running is None or not self._running.alive, "there is one double only"
        self._thread: threading.Thread | None = None
        self._status: int | None = None
        lib.double_reset()
        lib.double_unitd(*(b"" if path is None else bytes(path) for path in unitd))
        patch = {
            **environment(),
            "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
        }
        old = {key: os.environ.get(key) for key in patch}
        os.environ.update(patch)
        try:
            self.setup_result = int(lib.double_setup(name, len(name), conf(document)))
        finally:
            for key, value in old.items():
                if value is None:
                    del os.environ[key]
                else:
                    os.environ[key] = value

    # ---- Life ----

    def start(self) -> None:
        """Call the module's ``start()`` in a thread."""

        def run() -> None:
            self._status = int(lib.double_start())

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        Module._running = self

    def ended(self) -> int:
        """Wait until the module has ended, and return the status of its exit; -1: refused."""
        assert self._thread is not None
        self._thread.join(TIMEOUT)
        if self._thread.is_alive():
            lib.double_abort()
            self._thread.join(TIMEOUT)
            raise AssertionError(f"the module does not end:\n{self.trace}\n{self.log}")
        assert self._status is not None
        return self._status

    @property
    def alive(self) -> bool:
        """Whether it is in its ``start()``."""
        return self._thread is not None and self._thread.is_alive()

    def check(self) -> None:
        """Check what must be true of every module that has ended."""
        assert self.faults == "", self.faults
        for number, answer in self.answers().items():
            assert answer.done == (1 if answer.taken else 0), f"request {number}: {answer}"
            assert not answer.content_open or not answer.taken

    # ---- The router ----

    def request(self, target: bytes = b"/", **rest: Any) -> int:
        """Send a request and return its number; see :class:`NewRequest`."""
        return NewRequest(target, **rest).send(more=False)

    def begun(self, target: bytes = b"/", **rest: Any) -> int:
        """Send a request and return its number when the module has taken it."""
        number = self.request(target, **rest)
        self.wait(lambda: self.answer(number).taken, "taken")
        return number

    def together(self, requests: Sequence[NewRequest]) -> list[int]:
        """Send requests that libunit delivers in one go."""
        last = len(requests) - 1
        return [request.send(more=index < last) for index, request in enumerate(requests)]

    def ask(self, target: bytes = b"/", **rest: Any) -> Answer:
        """Send a request and wait for its end."""
        return self.done(self.request(target, **rest))

    def ask_at_once(self, target: bytes = b"/", **rest: Any) -> Answer:
        """Send a request until its answer leaves in one go.

        Where the machine is busy, the guest's quantum of processor time may end in the middle; then
        the head leaves early, without a length.
        """
        for _ in range(20):
            answer = self.ask(target, **rest)
            if answer.header(b"content-length") is not None:
                break
        return answer

    def done(self, number: int) -> Answer:
        """Wait for the end of a request."""
        self.wait(lambda: self.answer(number).done != 0, f"request {number} done")
        return self.answer(number)

    def message(self, kind: str) -> None:
        """Send a message: READY, ACK, NEW_PORT, BAD, QUIT, QUIT_LATER, CLOSED."""
        lib.double_message(getattr(lib, f"DOUBLE_{kind}"))

    def router_gone(self) -> None:
        """Close the router's ends of its ports."""
        lib.double_router_gone()

    def close_shared(self) -> None:
        """Close the shared port, as Unit's restart does; requests may still come."""
        lib.double_close_shared()

    def sibling(self, *, there: bool = True, room: bool = False) -> None:
        """Say what another worker of the application does."""
        lib.double_sibling(there, room)

    def steal(self) -> int:
        """Let that worker take the first request that waits: return its number, or 0."""
        return int(lib.double_steal())

    def take_back(self, number: int) -> bool:
        """Let Unit take a request back that waits; False: somebody has it."""
        return bool(lib.double_take_back(number))

    def shared_memory(self, chunks: int) -> None:
        """Say how many chunks of 16 KiB are free; -1: always enough."""
        lib.double_shared_memory(chunks)

    def coalesce(self) -> None:
        """Let another process take announcements as soon as there is something to read."""
        lib.double_coalesce(True)

    def silent(self) -> None:
        """Let another process have read the announcement of what comes, and nothing else yet."""
        lib.double_silent(True)

    def ring(self) -> None:
        """Let that process call the module: it has no room for what it has found."""
        lib.double_ring()

    def rung(self) -> int:
        """Return how often the module has called others since the last time."""
        return int(lib.double_rung())

    @property
    def ack_wanted(self) -> bool:
        """Whether libunit has asked the router for an acknowledgement."""
        return bool(lib.double_ack_wanted())

    def fail(self, function: str, nth: int = 1) -> None:
        """Let the nth call from now fail; 0: none."""
        lib.double_fail(getattr(lib, f"DOUBLE_{function}"), nth)

    def fails(self, function: str) -> bool:
        """Whether the failure is still to come."""
        return bool(lib.double_fails(getattr(lib, f"DOUBLE_{function}")))

    def calls(self, function: str) -> int:
        """Return how often it was called."""
        return int(lib.double_calls(getattr(lib, f"DOUBLE_{function}")))

    # ---- What has happened ----

    def answer(self, number: int) -> Answer:
        """Return what has become of a request."""
        lib.double_lock()
        try:
            found = lib.double_answer(number)
            return Answer(
                taken=found.taken,
                closed=found.closed,
                sent=found.sent,
                status=found.status,
                headers=tuple(
                    (
                        bytes(ffi.buffer(field.name, field.name_size)),
                        bytes(ffi.buffer(field.value, field.value_size)),
                    )
                    for field in ffi.unpack(found.fields, found.field_count)
                )
                if found.field_count
                else (),
                body=bytes(ffi.buffer(found.body, found.body_size)) if found.body_size else b"",
                parts=tuple(ffi.unpack(found.parts, found.part_count)) if found.part_count else (),
                head_shared=found.head_shared,
                done=found.done,
                result=found.result,
                content_open=found.content_open,
            )
        finally:
            lib.double_unlock()

    def answers(self) -> dict[int, Answer]:
        """Return what has become of every request."""
        count = self.numbers().all_requests
        return {number: self.answer(number) for number in range(1, count + 1)}

    def turned(self, count: int = 2) -> None:
        """Wait for so many turns of the module; after two it has looked at all that was there."""
        before = self.numbers().turns
        self.wait(lambda: self.numbers().turns >= before + count, f"{count} turns")

    def asleep(self, naps: int = 1) -> None:
        """Wait until nothing has woken the module for so many times 50 ms."""
        before = self.numbers().naps
        self.wait(lambda: self.numbers().naps >= before + naps, "asleep")

    def numbers(self) -> Any:
        """Return the counters of the double, a ``double_numbers_t``."""
        numbers = ffi.new("double_numbers_t *")
        lib.double_numbers(numbers)
        return numbers

    @property
    def log(self) -> str:
        """Its lines in Unit's log, as ``[level] #NUMBER: text``."""
        return numbered(self.raw_log)

    @property
    def raw_log(self) -> str:
        """The same with whole ids of requests."""
        return _text(lib.double_log)

    @property
    def faults(self) -> str:
        """What it did that no module may do."""
        return _text(lib.double_faults)

    @property
    def trace(self) -> list[str]:
        """What happened at libunit, in order: ``send 1 13``, ``done 1 0``."""
        return _text(lib.double_trace).splitlines()

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until something is true, or fail: "not ..."."""
        deadline = time.monotonic() + TIMEOUT
        seen = lib.double_wait(0, 0)
        while not condition():
            if time.monotonic() > deadline or not self.alive:
                assert condition(), f"not {what}:\n{self.trace}\n{self.log}\n{self.faults}"
                return
            seen = lib.double_wait(seen, 50)


def setup(
    document: Any,
    *,
    name: bytes = b"app",
    state: Path | None = None,
    log: Path | None = None,
    control: Path | None = None,
) -> Module:
    """Call ``setup()`` with the application's configuration as Unit has it.

    Parameters:
        state: the file in which Unit keeps its configuration.
        log: of Unit, as it is named.
        control: its socket.
    """
    return Module(name, document, (state, log, control))


def serves(document: Any, name: bytes = b"app") -> Module:
    """Check that this configuration is taken and served; return the module, which has ended."""
    module = setup(document, name=name)
    assert module.setup_result == 0, module.log
    module.start()
    module.message("READY")
    assert module.ask().whole
    module.message("QUIT")
    assert module.ended() == 0
    module.check()
    return module


@contextlib.contextmanager
def running(
    guest: str | Path, *, status: int = 0, ready: bool = True, limit: int = 0, **options: str
) -> Iterator[Module]:
    """Run a module with one of the test guests; at the end it must quit cleanly.

    Parameters:
        guest: its name, or a component's file.
        status: what the module exits with.
        ready: the router knows the process from the start.
        limit: requests after which it ends.
        options: in short (``TIMEOUT="200ms"``).
    """
    before = open_files()
    document = application(guest if isinstance(guest, str) else "hello", options)
    if isinstance(guest, Path):
        document["component"] = str(guest)
    module = setup(document)
    assert module.setup_result == 0, module.log
    lib.double_request_limit(limit)
    module.start()
    if ready:
        module.message("READY")
    try:
        yield module
        if module.alive:
            module.message("QUIT")
        assert module.ended() == status, module.log
        module.check()
        left = {one for one in open_files() - before if one[0] != str(lib.double_wakeup())}
        assert not left, f"descriptors are left: {left}"
    finally:
        if module.alive:
            lib.double_abort()
            with contextlib.suppress(AssertionError):
                module.ended()
