"""What a component imports and exports, as text: from who prepares it to Python in the module.

There the component itself cannot be read again, which may be another one by then; and both sides
are this package, of the same version (note.py).
"""

from __future__ import annotations

import base64
import pickle
import zlib
from collections.abc import Container
from dataclasses import replace

from unit_wasm.wit.model import World


def world_text(world: World) -> str:
    """Return a world as text without line ends."""
    return base64.b64encode(zlib.compress(pickle.dumps(world))).decode()


def world_of(text: str) -> World:
    """Return the world that :func:`world_text` wrote.

    Parameters:
        text: of prepare, or of its answer in a cache that is believed, as machine code there is.
    """
    world = pickle.loads(zlib.decompress(base64.b64decode(text)))
    assert isinstance(world, World)
    return world


def imports_of(world: World, names: Container[str]) -> World:
    """Return a world with these imports alone, which keep their order."""
    return replace(
        world, imports=tuple(item for item in world.imports if item.name in names), exports=()
    )
