"""What is wrong with values that came as JSON: all of it, with places (RFC 6901)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from unit_wasm.wit.json.document import shown
from unit_wasm.wit.model import Type
from unit_wasm.wit.text import type_text

MAX_FAULTS: Final = 20
"""So many faults of one call are told."""

_LONGEST_NAME: Final = 1000
"""Characters of a name that are told: a caller may send names of megabytes."""

NOTHING: Final = object()
"""In the place of a value that is not there."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an argument.

    Parameters:
        parameter: its name.
        message: what was found, one sentence without a final full stop.
        pointer: the place in the arguments (RFC 6901).
        expected: the type of what belongs there, as WIT.
        value: what is there, as JSON, shortened; empty where nothing is.
    """

    parameter: str
    message: str
    pointer: str
    expected: str
    value: str


class Faults(Exception):
    """The arguments are wrong; ``faults`` has at least one, in the order of the arguments."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = tuple(faults)


class Full(Exception):
    """There are as many faults as are told."""


Place: TypeAlias = "tuple[Place, str | int] | None"


class Found:
    """The faults of one call."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def add(self, place: Place, message: str, type: Type | None, value: Any) -> None:
        """Note one; ``value`` is :data:`NOTHING` where nothing is."""
        steps: list[str] = []
        while place is not None:
            place, step = place
            name = str(step)
            steps.append(name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}...")
        steps.reverse()
        escaped = [step.replace("~", "~0").replace("/", "~1") for step in steps]
        self.faults.append(
            Fault(
                steps[0] if steps else "",
                message,
                "".join(f"/{step}" for step in escaped),
                "" if type is None else type_text(type),
                "" if value is NOTHING else shown(value),
            )
        )
        if len(self.faults) == MAX_FAULTS:
            raise Full


JsonReader: TypeAlias = Callable[[Any, Place, Found], Any]
