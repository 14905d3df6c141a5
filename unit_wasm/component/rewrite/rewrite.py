"""The rewrite: let bytes cross as strings, not as lists, and bound what guests pass.

libwasmtime's C API hands an embedder a ``list<u8>`` as one tagged value per byte, and a string of
ASCII as one block, some hundred times faster. So in the functions of a table (bytefunctions.py),
those of streams and files that move bytes and those that return random ones, ``list<u8>`` becomes
``string``, and the bytes are packed into ASCII wherever they are not ASCII. Everything else keeps
its types: header values are short, and real strings stay UTF-8 that libwasmtime has checked.

And it converts all arguments before it calls us, however many they are. So whatever takes lists or
strings is called only after they have been measured (guard.py).

Both is done by a bridge between the guest and the lowered functions (bytesmodule.py). The guest
cannot tell the difference.

In each component, at every nesting level, that lowers functions of the host:

1. in the type of an import that has functions of the table, ``list<u8>`` becomes ``string`` in
   their places;
2. where there is such a function, the scratch module is put in and instantiated before the
   functions are lowered;
3. they are lowered for UTF-8: those that return bytes with the scratch memory instead of the
   guest's, those that are passed bytes once with each;
4. before core instances use them, the bridge is put in and instantiated;
5. core indexes that follow are renumbered, and uses of the lowered functions lead to the bridge.

Core modules are copied as they are. Where the outcome could differ from the original in any other
way, bytes stay lists, with the reason; arguments are bounded all the same. Which functions are the
host's is told by the names of the imports. Where a component gives them other names for those that
are in it, whatever these call is bounded, be it the host's or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from unit_wasm.component.format.walk import walk
from unit_wasm.component.rewrite.bridging import Bridging, Hidden, Refused
from unit_wasm.wit.reader import Malformed

NOTHING_TO_REWRITE: Final = "it imports no function that moves bytes"
"""The one reason that costs nothing: no bytes go the slow way."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The outcome of a rewrite.

    Parameters:
        data: the component to compile; the original where there was nothing to change.
        rewritten: whether the functions of the table carry strings in ``data``.
        reason: why they do not, one sentence, or None.
        unbounded: why arguments of host functions are not bounded, or None where they are.
    """

    data: bytes
    rewritten: bool
    reason: str | None
    unbounded: str | None = None


def rewrite(
    data: bytes,
    *,
    carries: bool = True,
    guards: bool = True,
    outside: frozenset[tuple[str | None, str]] = frozenset(),
) -> Rewritten:
    """Rewrite a component.

    Takes time linear in what is not a core module. Never raises: what cannot be rewritten, or is
    no component at all, comes back as it is, with the reason.

    Parameters:
        data: any bytes.
        carries: whether bytes are to be carried as strings.
        guards: whether what calls pass is to be bounded.
        outside: functions, by interface and name, that are bounded by a front (front.py).
    """
    reason: str | None = None
    if carries:
        try:
            bridging = _bridging(data, outside, carries=True, guards=guards)
        except Refused as refusal:
            reason = str(refusal)
        else:
            found = bridging.carries_bytes
            reason = None if found else NOTHING_TO_REWRITE
            return Rewritten(_applied(bridging, data), found, reason)
    try:
        bridging = _bridging(data, outside, carries=False, guards=guards)
        return Rewritten(_applied(bridging, data), False, reason)
    except Refused as refusal:
        return Rewritten(data, False, reason, str(refusal))


def _applied(bridging: Bridging, data: bytes) -> bytes:
    return bridging.edits.apply(data) if bridging.edits else data


def _bridging(
    data: bytes, outside: frozenset[tuple[str | None, str]], *, carries: bool, guards: bool
) -> Bridging:
    for everywhere in (False, True):
        bridging = Bridging(carries=carries, guards=guards, everywhere=everywhere, outside=outside)
        try:
            walk(data, bridging)
        except Hidden:
            continue
        except Malformed as error:
            raise Refused(f"it could not be read: {error}") from None
        break
    return bridging
