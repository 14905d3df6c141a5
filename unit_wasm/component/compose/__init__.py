"""Several components, linked into one: what ``unit-wasm compose`` does.

The first component, the socket, keeps what it exports. What it imports is filled from what the
others, the plugs, export, and so is what these import. What nobody exports stays an import of the
outcome. The types decide whether something fits, before anything is written:

1. ``parts.py`` reads the components, and says which names may stand for each other;
2. ``plugging.py`` finds who fills what;
3. ``matching.py`` compares types;
4. ``imports.py`` writes what stays open, each interface once, whoever needs it, with the types
   that ``typescope.py`` writes;
5. ``composing.py`` links the parts, and ``exports.py`` writes what the outcome exports.
"""

from unit_wasm.component.compose.composing import Composed, Given, Remaining, compose

__all__ = ["Composed", "Given", "Remaining", "compose"]
