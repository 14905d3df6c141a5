"""What comes with the package and is no Python: the C sources, and an example."""

from __future__ import annotations

from pathlib import Path

import unit_wasm


def shipped(name: str) -> Path:
    """Return where something is that may not be there.

    Parameters:
        name: its path in a clone. setup.py says what a wheel has of that.
    """
    package = Path(unit_wasm.__file__).parent
    inside = package / "shipped" / name
    # What lies beside an installed package is somebody else's.
    return inside if (package / "shipped").is_dir() else package.parent / name
