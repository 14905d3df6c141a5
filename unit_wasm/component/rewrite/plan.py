"""What the rewrite puts into one component: the scratch module, and bridges (bytesmodule.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from unit_wasm.component.format.scope import CoreSpace
from unit_wasm.component.rewrite import bytesmodule
from unit_wasm.component.rewrite.bytefunctions import Carried
from unit_wasm.component.rewrite.coremaker import section, vector
from unit_wasm.component.rewrite.graph import core_alias, core_bundle, core_instance
from unit_wasm.component.rewrite.guard import Guarded
from unit_wasm.component.rewrite.renumber import Renumbering
from unit_wasm.wit.reader import encode_u32

_UTF8: Final = 0x00
_MEMORY, _REALLOC = b"\x03", b"\x04"
_CORE_MODULE, _CORE_INSTANCES, _ALIASES, _CANONICALS = 1, 2, 6, 8


@dataclass(frozen=True, slots=True)
class Lowered:
    """A function that was lowered and needs a bridge.

    Parameters:
        item: what the bridge does.
        function: its component function index.
        old: its core function index in the original.
        new: its core function index now.
        memory: the guest's memory, by its index now.
        realloc: the guest's realloc, by its index now; only used for bytes that are returned.
    """

    item: Carried | Guarded
    function: int
    old: int
    new: int
    memory: int
    realloc: int


class Plan:
    """What has been put into one component."""

    def __init__(self) -> None:
        self.numbers = Renumbering()
        self.carries = False
        self.seen = 0  # functions that have been looked at for `carries`
        self.memory: int | None = None
        self.returns = False  # whether it takes bytes that are returned
        self.realloc = 0
        self.pending: list[Lowered] = []

    def scratch(self, *, returns: bool) -> bytes:
        """Return sections that make the scratch memory, and its realloc.

        Parameters:
            returns: whether there may be functions that return bytes.
        """
        self.returns = returns
        module = self.numbers.insert(CoreSpace.MODULE)
        instance = self.numbers.insert(CoreSpace.INSTANCE)
        self.memory = self.numbers.insert(CoreSpace.MEMORY)
        aliases = [core_alias(CoreSpace.MEMORY, instance, "m")]
        if returns:
            self.realloc = self.numbers.insert(CoreSpace.FUNC)
            aliases.append(core_alias(CoreSpace.FUNC, instance, "r"))
        return (
            section(_CORE_MODULE, bytesmodule.scratch(returns=returns))
            + section(_CORE_INSTANCES, vector([core_instance(module, [])]))
            + section(_ALIASES, vector(aliases))
        )

    def bridges(self) -> bytes:
        """Return sections that make bridges for all that is pending, one for each guest memory."""
        groups: dict[int, list[Lowered]] = {}
        for lowered in self.pending:
            groups.setdefault(lowered.memory, []).append(lowered)
        self.pending = []
        return b"".join(self._bridge(memory, group) for memory, group in groups.items())

    def options(self, memory: int | None) -> bytes:
        """Return options for strings of UTF-8 that are passed in a memory, or that are returned,
        into the scratch memory.
        """
        options = [bytes([_UTF8])]
        if memory is not None:
            return vector([*options, _MEMORY + encode_u32(memory)])
        assert self.memory is not None  # since the section was entered
        options.append(_MEMORY + encode_u32(self.memory))
        return vector([*options, _REALLOC + encode_u32(self.realloc)])

    def _bridge(self, memory: int, group: list[Lowered]) -> bytes:
        again: list[bytes] = []
        parts = [("g", CoreSpace.MEMORY, memory)]
        if self.memory is not None:
            parts.append(("s", CoreSpace.MEMORY, self.memory))
        for i, lowered in enumerate(group):
            parts.append((f"h{i}", CoreSpace.FUNC, lowered.new))
            carried = lowered.item if isinstance(lowered.item, Carried) else None
            if carried is not None and carried.param is not None and self.memory is not None:
                lower = b"\x01\x00" + encode_u32(lowered.function)
                again.append(lower + self.options(self.memory))
                parts.append((f"p{i}", CoreSpace.FUNC, self.numbers.insert(CoreSpace.FUNC)))
            if carried is not None and carried.place is not None:
                parts.append((f"r{i}", CoreSpace.FUNC, lowered.realloc))
        module = self.numbers.insert(CoreSpace.MODULE)
        arguments = self.numbers.insert(CoreSpace.INSTANCE)
        instance = self.numbers.insert(CoreSpace.INSTANCE)
        instances = [core_bundle(parts), core_instance(module, [("", arguments)])]
        aliases: list[bytes] = []
        for i, lowered in enumerate(group):
            aliases.append(core_alias(CoreSpace.FUNC, instance, f"f{i}"))
            self.numbers.settle(CoreSpace.FUNC, lowered.old, self.numbers.insert(CoreSpace.FUNC))
        made = bytesmodule.bridge([lowered.item for lowered in group], own=self.memory is None)
        return (
            (section(_CANONICALS, vector(again)) if again else b"")
            + section(_CORE_MODULE, made)
            + section(_CORE_INSTANCES, vector(instances))
            + section(_ALIASES, vector(aliases))
        )
