"""The functions of one component as an HTTP service: from a request to a call, and back.

It does no I/O and runs no component: who serves it makes the call and says what became of it.
docs/services.md has the routes and the errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from unit_wasm.services.describing import OPENAPI, Description
from unit_wasm.services.offered import Offered, Offers
from unit_wasm.services.openapi import Part
from unit_wasm.services.problems import JSON, Answer, bad_arguments, bad_json, problem
from unit_wasm.wit.json.document import BadJson, read_document
from unit_wasm.wit.json.faults import Faults
from unit_wasm.wit.json.reader import arguments_reader
from unit_wasm.wit.json.writer import value_writer
from unit_wasm.wit.model import World
from unit_wasm.wit.values import Err, Ok

_POST: Final = (b"allow", b"POST, OPTIONS")


@dataclass(frozen=True, slots=True)
class Request:
    """What of a request matters here.

    Parameters:
        method: as it was sent.
        path: decoded, without the query and without the slash before it.
        media_type: the value of ``content-type``; None: there is none.
        accept: the value of ``accept``; empty: there is none.
        body: all of it.
    """

    method: str
    path: str
    media_type: str | None
    accept: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """A function that is to be called.

    Parameters:
        offered: which one.
        arguments: values, as ``unit_wasm.wit.values`` has them.
        returned: makes the answer of what it has returned; None where it has no result.
    """

    offered: Offered
    arguments: list[Any]
    returned: Callable[[Any], Answer]


class Service:
    """The functions of one component.

    Parameters:
        world: what it exports.
        title: what it is called where it is described.
        refused: exports that the host cannot call, by interface and name, and why.

    Raises:
        ComponentError: it exports no functions.
    """

    def __init__(
        self, world: World, title: str, refused: Mapping[tuple[str | None, str], str] | None = None
    ) -> None:
        self.offers = Offers(world, refused)
        self.description = Description(title, [Part("", self.offers)], {})
        self._makers: dict[str, Callable[[Any], Call]] = {}

    def respond(self, request: Request) -> Answer | Call:
        """Return the answer to a request, or the call that it needs."""
        if request.path in ("", OPENAPI):
            return self.description.answer(request.path, request.method, request.accept)
        offered = self.offers.find(request.path)
        if offered is None:
            near = self.offers.near(request.path)
            detail = f"the component exports no function {request.path!r}"
            return problem("unknown-function", detail, did_you_mean=near)
        if request.method == "OPTIONS":
            return Answer(204, (_POST,), b"")
        if request.method != "POST":
            return problem("method", f"the method is {request.method}", headers=[_POST])
        if offered.reason is not None:
            return problem("not-callable", offered.reason, reason=offered.reason)
        if not _is_json(request.media_type):
            detail = f"it is {request.media_type!r}: curl --json sends JSON, and so does curl -H"
            return problem("media-type", f"{detail} 'content-type: application/json'")
        return self._call(offered, request.body)

    def _call(self, offered: Offered, body: bytes) -> Answer | Call:
        make = self._makers.get(offered.path)
        if make is None:
            make = self._makers[offered.path] = _maker(offered)
        try:
            return make(read_document(body) if body else {})
        except BadJson as error:
            return bad_json(error)
        except Faults as error:
            return bad_arguments(error.faults)


def _maker(offered: Offered) -> Callable[[Any], Call]:
    """Return what makes a call of a document; all that depends on the types is done here."""
    read = arguments_reader(offered.function.params)
    result = value_writer(offered.answer)
    error = value_writer(offered.error)
    fails = offered.fails

    def write(value: Any) -> Answer:
        if fails and isinstance(value, Err):
            return problem("function-error", raw=f'"error":{error(value.value)}')
        if fails and isinstance(value, Ok):
            value = value.value
        return Answer(200, (JSON,), f'{{"result":{result(value)}}}'.encode())

    return lambda document: Call(offered, read(document), write)


def _is_json(media_type: str | None) -> bool:
    if media_type is None:
        return True
    return media_type.partition(";")[0].strip().lower() == "application/json"
