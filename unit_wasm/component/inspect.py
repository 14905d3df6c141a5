"""What a component asks of its host, what it offers, and whether this host can serve it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from unit_wasm.component.format.visitor import Visitor
from unit_wasm.component.format.walk import walk
from unit_wasm.component.info import ComponentInfo, ImportedInterface
from unit_wasm.errors import ComponentError
from unit_wasm.wit.arena import Arena, Component, Extern
from unit_wasm.wit.binary import read_component
from unit_wasm.wit.provided import ProvidedInterfaces
from unit_wasm.wit.reader import Malformed
from unit_wasm.wit.refused import check_start, refused

HANDLER: Final = "wasi:http/incoming-handler"
COMMAND: Final = "wasi:cli/run"
_SERVED_VERSION: Final = re.compile(r"0\.2\.(0|[1-9]\d*)(\+[0-9A-Za-z.-]+)?")
_WASI_03: Final = re.compile(r"wasi:[^@]*@0\.3\..*")
_SORTS: Final = {"func": "function"}
"""What the binary's words for an import are in a sentence, where they are others."""

_NAMED: Final = 3
"""So many missing imports are named in an error; the others are counted."""


def inspect(data: bytes, *, served: bool = True) -> ComponentInfo:
    """Describe the component binary ``data``.

    Core modules inside are skipped, not validated: that is the compiler's part.

    Parameters:
        served: it is to answer requests, so that a command is none that can be used.

    Raises:
        ComponentError: empty, text, not wasm, truncated, damaged, a core module, built for
            WASI 0.3, or a command; each with its own sentence.
    """
    info, component = survey(data)
    _check_kind(component, info.handler, served)
    return info


def survey(data: bytes) -> tuple[ComponentInfo, Component]:
    """Describe a component of any kind, also of those that cannot be used here.

    Raises:
        ComponentError: it is no component, or damaged.
    """
    check_start(data)
    arena = Arena()
    try:
        cost = walk(data, Visitor()).cost
        component = read_component(data, arena)
    except Malformed as error:
        raise refused(error) from None
    exports = tuple(component.exports)
    info = ComponentInfo(
        tuple(_import(name, extern, arena) for name, extern in component.imports.items()),
        exports,
        next((name for name in exports if _is_served(name, HANDLER)), None),
        cost.core_instances,
        memories=cost.memories.count,
        tables=cost.tables.count,
        memory_sizes=cost.memories,
        table_sizes=cost.tables,
        heap=cost.heap,
    )
    return info, component


def check_servable(info: ComponentInfo, provided: ProvidedInterfaces) -> None:
    """Raise unless a host that provides ``provided`` can serve the component over HTTP.

    Parameters:
        info: what ``inspect`` found.

    Raises:
        ComponentError: no handler is exported, or imports are not provided (the first three are
            named, the others counted).
    """
    if info.handler is None:
        _no_handler(info)
    check_imports(info, provided)


def check_imports(info: ComponentInfo, provided: ProvidedInterfaces) -> None:
    """Raise unless a host that provides ``provided`` has all that the component imports.

    Raises:
        ComponentError: it has not (the first three are named, the others counted).
    """
    unknown = [item for item in info.imports if not is_provided(item, provided)]
    if unknown:
        listed = _listing(described(item) for item in unknown)
        telling = next((item for item in unknown if item.name == HANDLER), unknown[0])
        raise ComponentError(
            f"the component imports {listed}, which the host does not provide",
            hint=_hint(telling, provided),
        )
    missing = missing_functions(info.imports, provided)
    if missing:
        what = "the function" if len(missing) == 1 else "the functions"
        raise ComponentError(
            f"the component imports {what} {_listing(missing)}, which the host does not provide",
            hint="an interface of WASI 0.2 has other functions, or a newer 0.2.x added some",
        )


