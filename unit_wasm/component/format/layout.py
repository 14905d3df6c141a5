"""How values lie in linear memory and in core parameters: the canonical ABI.

Specification: https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from unit_wasm.component.format.valtypes import RECENT, Function, Part, Parts, Value

I32, I64, F32, F64 = b"\x7f", b"\x7e", b"\x7d", b"\x7c"
MAX_FLAT: Final = 16
"""Parameters that are more than these in core types are passed in memory."""

_SIZES: Final = {
    **dict.fromkeys(("bool", "s8", "u8"), 1),
    **dict.fromkeys(("s16", "u16"), 2),
    **dict.fromkeys(("s32", "u32", "f32", "char", "own", "borrow"), 4),
    **dict.fromkeys(("s64", "u64", "f64"), 8),
}
_POINTERS: Final = ("string", "list")
_FLAT: Final = {"s64": I64, "u64": I64, "f32": F32, "f64": F64}
_MOST_FLAGS: Final = 32


class NoLayout(Exception):
    """A type whose layout is not known here; the message says which."""


@dataclass(frozen=True, slots=True)
class CoreType:
    """The type of a core function: a byte for each parameter and result.

    Parameters:
        params: as they are in the format.
        results: none or one.
        spilled: whether the parameters are in memory, and ``params`` begins with their address.
        returned: whether the last of ``params`` is the address for the result.
    """

    params: bytes
    results: bytes
    spilled: bool = False
    returned: bool = False


class Layout:
    """Sizes and core types of the types of one component; each is looked at once."""

    def __init__(self) -> None:
        self._sizes: dict[Value, tuple[int, int]] = {}
        self._flat: dict[Value, bytes] = {}
        self._dynamic: dict[Value, bool] = {}

    def size(self, part: Part | Value | None) -> tuple[int, int]:
        """Return size and alignment.

        Raises:
            NoLayout: they are not known.
        """
        value = _value(part)
        if value is None:
            return 0, 1
        if value not in self._sizes:
            self._sizes[value] = self._measure(value)
        return self._sizes[value]

    def offsets(self, parts: Parts) -> tuple[list[int], int, int]:
        """Return where the fields of a record begin, its size and its alignment."""
        offsets: list[int] = []
        end, alignment = 0, 1
        for part in parts:
            size, own = self.size(part)
            end = _aligned(end, own)
            offsets.append(end)
            end += size
            alignment = max(alignment, own)
        return offsets, _aligned(end, alignment), alignment

    def cases(self, value: Value) -> Parts:
        """Return the payloads of a variant, an option or a result."""
        return (None, *value.parts) if value.kind == "option" else value.parts

    def payload(self, value: Value) -> tuple[int, int]:
        """Return the size of a variant's discriminant, and where its payloads begin."""
        size = _discriminant(len(self.cases(value)))
        alignment = max((self.size(part)[1] for part in self.cases(value)), default=1)
        return size, _aligned(size, alignment)

    def dynamic(self, part: Part | Value | None) -> bool:
        """Return whether there are strings or lists in it."""
        value = _value(part)
        if value is None:
            return False
        if value not in self._dynamic:
            known = value.kind in _POINTERS or value.kind == RECENT
            self._dynamic[value] = known or any(map(self.dynamic, value.parts))
        return self._dynamic[value]

    def flat(self, part: Part | Value | None) -> bytes:
        """Return the core types of a value; those beyond ``MAX_FLAT`` are left out."""
        value = _value(part)
        if value is None:
            return b""
        if value not in self._flat:
            self._flat[value] = self._flatten(value)[: MAX_FLAT + 1]
        return self._flat[value]

    def core_type(self, function: Function) -> CoreType:
        """Return the type of a function that is lowered.

        Raises:
            NoLayout: it is not known.
        """
        params = b"".join(map(self.flat, function.params))
        results = self.flat(function.result)
        spilled, returned = len(params) > MAX_FLAT, len(results) > 1
        if spilled:
            params = I32
        return CoreType(params + I32 * returned, b"" if returned else results, spilled, returned)

    def _measure(self, value: Value) -> tuple[int, int]:
        if value.kind in _SIZES:
            return _SIZES[value.kind], _SIZES[value.kind]
        if value.kind in _POINTERS:
            return 8, 4
        if value.kind in ("record", "tuple"):
            return self.offsets(value.parts)[1:]
        if value.kind == "enum":
            size = _discriminant(len(value.labels))
            return size, size
        if value.kind == "flags" and 0 < len(value.labels) <= _MOST_FLAGS:
            size = 1 if len(value.labels) <= 8 else 2 if len(value.labels) <= 16 else 4
            return size, size
        if value.kind in ("variant", "option", "result"):
            discriminant, payload = self.payload(value)
            sizes = [self.size(part) for part in self.cases(value)]
            alignment = max([discriminant, *(own for _, own in sizes)])
            return _aligned(payload + max(size for size, _ in sizes), alignment), alignment
        raise NoLayout(f"it has {value.kind}")

    def _flatten(self, value: Value) -> bytes:
        self.size(value)  # is its layout known?
        if value.kind in _POINTERS:
            return I32 + I32
        if value.kind in ("record", "tuple"):
            return b"".join(map(self.flat, value.parts))
        if value.kind not in ("variant", "option", "result"):
            return _FLAT.get(value.kind, I32)
        joined = bytearray()
        for part in self.cases(value):
            for i, core in enumerate(self.flat(part)):
                if i == len(joined):
                    joined.append(core)
                elif joined[i] != core:
                    joined[i] = (I32 if {joined[i], core} == {I32[0], F32[0]} else I64)[0]
        return I32 + bytes(joined)


def _value(part: Part | Value | None) -> Value | None:
    if isinstance(part, Part):
        if part.type is None:
            raise NoLayout("it has a type that could not be resolved")
        return part.type
    return part


def _aligned(offset: int, alignment: int) -> int:
    return -(-offset // alignment) * alignment


def _discriminant(count: int) -> int:
    return 1 if count <= 1 << 8 else 2 if count <= 1 << 16 else 4
