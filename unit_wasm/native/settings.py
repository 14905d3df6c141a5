"""The settings of an engine and worker as C wants them: ``uw_settings_t``, or text for Unit."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from unit_wasm._native import ffi, lib
from unit_wasm.component.prepared import CodeFile, Prepared
from unit_wasm.errors import ConfigError
from unit_wasm.native.library import wasmtime_library
from unit_wasm.native.limits import limits_of
from unit_wasm.options import Options
from unit_wasm.options.config_values import config_values
from unit_wasm.options.directories import Directory
from unit_wasm.options.network import canonical
from unit_wasm.options.option import is_entry_name

NANOSECONDS = 1_000_000_000

# Numbers that mean nothing in another process.
_ONLY_HERE = ("environment_count", "directory_count", "config_count", "component_fd")

# Options that C has by the same name.
_SAME = (
    *("pooling", "max_exchanges", "max_queue", "max_handles", "max_header_bytes"),
    *("max_response_bytes", "body_buffer", "max_log_bytes", "max_host_memory", "max_outgoing"),
    *("keep_memory", "keep_slots"),
)

Log = Callable[[int, str], None]
"""Takes a syslog level (3 error, 4 warning, 6 information) and a line."""


class Settings:
    """A ``uw_settings_t`` with the memory that its pointers point to."""

    def __init__(self, prepared: Prepared, options: Options, name: str) -> None:
        self._kept: list[Any] = []
        self._code: CodeFile | None = None
        library = wasmtime_library()
        info = prepared.info
        self.pointer = ffi.new("uw_settings_t *")
        settings = self.pointer
        settings.name = self._text(name)
        settings.library = self._text(str(library.path))
        settings.library_version = self._text(library.version)
        self._set_code(prepared)
        settings.target_cpu = self._text(options.target_cpu)
        settings.handler = self._text(info.handler or "")
        settings.program = self._text("")
        settings.client_address_header = self._text(options.client_address_header.lower())
        settings.request_id_header = self._text(options.request_id_header.lower())
        settings.request_id_from = self._text(options.request_id_from.lower())
        settings.request_id_response = self._text(options.request_id_response.lower())
        settings.log_json = options.log_format == "json"
        settings.drop_host = options.host_header != "keep"
        settings.rewritten = prepared.rewritten
        for same in _SAME:
            setattr(settings, same, getattr(options, same))
        settings.batch = options.without != "batch"
        settings.direct = options.without != "direct"
        settings.queue_timeout = _nanoseconds(options.queue_timeout)
        settings.timeout = _nanoseconds(options.timeout)
        settings.cpu_timeout = _nanoseconds(options.cpu_timeout)
        limits = limits_of(info, options)
        settings.max_memory = limits.memory_all
        settings.memory_each = limits.memory_each
        settings.table_each = limits.table_each
        settings.max_instances = options.max_instances + info.added
        settings.outgoing = bool(options.outgoing)
        settings.keyvalue = options.keyvalue != ""
        self._give(options)
        settings.metrics_file = self._text(str(options.metrics_file or ""))
        settings.metrics_interval = _nanoseconds(options.metrics_interval)
        settings.cached = prepared.cached
        settings.memories = limits.memories
        # A pool of nothing cannot be asked for.
        settings.tables = max(1, info.tables)
        settings.own_memories = limits.own_memories
        settings.images = prepared.images
        settings.written = options.without != "written"
        settings.scan = options.without != "scan"
        settings.faults = options.without != "faults"
        settings.reservation = prepared.reservation

    def _give(self, options: Options) -> None:
        """Give directories and the network, with their limits."""
        settings = self.pointer
        settings.max_files = options.max_files
        settings.max_file_bytes = options.max_file_bytes
        directories = [self._kept_bytes(_directory(each)) for each in options.dirs]
        settings.directories = self._array(directories)
        settings.directory_count = len(directories)
        settings.network = self._text(canonical(options.network))
        settings.max_sockets = options.max_sockets
        settings.max_open_sockets = options.max_open_sockets

    def _set_code(self, prepared: Prepared) -> None:
        settings = self.pointer
        code = prepared.code
        kept = prepared.compiled.name != ""
        settings.component = self._text(str(prepared.compiled) if kept else "")
        settings.component_identity = self._text("")
        if code is not None and code.path == prepared.compiled:
            # It stays open as long as its number is in here.
            self._code = code
            settings.component_fd = code.fileno()
            settings.component_identity = self._text(code.identity)

    def _text(self, text: str) -> Any:
        return self._kept_bytes(text.encode())

    def _kept_bytes(self, text: bytes) -> Any:
        pointer = ffi.new("char[]", text)
        self._kept.append(pointer)
        return pointer

    def _array(self, texts: list[Any]) -> Any:
        array = ffi.new("char *[]", texts)
        self._kept.append(array)
        return array

    def loaded(self) -> None:
        """Release the machine code, which the engine has."""
        self.pointer.component_fd = 0
        self._code = None

    def set_program(self, program: bytes) -> None:
        """Let Python call what a program lists, and nothing enter by HTTP."""
        self.pointer.handler = self._text("")
        self.pointer.program = self._text(program.decode())

    def set_imports(self, program: bytes) -> None:
        """Let Python provide the imports that a program lists."""
        self.pointer.program = self._text(program.decode())
        self.pointer.hosting = True

    def set_python_terms(self, terms: str) -> None:
        self.pointer.python_terms = self._text(terms)

    def set_environment(self, options: Options, environment: Mapping[str, str]) -> None:
        values, variables = config_values(options, environment)
        settings = self.pointer
        settings.environment, settings.environment_count = self._list(_entries(variables))
        settings.config, settings.config_count = self._list(_entries(values))

    def _list(self, entries: list[str]) -> tuple[Any, int]:
        return self._array([self._text(entry) for entry in entries]), len(entries)

    def set_log(self, log: Log) -> None:
        handle = ffi.new_handle(log)
        self._kept.append(handle)
        self.pointer.log = lib.uw_python_log
        self.pointer.log_data = handle


@ffi.def_extern()
def uw_python_log(data: Any, level: int, line: Any, size: int) -> None:
    """Log a line of C; ``data`` is the handle of a :data:`Log`."""
    ffi.from_handle(data)(level, ffi.buffer(line, size)[:].decode(errors="replace"))


def one_line(error: Any) -> str:
    """Return libwasmtime's text, which spans lines, as one line."""
    lines = ffi.string(error).decode(errors="replace").splitlines()
    return ": ".join(line.strip() for line in lines if line.strip() not in ("", "Caused by:"))


