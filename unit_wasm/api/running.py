"""An instance of a component, and a call of it from its beginning to its end.

How a call travels: arguments are packed, the component runs on the calling thread without the GIL,
and comes back when it has returned, calls a function of the host, waits, has failed, or has run
for a few milliseconds, so that Python sees signals and other threads. What is different with an
event loop is in ``running_async.py``.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from unit_wasm.api.handles import Exports, Owned
from unit_wasm.api.host_objects import HostInstance, Pending
from unit_wasm.api.plan import Plan
from unit_wasm.api.signature import Signature
from unit_wasm.errors import CallError, HostFunctionError, Trap
from unit_wasm.native.call_events import Event, MalformedValue, RefusedError
from unit_wasm.native.calls import FAILED, HOST, WAITING, Instance
from unit_wasm.wit.model import TypeDef
from unit_wasm.wit.values import Err

Start = Callable[[Callable[[int, int], None]], Instance]
"""Makes an instance; is told what to call when the component drops an object of the host."""

MakeClass = Callable[[Plan, Any, TypeDef], type[Owned]]
"""Makes the class of a resource that the component defines, for an instance."""


_MOST_SAID = 480
"""Bytes of what is said of a failure: C takes some more."""


def _text_of(error: Exception) -> str:
    """Return what an error says; to say it may fail, too."""
    try:
        return str(error)
    except Exception as other:
        return f"its text cannot be made ({type(other).__name__})"


class Running:
    """One instance of a component; calls of it block.

    Parameters:
        plan: of the component.
        start: makes the instance.
        make_class: makes the classes of objects that the component makes.
    """

    _blocks = True
    """Whether functions of the host are called while the native instance is."""

    def __init__(self, plan: Plan, start: Start, make_class: MakeClass) -> None:
        self._plan = plan
        self.hosts: HostInstance = plan.hosts.instance()
        self.native = start(self.hosts.dropped)
        if self._blocks:
            self.native.host = self._host
        self.exports = Exports(self.hosts.table, self, plan.hosts.classes)
        self.released: list[tuple[TypeDef, int]] = []
        self._make_class = make_class
        self._classes: dict[TypeDef, type[Owned]] = {}
        self._lock = threading.Lock()
        self._error: BaseException | None = None
        self._closed = False
        self._dead: str | None = None
        self._loop: asyncio.Runner | None = None
        self.on_close: Callable[[], None] = lambda: None

    # ---- A call ----

    def prepared(self, signature: Signature) -> Callable[[Sequence[Any]], Any]:
        """Return what calls a function as :meth:`call` does, by its arguments."""
        if signature.has_handles:
            return functools.partial(self.call, signature)
        pack, read, raises = signature.packer(), signature.reader(), signature.raises
        acquire, release, released = self._lock.acquire, self._lock.release, self.released
        call, number = self.native.call, signature.number

        def called(args: Sequence[Any]) -> Any:
            if not acquire(False):
                raise self._busy()
            try:
                if released:
                    self._end_released()
                try:
                    packed = pack(args, None)
                except Exception as error:
                    raise signature.explained(args, None, error) from error
                try:
                    outcome = call(number, packed)
                except BaseException as error:
                    self._broken(error)
                    raise
                if outcome.__class__ is not bytes:
                    outcome = self._driven(outcome)
                value = read(outcome, None)
            finally:
                release()
            if not raises:
                return value
            if value.__class__ is Err:
                raise value
            return value.value

        return called

    def _broken(self, error: BaseException) -> None:
        """End the component, or say why it was not called at all."""
        if isinstance(error, RefusedError):
            raise self.refused(error) from None
        self.abandon(error)

    def call(self, signature: Signature, args: Sequence[Any]) -> Any:
        """Call a function of the component.

        Raises:
            Err: its result is one.
            CallError: an argument is wrong, or the instance cannot be called now.
            Trap: the component has failed; the instance is dead.
        """
        if not signature.has_handles:
            return self.prepared(signature)(args)
        with self.taken():
            self._end_released()
            outcome = self.begun(signature, args)
            try:
                data = self._driven(outcome)
            finally:
                self.exports.finish()
            return signature.read(data, self.exports)

    def begun(self, signature: Signature, args: Sequence[Any]) -> bytes | Event:
        """Begin a call, and note what it gives away."""
        try:
            packed = signature.pack(args, self.exports)
            # What is given away has to be noted before a function of the host may see it.
            self.native.host, host = None, self.native.host
            try:
                outcome = self.native.call(signature.number, packed)
            finally:
                self.native.host = host
        except RefusedError as error:
            self.exports.abort()
            raise self.refused(error) from None
        except BaseException:
            self.exports.abort()
            raise
        self.exports.commit()
        return outcome

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """Let no other call begin."""
        if not self._lock.acquire(blocking=False):
            raise self._busy()
        try:
            yield
        finally:
            self._lock.release()

    @staticmethod
    def _busy() -> CallError:
        return CallError(
            "the instance is in a call already",
            hint="load it once for each thread or task, or with fresh=True",
        )

    def refused(self, error: RefusedError) -> CallError:
        """Return why the instance cannot be called."""
        if isinstance(error, MalformedValue):
            return CallError(f"the component does not take the arguments: {error}")
        if self._closed:
            return CallError("the component is closed")
        if self._dead is not None:
            return CallError(
                f"the instance is dead: {self._dead}", hint="load it again, or with fresh=True"
            )
        if self._lock.locked() and "another thread" in str(error):
            return self._busy()
        if not self.native.is_here:
            return CallError(str(error), hint="load it in each process, or with fresh=True")
        return CallError(str(error))

    def _driven(self, outcome: bytes | Event) -> bytes:
        """Let the component run to the end of the call."""
        native = self.native
        try:
            while not isinstance(outcome, bytes):
                if outcome.kind == HOST:
                    answer = self._host(outcome.number, outcome.data)
                    if isinstance(answer, str):
                        outcome = native.fail(answer)
                    else:
                        outcome = native.answer(answer)
                elif outcome.kind == FAILED:
                    raise self.failed(outcome)
                else:
                    if outcome.kind == WAITING:
                        native.wait()
                    outcome = native.go_on()
        except RefusedError as error:
            # A function of the host, or another thread, has closed it.
            raise self.refused(error) from None
        except BaseException as error:
            self.abandon(error)
            raise
        return outcome

    def _host(self, number: int, data: bytes) -> bytes | str:
        """Call what provides an import, and return its result, or why there is none."""
        try:
            result: Any = self.hosts.calls[number](data)
            if result.__class__ is bytes:
                return result
            return self._awaited(result)
        except Exception as error:
            return self.host_failed(number, error)

    async def in_time(self, pending: Pending) -> bytes:
        """Await a function of the host; nobody waits for it longer than a call may take.

        Raises:
            TimeoutError: it has not come to its end.
        """
        limit = self.native.timeout
        waits = asyncio.timeout(limit)
        try:
            async with waits:
                return await pending
        except TimeoutError:
            if waits.expired():
                raise TimeoutError(f"it did not end within {limit:g} s") from None
            raise

    def _awaited(self, pending: Pending) -> bytes:
        """Run an ``async def`` to its end, in a loop that the instance keeps."""
        if asyncio._get_running_loop() is not None:
            pending.close()
            raise CallError(
                "an async def cannot be awaited where an event loop waits for the component",
                hint="load the component with load_async()",
            )
        if self._loop is None:
            self._loop = asyncio.Runner()
        return self._loop.run(self.in_time(pending))

    # ---- What ends a call otherwise ----

    def host_failed(self, number: int, error: Exception) -> str:
        """Note that a function of the host has raised; return what the call is ended with."""
        self._error = error
        text = f"{type(error).__name__}: {_text_of(error)}".partition("\n")[0]
        said = f"the host function {self.hosts.name(number)}: {text}"
        data = said.encode(errors="backslashreplace")
        if len(data) <= _MOST_SAID:
            return data.decode()
        return f"{data[: _MOST_SAID - 3].decode(errors='ignore')}..."

    def failed(self, event: Event) -> Trap:
        """Return the error of a component that has failed."""
        failure, cause = event.failure, self._error
        assert failure is not None
        self._dead = failure.message
        made = Trap if cause is None else HostFunctionError
        trap = made(
            failure.message, end=failure.end, backtrace=failure.backtrace, status=failure.status
        )
        trap.__cause__ = cause
        self._error = None
        return trap

    def abandon(self, error: BaseException) -> None:
        """End the component, where its caller does not wait any more, and what it holds."""
        if self._dead is None:
            self._dead = f"its call was interrupted by {type(error).__name__}"
            self.native.close()
        self.hosts.close()

    # ---- Objects that the component has made ----

    def defines(self, resource: TypeDef) -> bool:
        """Say whether the component defines a resource, as its own functions mean it."""
        return self._plan.resource(resource) is not None

    def class_of(self, resource: TypeDef) -> type[Owned]:
        """Return the class of a resource that the component defines."""
        if resource not in self._classes:
            self._classes[resource] = self._make_class(self._plan, self, resource)
        return self._classes[resource]

    def release(self, resource: TypeDef, number: int, wait: bool) -> Any:
        """End an object; without ``wait``, when there is time for it: before the next call."""
        self.released.append((resource, number))
        # Its own host function may close it, or another thread: the next call does it then.
        if wait and self.callable() and self._lock.acquire(blocking=False):
            try:
                self._end_released()
            finally:
                self._lock.release()

    def callable(self) -> bool:
        """Say whether the instance is neither closed nor dead, and of this process."""
        return not self._closed and self._dead is None and self.native.is_here

    def _end_released(self) -> None:
        while self.released:
            self._driven(self.dropped(*self.released.pop()))

    def dropped(self, resource: TypeDef, handle: int) -> bytes | Event:
        """Begin to end an object."""
        number = self._plan.resource(resource)
        assert number is not None
        try:
            return self.native.drop(number, handle)
        except RefusedError as error:
            raise self.refused(error) from None

    def close(self) -> None:
        """Free everything; harmless when it was done already."""
        if not self._closed:
            self._closed = True
            try:
                self.native.close()
            except RefusedError:
                # Another thread is in a call, which ends soon; the instance goes with the last use.
                self.native.cancel()
            self.hosts.close()
            # A child has a copy of the loop, which has the descriptors of its parent's.
            if self._loop is not None and self.native.is_here:
                self._loop.close()
            self.on_close()
