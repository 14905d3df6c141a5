"""The names of imports and exports, and those that WIT needs a mark for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from unit_wasm.errors import ComponentError
from unit_wasm.wit.model import FunctionKind

LABEL: Final = re.compile(
    r"(?:[a-z][a-z0-9]*|[A-Z][A-Z0-9]*)(?:-(?:[a-z0-9]+|[A-Z0-9]+))*", re.ASCII
)
"""Words joined by hyphens; each is all lower or all upper case."""

_VERSION: Final = re.compile(
    r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){2}"
    r"(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?",
    re.ASCII,
)
_FUNCTION: Final = re.compile(r"(?:\[(constructor|method|static)\])?([^.\[\]]*)(?:\.([^.\[\]]*))?")

_WORDS: Final = (
    "use type func u8 u16 u32 u64 s8 s16 s32 s64 f32 f64 float32 float64 char resource record "
    "flags variant enum bool string option result future stream list own borrow _ as from "
    "static interface tuple world import export package with include constructor error-context "
    "async map"
)
KEYWORDS: Final = frozenset(_WORDS.split())
"""What a name in WIT must not be without ``%``."""


def is_label(name: str) -> bool:
    """Say whether a name is a label of the component model."""
    return LABEL.fullmatch(name) is not None


def escaped(name: str) -> str:
    """Return a name as WIT has it."""
    return f"%{name}" if name in KEYWORDS else name


@dataclass(frozen=True, slots=True)
class InterfaceName:
    """``namespace:package/interface@version``.

    Parameters:
        version: None where there is none.
    """

    namespace: str
    package: str
    interface: str
    version: str | None

    @classmethod
    def parse(cls, text: str, suffix: str | None = None) -> InterfaceName | None:
        """Return the parts, or None for what is no name of an interface.

        Parameters:
            suffix: of the version, where the binary has it beside the name.

        Raises:
            ComponentError: the version is none.
        """
        path, at, version = text.partition("@")
        if at:
            version += suffix or ""
        whole, slash, interface = path.partition("/")
        namespace, colon, package = whole.partition(":")
        if not slash or not colon or not all(map(is_label, (namespace, package, interface))):
            return None
        if at and _VERSION.fullmatch(version) is None:
            raise ComponentError(f"the version of {text!r} is not of the form 1.2.3")
        return cls(namespace, package, interface, version if at else None)

    @property
    def package_name(self) -> str:
        """The package, with its version."""
        name = f"{escaped(self.namespace)}:{escaped(self.package)}"
        return name if self.version is None else f"{name}@{self.version}"

    @property
    def path(self) -> str:
        """The whole name, as WIT has it."""
        name = f"{escaped(self.namespace)}:{escaped(self.package)}/{escaped(self.interface)}"
        return name if self.version is None else f"{name}@{self.version}"


@dataclass(frozen=True, slots=True)
class FunctionName:
    """``label``, ``[constructor]resource``, ``[method]resource.label`` or ``[static]...``."""

    kind: FunctionKind
    resource: str | None
    label: str

    @classmethod
    def parse(cls, text: str) -> FunctionName:
        """Return the parts.

        Raises:
            ComponentError: it is none of these.
        """
        found = _FUNCTION.fullmatch(text)
        if found is not None:
            kind, first, second = found.groups()
            if is_label(first) and (second is not None) == (kind in ("method", "static")):
                if second is None:
                    return cls(FunctionKind(kind or "function"), first if kind else None, first)
                if is_label(second):
                    return cls(FunctionKind(kind), first, second)
        raise ComponentError(f"{text!r} is no name of a function")
