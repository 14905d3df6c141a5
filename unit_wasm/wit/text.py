"""WIT text of a world, as ``wasm-tools component wit`` writes it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from unit_wasm.errors import ComponentError
from unit_wasm.wit import model as wit
from unit_wasm.wit.names import escaped

MAX_TEXT: Final = 1 << 26
"""Characters of a text: a small binary can say much, and real ones are a thousandth of that."""

_PLAIN: Final = frozenset("-_./: ")
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def world_text(world: wit.World) -> str:
    """Return the text of a world, with the interfaces that it names.

    Raises:
        ComponentError: it uses a type of something that has no name, or is too long.
    """
    writer = _Writer()
    writer.line("package root:component;")
    writer.line("")
    with writer.block("world root"):
        _world(writer, world)
    interfaces = world.interfaces()
    for number, package in enumerate(world.packages):
        if number:
            writer.line("")
            writer.line("")
        with writer.block(f"package {package}"):
            for interface in interfaces:
                if _package(interface.owner) == package:
                    name = _interface_name(interface.owner)
                    with writer.block(f"interface {name}"):
                        _interface(writer, interface)
    return writer.text()


def definition_text(definition: wit.TypeDef, functions: Sequence[wit.Function] = ()) -> str:
    """Return the text of a type that has a name.

    Parameters:
        functions: those of a resource.

    Raises:
        ComponentError: it is too long, or a type of something that has no name.
    """
    writer = _Writer()
    _types(writer, _Blanks(writer), [definition], {definition: functions}, definition.owner)
    return writer.text().rstrip("\n")


def function_text(function: wit.Function) -> str:
    """Return the text of a function."""
    static = "static " if function.kind is wit.FunctionKind.STATIC else ""
    head = "" if function.kind is wit.FunctionKind.CONSTRUCTOR else f"{escaped(function.label)}: "
    return f"{head}{static}{_signature(function)}"


def _package(owner: str) -> str:
    """Return the package of an interface's name: ``a:b`` of ``a:b/c``."""
    path, at, version = owner.partition("@")
    return path.partition("/")[0] + at + version


def _interface_name(owner: str) -> str:
    return owner.partition("@")[0].partition("/")[2]


