"""Invariant: a value of a type is packed in one way, read back as itself, as an object and as text;
bytes are values that are packed as these bytes, or refused; any other object is refused with a
sentence that names the part that is wrong, and nothing else happens.

The inputs are choices: of a type, of a value of it, and of what is done to both.
"""

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.fuzz.choices import Choices, edited
from tests.harness.wit_values import packed, random_type, random_value
from unit_wasm.api.classes import Classes
from unit_wasm.errors import CallError
from unit_wasm.wit.codec import Codec
from unit_wasm.wit.codec_shapes import PLAIN, Shapes
from unit_wasm.wit.mistakes import explain
from unit_wasm.wit.model import Primitive, Type
from unit_wasm.wit.values import Err, Ok, Some
from unit_wasm.wit.wave import read_value
from unit_wasm.wit.wave_writer import value_text

_LOOP: list[Any] = []
_LOOP.append(_LOOP)


class _Hostile:
    """Raises whatever is done with it."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)

    def __repr__(self) -> str:
        raise RuntimeError

    def __len__(self) -> int:
        return -1

    def __index__(self) -> int:
        return 1 << 70


def _endless() -> Iterator[int]:
    while True:
        yield 1


_OBJECTS: tuple[Callable[[], Any], ...] = (
    lambda: _LOOP,
    lambda: 10**5000,
    lambda: -1,
    lambda: True,
    lambda: 1.5,
    lambda: math.nan,
    lambda: 1e300,
    lambda: 1j,
    lambda: "\ud800",
    lambda: "ab",
    lambda: b"\xff",
    lambda: bytearray(3),
    lambda: memoryview(b"abcd").cast("I"),
    lambda: None,
    lambda: Some(None),
    lambda: Ok(Err(3)),
    lambda: Err("\udfff"),
    lambda: {"a": _LOOP},
    lambda: {"\ud800"},
    lambda: [1, "2", None, _Hostile()],
    lambda: (1, (2, (3,))),
    lambda: object,
    _Hostile,
    _endless,
    lambda: range(1 << 62),
)


def make(choices: Choices, seeds: Sequence[bytes]) -> bytes:
    """Return bytes that choices are made of."""
    data = bytes(choices.byte() for _ in range(96))
    return edited(choices.pick(seeds), choices) + data if choices.chance(2) else data


def _packs(codec: Codec) -> Callable[[Type, Any], bytes]:
    return lambda type, value: codec.packer([type])((value,), None)


def round_trip(type: Type, value: Any) -> bytes:
    """Check a plain value of a type, and return it packed."""
    plain, objects = Codec(PLAIN), Codec(Classes("fuzz"))
    data = packed(type, value)
    assert _packs(plain)(type, value) == data
    (again,) = plain.reader([type])(data, None)
    assert packed(type, again) == data
    (made,) = objects.reader([type])(data, None)
    assert _packs(objects)(type, made) == data
    with contextlib.suppress(TypeError):
        # Maps and lists of a fixed length have no text.
        text = value_text(type, again)
        assert value_text(type, read_value(type, text)) == text
    return data


def changed_bytes(type: Type, data: bytes) -> None:
    """Check that bytes are either a value or refused."""
    for shapes in (PLAIN, Classes("fuzz")):
        codec = Codec(shapes)
        try:
            (value,) = codec.reader([type])(data, None)
        except Exception as error:
            assert not isinstance(error, MemoryError | RecursionError | AssertionError), error
            continue
        _packs(codec)(type, value)


def wrong_objects(type: Type, value: Any, shapes: Shapes) -> None:
    """Check that an object is packed, or that a sentence says why not."""
    packs = _packs(Codec(shapes))
    try:
        packs(type, value)
    except Exception as error:
        found = explain(["v"], [type], [value], shapes, packs, error)
        assert isinstance(found, CallError)
        assert found.parameter is not None
        assert found.parameter.startswith("v")
        assert len(str(found)) < 2000 + len(found.parameter), str(found)
        str(found).encode()


@contextlib.contextmanager
def opened() -> Iterator[Any]:
    """Nothing is needed."""

    def check(data: bytes) -> None:
        choices = Choices(data)
        type = random_type(choices)
        value = random_value(choices, type)
        packed_value = round_trip(type, value)
        changed_bytes(type, edited(packed_value, choices))
        changed_bytes(type, packed_value + b"\0")
        wrong_objects(type, choices.pick(_OBJECTS)(), PLAIN)
        wrong_objects(type, choices.pick(_OBJECTS)(), Classes("fuzz"))
        if isinstance(type, Primitive):
            return
        wrong_objects(type, [choices.pick(_OBJECTS)()], Classes("fuzz"))

    yield check
