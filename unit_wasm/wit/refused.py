"""What a file is that cannot be read as a component, in the same words wherever it is read."""

from __future__ import annotations

from unit_wasm.errors import ComponentError
from unit_wasm.wit import reader


def refused(fault: reader.Malformed) -> ComponentError:
    """Return the error of a component in which a fault was found."""
    if isinstance(fault, reader.Truncated):
        return ComponentError(
            f"the component is cut short: {fault}", hint="build it or copy it again"
        )
    if isinstance(fault, reader.UnknownConstruct):
        return ComponentError(
            f"the component uses something that this version does not know: {fault}"
        )
    return ComponentError(f"the component is damaged: {fault}")


def check_start(data: bytes) -> None:
    """Raise unless bytes begin as a component does.

    Raises:
        ComponentError: says what they are instead.
    """
    if not data:
        raise ComponentError("the component is empty")
    start = data[:8]
    if start == reader.COMPONENT_PREAMBLE:
        return
    if start == reader.MODULE_PREAMBLE:
        raise ComponentError(
            "this is a core WebAssembly module, not a component",
            hint="make a component of it, for example with `wasm-tools component new`",
        )
    if len(data) < 8 and (
        reader.COMPONENT_PREAMBLE.startswith(start) or reader.MODULE_PREAMBLE.startswith(start)
    ):
        raise ComponentError(
            "the component is cut short: it ends in its first 8 bytes",
            hint="build it or copy it again",
        )
    if start[:4] == reader.MAGIC:
        raise ComponentError(
            f"this WebAssembly binary has the unknown version {start[4:].hex(' ')}",
            hint="components start with the version 0d 00 01 00",
        )
    if _is_text(data[:512]):
        raise ComponentError(
            "this is a text file, not a WebAssembly component",
            hint="component text needs a file name that ends in .wat",
        )
    raise ComponentError("this is not a WebAssembly file", hint="it does not start with \\0asm")


def _is_text(start: bytes) -> bool:
    """Whether this could be the start of a text: UTF-8, cut anywhere, without control bytes."""
    if any(byte < 0x20 and byte not in b"\t\n\r\f" for byte in start):
        return False
    try:
        start.decode()
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return True
