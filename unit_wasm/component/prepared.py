"""A component that is ready to be served."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from unit_wasm.component.info import ComponentInfo

__all__ = ["FULL_RESERVATION", "Prepared"]

FULL_RESERVATION: Final = 4 << 30
"""What no address of 32 bits leaves, so that compiled code checks none."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the engine needs to know of a component.

    Parameters:
        info: what the inspection found; the counts are those of the component that was compiled.
        rewritten: whether it went through the byte-string rewrite.
        compiled: the file that libwasmtime made of it.
        cached: whether that file was there already.
        unrewritten: why it was not rewritten although that was asked for, or None.
        fronted: whether it is inside a front, which only makes it start faster.
        reservation: address space for each linear memory, for which it is compiled; see
            csrc/native.h.
    """

    info: ComponentInfo
    rewritten: bool
    compiled: Path
    cached: bool
    unrewritten: str | None
    fronted: bool = False
    reservation: int = FULL_RESERVATION
