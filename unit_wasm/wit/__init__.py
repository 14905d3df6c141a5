"""What a component imports and exports, in the words of WIT, and values of its types as text."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unit_wasm.wit.decode import read_world
    from unit_wasm.wit.model import World
    from unit_wasm.wit.text import type_text, world_text
    from unit_wasm.wit.wasi import known_interface, known_packages, known_world

__all__ = [
    "World",
    "known_interface",
    "known_packages",
    "known_world",
    "read_world",
    "type_text",
    "world_text",
]

_PLACES = {
    "World": "model",
    "known_interface": "wasi",
    "known_packages": "wasi",
    "known_world": "wasi",
    "read_world": "decode",
    "type_text": "text",
    "world_text": "text",
}


def __getattr__(name: str) -> Any:
    # Who compiles a component needs the reader of binaries alone, and all of this takes as long to
    # load as a small component to compile.
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
