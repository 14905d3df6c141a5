"""Edits to nested sections: the sizes around them follow, and the sizes of these sizes."""

import pytest

from unit_wasm.component.rewrite.edits import Edits
from unit_wasm.wit.reader import encode_u32


def nested(depth: int, core: bytes, filler: int) -> bytes:
    """Return sections inside of each other, each with so many bytes before and after it."""
    data = core
    for _ in range(depth):
        body = b"a" * filler + data + b"z" * filler
        data = b"\x04" + encode_u32(len(body)) + body
    return data


def sections(data: bytes, depth: int, filler: int) -> list[tuple[int, int, int]]:
    """Return where their sizes, bodies and ends are, the outermost first."""
    found = []
    start = 0
    for _ in range(depth):
        body = start + 1
        size = shift = 0
        while True:
            byte = data[body]
            size |= (byte & 0x7F) << shift
            body, shift = body + 1, shift + 7
            if byte < 0x80:
                break
        found.append((start + 1, body, body + size))
        start = body + filler
    return found


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 8, 20, 60])
@pytest.mark.parametrize("filler", [1, 7, 30, 300])
@pytest.mark.parametrize("old", [0, 1, 100, 126, 127, 128, 16383])
@pytest.mark.parametrize("new", [0, 1, 100, 127, 128, 129, 20000])
def test_sizes_of_all_sections_around_an_edit(depth: int, filler: int, old: int, new: int) -> None:
    data = nested(depth, b"o" * old, filler)
    places = sections(data, depth, filler)
    at = places[-1][1] + filler
    edits = Edits()
    edits.replace(at, at + old, b"n" * new)
    for size_at, body_at, end in reversed(places):
        edits.section(size_at, body_at, end)
    assert edits.apply(data) == nested(depth, b"n" * new, filler)


@pytest.mark.parametrize("depth", [2, 5, 30])
def test_edits_at_every_depth(depth: int) -> None:
    """An edit before each section, at the end of its neighbour's filler."""
    filler = 30
    data = nested(depth, b"o" * 60, filler)
    places = sections(data, depth, filler)
    edits = Edits()
    for _, body_at, _ in places:
        edits.replace(body_at, body_at + filler, b"b" * 50)
    for size_at, body_at, end in reversed(places):
        edits.section(size_at, body_at, end)
    expected = b"o" * 60
    for _ in range(depth):
        body = b"b" * 50 + expected + b"z" * filler
        expected = b"\x04" + encode_u32(len(body)) + body
    assert edits.apply(data) == expected
