"""From Python to packed values: the code that is written for a function's types."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from unit_wasm.errors import ComponentError
from unit_wasm.wit import codec_checks as checks
from unit_wasm.wit import model as wit
from unit_wasm.wit.codec_body import FORMATS, Body, Module, discriminant, flag_bytes
from unit_wasm.wit.codec_shapes import Shapes, parts_of, resolved
from unit_wasm.wit.text import type_text
from unit_wasm.wit.values import Err, Ok, Some

MAX_PARTS: Final = 100_000
"""So many parts a type may have, all told; libwasmtime takes fewer than a million."""

_SMALL: Final = 24
"""A type of so many parts is written where it stands; a larger one is a function."""

_DEEP: Final = 8
"""So many blocks are in each other before a function begins: Python takes 20 loops."""

_LENGTHS: Final = tuple(struct.pack("<I", length) for length in range(256))
"""Packed lengths of short strings: to look them up takes a fraction of packing them."""

_ADD: Final = "parts.append"
"""As a method where it is called: Python does that faster than what is bound to a name."""

_NUMBERS: Final = {"f32": checks.as_float, "f64": checks.as_float}


class Sizes:
    """How many parts types have."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, int]] = {}

    def of(self, type: Any) -> int:
        """Return how many.

        Raises:
            ComponentError: more than :data:`MAX_PARTS`.
        """
        shape = resolved(type)[1]
        known = self._known.get(id(shape))
        if known is None:
            size = 1 + sum(map(self.of, parts_of(shape)))
            size += len(getattr(shape, "cases", ()))
            if size > MAX_PARTS:
                raise ComponentError(f"a type has more than {MAX_PARTS} parts")
            known = self._known[id(shape)] = (shape, size)
        return known[1]


class _PackBody(Body):
    """A function that packs."""

    def number(self, format: str, value: str) -> None:
        """Pack a number."""
        self._run.append((format, value))

    def add(self, value: str) -> None:
        """Append bytes."""
        self.flush()
        self.line(f"{_ADD}({value})")

    def sized(self, value: str) -> None:
        """Append bytes behind their length."""
        if self._run:
            self.number("I", f"len({value})")
        else:
            lengths, size = self._module.constant(_LENGTHS), self.temporary()
            self.line(f"{size} = len({value})")
            packed = f"{self._module.packs('I')}({size})"
            self.line(f"{_ADD}({lengths}[{size}] if {size} < {len(_LENGTHS)} else {packed})")
        self.add(value)

    def flush(self) -> None:
        if self._run:
            formats = "".join(format for format, _ in self._run)
            values = ", ".join(value for _, value in self._run)
            self.line(f"{_ADD}({self._module.packs(formats)}({values}))")
            self._run.clear()

    @contextlib.contextmanager
    def block(self, head: str) -> Iterator[None]:
        with super().block(head):
            yield
            self.flush()
            self.line("pass")


