"""What happens in a call of a component's function (``calls.py``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

Packed: TypeAlias = "bytes | bytearray | memoryview"

OnDrop: TypeAlias = Callable[[int, int], None]
"""Is told the number of a resource, as the program has it, and the number that the host has given
to one of its kind, when the guest has dropped its handle of that."""

Host: TypeAlias = Callable[[int, bytes], "bytes | str"]
"""Is told the number of an import and its packed arguments; returns the packed result, or a text
that says why there is none, which ends the guest."""


class RefusedError(ValueError):
    """The instance cannot do it now, or any more; nothing was done.

    Handlers of signals raise their errors in the middle of a call: those are none of these.
    """


class MalformedValue(RefusedError):
    """Packed bytes are not what the program says; nothing was done.

    Parameters:
        offset: of the bytes that are wrong.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(f"{message}, at byte {offset}")
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an instance has ended.

    Parameters:
        end: as metrics have it: ``trap-unreachable``, ``timeout``, ``exit``, ...
        message: one line.
        backtrace: lines of the guest's functions, the innermost first; often empty.
        status: that with which the component has called exit, or None where it has not.
    """

    end: str
    message: str
    backtrace: str = ""
    status: int | None = None


class Event(NamedTuple):
    """What has happened in a call that has not returned.

    Parameters:
        kind: ``HOST``, ``SLICE``, ``WAITING`` or ``FAILED`` of ``calls.py``.
        number: of the import that was called.
        data: its packed arguments.
        failure: why the instance has ended.
    """

    kind: int
    number: int = 0
    data: bytes = b""
    failure: Failure | None = None


class Command(NamedTuple):
    """What a command has of the process that runs it.

    Parameters:
        arguments: the first one is its name.
        streams: descriptors of its standard input, output and error.
    """

    arguments: Sequence[str]
    streams: tuple[int, int, int] = (0, 1, 2)
