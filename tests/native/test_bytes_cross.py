"""Bytes of functions that Python calls, and of functions of Python that a component calls.

They cross as strings of packed bytes, or one by one, and nobody can tell the difference.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.component_text import assemble
from tests.harness.direct import CACHE, guest_path
from tests.harness.relay import RELAY, STORE
from unit_wasm import CallError, Err, Trap, host, load
from unit_wasm.options import Options
from unit_wasm.prepare.compile import compile_component
from unit_wasm.prepare.compiler import candidates_of
from unit_wasm.prepare.source import open_source

RANDOM = random.Random(1)
EDGES = (0, 1, 15, 16, 17, 63, 64, 111, 112, 113, 127, 128, 223, 224, 225, 1000)
BYTES = [
    b"",
    b"a",
    b"\0",
    b"\x7f",
    b"\x80",
    b"\xff",
    "h\u00e9".encode(),
    b"a" * 112 + b"\x80",
    b"\xc2\x80",
    b"\xc2\x81",
    *(bytes(size) for size in EDGES),
    *(b"\xff" * size for size in EDGES),
    *(RANDOM.randbytes(size) for size in EDGES),
]
LARGE = RANDOM.randbytes((1 << 20) + 5)


class Handle:
    """An object of the host with bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def add(self, data: bytes) -> bytes:
        return self.data + data


@host.interface("test:relay/host@1.0.0")
class Relay:
    """Gives back what it gets."""

    Handle: Any = Handle

    def __init__(self) -> None:
        self.noted: list[int] = []

    def plain(self, data: Any) -> Any:
        assert isinstance(data, bytes)
        return data

    def nested(self, data: Any) -> Any:
        return data

    pairs = entries = maybe = choose = nested

    def either(self, data: Any) -> Any:
        return (data,)

    def tried(self, data: bytes) -> bytes:
        if data == b"\xff":
            raise Err("no")
        return data

    def mixed(self, *values: Any) -> Any:
        return values

    def many(self, *values: Any) -> Any:
        return sum(values[:-1]), values[-1]

    def silent(self, data: bytes) -> None:
        self.noted.append(len(data))

    def size(self, data: bytes) -> int:
        return len(data)

    def make(self, data: bytes) -> Any:
        return Handle(data)

    def look(self, one: Any, data: bytes, other: Any) -> Any:
        return one.data + data + other.data

    def take(self, one: Any, data: bytes) -> Any:
        return one.data + data


@host.function
def shout(data: bytes) -> bytes:
    return data.upper()


@pytest.fixture(params=["nothing", "bytes", "front"])
def options(request: pytest.FixtureRequest) -> Options:
    """Options with which bytes are packed, and such with which they are not."""
    return Options(cache_dir=CACHE, without=request.param)


def _written(folder: Path, text: str) -> Path:
    path = folder / "guest.wasm"
    path.write_bytes(assemble(text))
    return path


@pytest.fixture
def relay(tmp_path: Path, options: Options) -> Iterator[Any]:
    with load(_written(tmp_path, RELAY), host=[Relay, shout], options=options) as component:
        yield component


def test_where_they_are_packed(tmp_path: Path) -> None:
    path = _written(tmp_path, RELAY)
    for without, arenas in (("nothing", 3), ("bytes", 0), ("front", 0)):
        prepared = compile_component(path, Options(cache_dir=CACHE, without=without), served=False)
        assert prepared.info.arenas == arenas


def test_what_answers_requests_has_none_for_what_else_it_exports() -> None:
    """Python's toolchain exports a function with lists that nobody calls."""
    for served, arenas in ((True, 0), (False, 1)):
        source = open_source(guest_path("hello-py"), served=served)
        best = next(candidates_of(source, Options(), lambda step: None)).description
        assert (best.fronted, best.info.arenas) == (True, arenas)


def test_bytes_of_all_kinds(relay: Any) -> None:
    guest = relay.guest
    for data in BYTES:
        assert guest.plain(data) == data
        assert relay.shouted(data) == data.upper()
        assert guest.size(data) == len(data)
        assert guest.tried(data) == data if data != b"\xff" else True
        assert guest.maybe(data) == data
        assert guest.many(*range(15), data) == (105, data)
    assert guest.nested(BYTES) == BYTES
    assert guest.nested([]) == []
    assert guest.maybe(None) is None
    pairs = [(number, data, 2**64 - 1 - number) for number, data in enumerate(BYTES)]
    assert guest.pairs(pairs) == pairs
    with pytest.raises(Err) as caught:
        guest.tried(b"\xff")
    assert caught.value.value == "no"


