"""What a WebAssembly file is, for people: a file of any kind is described, and none refused.

A component may be used in three ways: it answers HTTP (``serve``), it is a program (``run``), its
functions are called (``load``, ``invoke``). For each it is said how, or what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from unit_wasm.component.format.modulenames import read_module_names
from unit_wasm.component.info import ComponentInfo, ImportedInterface
from unit_wasm.component.inspect import (
    COMMAND,
    HANDLER,
    described,
    is_provided,
    is_wasi_03,
    missing_functions,
    survey,
)
from unit_wasm.errors import ComponentError
from unit_wasm.wit.arena import Component
from unit_wasm.wit.decode import read_world
from unit_wasm.wit.model import World
from unit_wasm.wit.provided import ProvidedInterfaces
from unit_wasm.wit.reader import MODULE_PREAMBLE
from unit_wasm.wit.text import function_text

TITLES: Final = {
    "http": "an HTTP component",
    "middleware": "a middleware, an HTTP component that hands requests on to another",
    "command": "a command",
    "functions": "a component with functions",
    "wasi-0.3": "a component for WASI 0.3",
    "wit-package": "a package of WIT: types, and no code",
    "nothing": "a component that exports nothing",
    "core-module": "a core module, not a component",
    "damaged": "damaged",
    "not-wasm": "not WebAssembly",
}
"""What each kind is called."""

_COMPOSE: Final = "unit-wasm compose"
_HOST: Final = "--host MODULE:NAME"


@dataclass(frozen=True)
class Exported:
    """An export.

    Parameters:
        name: with its version.
        functions: as WIT has them; that of a function is its own.
    """

    name: str
    functions: tuple[str, ...]


@dataclass(frozen=True)
class Need:
    """Something that a component may ask for, and that it is not given by itself.

    Parameters:
        what: it is: ``files``.
        imports: that ask for it.
        switch: that gives it.
    """

    what: str
    imports: tuple[str, ...]
    switch: str


@dataclass(frozen=True)
class Way:
    """A way to use a file.

    Parameters:
        name: ``serve``, ``run`` or ``load``.
        how: what to write; what has to be filled in is in capitals.
        missing: why it cannot be used so, or what it needs first.
    """

    name: str
    how: str | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Description:
    """What a file is.

    Parameters:
        kind: one of :data:`TITLES`.
        title: the same for people.
        size: of the file, in bytes.
        remark: what else there is to say.
        ways: how it can be used; none for what is no component.
        info: of a component.
    """

    kind: str
    title: str
    size: int
    remark: str | None = None
    ways: tuple[Way, ...] = ()
    exports: tuple[Exported, ...] = ()
    needs: tuple[Need, ...] = ()
    info: ComponentInfo | None = field(default=None, repr=False)


def describe(name: str, data: bytes, provided: ProvidedInterfaces) -> Description:
    """Describe a file. Never raises.

    Parameters:
        name: of the file, as commands would name it.
        data: what is in it.
        provided: what the host has.
    """
    if data.startswith(MODULE_PREAMBLE):
        return _core_module(data)
    try:
        info, component = survey(data)
    except ComponentError as error:
        kind = "damaged" if data.startswith(b"\0asm") else "not-wasm"
        return Description(kind, TITLES[kind], len(data), str(error))
    remark = None
    world = None
    try:
        world = read_world(data)
    except ComponentError as error:
        remark = f"it has no WIT: {error}"
    kind = _kind(info, component, world)
    foreign = _foreign(info)
    ways = _Ways(name, kind, info, world, foreign, _lacking(info, provided, foreign))
    return Description(
        kind,
        TITLES[kind],
        len(data),
        remark,
        ways.all(),
        _exports(info, world),
        tuple(_needs(info, foreign)),
        info,
    )


def _core_module(data: bytes) -> Description:
    names = read_module_names(data)
    if names.is_embedded:
        remark = "its types are in it: `wasm-tools component new` makes a component of it"
    elif any(one.startswith("wasi_snapshot_preview1") for one in names.imports):
        remark = (
            "it is built for WASI 0.1: `wasm-tools component new --adapt` makes a component of it, "
            "with the adapter of wasmtime's releases"
        )
    else:
        remark = (
            "`wasm-tools component embed` gives it types, which are in a file of WIT, and "
            "`wasm-tools component new` makes a component of it"
        )
    exports = tuple(Exported(name, ()) for name in names.exports)
    needs = (Need("imports", names.imports, "a component around it"),) if names.imports else ()
    return Description("core-module", TITLES["core-module"], len(data), remark, (), exports, needs)


def _kind(info: ComponentInfo, component: Component, world: World | None) -> str:
    if any(map(is_wasi_03, (*component.imports, *component.exports))):
        return "wasi-0.3"
    if info.handler is not None:
        is_middleware = any(item.name == HANDLER for item in info.imports)
        return "middleware" if is_middleware else "http"
    if _command(info) is not None:
        return "command"
    if _has_functions(component, world):
        return "functions"
    types = [extern.id.space for extern in component.exports.values() if extern.id is not None]
    if types and all(space in "ci" for space in types):
        return "wit-package" if _is_types_only(component) else "functions"
    return "nothing" if not component.exports else "functions"


def _is_types_only(component: Component) -> bool:
    return all(extern.kind == "type" for extern in component.exports.values())


def _has_functions(component: Component, world: World | None) -> bool:
    if world is None:
        return any(extern.kind in ("func", "instance") for extern in component.exports.values())
    return any(item.functions for item in world.exports)


def _command(info: ComponentInfo) -> str | None:
    return next((name for name in info.exports if name.startswith(f"{COMMAND}@0.2.")), None)


def _exports(info: ComponentInfo, world: World | None) -> tuple[Exported, ...]:
    texts: dict[str, tuple[str, ...]] = {}
    for item in () if world is None else world.exports:
        texts[item.name] = tuple(
            function_text(one)
            if one.resource is None
            else f"{one.resource.name}.{function_text(one)}"
            for one in item.functions
        )
    return tuple(Exported(name, texts.get(name, ())) for name in info.exports)


# ---- What it asks for ----


_GIVEN: Final = (
    ("files", "wasi:filesystem/", None, "--dir HOST::GUEST (UNIT_WASM_DIRS)"),
    ("network", "wasi:sockets/", None, "--network tcp:HOST:PORT (UNIT_WASM_NETWORK)"),
    (
        "outgoing requests",
        "wasi:http/outgoing-handler",
        None,
        "--outgoing ORIGIN (UNIT_WASM_OUTGOING)",
    ),
    ("variables", "wasi:cli/environment", "get-environment", "--env NAME=VALUE (environment)"),
    ("configuration", "wasi:config/", None, "--wasi-config FILE (UNIT_WASM_WASI_CONFIG)"),
    ("a key-value store", "wasi:keyvalue/", None, "--keyvalue sqlite:PATH (UNIT_WASM_KEYVALUE)"),
)
"""What there is to give: what it is, interfaces and the function that ask for it, the switch."""


def _needs(info: ComponentInfo, foreign: tuple[str, ...]) -> Iterator[Need]:
    for what, start, function, switch in _GIVEN:
        asking = tuple(
            item.full_name
            for item in info.imports
            if item.name.startswith(start)
            and item.functions
            and (function is None or function in item.functions)
        )
        if asking:
            yield Need(what, asking, switch)
    if foreign:
        yield Need("functions of the host", foreign, f"{_HOST} (UNIT_WASM_HOST), or {_COMPOSE}")


def _foreign(info: ComponentInfo) -> tuple[str, ...]:
    """Return the imports that are not WASI's, and that somebody has to provide."""
    return tuple(
        item.full_name
        for item in info.imports
        if not item.name.startswith("wasi:")
        and (item.functions if item.sort == "instance" else item.sort == "function")
    )


