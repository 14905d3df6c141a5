"""Images: what a large memory begins with is mapped, instead of being copied for each instance.

A core module lists what its memory begins with as data, each with an address. Where all addresses
are constants, what they make is known before anything runs: an image of the memory. It is kept
behind the machine code, csrc/engine/memory.c maps it privately, and of the data nothing is left in
the module, or those that code names, without their bytes. Code cannot tell: once a module is
instantiated, its active data are empty.

A memory is known to csrc/engine/image.c by the size that it begins with, so no other memory of the
component may begin with the same. Wherever something is not as it is with the usual compilers the
component stays as it is.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from unit_wasm.component.format.coremodule import imports_memory
from unit_wasm.component.format.scope import Scope
from unit_wasm.component.format.visitor import Visitor
from unit_wasm.component.format.walk import walk
from unit_wasm.component.rewrite.edits import Edits
from unit_wasm.component.rewrite.instructions import named_data
from unit_wasm.wit.reader import MODULE_PREAMBLE, Malformed, Reader, encode_u32

ALIGNMENT: Final = 64 << 10
"""Of images in their file: the largest page that a kernel has."""

_MOST: Final = 8
_PAGE: Final = 64 << 10

_MODULE, _IMPORTS, _MEMORIES, _CODE, _DATA, _DATA_COUNT = 1, 2, 5, 10, 11, 12
_HAS_MAXIMUM: Final = 0x01
_ACTIVE, _PASSIVE, _ACTIVE_IN = 0x00, 0x01, 0x02
_CONST, _END = 0x41, 0x0B
_NOTHING: Final = bytes((_PASSIVE, 0))
"""A segment without data. An active one would be looked at for each instance, be it empty."""

_LARGEST: Final = 1 << 32


class NoImages(Exception):
    """A component gets none; the message says why. It works without."""


@dataclass(frozen=True, slots=True)
class Image:
    """What a memory begins with.

    Parameters:
        memory: the bytes that it begins with.
        data: its first bytes; those behind are zero.
    """

    memory: int
    data: bytes


def put_images(data: bytes, small: int) -> tuple[bytes, tuple[Image, ...], tuple[int, ...]]:
    """Return a component that does what ``data`` does if its memories begin as these images.

    Takes time linear in its size.

    Parameters:
        small: memories that begin with at most so much keep their data, of so much in all.

    Returns: the component, the images, and the sizes that larger memories begin with, those without
        data included.

    Raises:
        NoImages: there would be none, or larger memories would be left without.
    """
    modules = _Modules()
    try:
        walk(data, modules)
    except Malformed as error:
        raise NoImages(f"it could not be read: {error}") from None
    chosen, others = _choose(modules.found, small)
    edits = Edits()
    images = []
    for module in chosen:
        images.append(module.image())
        for edit in module.edits():
            edits.replace(*edit)
    for section in modules.sections:
        edits.section(*section)
    memories = {module.memory for module in chosen} | others
    return edits.apply(data), tuple(images), tuple(sorted(memories))


def written(images: Iterable[Image]) -> bytes:
    """Return images as they are in a file: csrc/engine/image.c reads them."""
    padded = [(image.memory, image.data + bytes(-len(image.data) % ALIGNMENT)) for image in images]
    head = struct.pack("=Q", len(padded))
    head += b"".join(struct.pack("=QQ", memory, len(data)) for memory, data in padded)
    return b"".join((head.ljust(ALIGNMENT, b"\0"), *(data for _, data in padded)))


def _choose(modules: list[_Module], small: int) -> tuple[list[_Module], set[int]]:
    """Return the modules that get an image, and what large memories without data begin with."""
    sizes = Counter(size for module in modules for size in module.memories)
    chosen, others, copied = [], set(), 0
    for module in modules:
        large = [size for size in module.memories if size > small]
        if large and module.copied and len(module.memories) == 1 and not module.imports_memory:
            chosen.append(module)
        else:
            others |= set(large)
            copied += module.copied
    if copied > small:
        raise NoImages(f"{copied} bytes of data would be copied all the same")
    if not chosen:
        raise NoImages("no large memory has data")
    if len(chosen) > _MOST:
        raise NoImages(f"{len(chosen)} memories would begin as images")
    if any(sizes[module.memory] > 1 for module in chosen):
        raise NoImages("two memories begin with the same size")
    return chosen, others


@dataclass(frozen=True, slots=True)
class _Segment:
    """Data of a module.

    Parameters:
        at: where they go in the memory; None: only code says so.
        start: where the segment is in the file.
        data: where its bytes are.
        end: where these end.
    """

    at: int | None
    start: int
    data: int
    end: int


class _Module:
    """A core module, as far as its memory is concerned.

    Parameters:
        reader: of the module.

    Raises:
        NoImages: it is not as usual.
        Malformed: it is damaged.
    """

    def __init__(self, reader: Reader) -> None:
        self._bytes = reader.data
        self.imports_memory = False
        self.memories: list[int] = []
        self.sections: list[tuple[int, int, int]] = []
        self._segments: list[_Segment] = []
        self._spans: dict[int, tuple[int, int]] = {}
        reader.skip(len(MODULE_PREAMBLE))
        while not reader.at_end():
            start = reader.position
            section_id, body = reader.section()
            if section_id == _IMPORTS:
                self.imports_memory = imports_memory(body)
            elif section_id == _MEMORIES:
                self.memories.extend(_memory(body) for _ in range(body.u32()))
                body.expect_end("a section")
            elif section_id in (_CODE, _DATA, _DATA_COUNT):
                self._keep(section_id, start, body)

    def _keep(self, section_id: int, start: int, body: Reader) -> None:
        """Remember where a section is of which a module has one."""
        if section_id == _DATA and section_id in self._spans:
            raise NoImages("a module has two lists of data")
        self._spans[section_id] = body.position, body.end
        if section_id != _CODE:
            self.sections.append((start + 1, body.position, body.end))
        if section_id == _DATA:
            self._segments.extend(_segment(body) for _ in range(body.u32()))
            body.expect_end("a section")

    @property
    def memory(self) -> int:
        """What its only memory begins with."""
        return self.memories[0]

    @property
    def copied(self) -> int:
        """Bytes that are copied when it is instantiated."""
        return sum(each.end - each.data for each in self._active())

    def _active(self) -> Iterator[_Segment]:
        return (each for each in self._segments if each.at is not None)

    def image(self) -> Image:
        """Return what its memory begins with.

        Raises:
            NoImages: its data do not fit, or are far apart.
        """
        end = 0
        for each in self._active():
            assert each.at is not None
            end = max(end, each.at + each.end - each.data)
        if end > self.memory:
            raise NoImages("data do not fit into their memory")
        if end > 8 * self.copied + (1 << 20):
            raise NoImages("data are far apart")
        image = bytearray(end)
        for each in self._active():
            assert each.at is not None
            image[each.at : each.at + each.end - each.data] = self._bytes[each.data : each.end]
        return Image(self.memory, bytes(image))

    def edits(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield what replaces the list of its data, and their number where it is announced.

        An instance takes time for each of them, empty or not: a JavaScript engine has 10,000.
        """
        segments = self._segments[: self._needed()]
        pieces = [encode_u32(len(segments))]
        pieces += (
            self._bytes[each.start : each.end] if each.at is None else _NOTHING for each in segments
        )
        yield *self._spans[_DATA], b"".join(pieces)
        if len(segments) < len(self._segments) and _DATA_COUNT in self._spans:
            yield *self._spans[_DATA_COUNT], encode_u32(len(segments))

    def _needed(self) -> int:
        """Return how many of its data are left: up to the last one that code names.

        Code can only name data where their number is announced. All are left where that is not
        right, or code not known: then it is for the compiler to refuse.
        """
        count = len(self._segments)
        if _DATA_COUNT not in self._spans:
            return 0
        try:
            announced = self._reader(_DATA_COUNT).u32()
            named = max(self._named(), default=-1)
        except Malformed:
            return count
        return min(named + 1, count) if announced == count else count

    def _named(self) -> Iterator[int]:
        """Yield the data that code names."""
        if _CODE not in self._spans:
            return
        code = self._reader(_CODE)
        for _ in range(code.u32()):
            size = code.u32()
            start = code.skip(size)
            yield from named_data(self._bytes, start, start + size)
        code.expect_end("a section")

    def _reader(self, section_id: int) -> Reader:
        return Reader(self._bytes, *self._spans[section_id])


