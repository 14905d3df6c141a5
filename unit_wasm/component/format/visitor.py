"""What a walk over a component tells its reader."""

from __future__ import annotations

from unit_wasm.component.format.scope import CoreSpace, Extern, Scope
from unit_wasm.wit.reader import Reader


class Visitor:
    """Hears of what passes during a walk; does nothing by itself. Any method may raise."""

    def enter_section(self, section_id: int, start: int, body: Reader, scope: Scope) -> None:
        """A section starts at offset ``start``, its size one byte later, then its ``body``."""

    def leave_section(self) -> None:
        """The section entered last has been walked."""

    def canonicals(self, reader: Reader, scope: Scope) -> None:
        """A section of canonical functions; what is not read is skipped."""

    def core_defined(self, scope: Scope, space: CoreSpace) -> None:
        """The next index of a core space is given away; canonical functions are not reported."""

    def core_reference(
        self, scope: Scope, space: CoreSpace, index: int, start: int, end: int
    ) -> None:
        """The bytes from ``start`` to ``end`` are ``index`` into a core space of ``scope``."""

    def imported(self, name: str, extern: Extern, scope: Scope) -> Extern:
        """A component or a component type imports something; returns what to know it as."""
        return extern

    def exported(self, name: str, extern: Extern, scope: Scope) -> None:
        """A component, or a type, exports something under ``name``."""

    def passed(self, name: str, extern: Extern) -> None:
        """Something becomes an argument of an instantiation, or part of an inline instance."""

    def construct(self, what: str) -> None:
        """Something legal passes that needs support of its own; ``what`` names it in a sentence."""
