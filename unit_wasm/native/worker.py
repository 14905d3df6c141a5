"""The data plane as Python objects: with ``settings.py`` and ``requests.py``, all that touches C.

How a call travels: ``ComponentApp`` (serving/asgi.py) -> :class:`Worker` ->
``csrc/python/transport.c`` -> the exchange, which runs in :meth:`Worker.turn` without the GIL. What
happened comes back as :class:`News`. The only call from C into Python is the log.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from unit_wasm._native import ffi, lib
from unit_wasm.component.prepared import Prepared
from unit_wasm.errors import ComponentError, HostError
from unit_wasm.native import types
from unit_wasm.native.bodies import BodyCalls
from unit_wasm.native.library import check_executable
from unit_wasm.native.outgoing import OutgoingCalls
from unit_wasm.native.settings import NANOSECONDS, Log, Settings, one_line
from unit_wasm.options import Options

if TYPE_CHECKING:
    from unit_wasm.native.hosting import HostCalls

_ERROR_SIZE = 8192
_BUCKETS = int(lib.UW_TIME_BUCKETS)
_ID_SIZE = 129
"""UW_ID_MAX of csrc/http/exchange.h, and a zero."""


def sources_digest() -> str:
    """Return the digest of the C sources that the extension was built from (unit/sources.py)."""
    return str(ffi.string(lib.uw_sources_digest()).decode())


def engine_digest() -> str:
    """Return the digest of the C sources that set up engines (unit/sources.py)."""
    return ffi.string(lib.uw_engine_digest()).decode()


def extension_file() -> str:
    """Return the path of the extension that is loaded."""
    return str(sys.modules["unit_wasm._native"].__file__)


def end_names() -> list[str]:
    """Return how an exchange may end, in the order in which C counts."""
    return [ffi.string(lib.uw_end_name(end)).decode() for end in range(lib.UW_ENDS)]


def metrics_text(workers: Sequence[Worker]) -> bytes:
    """Return the metrics of workers in the text format of Prometheus.

    Raises:
        HostError: out of memory.
    """
    size = ffi.new("size_t *")
    views = ffi.new("uw_metrics_view_t[]", len(workers))
    for index, worker in enumerate(workers):
        lib.uw_worker_view(worker._worker, views + index)
    text = lib.uw_metrics_text(views, len(workers), 0, size)
    if text == ffi.NULL:
        raise HostError("out of memory")
    try:
        return bytes(ffi.buffer(text, size[0]))
    finally:
        lib.uw_metrics_text_delete(text)


def compile_component(prepared: Prepared, component: bytes, options: Options) -> bytes:
    """Compile a component for the engine that the options describe. Takes seconds for large ones.

    Parameters:
        prepared: describes the component; its ``compiled`` is not used.
        component: the binary, rewritten or not.

    Raises:
        ComponentError: it does not compile.
        HostError: nothing can be compiled here.
    """
    settings = Settings(prepared, options, "")
    error = ffi.new("char[]", _ERROR_SIZE)
    compiled = ffi.new("uint8_t **")
    size = ffi.new("size_t *")
    data = ffi.from_buffer(component)
    status = lib.uw_compile(
        settings.pointer, data, len(component), compiled, size, error, _ERROR_SIZE
    )
    if status != 0:
        check_executable()
        raise ComponentError(f"the component does not compile: {one_line(error)}")
    try:
        return bytes(ffi.buffer(compiled[0], size[0]))
    finally:
        lib.uw_compiled_delete(compiled[0])


def reservation(prepared: Prepared, options: Options) -> int:
    """Return the address space for each linear memory for which a component is to be compiled."""
    return int(lib.uw_reservation(Settings(prepared, options, "").pointer))


def places(prepared: Prepared, options: Options) -> int:
    """Return how many instances of a component have address space at once."""
    return int(lib.uw_places(Settings(prepared, options, "").pointer))


class Worker(OutgoingCalls, BodyCalls):
    """Engine, pool and executor of one application.

    All methods belong to one thread at a time, but :meth:`orders` and the ``outgoing_`` ones: these
    belong to the thread of a client that sends what guests ask for. Use after :meth:`close` raises
    ValueError; the client must be done with the worker before.

    Parameters:
        prepared: the compiled component.
        options: limits.
        name: of the application, for the log.
        environment: what the guest sees of it.
        log: receives the log, from the thread that calls :meth:`turn`.
        outgoing: guests may send requests; else they are denied.
        program: of the functions that are called, where requests are no HTTP; see
            :mod:`unit_wasm.wit.program`.
        imports: a program of what Python provides.

    Raises:
        ConfigError: a variable of the environment cannot be passed on.
        HostError: libwasmtime, memory or descriptors cannot be had.
    """

    def __init__(
        self,
        prepared: Prepared,
        options: Options,
        *,
        name: str,
        environment: Mapping[str, str],
        log: Log,
        outgoing: bool = False,
        program: bytes | None = None,
        imports: bytes | None = None,
    ) -> None:
        super().__init__(ffi, lib)
        self._room = ffi.new("size_t *")
        self._settings = Settings(prepared, options, name)
        self._settings.pointer.outgoing = outgoing
        self._settings.set_environment(options, environment)
        if program is not None:
            self._settings.set_program(program)
        if imports is not None:
            self._settings.set_imports(imports)
        self._settings.set_log(log)
        error = ffi.new("char[]", _ERROR_SIZE)
        self._pointer: Any = lib.uw_worker_new(self._settings.pointer, error, _ERROR_SIZE)
        self._settings.loaded()
        if self._pointer == ffi.NULL:
            check_executable()
            raise HostError(f"the component cannot be served: {one_line(error)}")
        self._news = ffi.new("uw_news_t *")
        self._request_id = ffi.new("char[]", _ID_SIZE)
        self._answers = ffi.new("uw_whole_answers_t *")

    @property
    def is_here(self) -> bool:
        """Whether this process has made it; a child that was forked since can only close it."""
        return bool(lib.uw_worker_is_here(self._worker))

    def close(self) -> None:
        """End every exchange and free everything; harmless when it was done already."""
        if self._pointer is not None:
            lib.uw_worker_delete(self._pointer)
            self._pointer = None

    def host_calls(self) -> HostCalls:
        """Return what those call who answer host calls; not to be used once this is closed."""
        from unit_wasm.native.hosting import HostCalls

        return HostCalls(ffi, lib, lib.uw_hostcalls_of(self._worker))

    @property
    def _table(self) -> Any:
        return lib.uw_outgoing_table_of(self._worker)

    @property
    def _worker(self) -> Any:
        """The pointer; where there is one for each request, it is used itself."""
        if self._pointer is None:
            raise ValueError("the worker is closed")
        return self._pointer

    def fileno(self) -> int:
        """Return the descriptor that is readable when :meth:`turn` is due."""
        return int(lib.uw_worker_fd(self._worker))

    def turn(self) -> bool:
        """Run what is ready once; True when more is ready at once."""
        return bool(lib.uw_worker_turn(self._worker))

    def run(self) -> bool:
        """Do what :meth:`turn` does, where it is not the descriptor that asks for it."""
        return bool(lib.uw_worker_run(self._pointer or self._worker))

    def start(self, head: bytes, has_body: bool) -> int:
        """Start an exchange, which runs from the next turn on.

        Parameters:
            head: lines, see :func:`unit_wasm.serving.request.request_head`.
            has_body: bytes follow by :meth:`push`.

        Raises:
            HostError: out of memory.
        """
        worker = self._pointer or self._worker
        ticket: int = lib.uw_asgi_start(worker, head, len(head), has_body)
        if ticket == 0:
            raise HostError("out of memory")
        return ticket

    def call(self, head: bytes, number: int, packed: bytes) -> int:
        """Start an exchange that calls a function (csrc/guest/function.c).

        It runs from the next turn on. Its answer is a 200 with the packed result as its body, or a
        failure.

        Parameters:
            head: as for :meth:`start`.
            number: of the function in the program.
            packed: the arguments.

        Raises:
            HostError: out of memory.
        """
        worker, size = self._worker, len(packed)
        ticket: int = lib.uw_asgi_call(worker, head, len(head), number, packed, size)
        if ticket == 0:
            raise HostError("out of memory")
        return ticket

    def request_id(self) -> bytes:
        """Return the id of the request that was started last, as the log has it."""
        text = self._request_id
        return bytes(ffi.buffer(text, lib.uw_asgi_request_id(self._worker, text)))

    def answers(self) -> tuple[Iterator[types.AnswerRow], bytes, bool]:
        """Return what was answered whole since the last call: of that there is no other news.

        Returns:
            The answers, their bytes one after the other, and whether there is other news.
        """
        answers = self._answers
        lib.uw_asgi_answers(self._pointer or self._worker, answers)
        rows = ffi.buffer(answers.answers, answers.answers_size)[:]
        text = ffi.unpack(answers.text, answers.text_size)
        return types.ANSWER.iter_unpack(rows), text, answers.news

    def news(self) -> Iterator[types.News]:
        """Yield what has happened since the last call."""
        rows, text, _ = self.answers()
        at = 0
        for row in rows:
            yield types.answer_news(row, text[at : at + row[1]])
            at += row[1]
        for item in self.other_news():
            yield item if isinstance(item.body, bytes) else item._replace(body=bytes(item.body))

    def other_news(self) -> Iterator[types.News]:
        """Yield what has happened since the last call but :meth:`answers`.

        The body of large ones is not copied: whoever has it owns its memory.
        """
        news = self._news
        following, unpack, worker = lib.uw_asgi_next, ffi.unpack, self._pointer or self._worker
        while following(worker, news):
            what = news.what
            yield types.News(
                news.id,
                what,
                news.present,
                news.status,
                unpack(news.headers, news.headers_size) if what & types.HEAD else b"",
                self.body(news) if what & types.BODY else b"",
            )

    def gone(self, exchange: int) -> None:
        """Say that the client has gone: the guest is ended at once."""
        lib.uw_asgi_gone(self._worker, exchange)

    def status(self) -> dict[str, int | bool]:
        """Return the counters of the worker."""
        status = ffi.new("uw_worker_status_t *")
        lib.uw_worker_status(self._worker, status)
        return {field: getattr(status, field) for field, _ in ffi.typeof(status[0]).fields}

    def metrics(self) -> dict[str, Any]:
        """Return what was counted of exchanges that are over; see :func:`describe_metrics`."""
        bounds = [lib.uw_bucket_bound(index) / NANOSECONDS for index in range(_BUCKETS - 1)]
        return types.describe_metrics(lib.uw_worker_metrics(self._worker), end_names(), bounds)

    def loopback(
        self,
        count: int,
        *,
        parallel: int = 1,
        method: str = "GET",
        path: str = "/",
        body: bytes = b"",
    ) -> types.LoopbackResult:
        """Run ``count`` equal exchanges without any socket, for benchmarks and tests."""
        result = ffi.new("uw_loopback_result_t *")
        status = lib.uw_loopback_run(
            self._worker,
            method.encode(),
            path.encode(),
            ffi.from_buffer(body),
            len(body),
            count,
            parallel,
            result,
        )
        if status != 0:
            raise HostError("out of memory")
        return types.LoopbackResult(
            result.exchanges,
            result.failed,
            result.body_bytes,
            result.nanoseconds,
            result.median,
            result.p99,
        )
