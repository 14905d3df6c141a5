"""A guest whose host calls a test answers."""

from typing import Any, Self

from tests.harness.direct import Call, Client
from unit_wasm.hosting.packing import pack_bytes, pack_option
from unit_wasm.native.hosting import HostCalls, HostOrder

GET, SET = 1, 2
NONE = b"\0" + pack_option(None)
GONE = "the host functions of this application have ended"


def some(data: bytes) -> bytes:
    """A packed ok(some(bytes))."""
    return b"\0" + pack_option(pack_bytes(data))


class Calling(Client):
    """A guest whose calls the test answers."""

    def __init__(self, **options: Any) -> None:
        super().__init__("keyvalue", keyvalue="sqlite:/nowhere/at/all", **options)
        self.calls: HostCalls = self.worker.host_calls()

    def __enter__(self) -> Self:
        return self

    def asks(self, path: str = "/1/get/-/a") -> tuple[Call, HostOrder]:
        """Start a request, and return its call."""
        call = self.start(path)
        self.settle()
        (order,) = (each for each in self.calls.orders() if not each.ended)
        assert order.function != 0
        return call, order

    def fails(self, call: Call, why: str) -> None:
        self.finish(call)
        assert call.status == 500
        line = self.lines[-1].removesuffix("\n<backtrace>")
        assert line.startswith("3 app: request ")
        assert line.endswith(f": GET /1/get/-/a: the component failed: {why} (<times>)")