class Packer:
    """Writes functions that pack values.

    Parameters:
        module: what they share.
        shapes: how values look.
    """

    def __init__(self, module: Module, shapes: Shapes, sizes: Sizes) -> None:
        self._module = module
        self._shapes = shapes
        self._sizes = sizes
        self._functions: dict[int, tuple[Any, str]] = {}

    def whole(self, types: Sequence[wit.Type]) -> Callable[[Sequence[Any], Any], bytes]:
        """Return what packs values of these types, one after the other.

        It raises whatever comes first where one is wrong; ``mistakes`` says which.
        """
        name = self._module.function("pack")
        body = _PackBody(f"def {name}(values, context):", self._module)
        names = [body.temporary() for _ in types]
        if names:
            body.line(f"{', '.join(names)}, = values")
        packing: Callable[[Sequence[Any], Any], bytes] = self._define(name, body, types, names)
        return packing

    def value(self, type: wit.Type) -> Callable[..., bytes]:
        """Return what packs one value; as :meth:`whole`, but without a sequence around it."""
        name = self._module.function("pack")
        body = _PackBody(f"def {name}(value, context=None):", self._module)
        packing: Callable[..., bytes] = self._define(name, body, [type], ["value"])
        return packing

    def _define(
        self, name: str, body: _PackBody, types: Sequence[wit.Type], values: Sequence[str]
    ) -> Any:
        """Write what packs these values, and how it ends."""
        start = len(body.lines)
        body.line("parts = []")
        for type, value in zip(types, values, strict=True):
            self._value(body, type, value)
        body.flush()
        _finish(body, start)
        return self._module.define(name, body.lines)

    def _function(self, type: Any) -> str:
        definition, shape = resolved(type)
        known = self._functions.get(id(shape))
        if known is None:
            name = self._module.function("pack")
            known = self._functions[id(shape)] = (shape, name)
            body = _PackBody(f"def {name}(value, parts, context):", self._module)
            _WRITERS[shape.__class__](self, body, definition, shape, "value")
            body.flush()
            body.line("pass")
            self._module.define(name, body.lines)
        return known[1]

    def _value(self, body: _PackBody, type: Any, value: str) -> None:
        definition, shape = resolved(type)
        writer = _WRITERS.get(shape.__class__)
        if writer is None or shape == wit.Primitive("error-context"):
            raise ComponentError(f"a value of {type_text(shape)} cannot be passed on")
        simple = isinstance(shape, wit.Primitive | wit.Enum | wit.Flags | wit.Own | wit.Borrow)
        if not simple and (body.depth > _DEEP or self._sizes.of(shape) > _SMALL):
            body.flush()
            body.line(f"{self._function(type)}({value}, parts, context)")
        else:
            writer(self, body, definition, shape, value)

    def _call(self, function: Callable[..., Any], value: str) -> str:
        return f"{self._module.constant(function)}({value})"

    # ---- What has no parts ----

    def _primitive(self, body: _PackBody, _: Any, type: wit.Primitive, value: str) -> None:
        name = type.name
        if name in FORMATS:
            kind, check = (
                ("float", checks.as_float) if name[0] == "f" else ("int", checks.as_integer)
            )
            checked = f"{value} if {value}.__class__ is {kind} else {self._call(check, value)}"
            body.number(FORMATS[name], body.named(checked))
        elif name == "bool":
            made = body.named(value)
            body.line(f"if {made} is not True and {made} is not False: raise TypeError")
            body.number("B", made)
        elif name == "char":
            body.number("I", body.named(self._call(checks.as_scalar, value)))
        else:
            self._sized(body, f"{self._module.constant(str.encode)}({value})")

    def _sized(self, body: _PackBody, made: str, length: int | None = None) -> None:
        data = body.named(made)
        if length is None:
            body.sized(data)
        else:
            body.line(f"if len({data}) != {length}: raise ValueError")
            body.add(data)

    def _enum(self, body: _PackBody, definition: wit.TypeDef, type: wit.Enum, value: str) -> None:
        members = self._shapes.members(definition, type)
        numbers = self._shapes.numbers(members)
        number = body.named(f"{self._module.constant(numbers)}[{value}]")
        body.number(discriminant(len(type.cases)), number)

    def _flags(self, body: _PackBody, definition: wit.TypeDef, type: wit.Flags, value: str) -> None:
        size = flag_bytes(len(type.names))
        made = body.named(self._shapes.flags_number(self._module, definition, type, value))
        body.number(f"{size}s", f'{made}.to_bytes({size}, "little")')

    def _own(self, body: _PackBody, _: Any, type: wit.Own, value: str) -> None:
        self._handle(body, "give", type, value)

    def _borrow(self, body: _PackBody, _: Any, type: wit.Borrow, value: str) -> None:
        self._handle(body, "lend", type, value)

    def _handle(self, body: _PackBody, verb: str, type: wit.Own | wit.Borrow, value: str) -> None:
        resource = self._module.constant(resolved_resource(type))
        body.number("I", body.named(f"context.{verb}({resource}, {value})"))

    # ---- What has parts ----

    def _list(self, body: _PackBody, _: Any, type: wit.List, value: str) -> None:
        element = resolved(type.element)[1]
        name = element.name if isinstance(element, wit.Primitive) else ""
        if name == "u8":
            made = f"{value} if {value}.__class__ is bytes else "
            self._sized(body, made + self._call(checks.as_bytes, value), type.length)
            return
        items = body.named(self._call(checks.as_list, value))
        if type.length is not None:
            body.line(f"if len({items}) != {type.length}: raise ValueError")
        if name in FORMATS:
            self._numbers(body, name, items)
        if name in FORMATS and type.length is not None:
            body.add(f"{self._module.packs(f'{type.length}{FORMATS[name]}')}(*{items})")
        elif name in FORMATS:
            layout = self._module.constant(struct.Struct)
            format = f'f"<I{{len({items})}}{FORMATS[name]}"'
            body.add(f"{layout}({format}).pack(len({items}), *{items})")
        else:
            if type.length is None:
                body.number("I", f"len({items})")
            item = body.temporary()
            with body.block(f"for {item} in {items}:"):
                self._value(body, type.element, item)

    def _numbers(self, body: _PackBody, name: str, items: str) -> None:
        known = self._module.constant({float} if name[0] == "f" else {int})
        check = _NUMBERS.get(name, checks.as_integer)
        body.line(
            f"if not {known}.issuperset(map(type, {items})): "
            f"{items} = [{self._call(check, 'item')} for item in {items}]"
        )

    def _map(self, body: _PackBody, _: Any, type: wit.Map, value: str) -> None:
        items = body.named(self._call(checks.as_map, value))
        key, item = body.temporary(), body.temporary()
        body.number("I", f"len({items})")
        with body.block(f"for {key}, {item} in {items}:"):
            self._value(body, type.key, key)
            self._value(body, type.value, item)

    def _tuple(self, body: _PackBody, _: Any, type: wit.Tuple, value: str) -> None:
        names = [body.temporary() for _ in type.items]
        body.line(
            f"{', '.join(names)}, = {value} if {value}.__class__ is tuple else "
            f"{self._call(checks.as_tuple, value)}"
        )
        for item, name in zip(type.items, names, strict=True):
            self._value(body, item, name)

    def _record(
        self, body: _PackBody, definition: wit.TypeDef, type: wit.Record, value: str
    ) -> None:
        reads = self._shapes.fields(definition, type, value)
        for field, read in zip(type.fields, reads, strict=True):
            self._value(body, field.type, body.named(read))

    def _variant(
        self, body: _PackBody, definition: wit.TypeDef, type: wit.Variant, value: str
    ) -> None:
        keys = self._shapes.case_keys(definition, type)
        numbers = self._shapes.numbers(keys)
        number = body.named(f"{self._module.constant(numbers)}[{self._shapes.case_key(value)}]")
        body.number(discriminant(len(type.cases)), number)
        body.flush()
        for index, case in enumerate(type.cases):
            if case.type is not None:
                with body.block(f"if {number} == {index}:"):
                    self._payload(body, case.type, value)

    def _payload(self, body: _PackBody, type: wit.Type | None, value: str) -> None:
        made = body.named(f"{value}.value")
        if type is None:
            body.line(f"if {made} is not None: raise TypeError")
        else:
            self._value(body, type, made)

    def _option(self, body: _PackBody, _: Any, type: wit.Option, value: str) -> None:
        with body.block(f"if {value} is None:"):
            body.number("B", "0")
        with body.block("else:"):
            body.number("B", "1")
            if self._shapes.wraps(type):
                some = self._module.constant(Some)
                body.line(f"if {value}.__class__ is not {some}: raise TypeError")
                self._payload(body, type.item, value)
            else:
                self._value(body, type.item, value)

    def _result(self, body: _PackBody, _: Any, type: wit.Result, value: str) -> None:
        for number, (wrap, part) in enumerate(((Ok, type.ok), (Err, type.err))):
            head = "elif" if number else "if"
            body.flush()
            with body.block(f"{head} {value}.__class__ is {self._module.constant(wrap)}:"):
                body.number("B", str(number))
                self._payload(body, part, value)
        body.line("else: raise TypeError")


