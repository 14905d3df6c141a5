"""Functions as services in the double: the test is what Python is in the module."""

import json
import os
from collections.abc import Callable
from typing import Any

from tests.harness.double import Module
from tests.harness.double_values import Answer, ffi, lib
from unit_wasm.unit.answering import Answering

JSON = ((b"Content-Type", b"application/json"),)


class Answers:
    """A context in which the module asks this.

    Parameters:
        answering: answers.
        fault: is called before each step, with its name.
    """

    def __init__(
        self, answering: Answering, fault: Callable[[str], None] = lambda step: None
    ) -> None:
        self._answering = answering
        self._fault = fault
        self._callbacks = (
            ffi.callback("int(uw_question_t *)", self._ask, error=-1),
            ffi.callback("int(uw_ended_t *)", self._returned, error=-1),
            ffi.callback("int(void *)", self._count, error=-1),
        )

    def _ask(self, question: Any) -> int:
        return self._safely("ask", self._answering.ask, question)

    def _returned(self, ended: Any) -> int:
        return self._safely("returned", self._answering.returned, ended)

    def _count(self, text: Any) -> int:
        return self._safely("count", lambda text: self._answering.count(text, os.getpid()), text)

    def _safely(self, step: str, call: Callable[[Any], None], argument: Any) -> int:
        try:
            self._fault(step)
            call(argument)
        except (RuntimeError, MemoryError):
            return -1
        return 0

    def __enter__(self) -> None:
        lib.double_service(*self._callbacks)

    def __exit__(self, *_: object) -> None:
        lib.double_service(ffi.NULL, ffi.NULL, ffi.NULL)


def call(module: Module, path: bytes, body: bytes, **more: Any) -> Answer:
    """Call a function, and return the answer."""
    return module.ask(path, method=b"POST", body=body, **{"headers": JSON, **more})


def problem(answer: Answer) -> dict[str, Any]:
    """Return the problem that an answer is."""
    assert answer.header(b"content-type") == b"application/problem+json"
    document: dict[str, Any] = json.loads(answer.body)
    assert document["status"] == answer.status
    return document
