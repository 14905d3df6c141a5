"""How the core indexes of one component move when definitions are put between them."""

from __future__ import annotations

from unit_wasm.component.format.scope import CoreSpace


class Renumbering:
    """Old and new indexes of the core spaces of one component, in the order of definition."""

    def __init__(self) -> None:
        self._now: dict[CoreSpace, list[int | None]] = {space: [] for space in CoreSpace}
        self._next = dict.fromkeys(CoreSpace, 0)

    def insert(self, space: CoreSpace) -> int:
        """Return the index of a definition that the original does not have."""
        self._next[space] += 1
        return self._next[space] - 1

    def define(self, space: CoreSpace) -> None:
        """A definition of the original is kept."""
        self._now[space].append(self.insert(space))

    def define_later(self, space: CoreSpace) -> tuple[int, int]:
        """A definition is kept, but what refers to it must wait for ``settle``.

        Returns:
            its old and its new index.
        """
        self._now[space].append(None)
        return len(self._now[space]) - 1, self.insert(space)

    def settle(self, space: CoreSpace, old: int, new: int) -> None:
        """From now on, references to ``old`` lead to ``new``."""
        self._now[space][old] = new

    def now(self, space: CoreSpace, old: int) -> int | None:
        """Return what a reference to ``old`` has to be, None where it may not refer to it (yet)."""
        indexes = self._now[space]
        return indexes[old] if old < len(indexes) else None
