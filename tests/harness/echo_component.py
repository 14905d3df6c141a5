"""A component made for some types: it gives back whatever value of them it is called with."""

from collections.abc import Sequence
from typing import Any

from tests.harness.component_text import assemble
from unit_wasm.wit import model as wit
from unit_wasm.wit.codec_shapes import resolved

PADDING = (0,) * 16
"""The second argument of each function."""

_LOADS = {
    "bool": "i32.load8_u",
    "u8": "i32.load8_u",
    "s8": "i32.load8_s",
    "u16": "i32.load16_u",
    "s16": "i32.load16_s",
    "u32": "i32.load",
    "s32": "i32.load",
    "char": "i32.load",
    "u64": "i64.load",
    "s64": "i64.load",
    "f32": "f32.load",
    "f64": "f64.load",
}

_BASE = """
  (core module $m
    (memory (export "memory") 1)
    (global $top (mut i32) (i32.const 1024))
    (func (export "realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32)
      (result i32)
      (local $at i32)
      (local.set $at
        (i32.and (i32.add (global.get $top) (i32.sub (local.get $align) (i32.const 1)))
          (i32.sub (i32.const 0) (local.get $align))))
      (global.set $top (i32.add (local.get $at) (local.get $new)))
      (block $fits
        (br_if $fits (i32.le_u (global.get $top) (i32.mul (memory.size) (i32.const 65536))))
        (br_if $fits (i32.ne (i32.const -1) (memory.grow (i32.const 16))))
        unreachable)
      (local.get $at))
    %s)
  (core instance $i (instantiate $m))
  (alias core export $i "memory" (core memory $memory))
  (alias core export $i "realloc" (core func $realloc))
"""


def echo_component(types: Sequence[wit.Type]) -> bytes:
    """Return a component that exports a function ``echo-0``, ``echo-1``, ... for each type.

    So many parameters as there are with the padding do not come one by one but in memory, as the
    result is to be if it has more than one part: the address is all that a function has to return.
    """
    writer = _Writer()
    functions, lifted = [], []
    for number, type in enumerate(types):
        text = writer.type(type)
        parts = _flat(type)
        load = parts[0] if len(parts) == 1 else None
        result = "i32" if load is None else load.partition(".")[0]
        body = "local.get 0" if load is None else f"({load} (local.get 0))"
        functions.append(f'(func (export "e{number}") (param i32) (result {result}) {body})')
        lifted.append(
            f'(func (export "echo-{number}") (param "value" {text}) (param "padding" $padding)'
            f' (result {text}) (canon lift (core func $i "e{number}") (memory $memory)'
            " (realloc $realloc)))"
        )
    padding = f"(type $padding (tuple {'u8 ' * len(PADDING)}))"
    definitions = "\n  ".join([*writer.definitions, padding])
    base = _BASE % "\n    ".join(functions)
    return assemble(f"(component\n  {definitions}{base}\n  " + "\n  ".join(lifted) + ")")


def _flat(type: wit.Type) -> list[str]:
    """Return what loads each of the flat parts of a value; wrong but for a single one."""
    shape: Any = resolved(type)[1]
    if isinstance(shape, wit.Primitive):
        return [_LOADS[shape.name]] if shape.name in _LOADS else ["", ""]
    if isinstance(shape, wit.Tuple):
        return [part for item in shape.items for part in _flat(item)]
    if isinstance(shape, wit.Record):
        return [part for field in shape.fields for part in _flat(field.type)]
    if isinstance(shape, wit.Flags):
        width = 8 if len(shape.names) <= 8 else 16 if len(shape.names) <= 16 else 32
    elif isinstance(shape, wit.Enum) or _is_bare(shape):
        width = 8 if len(getattr(shape, "cases", ())) <= 256 else 16
    else:
        return ["", ""]
    return ["i32.load" if width == 32 else f"i32.load{width}_u"]


def _is_bare(shape: Any) -> bool:
    """Say whether no case has a value."""
    if isinstance(shape, wit.Variant):
        return all(case.type is None for case in shape.cases)
    return isinstance(shape, wit.Result) and shape.ok is None and shape.err is None


class _Writer:
    """Writes types; those that have a name are imported, as components are to have them."""

    def __init__(self) -> None:
        self.definitions: list[str] = []
        self._known: dict[wit.TypeDef, str] = {}

    def type(self, type: wit.Type) -> str:
        """Return the text of a type."""
        definition, shape = resolved(type)
        if isinstance(shape, wit.Record | wit.Variant | wit.Enum | wit.Flags):
            assert definition is not None
            return self._named(definition, shape)
        if isinstance(shape, wit.Primitive):
            return shape.name
        if isinstance(shape, wit.List):
            return f"(list {self.type(shape.element)})"
        if isinstance(shape, wit.Option):
            return f"(option {self.type(shape.item)})"
        if isinstance(shape, wit.Result):
            ok = "" if shape.ok is None else f" {self.type(shape.ok)}"
            error = "" if shape.err is None else f" (error {self.type(shape.err)})"
            return f"(result{ok}{error})"
        assert isinstance(shape, wit.Tuple)
        return f"(tuple {' '.join(map(self.type, shape.items))})"

    def _named(self, definition: wit.TypeDef, shape: Any) -> str:
        if definition not in self._known:
            body = self._body(shape)
            name = f"${definition.name}"
            self.definitions.append(
                f"(type {name}-own {body})"
                f' (import "{definition.name}" (type {name} (eq {name}-own)))'
            )
            self._known[definition] = name
        return self._known[definition]

    def _body(self, shape: Any) -> str:
        if isinstance(shape, wit.Record):
            fields = (f'(field "{one.name}" {self.type(one.type)})' for one in shape.fields)
            return f"(record {' '.join(fields)})"
        if isinstance(shape, wit.Variant):
            cases = (
                f'(case "{one.name}"{"" if one.type is None else " " + self.type(one.type)})'
                for one in shape.cases
            )
            return f"(variant {' '.join(cases)})"
        word, names = (
            ("enum", shape.cases) if isinstance(shape, wit.Enum) else ("flags", shape.names)
        )
        return f"({word} {' '.join(f'{chr(34)}{name}{chr(34)}' for name in names)})"
