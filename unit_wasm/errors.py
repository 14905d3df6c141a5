"""The errors of this package: each says whose fault it is, what was found and what would fix it."""

from __future__ import annotations

import errno
from typing import ClassVar, Final, Self

_LIMITS: Final = {
    errno.EFBIG: "raise the limit of the size of files (RLIMIT_FSIZE, ulimit -f)",
    errno.EMFILE: "raise the limit of open files (RLIMIT_NOFILE, ulimit -n)",
}


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

    @classmethod
    def of(cls, what: str, error: OSError) -> Self:
        """Say what the system has refused, and why; the limit of this process that it was, if any.

        Parameters:
            what: cannot be done.
        """
        return cls(f"{what}: {error.strerror}", hint=_LIMITS.get(error.errno or 0))


class CallError(UnitWasmError):
    """A function was called wrongly, or cannot be called now; the component has not noticed.

    Parameters:
        parameter: the value, or the part of it, that is wrong: ``point.x``.
        expected: the type in WIT that it should have.
        found: what it is, shortened.
    """

    fault: ClassVar[str] = "caller"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        parameter: str | None = None,
        expected: str | None = None,
        found: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.parameter = parameter
        self.expected = expected
        self.found = found


class Trap(UnitWasmError):
    """The component has failed: its instance is dead, and what it knew is gone.

    Parameters:
        end: how it ended: ``trap-unreachable``, ``timeout``, ``out-of-memory``, ...
        backtrace: the functions of the component that were running, innermost first.
        status: what it called exit with, where it did.
    """

    fault: ClassVar[str] = "component"

    def __init__(
        self, message: str, *, end: str = "", backtrace: str = "", status: int | None = None
    ) -> None:
        super().__init__(message)
        self.end = end
        self.backtrace = backtrace
        self.status = status

    def __str__(self) -> str:
        return f"{self.message}\n{self.backtrace}" if self.backtrace else self.message


class HostFunctionError(Trap):
    """A function of the host has raised, which ended the component; its error is ``__cause__``."""

    fault: ClassVar[str] = "host function"
