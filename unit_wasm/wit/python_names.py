"""The names of WIT as names in Python."""

from __future__ import annotations

import keyword
from collections.abc import Iterable


def name_of(label: str) -> str:
    """Return the name of a function, parameter, field or interface: ``get_value``."""
    return _free(label.lower().replace("-", "_"))


def class_name(label: str) -> str:
    """Return the name of a type or case: ``GetValue``."""
    return _free("".join(word.capitalize() for word in label.split("-")))


def constant_name(label: str) -> str:
    """Return the name of a case of an enum, or of a flag: ``GET_VALUE``."""
    return _free(label.upper().replace("-", "_"))


def distinct(names: Iterable[str]) -> list[str]:
    """Return names of which no two are the same: ``http-2`` and ``http2`` are one as a class."""
    found: dict[str, None] = {}
    for name in names:
        while name in found:
            name += "_"
        found[name] = None
    return list(found)


def _free(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name
