"""The data plane as Python objects: the only module that touches CFFI's ``ffi`` and ``lib``.

How a call travels: ``ComponentApp`` (asgi.py) -> :class:`Worker` -> ``csrc/asgi_shim.c`` -> the
exchange, which runs in :meth:`Worker.turn` without the GIL. What happened comes back as
:class:`News`. The only call from C into Python is the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from unit_wasm._native import ffi, lib
from unit_wasm.component.prepared import Prepared
from unit_wasm.errors import ComponentError, ConfigError, HostError
from unit_wasm.library import wasmtime_library
from unit_wasm.native_types import HostFunction, HostResource, LoopbackResult, News
from unit_wasm.options import Options

__all__ = [
    "HostFunction",
    "HostResource",
    "LoopbackResult",
    "News",
    "Worker",
    "compile_component",
    "host_functions",
    "host_resources",
    "settings_text",
]

_ERROR_SIZE = 8192
_NANOSECONDS = 1_000_000_000

Log = Callable[[int, str], None]
"""Takes a syslog level (3 error, 4 warning, 6 information) and a line."""


def host_functions() -> list[HostFunction]:
    """Return every function that the host provides, in the order of its tables."""
    return [
        HostFunction(
            ffi.string(row.interface).decode(),
            ffi.string(row.name).decode(),
            row.params,
            row.results,
            bool(row.waits),
            bool(row.refused),
        )
        for row in _host_entries()
        if not row.is_resource
    ]


def host_resources() -> list[HostResource]:
    """Return every resource type that the host provides, in the order of its tables."""
    return [
        HostResource(ffi.string(row.interface).decode(), ffi.string(row.name).decode())
        for row in _host_entries()
        if row.is_resource
    ]


def _host_entries() -> Iterator[Any]:
    entry = ffi.new("uw_host_entry_t *")
    index = 0
    while lib.uw_host_entry(index, entry):
        yield entry
        index += 1


class _Settings:
    """A ``uw_settings_t`` with the memory that its pointers point to."""

    def __init__(self, prepared: Prepared, options: Options, name: str) -> None:
        self._kept: list[Any] = []
        library = wasmtime_library()
        info = prepared.info
        self.pointer = ffi.new("uw_settings_t *")
        settings = self.pointer
        settings.name = self._text(name)
        settings.library = self._text(str(library.path))
        settings.library_version = self._text(library.version)
        settings.component = self._text(str(prepared.compiled))
        settings.handler = self._text(info.handler or "")
        settings.client_address_header = self._text(options.client_address_header.lower())
        settings.rewritten = prepared.rewritten
        settings.pooling = options.pooling
        settings.max_exchanges = options.max_exchanges
        settings.max_queue = options.max_queue
        settings.queue_timeout = _nanoseconds(options.queue_timeout)
        settings.timeout = _nanoseconds(options.timeout)
        settings.cpu_timeout = _nanoseconds(options.cpu_timeout)
        settings.max_memory = options.max_memory
        settings.max_table_elements = options.max_table_elements
        settings.max_instances = options.max_instances
        settings.max_handles = options.max_handles
        settings.max_header_bytes = options.max_header_bytes
        settings.body_buffer = options.body_buffer
        # A pool of nothing cannot be asked for.
        settings.core_instances = max(1, info.core_instances)
        settings.memories = max(1, info.memories)
        settings.tables = max(1, info.tables)
        settings.first_memory = info.pages << 16

    def _text(self, text: str) -> Any:
        pointer = ffi.new("char[]", text.encode())
        self._kept.append(pointer)
        return pointer

    def set_environment(self, environment: Mapping[str, str]) -> None:
        entries = [self._text(_variable(name, value)) for name, value in environment.items()]
        array = ffi.new("char *[]", entries)
        self._kept.append(array)
        self.pointer.environment = array
        self.pointer.environment_count = len(entries)

    def set_log(self, log: Log) -> None:
        def write(data: Any, level: int, line: Any, size: int) -> None:
            log(level, ffi.buffer(line, size)[:].decode(errors="replace"))

        callback = ffi.callback("void(void *, int, const char *, size_t)", write)
        self._kept.append(callback)
        self.pointer.log = callback


def _variable(name: str, value: str) -> str:
    """Return an entry of the guest's environment.

    Raises:
        ConfigError: C cannot hold it, or WASI's UTF-8 cannot.
    """
    entry = f"{name}={value}"
    if "\0" in entry or "=" in name or _has_surrogate(entry):
        raise ConfigError(
            f'the environment variable "{ascii(name)[1:-1]}" holds a zero byte, a lone surrogate '
            "or a name with an equals sign",
            pointer="/environment",
        )
    return entry


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _nanoseconds(seconds: float) -> int:
    return max(1, int(seconds * _NANOSECONDS))


def settings_text(
    prepared: Prepared, options: Options, *, name: str, environment: Mapping[str, str]
) -> bytes:
    """Return the settings of an engine as ``csrc/settings.h`` reads them, without Python."""
    settings = _Settings(prepared, options, name)
    entries = [f"environment={_variable(key, value)}" for key, value in environment.items()]
    for field, description in ffi.typeof("uw_settings_t").fields:
        value = getattr(settings.pointer, field)
        if description.type.cname == "char *":
            entries.append(f"{field}={ffi.string(value).decode()}")
        elif description.type.kind == "primitive" and field != "environment_count":
            entries.append(f"{field}={int(value)}")
    return b"".join(entry.encode() + b"\0" for entry in entries)


def compile_component(prepared: Prepared, component: bytes, options: Options) -> bytes:
    """Compile a component for the engine that the options describe. Takes seconds for large ones.

    Parameters:
        prepared: describes the component; its ``compiled`` is not used.
        component: the binary, rewritten or not.

    Raises:
        ComponentError: it does not compile.
    """
    settings = _Settings(prepared, options, "")
    error = ffi.new("char[]", _ERROR_SIZE)
    compiled = ffi.new("uint8_t **")
    size = ffi.new("size_t *")
    data = ffi.from_buffer(component)
    status = lib.uw_compile(
        settings.pointer, data, len(component), compiled, size, error, _ERROR_SIZE
    )
    if status != 0:
        raise ComponentError(f"the component does not compile: {_message(error)}")
    try:
        return bytes(ffi.buffer(compiled[0], size[0]))
    finally:
        lib.uw_compiled_delete(compiled[0])


def _message(error: Any) -> str:
    """Return libwasmtime's text, which spans lines, as one line."""
    lines = ffi.string(error).decode(errors="replace").splitlines()
    return ": ".join(line.strip() for line in lines if line.strip() not in ("", "Caused by:"))


