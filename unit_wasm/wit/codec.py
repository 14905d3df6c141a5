"""Values of Python as packed values and back, which is how they travel to and from C.

A packed value is a string of bytes that says nothing about its type: numbers are little endian and
not aligned, a bool is a byte, a char 4; a string is a length of 4 bytes with UTF-8, a list a length
with its elements, a map one of keys and values, and what has parts is these one after the other.
A variant and an enum begin with the number of the case, in as many bytes as all cases need (an
option and a result are variants of two), flags have a bit each, a handle is a number of 4 bytes.

For each function's types, Python code is written once that does both, because calling a function
for each part of a value takes longer than all else in a call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from unit_wasm.wit.codec_body import Module
from unit_wasm.wit.codec_packer import Packer, Sizes
from unit_wasm.wit.codec_reader import Reader
from unit_wasm.wit.codec_shapes import Shapes
from unit_wasm.wit.model import Type


class Codec:
    """The functions that carry values, for one way in which they look.

    Where types have handles, the functions take what knows them as their last argument, with
    ``give``, ``lend`` (a resource and an object to a number), ``take`` and ``borrow`` (a resource
    and a number to an object).

    Parameters:
        shapes: ``PLAIN``, or the classes of a component.
    """

    def __init__(self, shapes: Shapes) -> None:
        module, sizes = Module(), Sizes()
        self._packer = Packer(module, shapes, sizes)
        self._reader = Reader(module, shapes, sizes)

    def packer(self, types: Sequence[Type]) -> Callable[[Sequence[Any], Any], bytes]:
        """Return what packs values of these types; it raises something where one is wrong.

        Raises:
            ComponentError: a type has values that cannot travel.
        """
        return self._packer.whole(types)

    def value_packer(self, type: Type) -> Callable[..., bytes]:
        """Return what packs a value of this type, as :meth:`packer` does.

        Raises:
            ComponentError: the type has values that cannot travel.
        """
        return self._packer.value(type)

    def reader(self, types: Sequence[Type]) -> Callable[[bytes, Any], tuple[Any, ...]]:
        """Return what reads values of these types; a ValueError or ``struct.error`` where it fails.

        Raises:
            ComponentError: a type has values that cannot travel.
        """
        return self._reader.whole(types)

    def value_reader(self, type: Type | None) -> Callable[[bytes, Any], Any]:
        """Return what reads a value of this type; None where there is no type.

        Raises:
            ComponentError: the type has values that cannot travel.
        """
        return self._reader.value(type)
