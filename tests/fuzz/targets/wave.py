"""Invariant: a text is either a value of its type, which is written as a text that reads as the
same value and is written in the same way, or a WaveError says where in the text it is wrong.

A line says which type (tests/pure/test_wave.py has their names), the rest is the text.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from tests.fuzz.choices import Choices, edited
from tests.harness.server import ROOT
from unit_wasm.wit import read_world
from unit_wasm.wit.model import Interface
from unit_wasm.wit.wave import read_call, read_value
from unit_wasm.wit.wave_lexer import WaveError
from unit_wasm.wit.wave_writer import value_text

_WORDS = (
    *(b"{", b"}", b"(", b")", b"[", b"]", b",", b":", b"{:}", b"some(", b"none", b"ok(", b"err("),
    *(b"nan", b"-inf", b"1e400", b"-0", b"0.1", b"255", b"256", b"'a'", b'"', b'"""\n', b"\\u{"),
    *(b"%", b"x: 1", b"read", b"circle", b"//", b"\n", b"\xc2\xa0", b"\xf0\x9f\x8c\x8a", b"\\n"),
)


def make(choices: Choices, seeds: Sequence[bytes]) -> bytes:
    """Return a text with a few words put in or bytes changed, often with the type of another."""
    data = choices.pick(seeds)
    name, _, text = data.partition(b"\n")
    if choices.chance(4):
        name = choices.pick(seeds).partition(b"\n")[0]
    for _ in range(choices.below(4)):
        at = choices.below(len(text) + 1)
        text = text[:at] + choices.pick(_WORDS) + text[at + choices.below(3) :]
    return name + b"\n" + (edited(text, choices) if choices.chance(4) else text)


@contextlib.contextmanager
def opened() -> Iterator[Any]:
    """Read the types."""
    data = bytes.fromhex((ROOT / "tests" / "data" / "wave.hex").read_text())
    (item,) = read_world(data).exports
    assert isinstance(item.value, Interface)
    params = {
        function.label: [param.type for param in function.params]
        for function in item.value.functions
    }

    def check(data: bytes) -> None:
        name, _, rest = data.decode("utf-8", "surrogateescape").partition("\n")
        types = params.get(name, [])
        try:
            if len(types) != 1:
                read_call(rest, lambda called: params.get(called, []))
                return
            value = read_value(types[0], rest)
        except WaveError as error:
            start, end = error.span
            assert 0 <= start <= end <= len(rest.encode("utf-8", "surrogatepass")), error.span
            return
        text = value_text(types[0], value)
        again = read_value(types[0], text)
        assert value_text(types[0], again) == text
        assert again == value or "nan" in text

    yield check