def _directory(directory: Directory) -> bytes:
    """Return an entry of ``uw_settings_t.directories``."""
    name = directory.guest.encode()
    mode = b"w" if directory.writable else b"r"
    return b"%b%d:%b%b" % (mode, len(name), name, os.fsencode(directory.host))


def _variable(name: str, value: str) -> str:
    """Return an entry of the guest's environment.

    Raises:
        ConfigError: C cannot hold it, or WASI's UTF-8 cannot.
    """
    entry = f"{name}={value}"
    if name == "":
        raise ConfigError("an environment variable has an empty name", pointer="/environment")
    if not is_entry_name(name) or "\0" in value or _has_surrogate(entry):
        raise ConfigError(
            f'the environment variable "{ascii(name)[1:-1]}" holds a zero byte, a lone surrogate '
            "or a name with an equals sign",
            pointer="/environment",
        )
    return entry


def _entries(variables: Mapping[str, str]) -> list[str]:
    return [_variable(name, value) for name, value in variables.items()]


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _nanoseconds(seconds: float) -> int:
    return max(1, int(seconds * NANOSECONDS))


def settings_text(
    prepared: Prepared,
    options: Options,
    *,
    name: str,
    environment: Mapping[str, str],
    python_terms: str = "",
    program: bytes | None = None,
    imports: bytes | None = None,
    folder: bool = False,
) -> bytes:
    """Return the settings of an engine as ``csrc/base/settings_text.h`` reads them, without Python.

    Parameters:
        python_terms: what Python does in Unit; empty: nothing.
        program: of the functions that are served, where requests do not enter by HTTP.
        imports: a program of what Python provides, the same one where there are both.
        folder: the components are those of a directory.
    """
    settings = Settings(prepared, options, name)
    settings.pointer.folder = folder
    if program is not None:
        settings.set_program(program)
    if imports is not None:
        settings.set_imports(imports)
    settings.set_python_terms(python_terms)
    values, variables = config_values(options, environment)
    entries = [f"environment={entry}" for entry in _entries(variables)]
    entries += [f"config={entry}" for entry in _entries(values)]
    directories = [b"directory=" + _directory(each) for each in options.dirs]
    for field, description in ffi.typeof("uw_settings_t").fields:
        value = getattr(settings.pointer, field)
        if description.type.cname == "char *":
            entries.append(f"{field}={ffi.string(value).decode()}")
        elif description.type.kind == "primitive" and field not in _ONLY_HERE:
            entries.append(f"{field}={int(value)}")
    return b"".join(entry + b"\0" for entry in (*(each.encode() for each in entries), *directories))
