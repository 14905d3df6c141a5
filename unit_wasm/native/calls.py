"""Calls of a component's functions: an instance that is kept over many of them.

How a call travels: :meth:`Instance.call` -> ``csrc/python/calls.c`` -> the guest, which runs on the
calling thread without the GIL until there is an :class:`Event`: it has called what Python provides,
has used up its quantum, waits, or has failed. What it returns comes as bytes. Values are
packed: csrc/guest/packed.h.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from struct import Struct
from typing import Any, Final

from unit_wasm._native import ffi, lib
from unit_wasm.component.prepared import Prepared
from unit_wasm.errors import HostError
from unit_wasm.native.call_events import (
    Command,
    Event,
    Failure,
    Host,
    MalformedValue,
    OnDrop,
    Packed,
    RefusedError,
)
from unit_wasm.native.hosting import HostCalls
from unit_wasm.native.library import check_executable
from unit_wasm.native.outgoing import OutgoingCalls
from unit_wasm.native.settings import NANOSECONDS, Log, Settings, one_line
from unit_wasm.options import Options
from unit_wasm.wit.program import Program

HOST: Final[int] = lib.UW_CALL_HOST
"""The guest has called what Python provides: :meth:`Instance.answer` or :meth:`Instance.fail`."""
SLICE: Final[int] = lib.UW_CALL_SLICE
"""It has run for a few milliseconds: :meth:`Instance.go_on`."""
WAITING: Final[int] = lib.UW_CALL_WAITING
"""It waits: :meth:`Instance.wait`, then :meth:`Instance.go_on`."""
FAILED: Final[int] = lib.UW_CALL_FAILED
"""It has ended, and the instance with it: :attr:`Event.failure` says why."""

_RETURNED: Final[int] = lib.UW_CALL_RETURNED
_READY: Final[int] = lib.UW_CALL_READY
_MALFORMED: Final[int] = lib.UW_CALL_MALFORMED

# See uw_caller_call(): what is more than a kind is a call, its number, and the size of its data.
_KINDS, _NUMBER, _SIZE = 0xFF, 8, 0xFF
_call, _answer = lib.uw_caller_call, lib.uw_caller_answer

_ERROR_SIZE: Final = 8192
_DROP: Final = Struct("=II")
_FOREVER: Final = (1 << 64) - 1

_SLICE_EVENT: Final = Event(SLICE)
_WAITING_EVENT: Final = Event(WAITING)


class ForkedError(RefusedError):
    """The library was made before this process was forked."""


class _LibraryOutgoing(OutgoingCalls):
    """Keeps the library as long as a client has this."""

    library: Library


class Library:
    """A compiled component, of which instances are made.

    It may be used from any thread of the process that made it. Its instances take turns: at any
    moment one of them runs. In a child that is forked later they are refused, and closing does
    nothing.

    Parameters:
        prepared: the compiled component.
        options: limits; the times are those of one call.
        program: what can be called, and what Python provides.
        name: for the log.
        environment: what the guest sees of it.
        log: receives what the guest prints, from the thread that calls.
        endless: names of those limits of time, ``timeout`` and ``cpu_timeout``, that there are not.
        outgoing: guests may send requests; else they are denied.

    Raises:
        ConfigError: a variable of the environment cannot be passed on.
        HostError: it cannot be loaded: libwasmtime, memory or descriptors cannot be had.
    """

    def __init__(
        self,
        prepared: Prepared,
        options: Options,
        *,
        program: Program,
        name: str,
        environment: Mapping[str, str],
        log: Log,
        endless: Collection[str] = (),
        outgoing: bool = False,
    ) -> None:
        self.program = program
        self._settings = Settings(prepared, options, name)
        self._settings.set_program(program.text)
        self._settings.set_environment(options, environment)
        self._settings.set_log(log)
        self._settings.pointer.outgoing = outgoing
        for limit in endless:
            setattr(self._settings.pointer, limit, _FOREVER >> 1)
        self.timeout = None if "timeout" in endless else options.timeout
        """Seconds that a call may take, or None."""
        error = ffi.new("char[]", _ERROR_SIZE)
        pointer = lib.uw_library_new(self._settings.pointer, error, _ERROR_SIZE)
        self._settings.loaded()
        self._pointer: Any = pointer if pointer != ffi.NULL else None
        if self._pointer is None:
            check_executable()
            raise HostError(f"the component cannot be loaded: {one_line(error)}")
        self.outgoing = _LibraryOutgoing(ffi, lib, lib.uw_library_outgoing(pointer))
        self.outgoing.library = self
        """For a client of outgoing requests (unit_wasm/outgoing/client.py), which must be detached
        before the library and the last of its instances are closed."""

    def host_calls(self) -> HostCalls:
        """Return what those call who answer host calls; they end before this is closed.

        Raises:
            RefusedError: it is closed.
        """
        if self._pointer is None:
            raise RefusedError("the component is closed")
        return HostCalls(ffi, lib, lib.uw_library_hostcalls(self._pointer), self)

    def instance(
        self, on_drop: OnDrop | None = None, *, command: Command | None = None
    ) -> Instance:
        """Return a new instance.

        Parameters:
            command: what it has of its process; else what it prints is logged.

        Raises:
            ForkedError: another process has made it.
            HostError: out of memory.
            RefusedError: it is closed.
        """
        if self._pointer is None:
            raise RefusedError("the component is closed")
        pointer = lib.uw_caller_new(self._pointer)
        if pointer == ffi.NULL:
            if not self.is_here:
                raise ForkedError("the component was loaded before this process was forked")
            raise HostError("out of memory")
        return Instance(self, pointer, on_drop, command)

    @property
    def is_here(self) -> bool:
        """Whether this process has made it, or it is closed."""
        return self._pointer is None or lib.uw_library_is_here(self._pointer)

    def close(self) -> None:
        """End it; its memory is given back when its last instance is closed."""
        if self._pointer is not None:
            pointer, self._pointer = self._pointer, None
            lib.uw_library_delete(pointer)

    def __del__(self) -> None:
        if getattr(self, "_pointer", None) is not None:
            self.close()


class Instance:
    """An instance of a component: :meth:`Library.instance`.

    One call at a time, from any thread. All methods raise RefusedError where they cannot be: the
    instance is closed or dead, a call is not over, nothing is to be answered, another thread is in
    it.
    """

    def __init__(
        self, library: Library, pointer: Any, on_drop: OnDrop | None, command: Command | None
    ) -> None:
        # The settings have the function that takes the log.
        self._library = library
        self.timeout = library.timeout
        self._pointer = pointer
        self._on_drop = on_drop
        self._event = ffi.new("uw_call_event_t *")
        self._small = ffi.buffer(self._event.small)
        self.host: Host | None = None
        """Does what the guest calls of Python's; None: :data:`HOST` says that it has called."""
        self._ready = False
        if command is not None:
            # As the file system has names: a byte that is no UTF-8 becomes U+FFFD.
            texts = [
                ffi.new("char[]", os.fsencode(text).decode(errors="replace").encode())
                for text in command.arguments
            ]
            self._kept = (texts, ffi.new("char *[]", texts))
            lib.uw_caller_command(pointer, *command.streams, self._kept[1], len(texts))
        self._call: bytes | None = None
        self._number = 0
        self.dead: Failure | None = None
        """Why it cannot be called any more, or None."""

    # ---- Calls ----

    def call(self, number: int, packed: Packed) -> bytes | Event:
        """Call a function; the first call instantiates the component.

        Parameters:
            number: of the export.
            packed: its arguments.

        Returns:
            The packed result, or what has happened before there is one.

        Raises:
            MalformedValue: these are no arguments of that function; nothing was done.
        """
        if not self._ready:
            return self._start(number, packed)
        data = packed if type(packed) is bytes else ffi.from_buffer(packed)
        kind = _call(self._pointer or self._used(), number, data, len(data), self._event)
        if kind < 0:
            return self._small[:~kind]
        return self._hosted(kind)

    def answer(self, packed: Packed) -> bytes | Event:
        """Let the function return that the guest has called: after :data:`HOST`.

        Raises:
            MalformedValue: this is no result of that function; the guest still waits.
        """
        data = packed if type(packed) is bytes else ffi.from_buffer(packed)
        kind = _answer(self._pointer or self._used(), data, len(data), self._event)
        if kind < 0:
            return self._small[:~kind]
        return self._hosted(kind)

    def _hosted(self, kind: int) -> bytes | Event:
        """Answer what the guest calls, where there is somebody who does, as long as it calls."""
        host, event, small = self.host, self._event, self._small
        while host is not None:
            if kind > _KINDS:
                answer = host((kind >> _NUMBER) - 1, small[: kind & _SIZE])
            elif kind == HOST:
                number, data = event.number, ffi.unpack(event.data, event.size)
                if event.dropped:
                    self._drops()
                answer = host(number, data)
            else:
                break
            if isinstance(answer, str):
                return self.fail(answer)
            kind = _answer(self._pointer or self._used(), answer, len(answer), event)
            if kind < 0:
                return small[:~kind]
        return self._outcome(kind)

    def fail(self, message: str) -> bytes | Event:
        """End the guest, because the function that it has called has failed: after :data:`HOST`."""
        text = message.replace("\0", "").encode(errors="replace")
        return self._outcome(lib.uw_caller_fail(self._pointer or self._used(), text, self._event))

    def go_on(self) -> bytes | Event:
        """Let the guest run on: after :data:`SLICE` and :data:`WAITING`."""
        pointer = self._pointer or self._used()
        if self._call is not None:
            return self._started(lib.uw_caller_go_on(pointer, self._event))
        return self._hosted(lib.uw_caller_go_on(pointer, self._event))

    def wait(self, seconds: float | None = None) -> None:
        """Sleep until it is worth to go on, or a signal has come: after :data:`WAITING`."""
        limit = _FOREVER if seconds is None else max(0, int(seconds * NANOSECONDS))
        lib.uw_caller_wait(self._pointer or self._used(), limit)

    def drop(self, resource: int, handle: int) -> bytes | Event:
        """End what the guest has made and given away; its destructor runs.

        Parameters:
            resource: the number of its type, one of ``own`` of the program.
            handle: as a result had it.

        Returns:
            As :meth:`call` does: no bytes, or what has happened before.

        Raises:
            MalformedValue: there is no such handle.
        """
        return self.call(self._library.program.drops[resource], handle.to_bytes(4, "little"))

    @property
    def is_here(self) -> bool:
        """Whether this process has made it; see :class:`Library`."""
        return self._library.is_here

    def cancel(self) -> None:
        """End a call that runs, from any thread: it fails within a few milliseconds."""
        if self._pointer is not None:
            lib.uw_caller_cancel(self._pointer)

    # ---- Events ----

    def _start(self, number: int, packed: Packed) -> bytes | Event:
        if self._call is not None:
            raise RefusedError("a call of the instance is not over")
        # It may take a while, and the caller's bytes may be gone by then.
        self._number, self._call = number, packed if type(packed) is bytes else bytes(packed)
        return self._started(lib.uw_caller_start(self._pointer or self._used(), self._event))

    def _started(self, kind: int) -> bytes | Event:
        if kind != _READY:
            if kind not in (SLICE, WAITING):
                self._call = None
            return self._outcome(kind)
        packed, self._call = self._call, None
        self._ready = True
        self._drops()
        return self.call(self._number, packed or b"")

    def _outcome(self, kind: int) -> bytes | Event:
        event = self._event
        if kind > _KINDS:
            return Event(HOST, (kind >> _NUMBER) - 1, self._small[: kind & _SIZE])
        if kind == _MALFORMED:
            raise MalformedValue(ffi.string(event.message).decode(), event.offset)
        if kind == lib.UW_CALL_REFUSED:
            why = ffi.string(event.message).decode()
            raise RefusedError(f"{why}: {self.dead.message}" if self.dead else why)
        data = ffi.unpack(event.data, event.size) if event.data else b""
        number = event.number
        if event.dropped:
            self._drops()
        if kind == _RETURNED:
            return data
        if kind == HOST:
            return Event(HOST, number, data)
        if kind == FAILED:
            self.dead = Failure(
                ffi.string(lib.uw_end_name(event.end)).decode(),
                ffi.string(event.message).decode(errors="replace"),
                ffi.string(event.detail).decode(errors="replace").lstrip("\n"),
                None if event.exit_code < 0 else event.exit_code,
            )
            return Event(FAILED, failure=self.dead)
        return _SLICE_EVENT if kind == SLICE else _WAITING_EVENT

    def _drops(self) -> None:
        count = self._event.dropped
        if count:
            drops = ffi.buffer(lib.uw_caller_drops(self._pointer), count * _DROP.size)[:]
            if self._on_drop is not None:
                for resource, number in _DROP.iter_unpack(drops):
                    self._on_drop(resource, number)

    # ---- The end ----

    def close(self) -> None:
        """End it, whatever it does; harmless when it is closed.

        Raises:
            RefusedError: another thread is in a call of it; see :meth:`cancel`.
        """
        if self._pointer is not None:
            if not lib.uw_caller_delete(self._pointer):
                raise RefusedError("another thread is in a call of the instance")
            self._pointer = None

    def _used(self) -> Any:
        raise RefusedError("the instance is closed")

    def __del__(self) -> None:
        pointer = getattr(self, "_pointer", None)
        if pointer is not None:
            lib.uw_caller_delete(pointer)
