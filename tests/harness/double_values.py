"""What a test gives to the double of libunit and gets from it, and its extension."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.harness.server import ROOT

_FOLDER = ROOT / "build" / "double"

Headers = Sequence[tuple[bytes, bytes]]


def _load() -> Any:
    build_environment = dict(os.environ)
    # The compiler must not run with the sanitizer that is loaded into the tests.
    build_environment.pop("LD_PRELOAD", None)
    if "UW_ASAN" in os.environ:
        build_environment["UW_SANITIZE"] = "address,undefined"
    builder = ROOT / "tests" / "double" / "build.py"
    subprocess.run([sys.executable, builder, _FOLDER], env=build_environment, check=True)
    (file,) = _FOLDER.glob("_native_double*.so")
    spec = importlib.util.spec_from_file_location("_native_double", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_native = _load()
ffi, lib = _native.ffi, _native.lib

functions = (
    *("DEFAULT_INIT", "INIT", "PROCESS_MSG", "RESPONSE_INIT", "ADD_FIELD", "ADD_CONTENT", "SEND"),
    *("WRITE", "READ", "CALLOC", "IOCTL", "EPOLL_CREATE", "EPOLL_CTL", "EPOLL_WAIT"),
    "SENDMSG",
)
"""What can be told to fail: functions of libunit, and of the system as the module calls it."""


@dataclass(frozen=True)
class Answer:
    """What the module has done with a request so far.

    Parameters:
        taken: it was given to the module.
        closed: libunit has called its close handler.
        sent: the router has read the head.
        status: of the head, 0 before.
        headers: of the head, in order.
        body: all bytes so far.
        parts: sizes of the messages, that with the head first.
        head_shared: the head took shared memory.
        done: how often it was done, once the router has read that.
        result: what it was done with: 0 is a whole response, 1 cuts the connection.
        content_open: its file with the body is open.
    """

    taken: bool
    closed: bool
    sent: bool
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    parts: tuple[int, ...]
    head_shared: bool
    done: int
    result: int
    content_open: bool

    def header(self, name: bytes) -> bytes | None:
        """Return the value of a header, None where it is absent."""
        values = [value for found, value in self.headers if found == name]
        assert len(values) <= 1, f"{name!r} is repeated: {values}"
        return values[0] if values else None

    @property
    def whole(self) -> bool:
        """Whether the client has got a whole response."""
        return self.done == 1 and self.result == 0 and self.sent


@dataclass(frozen=True)
class NewRequest:
    """A request as the router hands it over; texts are bytes, as the client has sent them.

    Parameters:
        method: of the request line.
        target: the rest of the request line.
        server_name: the host as Unit understands it.
        remote: the client's address.
        local: the address that it has connected to.
        tls: Unit has taken it over TLS.
        headers: in order.
        body: its bytes.
        promised: the content length that Unit says; None for the true one.
        piece: a body in memory is read in pieces of that size; 0 for all at once.
        in_file: the body is in a file; None: as Unit does it, when it is over 16384 bytes.
    """

    target: bytes = b"/"
    method: bytes = b"GET"
    server_name: bytes = b"localhost"
    remote: bytes = b"127.0.0.1"
    local: bytes = b"127.0.0.1"
    tls: bool = False
    headers: Headers = ()
    body: bytes = b""
    promised: int | None = None
    piece: int = 0
    in_file: bool | None = None

    def send(self, *, more: bool) -> int:
        """Put it into the shared port; with ``more``, together with the next one."""
        keep: list[Any] = []

        def text(name: str, value: bytes) -> dict[str, Any]:
            keep.append(ffi.from_buffer("char[]", value))
            return {name: keep[-1], f"{name}_size": len(value)}

        fields = ffi.new(
            "double_field_t[]",
            [{**text("name", name), **text("value", value)} for name, value in self.headers],
        )
        large = len(self.body) > 16384
        request = ffi.new(
            "double_request_t *",
            {
                **text("method", self.method),
                **text("target", self.target),
                **text("server_name", self.server_name),
                **text("remote", self.remote),
                **text("local", self.local),
                **text("body", self.body),
                "tls": self.tls,
                "fields": fields,
                "field_count": len(self.headers),
                "promised": len(self.body) if self.promised is None else self.promised,
                "piece": self.piece,
                "in_file": large if self.in_file is None else self.in_file,
                "more": more,
            },
        )
        return int(lib.double_request(request))


def conf(value: Any) -> Any:
    """Build the tree that ``nxt_conf_*`` shows; pairs may stand for an object, for repeats."""
    none, boolean, integer, number, string, array, an_object = range(7)
    if isinstance(value, bool):
        return lib.double_conf_new(boolean, b"", 0, float(value))
    if isinstance(value, int | float):
        kind = integer if isinstance(value, int) else number
        return lib.double_conf_new(kind, b"", 0, float(value))
    if isinstance(value, str | bytes):
        text = value.encode() if isinstance(value, str) else value
        return lib.double_conf_new(string, text, len(text), 0.0)
    if isinstance(value, list):
        made = lib.double_conf_new(array, b"", 0, 0.0)
        for element in value:
            lib.double_conf_add(made, b"", 0, conf(element))
        return made
    if isinstance(value, Mapping):
        made = lib.double_conf_new(an_object, b"", 0, 0.0)
        for key, element in value.items():
            name = key.encode() if isinstance(key, str) else key
            lib.double_conf_add(made, name, len(name), conf(element))
        return made
    assert value is None
    return lib.double_conf_new(none, b"", 0, 0.0)