class _Modules(Visitor):
    """The core modules of a component, and all sections, inner ones before outer ones."""

    def __init__(self) -> None:
        self.found: list[_Module] = []
        self.sections: list[tuple[int, int, int]] = []
        self._open: list[tuple[int, int, int]] = []

    def enter_section(self, section_id: int, start: int, body: Reader, scope: Scope) -> None:
        self._open.append((start + 1, body.position, body.end))
        if section_id == _MODULE:
            module = _Module(Reader(body.data, body.position, body.end))
            self.found.append(module)
            self.sections += module.sections

    def leave_section(self) -> None:
        self.sections.append(self._open.pop())


def _memory(reader: Reader) -> int:
    """Return what a memory begins with."""
    flags = reader.byte()
    if flags & ~_HAS_MAXIMUM:
        raise NoImages("it has a memory that is shared, or of another kind")
    minimum = reader.u32()
    if flags & _HAS_MAXIMUM:
        reader.u32()
    return minimum * _PAGE


def _segment(reader: Reader) -> _Segment:
    start = reader.position
    kind = reader.u32()
    at: int | None = None
    if kind in (_ACTIVE, _ACTIVE_IN):
        memory = reader.u32() if kind == _ACTIVE_IN else 0
        at = _address(reader)
        if memory != 0:
            raise NoImages("it has data of a second memory")
    elif kind != _PASSIVE:
        raise NoImages("it has data of an unknown kind")
    size = reader.u32()
    data = reader.skip(size)
    return _Segment(at, start, data, reader.position)


def _address(reader: Reader) -> int:
    """Return the address that a segment of data has.

    Raises:
        NoImages: it is no constant, or not written as one of 32 bits.
    """
    if reader.byte() != _CONST:
        raise NoImages("data go to an address that is no constant")
    address = reader.s33()
    if not -_LARGEST // 2 <= address < _LARGEST // 2 or reader.byte() != _END:
        raise NoImages("data go to an address that is no constant")
    return address % _LARGEST
