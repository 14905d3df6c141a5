"""Values of random types, on every way that a value can go; hypothesis chooses, and shrinks."""

import math
import struct
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from tests.fuzz.choices import Choices
from tests.harness.echo_component import PADDING, echo_component
from tests.harness.loading import options
from tests.harness.server import ROOT
from tests.harness.wit_values import packed, random_type, random_value
from unit_wasm import Err, Ok, load
from unit_wasm.wit.codec import Codec
from unit_wasm.wit.codec_shapes import PLAIN
from unit_wasm.wit.model import Type
from unit_wasm.wit.wave import read_value
from unit_wasm.wit.wave_writer import value_text

# Not into the working directory.
set_hypothesis_home_dir(ROOT / "build" / "fuzz" / "hypothesis")

CHOICES = st.binary(min_size=40, max_size=600)
QUICK = settings(
    max_examples=300,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
FEW = settings(QUICK, max_examples=25)
"""Each of them compiles a component."""


def chosen(data: bytes) -> tuple[Choices, Type, Any]:
    choices = Choices(data)
    type = random_type(choices, 3, exotic=False)
    return choices, type, random_value(choices, type)


@QUICK
@given(CHOICES)
def test_text_of_values(data: bytes) -> None:
    """A value is written as text, and that is read as the value."""
    _, type, value = chosen(data)
    text = value_text(type, value)
    again = read_value(type, text)
    assert same(again, value)
    assert value_text(type, again) == text


@QUICK
@given(CHOICES)
def test_packed_values(data: bytes) -> None:
    """A value is packed as the page says, and read back as itself."""
    choices = Choices(data)
    type = random_type(choices, 3)
    value = random_value(choices, type)
    codec = Codec(PLAIN)
    bytes_of = codec.packer([type])((value,), None)
    assert bytes_of == packed(type, value)
    (again,) = codec.reader([type])(bytes_of, None)
    assert same(again, value)
    assert codec.packer([type])((again,), None) == bytes_of


@FEW
@given(CHOICES)
def test_values_go_through_a_guest(data: bytes) -> None:
    """An object of Python is passed to a component made for its type, and comes back as it was."""
    choices, type, value = chosen(data)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "echo.wasm"
        path.write_bytes(echo_component([type]))
        with load(path, options=options()) as component:
            echo = component.echo_0
            signature = echo._signature
            own = signature.types[0]
            for one in (value, *(random_value(choices, type) for _ in range(4))):
                bytes_of = packed(type, one)
                (given_,) = signature._codec.reader([own])(bytes_of, None)
                got = echoed(echo, given_)
                assert signature._codec.packer([own])((got,), None) == bytes_of


def echoed(echo: Any, value: Any) -> Any:
    """Return what a function gives back; an error of its own, too."""
    try:
        result = echo(value, PADDING)
    except Err as error:
        return error
    return Ok(result) if echo._signature.raises else result


def same(one: Any, other: Any) -> bool:
    """Compare plain values: a NaN is itself, 0 is not -0, and bytes are a list of numbers."""
    if isinstance(one, float) and isinstance(other, float):
        if math.isnan(one) or math.isnan(other):
            return math.isnan(one) and math.isnan(other)
        return struct.pack("<d", one) == struct.pack("<d", other)
    if isinstance(one, bytes | bytearray):
        return list(one) == list(other)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if type(one) is not type(other):
        return False
    if hasattr(one, "case"):
        return bool(one.case == other.case) and same(one.value, other.value)
    if hasattr(one, "value"):
        return same(one.value, other.value)
    return bool(one == other)
