"""WAVE, the text of component values: reading it as a value of a type.

``wave_writer`` has the other direction. Values in Python are those of ``values``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from unit_wasm.wit import model as wit
from unit_wasm.wit.floats import read_f32
from unit_wasm.wit.text import type_text
from unit_wasm.wit.values import Chosen, Err, Ok, Some
from unit_wasm.wit.wave_lexer import ESCAPES, KEYWORDS, WaveError, failure
from unit_wasm.wit.wave_parser import Node, parse_call, parse_value

INTEGERS: Final = {
    f"{sign}{bits}": (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
    if sign == "s"
    else (0, (1 << bits) - 1)
    for sign in "su"
    for bits in (8, 16, 32, 64)
}
"""The lowest and the highest number of each type of whole numbers."""

_INTEGER: Final = re.compile(r"-?[0-9]+", re.ASCII)
_ESCAPED: Final = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|(.))")
_LAST: Final = 0x10FFFF
_SURROGATES: Final = range(0xD800, 0xE000)


def shape_of(type: Any) -> Any:
    """Return what a type is behind its names."""
    while isinstance(type, wit.TypeDef | wit.Alias):
        type = type.type if isinstance(type, wit.TypeDef) else type.of
    return type


def read_value(type: wit.Type, text: str) -> Any:
    """Return the value of a type that a text is.

    Raises:
        WaveError: it is none; says where.
    """
    _check_text(text)
    return _Reader(text).value(type, parse_value(text))


def read_call(text: str, params: Callable[[str], Sequence[wit.Type]]) -> tuple[str, list[Any]]:
    """Return the name and the arguments of a call that a text is.

    Parameters:
        params: returns the types of the parameters of a function by its name, or raises.

    Raises:
        WaveError: it is none; says where.
    """
    _check_text(text)
    call = parse_call(text)
    types = params(call.name)
    reader = _Reader(text)
    values = [reader.value(type, node) for type, node in zip(types, call.arguments, strict=False)]
    extra = call.arguments[len(types) :]
    takes = f"{call.name} takes {len(types)} argument{'' if len(types) == 1 else 's'}"
    if extra:
        message = takes
        raise failure(text, message, extra[0].start, extra[0].end)
    if types and not call.arguments:
        message = f"{takes}, and none is there"
        raise failure(text, message, 0, len(call.name))
    for type in types[len(values) :]:
        if not isinstance(shape_of(type), wit.Option):
            message = f"{takes}, and {len(values)} {'is' if len(values) == 1 else 'are'} there"
            raise failure(text, message, call.close, call.close + 1)
        values.append(None)
    return call.name, values


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        start = len(text[: error.start].encode())
        raise WaveError("half of a surrogate pair is no character", (start, start + 3)) from None


class _Reader:
    """Makes values of the nodes of one text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def _failure(self, node: Node, message: str) -> WaveError:
        return failure(self._text, message, node.start, node.end)

    def _other(self, node: Node, type: Any) -> WaveError:
        name = type.__class__.__name__.lower()
        wanted = name if isinstance(type, wit.Named) else type_text(type)
        return self._failure(node, f"this is no {wanted}")

    def _keyword(self, node: Node, type: Any, cases: Sequence[str]) -> WaveError:
        """Return the error of what is no case; words that mean something else are cases with %."""
        word = node.text if node.kind == "number" else node.kind
        if word in KEYWORDS and word in cases:
            return self._failure(node, f"the case {word!r} is written '%{word}'")
        return self._other(node, type)

    def value(self, type: Any, node: Node) -> Any:
        """Return the value of that type which a node is."""
        shape = shape_of(type)
        if isinstance(shape, wit.Primitive):
            return self._primitive(shape, node)
        reader = _READERS.get(shape.__class__)
        if reader is None:
            message = f"a value of {type_text(shape)} cannot be written down"
            raise self._failure(node, message)
        return reader(self, shape, node)

    # ---- What has no parts ----

    def _primitive(self, type: wit.Primitive, node: Node) -> Any:
        name = type.name
        if name == "bool" and node.kind in ("true", "false"):
            return node.kind == "true"
        if name in INTEGERS and node.kind == "number":
            return self._integer(name, node)
        if name in ("f32", "f64") and node.kind == "number":
            return read_f32(node.text) if name == "f32" else float(node.text)
        if name == "char" and node.kind == "char":
            return self._char(node)
        if name == "string" and node.kind == "string":
            return self._unescaped(node.text[1:-1], node.start + 1)
        if name == "string" and node.kind == "lines":
            return self._lines(node)
        if name == "error-context":
            raise self._failure(node, "a value of error-context cannot be written down")
        raise self._other(node, type)

    def _integer(self, name: str, node: Node) -> int:
        low, high = INTEGERS[name]
        # No number of 64 bits has more digits than 20 and a sign; int() takes its time for many.
        if _INTEGER.fullmatch(node.text) is not None and len(node.text) <= 21:
            value = int(node.text)
            if low <= value <= high and not (low == 0 and node.text.startswith("-")):
                return value
        raise self._failure(node, f"{name} is a whole number from {low} to {high}")

    def _char(self, node: Node) -> str:
        try:
            return self._unescaped(node.text[1:-1], node.start + 1)
        except WaveError as error:
            raise self._failure(node, error.message) from None

    def _unescaped(self, text: str, start: int) -> str:
        def plain(found: re.Match[str]) -> str:
            if found[1] is None:
                return ESCAPES[found[2]]
            code = int(found[1], 16)
            if code > _LAST or code in _SURROGATES:
                at = start + found.start()
                raise failure(self._text, f"there is no character {code:#x}", at, at + 1)
            return chr(code)

        return _ESCAPED.sub(plain, text)

    def _lines(self, node: Node) -> str:
        """Read what stands between three quotes, each line indented as the closing ones are."""
        inside = node.text[3:-3]
        body, _, indent = inside.rpartition("\n")
        first = inside.partition("\n")[0].removesuffix("\r")
        if indent.strip(" ") or "\n" not in inside:
            message = 'the closing """ stands alone on its line, after spaces only'
            raise failure(self._text, message, node.end - 6, node.end - 3)
        if first:
            message = 'a line break follows the opening """'
            raise failure(self._text, message, node.start + 3, node.start + 3 + len(first))
        lines = []
        position = node.start + 3
        for number, line in enumerate(body.split("\n")):
            if number:
                if not line.startswith(indent):
                    message = 'each line is indented as the closing """ is'
                    raise failure(self._text, message, position, position + 1)
                text = line[len(indent) :].removesuffix("\r")
                lines.append(self._unescaped(text, position + len(indent)))
            position += len(line) + 1
        return "\n".join(lines)

    # ---- What has parts ----

    def list(self, type: wit.List, node: Node) -> Any:
        """Read a list."""
        if node.kind != "list":
            raise self._other(node, type)
        if type.length is not None and len(node.items) != type.length:
            raise self._failure(node, f"this list has {type.length} elements")
        return [self.value(type.element, item) for item in node.items]

    def tuple(self, type: wit.Tuple, node: Node) -> Any:
        """Read a tuple."""
        if node.kind != "tuple":
            raise self._other(node, type)
        if len(node.items) != len(type.items):
            raise self._failure(node, f"this tuple has {len(type.items)} values")
        return tuple(map(self.value, type.items, node.items))

    def record(self, type: wit.Record, node: Node) -> Any:
        """Read a record; fields that may be missing may be left out."""
        if node.kind != "record":
            raise self._other(node, type)
        given = dict(zip(node.labels, node.items, strict=True))
        values: dict[str, Any] = {}
        for field in type.fields:
            item = given.pop(field.name, None)
            if item is not None:
                values[field.name] = self.value(field.type, item)
            elif isinstance(shape_of(field.type), wit.Option):
                values[field.name] = None
            else:
                other = f", and has {next(iter(given))!r}" if given else ""
                raise self._failure(node, f"the record has no field {field.name!r}{other}")
        if given:
            raise self._failure(node, f"{next(iter(given))!r} is no field of the record")
        return values

    def variant(self, type: wit.Variant, node: Node) -> Any:
        """Read a case of a variant."""
        if node.kind != "label":
            raise self._keyword(node, type, [case.name for case in type.cases])
        for case in type.cases:
            if case.name == node.text:
                return Chosen(case.name, self._payload(case.type, node))
        raise self._failure(node, f"{node.text!r} is no case of the variant")

    def _payload(self, type: wit.Type | None, node: Node) -> Any:
        if type is None and node.items:
            raise self._failure(node, f"{node.text!r} has no value")
        if type is not None and not node.items:
            raise self._failure(node, f"{node.text!r} needs a value")
        return None if type is None else self.value(type, node.items[0])

    def enum(self, type: wit.Enum, node: Node) -> Any:
        """Read a case of an enum."""
        if node.kind != "label" or node.items:
            raise self._keyword(node, type, type.cases)
        if node.text not in type.cases:
            raise self._failure(node, f"{node.text!r} is no case of the enum")
        return node.text

    def flags(self, type: wit.Flags, node: Node) -> Any:
        """Read a set of flags."""
        if node.kind != "flags":
            raise self._other(node, type)
        for label in node.labels:
            if label not in type.names:
                raise self._failure(node, f"{label!r} is no flag of them")
        return frozenset(node.labels)

    def option(self, type: wit.Option, node: Node) -> Any:
        """Read a value that may be missing; ``some`` may, unless it would be unclear."""
        if node.kind == "none":
            return None
        if node.kind == "some":
            return Some(self.value(type.item, node.items[0]))
        if isinstance(shape_of(type.item), wit.Option | wit.Result):
            raise self._other(node, type)
        return Some(self.value(type.item, node))

    def result(self, type: wit.Result, node: Node) -> Any:
        """Read a result; ``ok`` may be left out, unless it would be unclear."""
        if node.kind == "ok":
            return Ok(self._payload(type.ok, node))
        if node.kind == "err":
            return Err(self._payload(type.err, node))
        if type.ok is None or isinstance(shape_of(type.ok), wit.Option | wit.Result):
            raise self._other(node, type)
        return Ok(self.value(type.ok, node))


_READERS: Final[dict[type, Callable[[_Reader, Any, Node], Any]]] = {
    wit.List: _Reader.list,
    wit.Tuple: _Reader.tuple,
    wit.Record: _Reader.record,
    wit.Variant: _Reader.variant,
    wit.Enum: _Reader.enum,
    wit.Flags: _Reader.flags,
    wit.Option: _Reader.option,
    wit.Result: _Reader.result,
}
