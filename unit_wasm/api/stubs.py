"""A component as a stub file of Python, by which type checkers know it.

The module that it describes is what ``import adder`` gives with the import hook. Beside that it has
``Component``, which is what ``load()`` returns, and a Protocol for each import: what provides it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from unit_wasm.api.annotations import annotation, raised_result, returned
from unit_wasm.api.classes import case_names, field_names, member_names
from unit_wasm.api.component import free_name
from unit_wasm.api.plan import short_name
from unit_wasm.wit import model as wit
from unit_wasm.wit.codec_shapes import parts_of, resolved
from unit_wasm.wit.python_names import class_name, distinct, name_of
from unit_wasm.wit.text import function_text

_HEAD: Final = """\
# Made by `unit-wasm stubs {name}`: not to be changed by hand.

"""

_IMPORTS: Final = {
    "collections.abc": ("Awaitable", "Callable", "Mapping", "Sequence"),
    "dataclasses": ("dataclass",),
    "enum": ("Enum", "Flag"),
    "typing": ("Any", "Protocol", "Self", "TypeAlias"),
    "unit_wasm": ("Err", "Ok", "Some"),
}
"""What a stub may need; of what it does not, type checkers would complain."""


def _alias(module: str) -> str:
    """Return what a module is called where the component may have its name."""
    return f"_python_{module.replace('.', '_')}"


_BUILTINS: Final = (
    *("list", "dict", "tuple", "str", "int", "bool", "float", "bytes", "bytearray", "memoryview"),
    *("object", "type", "property", "staticmethod"),
)

_OTHERS: Final = {
    name: f"{_alias(module)}.{name}"
    for module, names in {"builtins": _BUILTINS, **_IMPORTS}.items()
    for name in names
}
"""Names that are not the component's, and how they are written where it has one of them, too."""

_OTHER: Final = re.compile(rf"(?<![.\w])({'|'.join(_OTHERS)})(?!\w)")


def stub_text(world: wit.World, name: str) -> str:
    """Return the stub of a component.

    Parameters:
        world: of the component.
        name: of its file.
    """
    stub = _Stub(world)
    body = list(stub.lines())
    # Without strings: what WIT says of a function is no use of a name.
    words = {word for line in body if '"""' not in line for word in re.findall(r"[\w.]+", line)}
    lines = [*_HEAD.format(name=name).splitlines(), *_imports(words, short=not stub.shadows), *body]
    return "".join(f"{line}\n" for line in lines)


def _imports(words: set[str], *, short: bool) -> Iterator[str]:
    """Yield what imports those of these words that are others' names.

    Parameters:
        short: they are written without their modules.
    """
    for module in ("builtins", *_IMPORTS):
        if any(word.startswith(f"{_alias(module)}.") for word in words):
            yield f"import {module} as {_alias(module)}"
    for module, names in _IMPORTS.items():
        used = [name for name in names if short and name in words]
        if module == "unit_wasm" and used:
            yield ""
        if used:
            yield f"from {module} import {', '.join(used)}"


