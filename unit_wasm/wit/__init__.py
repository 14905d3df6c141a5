"""What a component imports and exports, in the words of WIT, and values of its types as text."""

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
