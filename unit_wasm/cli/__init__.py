"""The command line: ``unit-wasm serve``, ``compile``, ``inspect`` and the commands around Unit.

The only package that prints and ends the process. Each command imports what it needs when it runs,
so that it starts as fast as what it does allows.
"""

from unit_wasm.cli.program import main

__all__ = ["main"]
