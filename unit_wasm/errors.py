"""The errors of this package: each says whose fault it is, what was found and what would fix it."""

from __future__ import annotations

from typing import ClassVar

__all__ = ["ComponentError", "ConfigError", "HostError", "UnitWasmError"]


class UnitWasmError(Exception):
    """Base of every error that this package raises on purpose.

    Parameters:
        message: what was found, one sentence without a final full stop.
        hint: what would fix it, one sentence, or None where nothing helps.
    """

    fault: ClassVar[str] = "host"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message} ({self.hint})"


class ConfigError(UnitWasmError):
    """The configuration is wrong.

    Parameters:
        pointer: the place in the JSON document, e.g. ``/applications/wasm/component``; the empty
            string is the document itself.
    """

    fault: ClassVar[str] = "configuration"

    def __init__(self, message: str, *, pointer: str = "", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.pointer = pointer

    def __str__(self) -> str:
        text = super().__str__()
        return f"{self.pointer}: {text}" if self.pointer else text


class ComponentError(UnitWasmError):
    """The component cannot be used: not a component, not servable, or it does not compile."""

    fault: ClassVar[str] = "component"


class HostError(UnitWasmError):
    """This machine or process cannot do it: a library, a port, a file, memory."""

    fault: ClassVar[str] = "host"