class _Writer:
    """Lines, indented by the blocks that they are in."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._indent = 0
        self._size = 0

    def line(self, text: str) -> None:
        self._lines.append("  " * self._indent + text if text else "")
        self._size += len(text)
        if self._size > MAX_TEXT:
            raise ComponentError(f"its text has more than {MAX_TEXT} characters")

    @contextlib.contextmanager
    def block(self, head: str) -> Iterator[None]:
        self.line(f"{head} {{")
        self._indent += 1
        yield
        self._indent -= 1
        self.line("}")

    def external(self, identity: str | None) -> None:
        if identity is not None:
            self.line(f'@external-id("{"".join(map(_external, identity))}")')

    def text(self) -> str:
        return "".join(f"{line}\n" for line in self._lines)


def _external(character: str) -> str:
    if (character.isascii() and character.isalnum()) or character in _PLAIN:
        return character
    return _ESCAPES.get(character) or f"\\u{{{ord(character):x}}}"


class _Blanks:
    """A blank line between two of the things in a block, not before the first."""

    def __init__(self, writer: _Writer) -> None:
        self._writer = writer
        self.any = False

    def next(self) -> None:
        if self.any:
            self._writer.line("")
        self.any = True


# ---- The world, and interfaces ----


def _world(writer: _Writer, world: wit.World) -> None:
    blanks = _Blanks(writer)
    types: list[wit.TypeDef] = []
    functions: list[wit.Item] = []
    methods: dict[wit.TypeDef, list[wit.Function]] = {}
    for item in world.imports:
        if isinstance(item.value, wit.TypeDef):
            types.append(item.value)
        elif isinstance(item.value, wit.Interface):
            _item(writer, item, "import")
            blanks.any = True
        elif item.value.resource is not None:
            methods.setdefault(item.value.resource, []).append(item.value)
        else:
            functions.append(item)
    _types(writer, blanks, types, methods, "")
    for item in functions:
        _item(writer, item, "import")
        blanks.any = True
    if world.exports:
        blanks.next()
    for item in world.exports:
        _item(writer, item, "export")


def _item(writer: _Writer, item: wit.Item, keyword: str) -> None:
    writer.external(item.external_id)
    value = item.value
    if isinstance(value, wit.Function):
        writer.line(f"{keyword} {escaped(value.name)}: {_signature(value)};")
    elif isinstance(value, wit.Interface) and value.name is None:
        with writer.block(f"{keyword} {escaped(item.name)}: interface"):
            _interface(writer, value)
    elif isinstance(value, wit.Interface):
        label = "" if ":" in item.name else f"{escaped(item.name)}: "
        writer.line(f"{keyword} {label}{value.owner};")


def _interface(writer: _Writer, interface: wit.Interface) -> None:
    blanks = _Blanks(writer)
    methods: dict[wit.TypeDef, list[wit.Function]] = {}
    free: list[wit.Function] = []
    for function in interface.functions:
        if function.resource is None:
            free.append(function)
        else:
            methods.setdefault(function.resource, []).append(function)
    _types(writer, blanks, interface.types, methods, interface.owner)
    for function in free:
        blanks.next()
        writer.external(function.external_id)
        writer.line(f"{escaped(function.label)}: {_signature(function)};")


# ---- Types that have a name ----


def _types(
    writer: _Writer,
    blanks: _Blanks,
    types: Iterable[wit.TypeDef],
    methods: Mapping[wit.TypeDef, Sequence[wit.Function]],
    owner: str,
) -> None:
    declared: list[wit.TypeDef] = []
    uses: list[tuple[str, str | None, list[str]]] = []
    for definition in types:
        used = definition.type.of if isinstance(definition.type, wit.Alias) else None
        if not isinstance(used, wit.TypeDef) or used.owner == owner:
            declared.append(definition)
            continue
        name = escaped(used.name)
        if used.name != definition.name:
            name += f" as {escaped(definition.name)}"
        if uses and uses[-1][:2] == (used.owner, definition.external_id):
            uses[-1][2].append(name)
        else:
            uses.append((used.owner, definition.external_id, [name]))
    for source, identity, names in uses:
        blanks.any = True
        writer.external(identity)
        writer.line(f"use {_path(source, owner)}.{{{', '.join(names)}}};")
    for definition in declared:
        blanks.next()
        writer.external(definition.external_id)
        _declaration(writer, definition, methods.get(definition, []))


def _path(source: str, owner: str) -> str:
    """Return how an interface is called from another one."""
    if ":" not in source:
        raise ComponentError(f"a type of {source or 'the world'!r} is used elsewhere")
    return _interface_name(source) if _package(source) == _package(owner) else source


def _declaration(
    writer: _Writer, definition: wit.TypeDef, functions: Sequence[wit.Function]
) -> None:
    name, kind = escaped(definition.name), definition.type
    if isinstance(kind, wit.Resource):
        _resource(writer, name, functions)
    elif isinstance(kind, wit.Named):
        with writer.block(f"{type(kind).__name__.lower()} {name}"):
            for line in _members(kind):
                writer.line(f"{line},")
    elif isinstance(kind, wit.Own):
        writer.line(f"type {name} = own<{escaped(kind.resource.name)}>;")
    else:
        text = type_text(kind.of if isinstance(kind, wit.Alias) else kind)
        writer.line(f"type {name} = {text};")


def _resource(writer: _Writer, name: str, functions: Sequence[wit.Function]) -> None:
    if not functions:
        writer.line(f"resource {name};")
        return
    with writer.block(f"resource {name}"):
        for function in functions:
            writer.external(function.external_id)
            writer.line(f"{function_text(function)};")


def _members(kind: wit.Named) -> Iterator[str]:
    if isinstance(kind, wit.Record):
        for field in kind.fields:
            yield f"{escaped(field.name)}: {type_text(field.type)}"
    elif isinstance(kind, wit.Variant):
        for case in kind.cases:
            value = "" if case.type is None else f"({type_text(case.type)})"
            yield escaped(case.name) + value
    else:
        yield from map(escaped, kind.cases if isinstance(kind, wit.Enum) else kind.names)


def _signature(function: wit.Function) -> str:
    constructor = function.kind is wit.FunctionKind.CONSTRUCTOR
    params = function.params[1 if function.kind is wit.FunctionKind.METHOD else 0 :]
    text = ", ".join(f"{escaped(param.name)}: {type_text(param.type)}" for param in params)
    head = "async " if function.is_async else ""
    head += "constructor" if constructor else "func"
    result = function.result
    if result is None or (
        constructor and isinstance(result, wit.Own) and result.resource is function.resource
    ):
        return f"{head}({text})"
    return f"{head}({text}) -> {type_text(result)}"


# ---- Types of values ----


def type_text(type: wit.Type) -> str:
    """Return a type as WIT has it where a value is of it."""
    if isinstance(type, wit.Primitive):
        return type.name
    if isinstance(type, wit.TypeDef):
        return escaped(type.name)
    return _TEXTS[type.__class__](type)


def _list(type: wit.List) -> str:
    length = "" if type.length is None else f", {type.length}"
    return f"list<{type_text(type.element)}{length}>"


def _result(type: wit.Result) -> str:
    if type.ok is None and type.err is None:
        return "result"
    ok = "_" if type.ok is None else type_text(type.ok)
    return f"result<{ok}>" if type.err is None else f"result<{ok}, {type_text(type.err)}>"


def _perhaps(name: str, item: wit.Type | None) -> str:
    return name if item is None else f"{name}<{type_text(item)}>"


_TEXTS: Final[dict[type, Callable[[Any], str]]] = {
    wit.List: _list,
    wit.Map: lambda type: f"map<{type_text(type.key)}, {type_text(type.value)}>",
    wit.Tuple: lambda type: f"tuple<{', '.join(map(type_text, type.items))}>",
    wit.Option: lambda type: f"option<{type_text(type.item)}>",
    wit.Result: _result,
    wit.Future: lambda type: _perhaps("future", type.item),
    wit.Stream: lambda type: _perhaps("stream", type.item),
    wit.Own: lambda type: escaped(type.resource.name),
    wit.Borrow: lambda type: f"borrow<{escaped(type.resource.name)}>",
}
