"""Calls of a guest's functions in this process, with packed values written by hand."""

import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Self

from tests.harness.direct import CACHE, SLOWNESS, guest_path, prepare
from unit_wasm.native.call_events import Event, Failure
from unit_wasm.native.calls import FAILED, HOST, SLICE, WAITING, Instance, Library
from unit_wasm.options import Options
from unit_wasm.wit import read_world
from unit_wasm.wit.program import make_program

Host = Callable[[str, bytes], "bytes | str"]
"""Is told the name of what the guest calls, and its arguments. A text is why it fails."""

PATIENCE = 60.0


def u32(*numbers: int) -> bytes:
    """Return numbers as they are packed."""
    return struct.pack(f"<{len(numbers)}I", *numbers)


def packed(text: str | bytes) -> bytes:
    """Return a string, or a list of bytes."""
    data = text.encode() if isinstance(text, str) else text
    return u32(len(data)) + data


class Caller:
    """A guest and its instances; all are closed at the end of the context.

    Parameters:
        name: of the guest.
        host: does what the guest calls of Python's.
        options: as :class:`Options` has them.
    """

    def __init__(self, name: str, host: Host | None = None, **options: Any) -> None:
        path = guest_path(name)
        given = Options(cache_dir=CACHE, max_exchanges=16)
        world = read_world(path.read_bytes())
        foreign = {item.name for item in world.imports if not item.name.startswith("wasi:")}
        self.program = make_program(world, foreign)
        self.host = host
        self.log: list[str] = []
        self.dropped: list[tuple[int, int]] = []
        self.slices = 0
        self.library = Library(
            prepare(path, replace(given, **_scaled(options)), served=False),
            replace(given, **_scaled(options)),
            program=self.program,
            name="app",
            environment={},
            log=lambda level, line: self.log.append(f"{level} {line}"),
        )
        self.instances: list[Instance] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for instance in self.instances:
            instance.close()
        self.library.close()

    def instance(self) -> Instance:
        """Return a new instance."""
        made = self.library.instance(lambda *drop: self.dropped.append(drop))
        self.instances.append(made)
        return made

    def number(self, name: str) -> int:
        """Return the number of an export."""
        (found,) = (one.number for one in self.program.exports if one.function.name == name)
        return found

    def begin(self, instance: Instance, name: str, arguments: bytes = b"") -> bytes | Event:
        """Call a function, and return what happens first."""
        return instance.call(self.number(name), arguments)

    def call(self, instance: Instance, name: str, arguments: bytes = b"") -> bytes:
        """Call a function, do what it asks for, and return its packed result."""
        outcome = self.finish(instance, self.begin(instance, name, arguments))
        assert isinstance(outcome, bytes), outcome
        return outcome

    def failure(self, instance: Instance, name: str, arguments: bytes = b"") -> Failure:
        """Call a function that fails, and return how."""
        outcome = self.finish(instance, self.begin(instance, name, arguments))
        assert isinstance(outcome, Failure), outcome
        return outcome

    def finish(self, instance: Instance, outcome: bytes | Event) -> bytes | Failure:
        """Let a call end."""
        late = time.monotonic() + PATIENCE
        while isinstance(outcome, Event) and outcome.kind != FAILED:
            assert time.monotonic() < late
            outcome = self.step(instance, outcome)
        if isinstance(outcome, Event):
            assert outcome.failure is not None
            return outcome.failure
        return outcome

    def step(self, instance: Instance, event: Event) -> bytes | Event:
        """Do what an event asks for."""
        if event.kind == HOST:
            assert self.host is not None
            name = self.program.imports[event.number].function.name
            answer = self.host(name, event.data)
            return instance.fail(answer) if isinstance(answer, str) else instance.answer(answer)
        if event.kind == WAITING:
            instance.wait()
        else:
            assert event.kind == SLICE
            self.slices += 1
        return instance.go_on()

    def settled(self, instance: Instance, outcome: bytes | Event) -> bytes | Event:
        """Go on after slices, up to the first other event."""
        while isinstance(outcome, Event) and outcome.kind == SLICE:
            outcome = instance.go_on()
        return outcome


def _scaled(options: Mapping[str, Any]) -> dict[str, Any]:
    times = ("timeout", "cpu_timeout")
    return {name: value * SLOWNESS if name in times else value for name, value in options.items()}