class _Stub:
    """Writes the stub of one world."""

    def __init__(self, world: wit.World) -> None:
        self._world = world
        self._exports = [item for item in world.exports if not isinstance(item.value, wit.TypeDef)]
        interfaces = {
            item.value.owner: (item.name, item.value)
            for item in (*world.imports, *world.exports)
            if isinstance(item.value, wit.Interface)
        }
        names = distinct(name_of(short_name(name)) for name, _ in interfaces.values())
        self._interfaces = dict(zip(interfaces, interfaces.values(), strict=True))
        self._spaces = dict(zip(interfaces, names, strict=True))
        self.shadows = self._is_shadowing()
        self._exported = {
            item.value.owner for item in self._exports if isinstance(item.value, wit.Interface)
        }

    def _name(self, definition: wit.TypeDef) -> str:
        """Return what the class of a type is called in the stub."""
        name = class_name(definition.name)
        space = self._spaces.get(definition.owner)
        if isinstance(definition.type, wit.Resource) and definition.owner not in self._exported:
            return self._other("Any")
        return name if space is None else f"{space}.{name}"

    def lines(self) -> Iterator[str]:
        """Yield the lines of the stub, after its head."""
        world_types = [
            item.value for item in self._world.imports if isinstance(item.value, wit.TypeDef)
        ]
        for definition in world_types:
            yield from self._type(definition, [])
        needed = self._needed()
        for owner, (name, interface) in self._interfaces.items():
            if owner in self._exported or any(one.owner == owner for one in needed):
                yield ""
                yield f"class {self._spaces[owner]}:"
                yield f'    """The interface {name}."""'
                yield from _indented(self._interface(interface, needed))
        for item in self._exports:
            if isinstance(item.value, wit.Function):
                yield ""
                yield from self._function(item.value, "")
        yield from self._component()
        for item in self._world.imports:
            yield from self._host(item)

    def _needed(self) -> set[wit.TypeDef]:
        """Return the types with a name of which functions speak."""
        items = (*self._exports, *self._foreign())
        functions = [function for item in items for function in item.functions]
        left: list[wit.Type] = [param.type for one in functions for param in one.params]
        left += [one.result for one in functions if one.result is not None]
        seen: set[int] = set()
        found: set[wit.TypeDef] = set()
        while left:
            definition, shape = resolved(left.pop())
            if isinstance(shape, wit.Own | wit.Borrow):
                definition = resolved(shape.resource)[0]
            if definition is not None:
                found.add(definition)
            if id(shape) not in seen:
                seen.add(id(shape))
                left += parts_of(shape)
        return found

    def _foreign(self) -> list[wit.Item]:
        return [item for item in self._world.imports if not item.name.startswith("wasi:")]

    # ---- Types ----

    def _interface(self, interface: wit.Interface, needed: set[wit.TypeDef]) -> Iterator[str]:
        exported = interface.owner in self._exported
        for definition in interface.types:
            methods = [one for one in interface.functions if one.resource is definition]
            if exported or definition in needed:
                yield from self._type(definition, methods if exported else [])
        for function in interface.functions if exported else ():
            if function.resource is None:
                yield ""
                yield f"@{self._other('staticmethod')}"
                yield from self._function(function, "")

    def _type(self, definition: wit.TypeDef, methods: Sequence[wit.Function]) -> Iterator[str]:
        name, shape = class_name(definition.name), definition.type
        if isinstance(shape, wit.Record):
            fields = zip(field_names(shape), (field.type for field in shape.fields), strict=True)
            yield from self._dataclass(name, [f"{one}: {self._of(type)}" for one, type in fields])
        elif isinstance(shape, wit.Variant):
            names = case_names(definition, shape)
            for case_name, case in zip(names, shape.cases, strict=True):
                value = [] if case.type is None else [f"value: {self._of(case.type)}"]
                yield from self._dataclass(case_name, value)
            yield ""
            yield f"{name}: {self._other('TypeAlias')} = {' | '.join(names)}"
        elif isinstance(shape, wit.Enum | wit.Flags):
            names = member_names(shape.cases if isinstance(shape, wit.Enum) else shape.names)
            yield ""
            base = self._other("Enum" if isinstance(shape, wit.Enum) else "Flag")
            yield f"class {name}({base}):"
            for number, member in enumerate(names):
                yield f"    {member} = {number if isinstance(shape, wit.Enum) else 1 << number}"
        elif isinstance(shape, wit.Resource):
            if definition.owner in self._exported:
                yield from self._resource(name, methods)
        else:
            yield ""
            inner = shape.of if isinstance(shape, wit.Alias) else shape
            yield f"{name}: {self._other('TypeAlias')} = {self._of(inner)}"

    def _of(self, type: wit.Type | None, *, given: bool = False) -> str:
        text = annotation(type, self._name, given=given)
        return _OTHER.sub(lambda found: _OTHERS[found[1]], text) if self.shadows else text

    def _other(self, name: str) -> str:
        """Return how a name is written that is not the component's."""
        return _OTHERS[name] if self.shadows else name

    def _ends(self) -> Iterator[str]:
        yield "def close(self) -> None: ..."
        yield f"def __enter__(self) -> {self._other('Self')}: ..."
        yield f"def __exit__(self, *exception: {self._other('object')}) -> None: ..."

    def _dataclass(self, name: str, fields: Sequence[str]) -> Iterator[str]:
        yield from ("", f"@{self._other('dataclass')}", f"class {name}:")
        yield from (f"    {field}" for field in fields or ["pass"])

    def _is_shadowing(self) -> bool:
        """Say whether something has a name that is not the component's: a function ``list``."""
        names: set[str] = set()
        for item in (*self._world.imports, *self._world.exports):
            names.update(name_of(function.label) for function in item.functions)
            for definition in item.value.types if isinstance(item.value, wit.Interface) else ():
                names.add(class_name(definition.name))
                if isinstance(definition.type, wit.Record):
                    names.update(field_names(definition.type))
        return any(name in _OTHERS for name in (*names, *self._spaces.values()))

    def _resource(self, name: str, methods: Sequence[wit.Function]) -> Iterator[str]:
        yield ""
        yield f"class {name}:"
        taken = {
            name_of(one.label) for one in methods if one.kind is not wit.FunctionKind.CONSTRUCTOR
        }
        for function in methods:
            if function.kind is wit.FunctionKind.CONSTRUCTOR:
                params = self._params(function)
                first = _receiver(function)
                yield f"    def __init__({first}{params and ', ' + params}) -> None: ..."
            elif function.kind is wit.FunctionKind.METHOD:
                yield from _indented(self._function(function, "self"))
            else:
                yield f"    @{self._other('staticmethod')}"
                yield from _indented(self._function(function, ""))
        for line in self._ends():
            if "close" not in taken or "def close" not in line:
                yield f"    {line}"

    # ---- Functions ----

    def _params(self, function: wit.Function) -> str:
        names = distinct(name_of(param.name) for param in function.params)
        listed = [
            f"{name}: {self._of(param.type, given=True)}"
            for name, param in zip(names, function.params, strict=True)
        ]
        return ", ".join(listed[1 if function.kind is wit.FunctionKind.METHOD else 0 :])

    def _function(self, function: wit.Function, first: str) -> Iterator[str]:
        params = ", ".join(filter(None, (first, self._params(function))))
        result = self._of(returned(function))
        raised = raised_result(function)
        yield f"def {name_of(function.label)}({params}) -> {result}:"
        text = function_text(function)
        if raised is not None:
            text += f" (raises Err[{self._of(raised.err)}])"
        yield f'    """{text}"""'

    def _component(self) -> Iterator[str]:
        protocol = self._other("Protocol")
        yield from ("", f"class Component({protocol}):", '    """What load() returns."""')
        for item in self._exports:
            if isinstance(item.value, wit.Function):
                lines = list(self._function(item.value, _receiver(item.value)))
                name = name_of(item.value.label)
                lines[0] = lines[0].replace(f"def {name}(", f"def {free_name(name)}(", 1)
                yield ""
                yield from _indented(lines)
        for owner in self._exported:
            name = free_name(self._spaces[owner])
            kind = f"{self._other('type')}[_{name}]"
            yield from (
                "",
                f"    @{self._other('property')}",
                f"    def {name}(self) -> {kind}: ...",
            )
        yield ""
        yield f"    def __getitem__(self, name: {self._other('str')}) -> {self._other('Any')}: ..."
        yield from (f"    {line}" for line in self._ends())
        for owner in self._exported:
            alias = f"_{free_name(self._spaces[owner])}: {self._other('TypeAlias')}"
            yield from ("", f"{alias} = {self._spaces[owner]}")

    # ---- What provides an import ----

    def _host(self, item: wit.Item) -> Iterator[str]:
        if item not in self._foreign():
            return
        if isinstance(item.value, wit.Function):
            if item.value.resource is not None:
                return
            yield ""
            yield f"class {class_name(item.value.label)}Host({self._other('Protocol')}):"
            yield f'    """What provides the function {item.name}."""'
            yield from _indented(self._host_method(item.value, "__call__"))
        elif isinstance(item.value, wit.Interface):
            yield from self._host_interface(item.name, item.value)

    def _host_interface(self, name: str, interface: wit.Interface) -> Iterator[str]:
        host = f"{class_name(short_name(name))}Host"
        protocol = self._other("Protocol")
        for definition in interface.types:
            if isinstance(definition.type, wit.Resource):
                yield from ("", f"class {host}_{class_name(definition.name)}({protocol}):")
                yield f'    """What objects of {definition.name} have."""'
                for function in interface.functions:
                    if function.resource is definition and function.kind is wit.FunctionKind.METHOD:
                        yield from _indented(self._host_method(function))
        yield from ("", f"class {host}({protocol}):", f'    """What provides {name}."""')
        for definition in interface.types:
            if isinstance(definition.type, wit.Resource):
                yield from _indented(self._host_constructor(host, definition, interface))
        for function in interface.functions:
            if function.resource is None:
                yield from _indented(self._host_method(function))

    def _host_constructor(
        self, host: str, definition: wit.TypeDef, interface: wit.Interface
    ) -> Iterator[str]:
        name = class_name(definition.name)
        for function in interface.functions:
            if function.resource is definition and function.kind is wit.FunctionKind.CONSTRUCTOR:
                types = ", ".join(self._of(param.type) for param in function.params)
                made = f"{self._other('Callable')}[[{types}], {host}_{name}]"
                yield from ("", f"@{self._other('property')}", f"def {name}(self) -> {made}: ...")

    def _host_method(self, function: wit.Function, name: str | None = None) -> Iterator[str]:
        params = function.params[1 if function.kind is wit.FunctionKind.METHOD else 0 :]
        names = distinct(["self", *(name_of(param.name) for param in params)])[1:]
        pairs = zip(names, params, strict=True)
        listed = ["self", *(f"{one}: {self._of(param.type)}" for one, param in pairs)]
        # The names of parameters are those of whoever writes the function.
        text = ", ".join([*listed, "/"] if params else listed)
        result = self._of(returned(function), given=True)
        yield ""
        name = name or name_of(function.label)
        awaited = f"{self._other('Awaitable')}[{result}]"
        yield f"def {name}({text}) -> {result} | {awaited}: ..."


def _receiver(function: wit.Function) -> str:
    """Return what the object is called that a function is an attribute of."""
    return "_self" if any(param.name == "self" for param in function.params) else "self"


def _indented(lines: Iterator[str] | Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield f"    {line}" if line else ""