class Worker:
    """Engine, pool and executor of one application.

    All methods belong to one thread at a time. Use after :meth:`close` raises ValueError.

    Parameters:
        prepared: the compiled component.
        options: limits.
        name: of the application, for the log.
        environment: what the guest sees of it.
        log: receives the log, from the thread that calls :meth:`turn`.

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
    ) -> None:
        self._settings = _Settings(prepared, options, name)
        self._settings.set_environment(environment)
        self._settings.set_log(log)
        error = ffi.new("char[]", _ERROR_SIZE)
        self._pointer = lib.uw_worker_new(self._settings.pointer, error, _ERROR_SIZE)
        if self._pointer == ffi.NULL:
            raise HostError(f"the component cannot be served: {_message(error)}")
        self._news = ffi.new("uw_news_t *")

    def close(self) -> None:
        """End every exchange and free everything; harmless when it was done already."""
        if self._pointer is not None:
            lib.uw_worker_delete(self._pointer)
            self._pointer = None

    @property
    def _worker(self) -> Any:
        if self._pointer is None:
            raise ValueError("the worker is closed")
        return self._pointer

    def fileno(self) -> int:
        """Return the descriptor that is readable when :meth:`turn` is due."""
        return int(lib.uw_worker_fd(self._worker))

    def turn(self) -> bool:
        """Run what is ready once; True when more is ready at once."""
        return bool(lib.uw_worker_turn(self._worker))

    def start(
        self,
        method: bytes,
        scheme: bytes,
        authority: bytes,
        path: bytes,
        headers: bytes,
        client: bytes,
        has_body: bool,
    ) -> int:
        """Start an exchange, which runs from the next turn on.

        Parameters:
            headers: lines ``name:value``, each ended by a line feed.
            client: the client's address; empty where nobody knows it.
            has_body: bytes follow by :meth:`push`.

        Raises:
            HostError: memory is out.
        """
        ticket = lib.uw_asgi_start(
            self._worker,
            method,
            len(method),
            scheme,
            len(scheme),
            authority,
            len(authority),
            path,
            len(path),
            headers,
            len(headers),
            client,
            len(client),
            has_body,
        )
        if ticket == 0:
            raise HostError("memory is out")
        return int(ticket)

    def news(self) -> Iterator[News]:
        """Yield what has happened since the last call."""
        news = self._news
        while lib.uw_asgi_next(self._worker, news):
            what = news.what
            yield News(
                news.id,
                news.status,
                _header_list(news) if what & lib.UW_NEWS_HEAD else None,
                news.length_known,
                ffi.buffer(news.body, news.body_size)[:] if what & lib.UW_NEWS_BODY else b"",
                what & lib.UW_NEWS_END != 0,
                what & lib.UW_NEWS_CUT != 0,
                what & lib.UW_NEWS_PULL != 0,
            )

    def push(self, exchange: int, data: bytes, last: bool) -> int:
        """Give the guest bytes of the request body.

        Returns:
            How many more bytes the window takes (0: wait for ``pull``), or -1: nobody reads them.
        """
        return int(lib.uw_asgi_push(self._worker, exchange, data, len(data), last))

    def sent(self, exchange: int, size: int) -> None:
        """Say that ``size`` bytes of the response body have left for the client."""
        lib.uw_asgi_sent(self._worker, exchange, size)

    def gone(self, exchange: int) -> None:
        """Say that the client has gone: the guest is ended at once."""
        lib.uw_asgi_gone(self._worker, exchange)

    def status(self) -> dict[str, int | bool]:
        """Return the counters of the worker."""
        status = ffi.new("uw_worker_status_t *")
        lib.uw_worker_status(self._worker, status)
        return {
            "requests": status.requests,
            "failures": status.failures,
            "cancelled": status.cancelled,
            "in_flight": status.in_flight,
            "queued": status.queued,
            "pooled": bool(status.pooled),
        }

    def loopback(
        self,
        count: int,
        *,
        parallel: int = 1,
        method: str = "GET",
        path: str = "/",
        body: bytes = b"",
    ) -> LoopbackResult:
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
            raise HostError("memory is out")
        return LoopbackResult(
            result.exchanges,
            result.failed,
            result.body_bytes,
            result.nanoseconds,
            result.median,
            result.p99,
        )


def _header_list(news: Any) -> list[tuple[bytes, bytes]]:
    headers = []
    for line in ffi.buffer(news.headers, news.headers_size)[:].split(b"\n")[:-1]:
        name, _, value = line.partition(b":")
        headers.append((name, value))
    return headers
