"""JSON Schema of WIT types: what ``reader`` accepts, and what ``writer`` writes.

Dialect 2020-12, which OpenAPI 3.1 has; only keywords of its vocabularies, and ``x-wit`` with the
type's WIT. What a schema cannot say is how exact a number is that a sender has rounded, and that
half of a surrogate pair is no character.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from unit_wasm.wit import model as wit
from unit_wasm.wit.json.primitives import MAX_SAFE
from unit_wasm.wit.json.reader import is_bytes
from unit_wasm.wit.text import definition_text, type_text
from unit_wasm.wit.wave import INTEGERS, shape_of

Schema: TypeAlias = "dict[str, Any]"

# Base64 in the one form in which it is written: blocks of three bytes, then one byte, or two.
_BLOCK: Final = "(?:[A-Za-z0-9+/]{4})"
_TAILS: Final = ("", "[A-Za-z0-9+/][AQgw]==", "[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=")
_NOT_FINITE: Final = {"enum": ["NaN", "Infinity", "-Infinity"]}
# The first number that is nearer to infinity than to the largest one of 32 bits.
_F32_LIMIT: Final = (1 << 128) - (1 << 103)


class Schemas:
    """Makes schemas, and collects those of types that have names.

    Parameters:
        name_of: the name of a type's schema among the others.
        prefix: what a reference has before that name.

    Attributes:
        named: the schemas of named types, by that name, in the order in which they were needed.
    """

    def __init__(self, name_of: Callable[[wit.TypeDef], str], prefix: str) -> None:
        self._name_of = name_of
        self._prefix = prefix
        self.named: dict[str, Schema] = {}

    def of(self, type: wit.Type | None) -> Schema:
        """Return the schema of a type; None: of what a function without result answers.

        Raises:
            TypeError: JSON has no form for it.
        """
        if type is None:
            return {"type": "null"}
        while isinstance(type, wit.TypeDef) and isinstance(type.type, wit.Alias):
            type = type.type.of
        if isinstance(type, wit.TypeDef):
            return self._reference(type)
        if isinstance(type, wit.Primitive):
            return _primitive(type)
        make = _MAKERS.get(type.__class__)
        if make is None:
            raise TypeError(f"a value of {type_text(type)} has no form in JSON")
        return make(self, type)

    def arguments(self, params: Sequence[wit.Param]) -> Schema:
        """Return the schema of the object that has the arguments of a call."""
        return self._members([(param.name, param.type) for param in params])

    def _reference(self, type: wit.TypeDef) -> Schema:
        name = self._name_of(type)
        if name not in self.named:
            make = _MAKERS.get(type.type.__class__)
            if make is None:
                raise TypeError(f"a value of {type_text(type)} has no form in JSON")
            # Its place comes before those of the types that it is made of.
            self.named[name] = {}
            try:
                self.named[name] = {**make(self, type.type), "x-wit": definition_text(type)}
            except TypeError:
                del self.named[name]
                raise
        return {"$ref": self._prefix + name}

    # ---- What has parts ----

    def _members(self, members: Sequence[tuple[str, wit.Type]]) -> Schema:
        needed = [name for name, type in members if not isinstance(shape_of(type), wit.Option)]
        schema: Schema = {
            "type": "object",
            "properties": {name: self.of(type) for name, type in members},
            "additionalProperties": False,
        }
        if needed:
            schema["required"] = needed
        return schema

    def _record(self, type: wit.Record) -> Schema:
        return self._members([(field.name, field.type) for field in type.fields])

    def _list(self, type: wit.List) -> Schema:
        array: Schema = {"type": "array", "items": self.of(type.element)}
        if type.length is not None:
            array |= {"minItems": type.length, "maxItems": type.length}
        if not is_bytes(type):
            return array
        base64 = {"type": "string", "contentEncoding": "base64", "pattern": _base64(type.length)}
        return {"anyOf": [base64, array]}

    def _tuple(self, type: wit.Tuple) -> Schema:
        return {
            "type": "array",
            "prefixItems": [self.of(item) for item in type.items],
            "items": False,
            "minItems": len(type.items),
        }

    def _map(self, type: wit.Map) -> Schema:
        pairs = {"type": "array", "items": self._tuple(wit.Tuple((type.key, type.value)))}
        if shape_of(type.key) != wit.PRIMITIVES["string"]:
            return pairs
        return {"anyOf": [{"type": "object", "additionalProperties": self.of(type.value)}, pairs]}

    def _enum(self, type: wit.Enum) -> Schema:
        return {"type": "string", "enum": list(type.cases)}

    def _flags(self, type: wit.Flags) -> Schema:
        return {
            "type": "array",
            "items": {"type": "string", "enum": list(type.names)},
            "uniqueItems": True,
        }

    def _option(self, type: wit.Option) -> Schema:
        item = self.of(type.item)
        if isinstance(shape_of(type.item), wit.Option):
            item = _one_member("some", item)
        return {"anyOf": [item, {"type": "null"}]}

    def _variant(self, type: wit.Variant) -> Schema:
        return self._one_of([(case.name, case.type) for case in type.cases])

    def _result(self, type: wit.Result) -> Schema:
        return self._one_of([("ok", type.ok), ("err", type.err)])

    def _one_of(self, cases: Sequence[tuple[str, wit.Type | None]]) -> Schema:
        choices: list[Schema] = []
        for name, type in cases:
            choices.append(_one_member(name, self.of(type)))
            if type is None:
                choices.append({"const": name})
        return {"oneOf": choices}


def why_not(function: wit.Function) -> str | None:
    """Return why a function cannot be called with JSON; None: it can."""
    schemas = Schemas(lambda definition: f"{definition.owner}.{definition.name}", "")
    if function.kind is not wit.FunctionKind.FREE:
        return "it belongs to a resource"
    if function.is_async:
        return "it is asynchronous, which is WASI 0.3"
    for param in function.params:
        try:
            schemas.of(param.type)
        except TypeError as error:
            return f"{param.name}: {error}"
    try:
        schemas.of(function.result)
    except TypeError as error:
        return f"its result: {error}"
    return None


def _base64(length: int | None) -> str:
    if length is None:
        return f"^{_BLOCK}*(?:{_TAILS[1]}|{_TAILS[2]})?$"
    return f"^{_BLOCK}{{{length // 3}}}{_TAILS[length % 3]}$"


def _one_member(name: str, value: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {name: value},
        "required": [name],
        "additionalProperties": False,
    }


def _primitive(type: wit.Primitive) -> Schema:
    if type.name in INTEGERS:
        low, high = INTEGERS[type.name]
        number = {"type": "integer", "minimum": low, "maximum": high}
        if high <= MAX_SAFE:
            return number
        # A number of 20 digits is the longest.
        sign = "" if low == 0 else "-?"
        digits = {"type": "string", "pattern": f"^{sign}(?:0|[1-9][0-9]*)$", "maxLength": 20}
        return {"anyOf": [number, digits]}
    if type.name == "f32":
        finite = {"type": "number", "exclusiveMinimum": -_F32_LIMIT, "exclusiveMaximum": _F32_LIMIT}
        return {"anyOf": [finite, _NOT_FINITE]}
    if type.name == "f64":
        return {"anyOf": [{"type": "number"}, _NOT_FINITE]}
    if type.name == "bool":
        return {"type": "boolean"}
    if type.name == "char":
        return {"type": "string", "minLength": 1, "maxLength": 1}
    if type.name == "string":
        return {"type": "string"}
    raise TypeError(f"a value of {type.name} has no form in JSON")


_MAKERS: Final[dict[type, Callable[[Schemas, Any], Schema]]] = {
    wit.Record: Schemas._record,
    wit.List: Schemas._list,
    wit.Tuple: Schemas._tuple,
    wit.Map: Schemas._map,
    wit.Enum: Schemas._enum,
    wit.Flags: Schemas._flags,
    wit.Option: Schemas._option,
    wit.Variant: Schemas._variant,
    wit.Result: Schemas._result,
}
