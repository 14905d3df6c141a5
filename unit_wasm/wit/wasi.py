"""The interfaces of WASI that are known here: their types and functions, at any of their versions.

They stand in ``data/*.json``, one file for each package (or draft of one), which tools/bindgen.py
writes from WIT files, or which were written by hand where no package has them. A type there is a
name (of a primitive type or of the interface's own) or a list: what it is, then its parts.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from unit_wasm.wit import model as wit
from unit_wasm.wit.names import FunctionName


@dataclass(frozen=True, slots=True, eq=False)
class Package:
    """A package, or a draft of one.

    Parameters:
        key: what it is called among the files of data: ``io``, ``keyvalue-draft2``.
        name: without version: ``wasi:io``.
        versions: those that it has: one that ends with a dot stands for all that begin so, an
            empty one for none.
        interfaces: their names, with what the data says of them.
    """

    key: str
    name: str
    versions: tuple[str, ...]
    interfaces: dict[str, dict[str, Any]]

    def has(self, version: str) -> bool:
        """Return whether this is the package at such a version."""
        return any(
            version.startswith(each) if each.endswith(".") else version == each
            for each in self.versions
        )

    def exported(self, interface: str) -> bool:
        """Return whether components give this interface, and do not take it."""
        return bool(self.interfaces[interface].get("exported", False))


@functools.cache
def known_packages() -> tuple[Package, ...]:
    """Return all packages, in alphabetical order of their keys."""
    folder = resources.files("unit_wasm.wit") / "data"
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".json")),
        key=lambda file: file.name,
    )
    return tuple(
        _package(file.name.removesuffix(".json"), json.loads(file.read_text(encoding="utf-8")))
        for file in files
    )


def _package(key: str, data: dict[str, Any]) -> Package:
    return Package(key, data["package"], tuple(data["versions"]), data["interfaces"])


def known_interface(name: str) -> wit.Interface | None:
    """Return an interface, or None if it is not known.

    Parameters:
        name: with version, as a component imports it: ``wasi:io/streams@0.2.3``.
    """
    path, _, version = name.partition("@")
    return _at(version).interface(path)


def known_world(names: Iterable[str], exports: Iterable[str] = ()) -> wit.World:
    """Return a world that imports and exports known interfaces, and imports what they use.

    Raises:
        KeyError: one is not known.
    """
    exported = list(exports)
    imports: dict[str, wit.Interface] = {}
    for name in (*names, *exported):
        interface = known_interface(name)
        if interface is None:
            raise KeyError(name)
        for used in _used(interface):
            imports[used.owner] = used
        if name not in exported:
            imports[name] = interface
    items = [wit.Item(name, interface) for name, interface in imports.items()]
    given = [wit.Item(name, interface) for name in exported if (interface := known_interface(name))]
    packages: dict[str, None] = {}
    for name in (*imports, *exported):
        _add_package(packages, _package_of(name), (*imports, *exported))
    return wit.World(tuple(items), tuple(given), tuple(packages))


def _add_package(packages: dict[str, None], package: str, names: Iterable[str]) -> None:
    """Add a package after those whose types its interfaces use; none uses itself by another."""
    for name in names:
        interface = known_interface(name)
        if _package_of(name) == package and interface is not None:
            for used in map(_package_of, (each.owner for each in _used(interface))):
                if used not in packages and used != package:
                    _add_package(packages, used, names)
    packages[package] = None


def _package_of(owner: str) -> str:
    path, at, version = owner.partition("@")
    return path.partition("/")[0] + at + version


def _used(interface: wit.Interface) -> Iterable[wit.Interface]:
    """Yield the interfaces whose types one uses, each after those that it uses itself."""
    for definition in interface.types:
        of = definition.type.of if isinstance(definition.type, wit.Alias) else None
        if isinstance(of, wit.TypeDef) and of.owner != interface.owner:
            used = known_interface(of.owner)
            assert used is not None
            yield from _used(used)
            yield used


# ---- From the data to the model ----


@functools.cache
def _at(version: str) -> _Version:
    return _Version(version)


class _Version:
    """All packages at one version: types of one use those of another at the same version."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._packages = {each.name: each for each in known_packages() if each.has(version)}
        self._built: dict[str, wit.Interface] = {}

    def interface(self, path: str) -> wit.Interface | None:
        """Return the interface of a name without version."""
        if path not in self._built:
            package = self._packages.get(path.partition("/")[0])
            data = None if package is None else package.interfaces.get(path.partition("/")[2])
            if data is None:
                return None
            owner = f"{path}@{self._version}" if self._version else path
            self._built[path] = _Builder(self, owner).interface(data)
        return self._built[path]

    def type(self, path: str, name: str) -> wit.TypeDef:
        """Return a type of another interface."""
        interface = self.interface(path)
        if interface is None:
            raise KeyError(path)
        return next(each for each in interface.types if each.name == name)


class _Builder:
    """Makes one interface."""

    def __init__(self, version: _Version, owner: str) -> None:
        self._version = version
        self._owner = owner
        self._types: dict[str, wit.TypeDef] = {}

    def interface(self, data: dict[str, Any]) -> wit.Interface:
        """Return the interface that the data describes."""
        for name, words in data["types"].items():
            self._types[name] = wit.TypeDef(name, self._owner, self._defined(words))
        functions = [self._function(name, *parts) for name, parts in data["functions"].items()]
        return wit.Interface(
            self._owner, self._owner, tuple(self._types.values()), tuple(functions)
        )

    def _defined(self, words: list[Any]) -> Any:
        kind, *parts = words
        return _DEFINED[kind](self, parts)

    def _function(self, name: str, params: list[list[Any]], result: Any) -> wit.Function:
        parsed = FunctionName.parse(name)
        return wit.Function(
            name,
            parsed.label,
            parsed.kind,
            None if parsed.resource is None else self._types[parsed.resource],
            tuple(wit.Param(label, self.type(words)) for label, words in params),
            None if result is None else self.type(result),
        )

    def use(self, path: str, name: str) -> wit.TypeDef:
        """Return a type of another interface, which may be another name for one."""
        return self._version.type(path, name)

    def type(self, words: Any) -> wit.Type:
        """Return the type of a value."""
        if isinstance(words, str):
            return wit.PRIMITIVES.get(words) or self._types[words]
        kind, *parts = words
        made: wit.Type = _TYPES[kind](
            *(None if part is None else self.type(part) for part in parts)
        )
        return made

    def perhaps(self, parts: list[Any]) -> wit.Type | None:
        """Return the type of a case's value."""
        return self.type(parts[0]) if parts else None


_DEFINED: Final[dict[str, Any]] = {
    "use": lambda of, parts: wit.Alias(of.use(*parts)),
    "type": lambda of, parts: wit.Alias(of.type(parts[0])),
    "resource": lambda of, parts: wit.Resource(),
    "enum": lambda of, parts: wit.Enum(tuple(parts)),
    "flags": lambda of, parts: wit.Flags(tuple(parts)),
    "record": lambda of, parts: wit.Record(
        tuple(wit.Field(name, of.type(type)) for name, type in parts)
    ),
    "variant": lambda of, parts: wit.Variant(
        tuple(wit.Case(name, of.perhaps(type)) for name, *type in parts)
    ),
}

_TYPES: Final[dict[str, Any]] = {
    "list": wit.List,
    "tuple": lambda *items: wit.Tuple(items),
    "option": wit.Option,
    "result": wit.Result,
    "own": wit.Own,
    "borrow": wit.Borrow,
}
