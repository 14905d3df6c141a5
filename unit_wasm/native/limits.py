"""What each memory and each table of an instance may have, so that all of them keep the limits.

An option limits the sum. Where csrc/engine/memory.c makes the memories it counts them, and the sum
is exact. libwasmtime's own pool and tables know one limit for each, which is chosen here: with it
no instance can have more than the option says, whatever it grows.
"""

from __future__ import annotations

from typing import Final

from unit_wasm.component.format.sizes import Sizes
from unit_wasm.component.info import ComponentInfo
from unit_wasm.errors import ComponentError
from unit_wasm.options import OPTIONS, Options
from unit_wasm.options.kinds import MIB, SIZE
from unit_wasm.options.option import Option
from unit_wasm.values import dataclass

_PAGE: Final = 64 << 10

SMALL: Final = 384 << 10
"""A memory that begins with at most so much, and as much data, is filled anew for each instance:
copying takes 20 us per MiB. A larger one begins as an image, which is mapped."""

_OPTIONS: Final = {option.name: option for option in OPTIONS}


@dataclass(frozen=True, slots=True)
class Limits:
    """How an engine is set up for a component.

    Parameters:
        own_memories: csrc/engine/memory.c makes the memories, and counts them.
        memories: how many one instance has at most.
        memory_all: bytes of all of them together.
        memory_each: bytes of one.
        table_each: elements of one table.
    """

    own_memories: bool
    memories: int
    memory_all: int
    memory_each: int
    table_each: int


def limits_of(info: ComponentInfo, options: Options) -> Limits:
    """Return the limits of a component that :func:`check_limits` has let pass."""
    sizes = _memories(info)
    each = sizes.each(options.max_memory)
    # The pages that the rewrite has added are the host's, and always the same; but for arenas,
    # where bytes lie on their way: one may have as much as the component itself.
    added = (info.memories - info.memory_sizes.count - info.arenas) * _PAGE
    small = all(size <= SMALL or size in info.images for size, _, _ in sizes.parts)
    small = small and options.without != "small-memory"
    own = each is None or small
    return Limits(
        own_memories=own,
        memories=max(1, info.memories + info.heap),
        memory_all=options.max_memory * (1 + info.arenas) + added,
        memory_each=options.max_memory if own or each is None else each,
        table_each=info.table_sizes.each(options.max_table_elements) or 0,
    )


def check_limits(info: ComponentInfo, options: Options) -> None:
    """Raise unless an instance may begin.

    Raises:
        ComponentError: it begins with more than an option allows, which the error names.
    """
    begins = info.memory_sizes.minimum
    if begins > options.max_memory:
        raise _too_much(f"begins with {_size(begins)} of memory", "max_memory", options)
    if info.table_sizes.each(options.max_table_elements) is None:
        elements = info.table_sizes.needed
        raise _too_much(f"has tables of {elements} elements", "max_table_elements", options)
    if info.core_instances > options.max_instances:
        count = info.core_instances
        raise _too_much(f"is made of {count} core instances", "max_instances", options)


def _memories(info: ComponentInfo) -> Sizes:
    """Return its memories, with that of the objects which are collected."""
    return info.memory_sizes + Sizes(((0, None, 1),)) if info.heap else info.memory_sizes


def _too_much(what: str, name: str, options: Options) -> ComponentError:
    option: Option = _OPTIONS[name]
    allowed = option.kind.show(getattr(options, name))
    return ComponentError(
        f"an instance of the component {what}, and {option.environment} allows {allowed}",
        hint=f"raise {option.environment} ({option.flag})",
    )


def _size(size: int) -> str:
    """Return a size as people read it; that of a memory is in pages of 64 KiB."""
    return f"{size / MIB:.10g}MiB" if size >= MIB else SIZE.show(size)
