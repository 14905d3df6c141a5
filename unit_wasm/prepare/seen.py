"""Components that Python has loaded before, with their types, as long as they stay as they are.

To read the types of a large component takes longer than to load it, so they are noted with its
entry of the cache; ``noted.py`` says when a note counts. They are a pickle, which is read only
where machine code would be: from a file that nobody else can have written.
"""

from __future__ import annotations

import contextlib
import os
import pickle
from typing import NamedTuple

from unit_wasm.component.prepared import Prepared
from unit_wasm.options import Options
from unit_wasm.prepare import noted
from unit_wasm.prepare.noted import Noted
from unit_wasm.wit.model import World

_USE = "loaded"


class Known(NamedTuple):
    """A component that can be loaded."""

    world: World
    prepared: Prepared


def recall(path: str | os.PathLike[str], options: Options) -> Known | None:
    """Return a component that was loaded before and is what it was; None where it is not known.

    Raises:
        ComponentError: it begins with more than an option allows.
        HostError: the cache cannot be trusted.
    """
    found = noted.recall(path, options, _USE)
    if found is None:
        return None
    try:
        world = pickle.loads(found.more)
    except Exception:
        # Whatever another version has pickled.
        world = None
    if isinstance(world, World):
        return Known(world, found.prepared)
    if found.prepared.code is not None:
        found.prepared.code.close()
    return None


def remember(
    path: str | os.PathLike[str], before: os.stat_result | None, options: Options, known: Known
) -> None:
    """Note what was found of a file; where that cannot be, the next start takes longer.

    Parameters:
        before: what :func:`look` said before it was read.
    """
    with contextlib.suppress(RecursionError):
        more = pickle.dumps(known.world)
        noted.remember(path, before, options, _USE, Noted(known.prepared, more))