def _lacking(
    info: ComponentInfo, provided: ProvidedInterfaces, foreign: tuple[str, ...]
) -> tuple[str, ...]:
    """Return what it imports and nothing can provide."""
    left = [item for item in info.imports if item.full_name not in foreign]
    lacking = [described(item) for item in left if not _is_there(item, provided)]
    known = [item for item in left if item.sort == "instance" and is_provided(item, provided)]
    return (*lacking, *missing_functions(known, provided))


def _is_there(item: ImportedInterface, provided: ProvidedInterfaces) -> bool:
    if item.name == HANDLER:
        # Another component has it, of which is spoken elsewhere.
        return True
    # What has types alone asks for nothing.
    is_plain = item.sort == "instance" and not item.functions and not item.resources
    return is_plain or is_provided(item, provided)


# ---- How it can be used ----


class _Ways:
    """How a component can be used.

    Parameters:
        foreign: imports that somebody has to provide.
        lacking: what it imports and nobody can provide.
    """

    def __init__(
        self,
        name: str,
        kind: str,
        info: ComponentInfo,
        world: World | None,
        foreign: tuple[str, ...],
        lacking: tuple[str, ...],
    ) -> None:
        self._name = name
        self._kind = kind
        self._info = info
        self._world = world
        self._foreign = foreign
        self._blocked = tuple(f"the host has no {one}" for one in lacking)

    def all(self) -> tuple[Way, ...]:
        if self._kind == "wasi-0.3":
            return (Way("serve", None, ("build it for WASI 0.2",)),)
        if self._kind in ("wit-package", "nothing"):
            return ()
        return (self._serve(), self._run(), self._load())

    def _host(self, switch: str) -> str:
        return f" {switch}" if self._foreign else ""

    def _serve(self) -> Way:
        how = f"unit-wasm serve {self._name}{self._host(_HOST)}"
        if self._kind == "middleware":
            first = f"{_COMPOSE} {self._name} --plug COMPONENT -o OUT"
            return Way("serve", None, (f"what it hands requests to: {first}", *self._blocked))
        if self._blocked:
            return Way("serve", None, self._blocked)
        if self._info.handler is None and self._called():
            having = [
                item.full_name
                for item in self._info.imports
                if item.resources and item.full_name in self._foreign
            ]
            if having:
                return Way("serve", None, (f"a resource of {having[0]} reaches no service",))
        if self._info.handler is not None or self._called():
            return Way("serve", how)
        other = next((name for name in self._info.exports if name.startswith(f"{HANDLER}@")), None)
        if other is not None:
            return Way("serve", None, (f"it exports {other}, which is not {HANDLER}@0.2.x",))
        return Way("serve", None, (f"it exports neither {HANDLER}@0.2.x nor functions",))

    def _run(self) -> Way:
        if _command(self._info) is None:
            return Way("run", None, (f"it exports no {COMMAND}@0.2.x",))
        if self._blocked:
            return Way("run", None, self._blocked)
        return Way("run", f"unit-wasm run{self._host(_HOST)} {self._name}")

    def _load(self) -> Way:
        if not self._called() and _command(self._info) is None:
            return Way("load", None, ("it exports no functions to call",))
        if self._blocked:
            return Way("load", None, self._blocked)
        host = ", host=..." if self._foreign else ""
        return Way("load", f'unit_wasm.load("{self._name}"{host})')

    def _called(self) -> bool:
        """Say whether it has functions of its own, beside those by which WASI enters it."""
        if self._world is None:
            return False
        own = (item for item in self._world.exports if not item.name.startswith("wasi:"))
        return any(item.functions for item in own)
