"""A host of the byte functions in Python, for an original and what the rewrite makes of it."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import wasmtime
import wasmtime.component as wc

from tests.harness.component_text import STREAMS, assemble, guest, streams_import
from unit_wasm.component.rewrite.packing import PIECE
from unit_wasm.component.rewrite.rewrite import rewrite

ERROR, INPUT, OUTPUT = 1, 2, 3
_ENGINE = wasmtime.Engine()
DATA = b"0123456789\x00\x7f\x80\xff\xc3\xa9abcdef"
"""What lies at offset 1000 of the guest's memory."""


@dataclass
class Host:
    """Instantiates a component and answers its stream functions.

    ``answer`` is what the next calls return: bytes, None (written), "error" or "closed"; bytes that
    come in pieces are one call. ``refuses`` is the same for bytes that are announced.
    """

    data: bytes
    rewritten: bool
    answer: Any = None
    refuses: Any = None
    calls: list[tuple[str, Any]] = field(default_factory=list)
    announced: list[int] = field(default_factory=list)
    pieces: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = wasmtime.Store(_ENGINE)
        component = _compiled(self.data)
        linker = wc.Linker(_ENGINE)
        with linker.root() as root:
            with root.add_instance("wasi:io/error@0.2.0") as errors:
                errors.add_resource("error", wc.ResourceType.host(ERROR), _drop)
            with root.add_instance("wasi:io/streams@0.2.0") as streams:
                streams.add_resource("error", wc.ResourceType.host(ERROR), _drop)
                streams.add_resource("input-stream", wc.ResourceType.host(INPUT), _drop)
                streams.add_resource("output-stream", wc.ResourceType.host(OUTPUT), _drop)
                for name in ("read", "blocking-read"):
                    streams.add_func(f"[method]input-stream.{name}", self._called(name))
                for name in ("write", "blocking-write-and-flush"):
                    streams.add_func(f"[method]output-stream.{name}", self._called(name))
        self.instance = linker.instantiate(self.store, component)

    def _called(self, name: str) -> Callable[..., Any]:
        def function(store: Any, stream: Any, argument: Any) -> Any:
            stream.drop(store)  # ends the borrow
            answer = self.answer
            if isinstance(argument, str):
                assert self.rewritten
                argument = self._written(argument)
                if argument is None:
                    answer = self.refuses if len(self.pieces) == 0 else None
            if argument is not None:
                self.calls.append((name, argument))
            if isinstance(answer, bytes) and self.rewritten:
                return packed(answer)
            if answer == "error":
                answer = wc.ResourceHost.own(7, ERROR).to_any(self.store)
            if "write" in name:  # a result without a value needs a tag in this API
                return (
                    wc.Variant("ok")
                    if answer is None
                    else wc.Variant("err", None if answer == "closed" else answer)
                )
            return None if answer == "closed" else answer

        return function

    def _written(self, text: str) -> bytes | None:
        """Return bytes that are written; None where more are to come."""
        if text.endswith("\x81"):
            assert len(text) == 6
            self.announced.append(sum(ord(char) << 7 * i for i, char in enumerate(text[:5])))
            return None
        self.pieces.append(unpacked(text))
        left = sum(map(len, self.pieces))
        if self.announced and left < self.announced[-1]:
            assert len(self.pieces[-1]) == PIECE
            return None
        whole, self.pieces = b"".join(self.pieces), []
        assert not self.announced or len(whole) == self.announced.pop()
        return whole

    def call(self, name: str, *arguments: Any) -> Any:
        """Call an export; a trap is returned as its last line."""
        function = self.instance.get_func(self.store, name)
        assert function is not None
        try:
            return function(self.store, *arguments)
        except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
            return str(error).strip().splitlines()[-1]

    def dump(self, count: int = 10_000) -> Any:
        """Return the first bytes of the guest's memory: its data, its log, what it allocated."""
        return self.call("dump", count)

    def write(self, pointer: int, size: int, at: int = 64) -> Any:
        stream = wc.ResourceHost.borrow(1, OUTPUT).to_any(self.store)
        return self.call("write", stream, pointer, size, at)

    def read(self, count: int, at: int = 64) -> Any:
        stream = wc.ResourceHost.borrow(1, INPUT).to_any(self.store)
        return self.call("read", stream, count, at)


@functools.cache
def _compiled(data: bytes) -> wc.Component:
    return wc.Component(_ENGINE, data)


def packed(data: bytes) -> str:
    """Return bytes that are read in the form that csrc/guest/latin1.h describes."""
    if data.isascii():
        return data.decode("ascii") + "\0"
    text = bytearray()
    for start in range(0, len(data), 112):
        group = data[start : start + 112].ljust(112, b"\0")
        text += bytes(byte & 0x7F for byte in group)
        rows = [group[i : i + 16] for i in range(0, 112, 16)]
        text += bytes(
            sum((row[lane] >> 7) << (6 - i) for i, row in enumerate(rows)) for lane in range(16)
        )
    text.append(1 + -len(data) % 112)
    return text.decode("ascii")


def unpacked(text: str) -> bytes:
    """Return the bytes of a string that is written; see there."""
    if not text.endswith("\x80"):
        assert text.isascii()
        return text.encode("ascii")
    groups, missing = text[:-2].encode("ascii"), ord(text[-2])
    data = bytearray()
    for start in range(0, len(groups), 128):
        highs = groups[start + 112 : start + 128]
        data += bytes(
            groups[start + i] | (highs[i % 16] >> (6 - i // 16) & 1) << 7 for i in range(112)
        )
    assert missing < 112
    assert data.endswith(bytes(missing))
    return bytes(data[: len(data) - missing])


def _drop(_store: Any, _rep: int) -> None:
    pass


def hosts(text: str = STREAMS) -> tuple[Host, Host]:
    original = assemble(text)
    outcome = rewrite(original)
    assert (outcome.rewritten, outcome.reason) == (True, None)
    return Host(original, False), Host(outcome.data, True)


def both(act: Callable[[Host], Any], text: str = STREAMS) -> tuple[Any, list[tuple[str, Any]]]:
    """Let the original and the rewritten component do the same; return what both gave."""
    results = []
    for host in hosts(text):
        result = act(host)
        results.append((result, host.calls, host.dump()))
    (first, calls, memory), (second, calls_2, memory_2) = results
    assert (first, calls) == (second, calls_2)
    assert memory == memory_2
    return first, calls


def answering(host: Host, answer: Any) -> Host:
    host.answer = answer
    return host


def filled(data: bytes) -> str:
    """Return a component whose memory has these bytes from offset 1000 on."""
    pages = 1 + (1000 + len(data) >> 16)
    text = "".join(f"\\{byte:02x}" for byte in data)
    inside = guest(pages=pages).replace(
        "(data (i32.const 1000)", f'(data (i32.const 1000) "{text}") (data (i32.const 500)'
    )
    return f"(component {streams_import()} {inside})"