def resolved_resource(type: wit.Own | wit.Borrow) -> wit.TypeDef:
    """Return the resource that a handle is of, behind other names for it."""
    definition = resolved(type.resource)[0]
    assert definition is not None
    return definition


def _finish(body: _PackBody, start: int) -> None:
    """Write the end; what comes from one call needs no list, which begins at ``start``."""
    begin = f"{_ADD}("
    added = [number for number, line in enumerate(body.lines) if line.lstrip().startswith(begin)]
    calls = any(", parts, context)" in line for line in body.lines[start:])
    if added == [len(body.lines) - 1] and not calls:
        body.lines[-1] = "    return " + body.lines[-1].strip()[len(begin) : -1]
        del body.lines[start]
    else:
        body.line('return b"".join(parts)')


_WRITERS: Final[dict[type, Callable[[Packer, _PackBody, Any, Any, str], None]]] = {
    wit.Primitive: Packer._primitive,
    wit.Enum: Packer._enum,
    wit.Flags: Packer._flags,
    wit.Own: Packer._own,
    wit.Borrow: Packer._borrow,
    wit.List: Packer._list,
    wit.Map: Packer._map,
    wit.Tuple: Packer._tuple,
    wit.Record: Packer._record,
    wit.Variant: Packer._variant,
    wit.Option: Packer._option,
    wit.Result: Packer._result,
}
