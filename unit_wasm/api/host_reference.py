"""``module:Class``: what provides the imports of a component, by its name."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable
from typing import Any

from unit_wasm.errors import ConfigError


def imported_hosts(references: Iterable[str], path: str | os.PathLike[str] | None = None) -> Any:
    """Return what some references name, for ``host=``.

    Parameters:
        references: ``module:Class`` each, or ``module`` for all that is declared in it; several
            names of a module are joined by commas.
        path: a folder where modules are looked for first.

    Raises:
        ConfigError: there is none of that name, or it cannot be imported.
    """
    if path is not None and os.fspath(path) not in sys.path:
        sys.path.insert(0, os.fspath(path))
    # A file may be younger than what was seen of its folder.
    importlib.invalidate_caches()
    found: list[Any] = []
    for reference in references:
        found += _imported(reference)
    return found


def _imported(reference: str) -> list[Any]:
    name, colon, attributes = reference.partition(":")
    if not name or (colon and not attributes):
        raise ConfigError(
            f"{reference!r} names no host", hint="it is written module:Class, or module alone"
        )
    try:
        module = importlib.import_module(name)
    except Exception as error:
        raise ConfigError(
            f"the module {name} of the host cannot be imported: {type(error).__name__}: {error}"
        ) from error
    if not colon:
        return [module]
    found = []
    for attribute in attributes.split(","):
        value: Any = module
        for part in attribute.strip().split("."):
            if not hasattr(value, part):
                raise ConfigError(f"the module {name} has no {attribute.strip()}")
            value = getattr(value, part)
        found.append(value)
    return found