def _check_kind(component: Component, handler: str | None, served: bool) -> None:
    for verb, names in (("exports", component.exports), ("imports", component.imports)):
        newer = next(filter(is_wasi_03, names), None)
        if newer is not None:
            raise ComponentError(
                f"the component is built for WASI 0.3 (it {verb} {newer})",
                hint="build it for WASI 0.2, the wasi:http/proxy world",
            )
    command = next((name for name in component.exports if name.partition("@")[0] == COMMAND), None)
    if served and command is not None and handler is None:
        raise ComponentError(
            f"the component is a command (it exports {command} and no {HANDLER})",
            hint="`unit-wasm run` runs it",
        )


def is_wasi_03(name: str) -> bool:
    """Return whether an import or export is of WASI 0.3."""
    return _WASI_03.fullmatch(name) is not None


def _no_handler(info: ComponentInfo) -> None:
    other = next((name for name in info.exports if name.partition("@")[0] == HANDLER), None)
    found = f"exports {other}, which is not" if other is not None else "does not export"
    raise ComponentError(
        f"the component {found} {HANDLER}@0.2.x", hint="build it for the wasi:http/proxy world"
    )


def _import(name: str, extern: Extern, arena: Arena) -> ImportedInterface:
    if extern.kind != "instance" or extern.id is None:
        own = (name,) if _is_new_resource(extern) else ()
        return ImportedInterface(name, None, (), own, _SORTS.get(extern.kind, extern.kind))
    exports = arena.instances[extern.id.number].exports
    functions = tuple(key for key, item in exports.items() if item.kind == "func")
    resources = tuple(key for key, item in exports.items() if _is_new_resource(item))
    plain, _, version = name.partition("@")
    return ImportedInterface(plain, version or None, functions, resources)


def _is_new_resource(extern: Extern) -> bool:
    """Return whether it is a resource of its own, not another name for one."""
    return extern.kind == "type" and extern.id is not None and extern.id == extern.referenced


def _is_served(name: str, interface: str) -> bool:
    plain, _, version = name.partition("@")
    return plain == interface and _SERVED_VERSION.fullmatch(version) is not None


def missing_functions(
    imports: Iterable[ImportedInterface], provided: ProvidedInterfaces
) -> list[str]:
    """Return functions that the host lacks in the interfaces that it provides."""
    return [
        f"{name} of {item.full_name}"
        for item in imports
        for name in item.functions
        if not any(name in each.functions for each in provided[item.name] if each.has(item.version))
    ]


def is_provided(item: ImportedInterface, provided: ProvidedInterfaces) -> bool:
    """Return whether the host has an interface at that version."""
    if item.sort != "instance":
        # A type that equals another asks nothing of the host.
        return item.sort == "type" and not item.resources
    return any(each.has(item.version) for each in provided.get(item.name, ()))


def described(item: ImportedInterface) -> str:
    """Return what an import is called in a sentence."""
    return item.full_name if item.sort == "instance" else f"the {item.sort} {item.name}"


def _hint(item: ImportedInterface, provided: ProvidedInterfaces) -> str:
    if item.name == HANDLER:
        return (
            "it is a middleware: compose it with the component that it is to stand in front of, "
            "with `unit-wasm compose`"
        )
    if item.sort != "instance":
        return "only interfaces can be provided by a host, such as wasi:http/types@0.2.0"
    if item.name in provided:
        versions = [shown for each in provided[item.name] for shown in each.shown]
        named = [f"{item.name}@{shown}" if shown else item.name for shown in versions]
        return f"the host provides {_listing(named)}"
    if item.name.startswith("wasi:"):
        return "build the component for the wasi:http/proxy world"
    return f"compose it with a component that exports {item.full_name}, with `unit-wasm compose`"


def _listing(items: Iterable[str]) -> str:
    """Name the first three and count the others: ``a``, ``a and b``, ``a, b, c and 2 more``."""
    names = list(items)
    if len(names) > _NAMED:
        names[_NAMED:] = [f"{len(names) - _NAMED} more"]
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"
