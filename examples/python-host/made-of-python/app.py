"""The adder, written in Python."""

import wit_world


class WitWorld(wit_world.WitWorld):
    """The world of adder.wit."""

    def add(self, a: int, b: int) -> int:
        """Add two numbers."""
        return a + b