def test_bytes_beside_others(relay: Any) -> None:
    guest = relay.guest
    for data in BYTES:
        entries = [guest.Entry("h\u00e9", data, 255), guest.Entry("", b"", 0)]
        assert guest.entries(entries) == entries
        values = ("\U0001f30a", data, 2**64 - 1, guest.Color.GREEN, guest.Modes.W, 1.5)
        assert guest.mixed(*values) == values
        for choice in (
            guest.Choice_Number(0.1),
            guest.Choice_Data(data),
            guest.Choice_Wide(2**64 - 1),
            guest.Choice_Nothing(),
            guest.Choice_Entry(entries[0]),
        ):
            assert guest.choose(choice) == choice


def test_large_ones(relay: Any, options: Options) -> None:
    if options.without == "nothing":
        for _ in range(3):
            assert relay.guest.plain(LARGE) == LARGE
            assert relay.guest.nested([LARGE, b"", LARGE]) == [LARGE, b"", LARGE]
        return
    with pytest.raises(Trap, match="a call passed more than the host takes at once"):
        relay.guest.plain(LARGE)


def test_too_much_is_refused_all_the_same(relay: Any, options: Options) -> None:
    many = [b""] * 140_000
    if options.without == "nothing":
        assert relay.guest.nested(many) == many
        many = [bytes(17 << 20)]
    with pytest.raises(Trap, match="a call passed more than the host takes at once"):
        relay.guest.nested(many)


def test_handles_beside_bytes(relay: Any) -> None:
    guest = relay.guest
    for data in BYTES[:20]:
        one, other = Handle(b"1"), Handle(data)
        for _ in range(3):
            assert guest.look(one, data, other) == b"1" + data + data
            assert guest.add(one, data) == b"1" + data
        assert guest.take(one, data) == b"1" + data
        made = guest.make(data)
        assert isinstance(made, Handle)
        assert made.data == data


def test_what_is_wrong_is_said_as_ever(relay: Any) -> None:
    for wrong in ("text", [256], 5, None):
        with pytest.raises(CallError, match="data"):
            relay.guest.plain(wrong)
    assert relay.guest.plain(b"\xff") == b"\xff"


def test_resources_of_the_component(tmp_path: Path, options: Options) -> None:
    with load(_written(tmp_path, STORE), options=options) as component:
        stores = component.stores
        for data in BYTES:
            with stores.Store(data) as store:
                before = component.used()
                for more in (b"abc", b"\xff" * 300):
                    expected = bytes([len(data) & 0xFF]) + more[1:]
                    assert store.add(more) == expected
                assert component.used() <= max(before, 1024)
        with pytest.raises(Trap, match="unreachable"):
            component.trap(b"\xff")


def test_a_resource_behind_many_types(tmp_path: Path, options: Options) -> None:
    """Numbers of types have a sign: from 64 on they take two bytes."""
    types = "".join(f"(type $more{number} (list (tuple u8 u16)))" for number in range(70))
    text = STORE.replace("(component\n", f"(component\n {types}", 1)
    with load(_written(tmp_path, text), options=options) as component:
        store = component.stores.Store(b"\xff" * 5)
        assert store.add(b"ab") == b"\5b"
        store.close()


def test_bytes_outside_of_the_memory_are_a_trap(tmp_path: Path, options: Options) -> None:
    with (
        load(_written(tmp_path, STORE), options=options) as component,
        pytest.raises(Trap, match="out of bounds|out-of-bounds"),
    ):
        component.outside()


def test_each_instance_has_its_own(tmp_path: Path, options: Options) -> None:
    path = _written(tmp_path, RELAY)
    with load(path, host=[Relay, shout], options=options, fresh=True) as component:
        for size in range(0, 2000, 99):
            data = RANDOM.randbytes(size)
            assert component.guest.plain(data) == data
