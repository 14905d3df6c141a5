"""The byte-string rewrite: let ``wasi:io/streams`` carry bytes as strings, not as lists.

libwasmtime's C API hands an embedder a ``list<u8>`` as one tagged value per byte, and a string as
one block, many times faster. So in the four functions of ``wasi:io/streams`` that move bytes,
``list<u8>`` becomes ``string``. What is written is lowered with the encoding ``latin1+utf16``: each
byte is one character, and nothing is lost. What is read arrives as ASCII, into which the host packs
it (csrc/guest/latin1.h). Everything else keeps its types: header values and random bytes are short,
and real strings stay UTF-8 that libwasmtime has checked.

A string is not quite a list, though. Where each character is a byte, its pointer must be even, or
the call traps; and a packed string has to be unpacked. So a bridge is put between the guest and the
lowered functions. It moves the bytes of a write to an even address where that is needed; those of a
read arrive in a scratch memory, are unpacked there, and are copied (bytesmodule.py). The guest
cannot tell the difference.

In each component, at every nesting level, that lowers one of these functions:

1. the list types in the instance type of the import become strings;
2. where it has a function that reads, the scratch module is put in and instantiated before the
   functions are lowered;
3. those that write are lowered for Latin-1, those that read for UTF-8 and with the scratch memory
   instead of the guest's;
4. before core instances use them, the bridge is put in and instantiated;
5. core indexes that follow are renumbered, and uses of the lowered functions lead to the bridge.

Core modules are copied as they are. Where the outcome could differ from the original in any other
way, the component comes back unchanged, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from unit_wasm.component.format.binary import Malformed
from unit_wasm.component.format.walk import walk
from unit_wasm.component.rewrite.bridging import Bridging, Refused

__all__ = ["NOTHING_TO_REWRITE", "Rewritten", "rewrite"]

NOTHING_TO_REWRITE: Final = "it imports no function of wasi:io/streams that moves bytes"
"""The one reason that costs nothing: no bytes go the slow way."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The outcome of a rewrite.

    Parameters:
        data: the component to compile; the original where ``rewritten`` is false.
        rewritten: whether the byte functions of ``wasi:io/streams`` carry strings in ``data``.
        reason: why it was not rewritten, one sentence, or None.
    """

    data: bytes
    rewritten: bool
    reason: str | None


def rewrite(data: bytes) -> Rewritten:
    """Rewrite a component so that stream functions carry bytes as strings.

    Takes time linear in what is not a core module. Never raises: what cannot be rewritten, or is
    no component at all, comes back as it is, with the reason.

    Parameters:
        data: any bytes.
    """
    bridging = Bridging()
    try:
        walk(data, bridging)
    except Refused as refusal:
        return Rewritten(data, False, str(refusal))
    except Malformed as error:
        return Rewritten(data, False, f"it could not be read: {error}")
    if not bridging.edits:
        return Rewritten(data, False, NOTHING_TO_REWRITE)
    return Rewritten(bridging.edits.apply(data), True, None)
