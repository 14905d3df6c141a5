"""Which exported function a name in a call means: ``add``, ``iface.add``, ``ns:pkg/iface.add``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from unit_wasm.api.plan import short_name
from unit_wasm.errors import CallError
from unit_wasm.suggest import did_you_mean
from unit_wasm.wit.model import Function, World

_PARTS: Final = re.compile(r"(?P<path>[^@#]+)(?P<version>@[^#]+)?[.#](?P<label>[a-zA-Z0-9-]+)")
"""A name as interfaces are written elsewhere, in WIT and in core modules: the version before."""


def find_function(world: World, name: str) -> tuple[str | None, Function]:
    """Return the function of that name, with its interface; None of one of the world.

    Parameters:
        name: a function, with or without its interface, its package and its version, which may
            stand at the end or behind the interface. ``#`` may stand for the last dot.

    Raises:
        CallError: there is none, or there are several.
    """
    every = list(_functions(world))
    parts = _PARTS.fullmatch(name)
    same = {name, f"{parts['path']}.{parts['label']}{parts['version'] or ''}" if parts else name}
    found = [one for one in every if not same.isdisjoint(_names(*one))]
    # What the world itself exports goes first, as its name says all there is to say.
    found = [one for one in found if one[0] is None] or found
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(full_name(*one) for one in found)
        raise CallError(f"several functions are named {name}: {listed}", hint="name one in full")
    names = {full_name(*one) for one in every} | {one[1].label for one in every}
    raise CallError(f"the component exports no function {name}", hint=did_you_mean(name, names))


def full_name(interface: str | None, function: Function) -> str:
    """Return a function's name with its interface, its version at the end."""
    if interface is None:
        return function.label
    plain, at, version = interface.partition("@")
    return f"{plain}.{function.label}{at}{version}"


def _functions(world: World) -> Iterator[tuple[str | None, Function]]:
    for item in world.exports:
        for function in item.functions:
            if function.resource is None or item.interface is None:
                yield item.interface, function


def _names(interface: str | None, function: Function) -> Iterator[str]:
    yield function.label
    if interface is not None:
        plain, at, version = interface.partition("@")
        for path in (plain, short_name(interface)):
            yield f"{path}.{function.label}"
            if at:
                yield f"{path}.{function.label}@{version}"
