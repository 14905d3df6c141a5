"""The functions of a component, bound to what carries calls: packed arguments and results.

It runs no component either: who does asks here what becomes of a request, makes the call that is
needed, and asks what becomes of its end.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any, Final

from unit_wasm.errors import ComponentError
from unit_wasm.services.offered import Offers
from unit_wasm.services.problems import Answer, problem
from unit_wasm.services.service import Call, Request, Service
from unit_wasm.wit.codec import Codec
from unit_wasm.wit.codec_shapes import PLAIN
from unit_wasm.wit.model import World
from unit_wasm.wit.program import Entry, make_program

MAX_BODY_SIZE: Final = 8 << 20
"""Bytes of arguments; servers have limits of their own before."""

_KINDS: Final = {503: "busy", 504: "timeout"}
_RETRY_AFTER: Final = b"1"


def answers_http(world: World) -> bool:
    """Tell whether a component answers HTTP itself."""
    return any(item.name.startswith("wasi:http/incoming-handler@") for item in world.exports)


def serves_functions(world: World) -> bool:
    """Tell whether a component is one whose functions are served."""
    try:
        return not answers_http(world) and bool(Offers(world).functions)
    except ComponentError:
        return False


@dataclass(frozen=True, slots=True)
class Packed:
    """A call that is to be made.

    Parameters:
        number: of the function, in the program.
        arguments: packed.
    """

    number: int
    arguments: bytes


@dataclass(slots=True)
class _Function:
    number: int
    pack: Callable[[Any, Any], bytes]
    unpack: Callable[[bytes, Any], tuple[Any, ...]]
    has_result: bool
    returned: Callable[[Any], Answer] | None = None


class Binding:
    """Requests of HTTP to calls, and the ends of calls to answers.

    Parameters:
        world: of the component.
        title: what it is called where it is described.
        foreign: names of imports that Python provides.

    Raises:
        ComponentError: it exports no functions, or resources of the host are among its types.
    """

    def __init__(self, world: World, title: str, foreign: Container[str] = ()) -> None:
        program = make_program(world, foreign)
        if len(program.resources) != len(program.own):
            raise ComponentError("resources of a host do not reach functions that are served")
        self.program = program.text
        self.service = Service(world, title, program.refused)
        codec = Codec(PLAIN)
        self._numbers = [_function(entry, codec) for entry in program.exports]
        self._functions = {
            (entry.interface, entry.function.name): function
            for entry, function in zip(program.exports, self._numbers, strict=True)
        }

    def warm(self) -> None:
        """Make what describes the functions now: later nobody may be able to read our files."""
        for path, accept in (("", ""), ("", "text/html"), ("openapi.json", "")):
            self.service.respond(Request("GET", path, None, accept, b""))

    def ask(self, request: Request) -> Answer | Packed:
        """Return the answer to a request, or the call that it needs."""
        found = self.service.respond(request)
        if not isinstance(found, Call):
            return found
        function = self._functions[found.offered.interface, found.offered.function.name]
        # It is of the function, whatever the arguments are.
        function.returned = found.returned
        return Packed(function.number, function.pack(found.arguments, None))

    def returned(self, number: int, packed: bytes) -> Answer:
        """Return the answer for a call that has returned.

        Parameters:
            number: of the function.
            packed: its result.
        """
        function = self._numbers[number]
        values = function.unpack(packed, None)
        assert function.returned is not None
        return function.returned(values[0] if function.has_result else None)


def ended(status: int, request: str) -> Answer:
    """Return the answer for a call that has not returned.

    Parameters:
        status: what the worker would answer.
        request: its id, as the log has it.
    """
    kind = _KINDS.get(status, "trap")
    headers = [(b"retry-after", _RETRY_AFTER)] if kind == "busy" else []
    return problem(kind, headers=headers, request=request)


def _function(entry: Entry, codec: Codec) -> _Function:
    result = entry.function.result
    return _Function(
        entry.number,
        codec.packer([param.type for param in entry.function.params]),
        codec.reader([] if result is None else [result]),
        result is not None,
    )
