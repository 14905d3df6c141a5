"""Functions as services inside Unit's module: what a request becomes, and what an answer is."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from time import monotonic
from typing import Any, NamedTuple, Protocol
from urllib.parse import unquote

from unit_wasm.services.binding import MAX_BODY_SIZE, Binding, Packed, ended
from unit_wasm.services.pages import NO_PAGE, Fields, Pages, Sender, is_loopback
from unit_wasm.services.problems import Answer, problem
from unit_wasm.services.service import Request
from unit_wasm.serving.counts import Counts, FunctionCounts, function_families


class Functions(Protocol):
    """The functions of a component.

    Parameters:
        binding: of requests to them.
        counts: of their calls.
    """

    binding: Binding
    counts: Counts

    def site(self) -> Any:
        """Return its ``uw_site_t *``, on the worker's thread; None: it is the worker's own.

        Raises:
            HostError: it has none.
        """


class Found(NamedTuple):
    """Where a request goes.

    Parameters:
        functions: to these.
        request: as they see it.
    """

    functions: Functions
    request: Request


class Served(Protocol):
    """What is served: one component, or several."""

    @property
    def lock(self) -> AbstractContextManager[Any]:
        """What is held from the moment that a component is found until it has the call."""

    def find(self, request: Request) -> Answer | Found:
        """Return the answer to a request, or where it goes."""

    def counted(self) -> Iterable[FunctionCounts]:
        """Return what was counted of each function."""


class OneComponent:
    """The worker's own component.

    Parameters:
        name: of the application.
        binding: its functions.
    """

    lock: AbstractContextManager[Any] = nullcontext()

    def __init__(self, name: str, binding: Binding) -> None:
        self.binding = binding
        self.counts = Counts(name)
        # A worker may not be able to read our files.
        binding.warm()

    def find(self, request: Request) -> Answer | Found:
        """Return where every request goes."""
        return Found(self, request)

    def counted(self) -> Iterable[FunctionCounts]:
        """Return what was counted of each function."""
        return self.counts

    def site(self) -> Any:
        """Return None: it is the worker's own."""
        return None


class _Call(NamedTuple):
    """A call that has not ended."""

    functions: Functions
    path: str
    began: float
    more: Fields


class Answering:
    """Answers for the worker, on its thread.

    Parameters:
        ffi: CFFI's, of the module.
        lib: its functions.
        served: what is served.
        pages: those that may call.
    """

    def __init__(self, ffi: Any, lib: Any, served: Served, pages: Pages) -> None:
        self._ffi = ffi
        self._buffer = ffi.buffer
        self._null = ffi.NULL
        self._lib = lib
        self._served = served
        self._pages = pages
        self._calls: dict[int, _Call] = {}

    def ask(self, question: Any) -> None:
        """Answer a request, or say which function it calls.

        Parameters:
            question: a ``uw_question_t *``.

        Raises:
            MemoryError: memory is out.
            HostError: the component has no site.
        """
        began = monotonic()
        sender = self._sender(question)
        method = self._text(question.method)
        more = self._pages.fields(method, sender)
        refused = self._pages.refusal(method, sender)
        if refused is None and question.body_size > MAX_BODY_SIZE:
            refused = problem("too-large")
        if refused is not None:
            self._answer(question.exchange, refused, more)
            return
        request = self._request(question, method)
        with self._served.lock:
            found = self._served.find(request)
            if isinstance(found, Answer):
                self._answer(question.exchange, found, more)
                return
            answer = found.functions.binding.ask(found.request)
            call = _Call(found.functions, found.request.path, began, more)
            if isinstance(answer, Packed):
                self._call(question, answer, call)
                return
        _count(call, answer)
        self._answer(question.exchange, answer, more)

    def _call(self, question: Any, packed: Packed, call: _Call) -> None:
        site = call.functions.site()
        if self._lib.uw_question_call(
            question,
            self._null if site is None else site,
            packed.number,
            packed.arguments,
            len(packed.arguments),
        ):
            raise MemoryError
        self._calls[self._number(question.exchange)] = call

    def _number(self, exchange: Any) -> int:
        """Return what tells an exchange from all others that there are now."""
        return int(self._ffi.cast("uintptr_t", exchange))

    def _request(self, question: Any, method: str) -> Request:
        target = self._text(question.target).partition("?")[0]
        return Request(
            method,
            (unquote(target) if "%" in target else target).removeprefix("/"),
            None if question.media_type.data == self._null else self._text(question.media_type),
            self._text(question.accept),
            self._buffer(question.body, question.body_size)[:],
        )

    def _sender(self, question: Any) -> Sender:
        none = question.origin.data == self._null
        if none and question.site.data == self._null:
            return NO_PAGE
        return Sender(
            None if none else self._text(question.origin),
            self._text(question.host),
            self._text(question.site),
            is_loopback(self._text(question.local)),
        )

    def _text(self, text: Any) -> str:
        data: bytes = self._buffer(text.data, text.size)[:]
        return data.decode("latin-1")

    def returned(self, end: Any) -> None:
        """Answer a request whose call has ended.

        Parameters:
            end: a ``uw_ended_t *``.

        Raises:
            MemoryError: memory is out.
        """
        call = self._calls.pop(self._number(end.exchange))
        if end.status == 200:
            packed = self._buffer(end.packed, end.packed_size)[:]
            answer = call.functions.binding.returned(end.function, packed)
        else:
            answer = ended(end.status, self._text(end.id))
        _count(call, answer)
        self._answer(end.exchange, answer, call.more)

    def count(self, text: Any, pid: int) -> None:
        """Append what was counted of functions to a text.

        Parameters:
            text: a ``void *`` of ``uw_question_counted()``.
            pid: of this process.

        Raises:
            MemoryError: memory is out.
        """
        more = "".join(function_families(self._served.counted(), pid)).encode()
        if self._lib.uw_question_counted(text, more, len(more)):
            raise MemoryError

    def _answer(self, exchange: Any, answer: Answer, more: Fields) -> None:
        headers = (*answer.headers, *more) if more else answer.headers
        lines = b"".join(b"%b:%b\n" % field for field in headers)
        if self._lib.uw_question_answer(
            exchange, answer.status, lines, len(lines), answer.body, len(answer.body)
        ):
            raise MemoryError


def _count(call: _Call, answer: Answer) -> None:
    offered = call.functions.binding.service.offers.find(call.path)
    if offered is not None:
        call.functions.counts.add(f"/{offered.path}", answer.status, monotonic() - call.began)
