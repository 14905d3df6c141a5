"""From packed values to Python: the code that is written for a function's types."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any, Final

from unit_wasm.errors import ComponentError
from unit_wasm.wit import codec_checks as checks
from unit_wasm.wit import model as wit
from unit_wasm.wit.codec_body import FORMATS, Body, Module, discriminant, flag_bytes
from unit_wasm.wit.codec_packer import Sizes, resolved_resource
from unit_wasm.wit.codec_shapes import Shapes, resolved
from unit_wasm.wit.text import type_text
from unit_wasm.wit.values import Err, Ok, Some

_BEGUN: Final = 3
"""Lines of a function that has not read anything yet: its head, ``at`` and ``size``."""

_SMALL: Final = 24
_DEEP: Final = 8


class _ReadBody(Body):
    """A function that reads: ``data``, which has ``size`` bytes, from ``at`` on."""

    def number(self, format: str) -> str:
        """Read a number; its name has a value once :meth:`flush` was called."""
        name = self.temporary()
        self._run.append((format, name))
        return name

    def flush(self) -> None:
        if self._run:
            formats = "".join(format for format, _ in self._run)
            names = ", ".join(name for _, name in self._run)
            self.line(f"{names}, = {self._module.reads(formats)}(data, at)")
            self.line(f"at += {self._module.struct(formats).size}")
            self._run.clear()

    def only_numbers(self, values: Sequence[str]) -> bool:
        """Write what reads all of it in one call, if it is these numbers and nothing else."""
        if not values or values != [name for _, name in self._run] or len(self.lines) != _BEGUN:
            return False
        formats = "".join(format for format, _ in self._run)
        del self.lines[1:]
        self.line(f"{', '.join(values)}, = {self._module.reads_whole(formats)}(data)")
        return True


class Reader:
    """Writes functions that read packed values.

    Parameters:
        module: what they share.
        shapes: how values look.
    """

    def __init__(self, module: Module, shapes: Shapes, sizes: Sizes) -> None:
        self._module = module
        self._shapes = shapes
        self._sizes = sizes
        self._functions: dict[int, tuple[Any, str]] = {}

    def whole(self, types: Sequence[wit.Type]) -> Callable[[bytes, Any], tuple[Any, ...]]:
        """Return what reads values of these types, one after the other, and nothing behind them.

        It raises a ValueError or ``struct.error`` where the bytes are none.
        """
        return self._read(types, lambda values: f"({''.join(f'{value}, ' for value in values)})")

    def value(self, type: wit.Type | None) -> Callable[[bytes, Any], Any]:
        """Return what reads one value, or none, and nothing behind it."""
        types = [] if type is None else [type]
        return self._read(types, lambda values: values[0] if values else "None")

    def _read(
        self, types: Sequence[wit.Type], result: Callable[[Sequence[str]], str]
    ) -> Callable[[bytes, Any], Any]:
        """Return what reads values; ``result`` says what it returns."""
        name = self._module.function("read")
        body = _ReadBody(f"def {name}(data, context):", self._module)
        body.line("at = 0")
        body.line("size = len(data)")
        values = [self._value(body, type) for type in types]
        if not body.only_numbers(values):
            body.flush()
            body.line(f"if at != size: {self._malformed('it does not end where it should')}")
        body.line(f"return {result(values)}")
        reading: Callable[[bytes, Any], Any] = self._module.define(name, body.lines)
        return reading

    def _malformed(self, text: str) -> str:
        return f"raise {self._module.constant(checks.Malformed)}({text!r})"

    def _function(self, type: Any) -> str:
        definition, shape = resolved(type)
        known = self._functions.get(id(shape))
        if known is None:
            name = self._module.function("read")
            known = self._functions[id(shape)] = (shape, name)
            body = _ReadBody(f"def {name}(data, at, size, context):", self._module)
            value = _READERS[shape.__class__](self, body, definition, shape)
            body.flush()
            body.line(f"return {value}, at")
            self._module.define(name, body.lines)
        return known[1]

    def _value(self, body: _ReadBody, type: Any) -> str:
        """Write what reads a value; return code that is the value, once the body is flushed."""
        definition, shape = resolved(type)
        reader = _READERS.get(shape.__class__)
        if reader is None or shape == wit.Primitive("error-context"):
            raise ComponentError(f"a value of {type_text(shape)} cannot be passed on")
        simple = isinstance(shape, wit.Primitive | wit.Enum | wit.Flags | wit.Own | wit.Borrow)
        if simple or (body.depth <= _DEEP and self._sizes.of(shape) <= _SMALL):
            return reader(self, body, definition, shape)
        body.flush()
        name = body.temporary()
        body.line(f"{name}, at = {self._function(type)}(data, at, size, context)")
        return name

    def _call(self, function: Callable[..., Any], value: str) -> str:
        return f"{self._module.constant(function)}({value})"

    def _kept(self, body: _ReadBody, value: str) -> str:
        """Write the value down, so that it is made once and now."""
        body.flush()
        return body.named(value)

    # ---- What has no parts ----

    def _primitive(self, body: _ReadBody, _: Any, type: wit.Primitive) -> str:
        if type.name in FORMATS:
            return body.number(FORMATS[type.name])
        if type.name == "bool":
            return self._call(checks.read_bool, body.number("B"))
        if type.name == "char":
            return self._call(checks.read_char, body.number("I"))
        return self._sized(body, body.number("I"), ".decode()")

    def _sized(self, body: _ReadBody, length: str, method: str = "") -> str:
        body.flush()
        name = body.temporary()
        # Where it ends too early, whatever is read next fails, or the end is not the end.
        body.line(f"end = at + {length}")
        body.line(f"{name} = data[at:end]{method}")
        body.line("at = end")
        return name

    def _enum(self, body: _ReadBody, definition: wit.TypeDef, type: wit.Enum) -> str:
        members = self._module.constant(self._shapes.members(definition, type))
        return f"{members}[{body.number(discriminant(len(type.cases)))}]"

    def _flags(self, body: _ReadBody, definition: wit.TypeDef, type: wit.Flags) -> str:
        data = body.number(f"{flag_bytes(len(type.names))}s")
        number = f'int.from_bytes({data}, "little")'
        return self._shapes.make_flags(self._module, definition, type, number)

    def _own(self, body: _ReadBody, _: Any, type: wit.Own) -> str:
        resource = self._module.constant(resolved_resource(type))
        return self._kept(body, f"context.take({resource}, {body.number('I')})")

    def _borrow(self, body: _ReadBody, _: Any, type: wit.Borrow) -> str:
        resource = self._module.constant(resolved_resource(type))
        return self._kept(body, f"context.borrow({resource}, {body.number('I')})")

    # ---- What has parts ----

    def _list(self, body: _ReadBody, _: Any, type: wit.List) -> str:
        element = resolved(type.element)[1]
        name = element.name if isinstance(element, wit.Primitive) else ""
        length = str(type.length) if type.length is not None else body.number("I")
        if name == "u8":
            return self._sized(body, length)
        body.flush()
        # Every element has a byte at least.
        body.line(f"if {length} > size - at: {self._malformed('it ends too early')}")
        if name in FORMATS:
            layout = body.named(self._call(struct.Struct, f'f"<{{{length}}}{FORMATS[name]}"'))
            items = body.named(f"list({layout}.unpack_from(data, at))")
            body.line(f"at += {layout}.size")
            return items
        return self._loop(body, type, length)

    def _loop(self, body: _ReadBody, type: wit.List, length: str) -> str:
        items = body.named("[]")
        with body.block(f"for _ in range({length}):"):
            value = self._value(body, type.element)
            body.flush()
            body.line(f"{items}.append({value})")
        return items

    def _map(self, body: _ReadBody, _: Any, type: wit.Map) -> str:
        length = body.number("I")
        body.flush()
        body.line(f"if {length} > size - at: {self._malformed('it ends too early')}")
        items = body.named("{}")
        with body.block(f"for _ in range({length}):"):
            key = self._value(body, type.key)
            value = self._value(body, type.value)
            body.flush()
            body.line(f"{items}[{key}] = {value}")
        return items

    def _tuple(self, body: _ReadBody, _: Any, type: wit.Tuple) -> str:
        return f"({''.join(f'{self._value(body, item)}, ' for item in type.items)})"

    def _record(self, body: _ReadBody, definition: wit.TypeDef, type: wit.Record) -> str:
        fields = [self._value(body, field.type) for field in type.fields]
        return self._shapes.make_record(self._module, definition, type, fields)

    def _variant(self, body: _ReadBody, definition: wit.TypeDef, type: wit.Variant) -> str:
        number, made = body.number(discriminant(len(type.cases))), body.temporary()
        for index, case in enumerate(type.cases):
            with body.block(f"{'elif' if index else 'if'} {number} == {index}:"):
                value = None if case.type is None else self._value(body, case.type)
                body.flush()
                shape = self._shapes.make_case(self._module, definition, type, index, value)
                body.line(f"{made} = {shape}")
        body.line(f"else: {self._malformed('there is no such case')}")
        return made

    def _option(self, body: _ReadBody, _: Any, type: wit.Option) -> str:
        number, made = body.number("B"), body.temporary()
        with body.block(f"if {number} == 0:"):
            body.line(f"{made} = None")
        with body.block(f"elif {number} == 1:"):
            value = self._value(body, type.item)
            body.flush()
            body.line(f"{made} = {self._call(Some, value) if self._shapes.wraps(type) else value}")
        body.line(f"else: {self._malformed('an option is 0 or 1')}")
        return made

    def _result(self, body: _ReadBody, _: Any, type: wit.Result) -> str:
        number, made = body.number("B"), body.temporary()
        for index, (wrap, part) in enumerate(((Ok, type.ok), (Err, type.err))):
            with body.block(f"{'elif' if index else 'if'} {number} == {index}:"):
                value = "None" if part is None else self._value(body, part)
                body.flush()
                body.line(f"{made} = {self._call(wrap, value)}")
        body.line(f"else: {self._malformed('a result is 0 or 1')}")
        return made


_READERS: Final[dict[type, Callable[[Reader, _ReadBody, Any, Any], str]]] = {
    wit.Primitive: Reader._primitive,
    wit.Enum: Reader._enum,
    wit.Flags: Reader._flags,
    wit.Own: Reader._own,
    wit.Borrow: Reader._borrow,
    wit.List: Reader._list,
    wit.Map: Reader._map,
    wit.Tuple: Reader._tuple,
    wit.Record: Reader._record,
    wit.Variant: Reader._variant,
    wit.Option: Reader._option,
    wit.Result: Reader._result,
}
