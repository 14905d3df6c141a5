"""Functions as services inside Unit's module: what a request becomes, and what an answer is."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from unit_wasm.services.binding import MAX_BODY_SIZE, Binding, Packed, ended
from unit_wasm.services.problems import Answer, problem
from unit_wasm.services.service import Request

__all__ = ["Answering"]


class Answering:
    """Answers for the worker, on its thread.

    Parameters:
        ffi: CFFI's, of the module.
        lib: its functions.
        binding: the functions that are served.
    """

    def __init__(self, ffi: Any, lib: Any, binding: Binding) -> None:
        self._buffer = ffi.buffer
        self._null = ffi.NULL
        self._lib = lib
        self._binding = binding
        binding.warm()

    def ask(self, question: Any) -> None:
        """Answer a request, or say which function it calls.

        Parameters:
            question: a ``uw_question_t *``.

        Raises:
            MemoryError: memory is out.
        """
        if question.body_size > MAX_BODY_SIZE:
            found: Answer | Packed = problem("too-large")
        else:
            found = self._binding.ask(self._request(question))
        if isinstance(found, Answer):
            self._answer(question.exchange, found)
        elif self._lib.uw_question_call(
            question, found.number, found.arguments, len(found.arguments)
        ):
            raise MemoryError

    def _request(self, question: Any) -> Request:
        target = self._text(question.target).partition("?")[0]
        return Request(
            self._text(question.method),
            (unquote(target) if "%" in target else target).removeprefix("/"),
            None if question.media_type.data == self._null else self._text(question.media_type),
            self._text(question.accept),
            self._buffer(question.body, question.body_size)[:],
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
        if end.status == 200:
            packed = self._buffer(end.packed, end.packed_size)[:]
            answer = self._binding.returned(end.function, packed)
        else:
            answer = ended(end.status, self._text(end.id))
        self._answer(end.exchange, answer)

    def _answer(self, exchange: Any, answer: Answer) -> None:
        lines = b"".join(b"%b:%b\n" % field for field in answer.headers)
        if self._lib.uw_question_answer(
            exchange, answer.status, lines, len(lines), answer.body, len(answer.body)
        ):
            raise MemoryError
