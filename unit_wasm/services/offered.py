"""Which functions of a component are offered, and where; docs/services.md, "A call"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from unit_wasm.errors import ComponentError
from unit_wasm.suggest import nearest
from unit_wasm.wit.json.schema import why_not
from unit_wasm.wit.model import Function, FunctionKind, Interface, Result, Type, World
from unit_wasm.wit.names import InterfaceName
from unit_wasm.wit.text import function_text
from unit_wasm.wit.wave import shape_of

# What componentize-py exports for itself.
_OF_TOOLCHAINS = ("exports",)


@dataclass(frozen=True, slots=True)
class Offered:
    """A function that is offered.

    Parameters:
        path: its shortest one, without the slash before it: ``add`` or ``add/add``.
        interface: the name of the export that it is in, as the binary has it; None: of the world.
        function: the function.
        reason: why it cannot be called all the same; None: it can.
    """

    path: str
    interface: str | None
    function: Function
    reason: str | None

    @property
    def wit(self) -> str:
        """How it is declared."""
        return function_text(self.function)

    @property
    def answer(self) -> Type | None:
        """The type of what a call answers: of a ``result``, that of its ok."""
        shape = self._result
        return self.function.result if shape is None else shape.ok

    @property
    def error(self) -> Type | None:
        """The type of what it answers where it fails; see also :attr:`fails`."""
        shape = self._result
        return None if shape is None else shape.err

    @property
    def fails(self) -> bool:
        """Whether it may answer with an error."""
        return self._result is not None

    @property
    def _result(self) -> Result | None:
        shape: Any = None if self.function.result is None else shape_of(self.function.result)
        return shape if isinstance(shape, Result) else None


class Offers:
    """The functions of one component, by path.

    Parameters:
        world: what the component exports.
        refused: exports that the host cannot call, by interface and name, and why.

    Raises:
        ComponentError: it exports no functions.
    """

    def __init__(
        self, world: World, refused: Mapping[tuple[str | None, str], str] | None = None
    ) -> None:
        self._refused = refused or {}
        self._short = _short_names(world)
        self._by_path: dict[str, Offered] = {}
        self.functions = tuple(self._all(world))
        """All of them, in the order of the component."""
        if not self.functions:
            raise ComponentError("the component exports no functions")

    def __iter__(self) -> Iterator[Offered]:
        return iter(self.functions)

    def find(self, path: str) -> Offered | None:
        """Return the function of a path, without the slash before it."""
        return self._by_path.get(path)

    def near(self, path: str) -> str | None:
        """Return the path that somebody may have meant."""
        paths = [each.path for each in self.functions]
        # The short name of an interface is none where it is that of another one, too.
        whole = next((each for each in paths if each.endswith(f"/{path}")), None)
        return whole or nearest(path, paths)

    def _all(self, world: World) -> Iterator[Offered]:
        for item in world.exports:
            if isinstance(item.value, Function):
                yield self._one([""], None, item.value)
            elif isinstance(item.value, Interface) and item.name in self._short:
                for function in item.value.functions:
                    yield self._one(self._short[item.name], item.name, function)

    def _one(self, folders: list[str], interface: str | None, function: Function) -> Offered:
        label = function.label
        if function.kind is not FunctionKind.FREE and function.resource is not None:
            label = f"{function.resource.name}.{label}"
        reason = why_not(function) or self._refused.get((interface, function.name))
        offered = Offered(folders[0] + label, interface, function, reason)
        for folder in folders:
            self._by_path[folder + label] = offered
        return offered


def _short_names(world: World) -> Mapping[str, list[str]]:
    """Return the folders of each exported interface, the best one first."""
    parsed: dict[str, InterfaceName | None] = {}
    for item in world.exports:
        if isinstance(item.value, Interface):
            name = InterfaceName.parse(item.name)
            if not (item.name in _OF_TOOLCHAINS if name is None else name.namespace == "wasi"):
                parsed[item.name] = name
    shorts = {whole: whole if name is None else name.interface for whole, name in parsed.items()}
    plain = {whole: whole.partition("@")[0] for whole in parsed}
    folders: dict[str, list[str]] = {}
    for whole in parsed:
        # Of two that are called alike, each has its longer name only.
        forms = [
            form
            for form, forms in ((shorts[whole], shorts), (plain[whole], plain))
            if list(forms.values()).count(form) == 1
        ]
        folders[whole] = [f"{form}/" for form in dict.fromkeys([*forms, whole])]
    return folders
