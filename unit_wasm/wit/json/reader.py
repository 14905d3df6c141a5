"""Values of WIT types, read from JSON; docs/services.md has the form of each type.

What is accepted here is what the schema of ``schema`` accepts. Values are those of
``values``; a ``list<u8>`` is ``bytes``. ``writer`` has the other direction.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, TypeAlias

from unit_wasm.suggest import nearest
from unit_wasm.wit import model as wit
from unit_wasm.wit.json.document import shown
from unit_wasm.wit.json.faults import NOTHING, Faults, Found, Full, JsonReader, Place
from unit_wasm.wit.json.primitives import PRIMITIVE_READERS
from unit_wasm.wit.text import type_text
from unit_wasm.wit.values import Chosen, Err, Ok, Some
from unit_wasm.wit.wave import shape_of


def arguments_reader(params: Sequence[wit.Param]) -> Callable[[Any], list[Any]]:
    """Return what reads the arguments of a call from an object, by name.

    The result raises :class:`Faults` where they are wrong.

    Raises:
        TypeError: a parameter is of a type that JSON has no form for.
    """
    readers = {param.name: (_reader(param.type), param.type) for param in params}

    def read(document: Any) -> list[Any]:
        found = Found()
        values: list[Any] = []
        with suppress(Full):
            if isinstance(document, dict):
                values = _read_members(document, readers, None, found, "a parameter")
            else:
                found.add(None, f"{shown(document)} is not an object", None, document)
        if found.faults:
            raise Faults(found.faults)
        return values

    return read


def value_reader(type: wit.Type) -> Callable[[Any], Any]:
    """Return what reads a value of a type; it raises :class:`Faults` where it is none.

    Raises:
        TypeError: JSON has no form for the type.
    """
    reader = _reader(type)

    def read(document: Any) -> Any:
        found = Found()
        value = None
        with suppress(Full):
            value = reader(document, None, found)
        if found.faults:
            raise Faults(found.faults)
        return value

    return read


def is_bytes(type: Any) -> bool:
    """Tell whether a type is a list of bytes, of any length."""
    return isinstance(type, wit.List) and shape_of(type.element) == wit.PRIMITIVES["u8"]


def _read_members(
    document: Mapping[str, Any],
    readers: Mapping[str, tuple[JsonReader, wit.Type]],
    place: Place,
    found: Found,
    what: str,
) -> list[Any]:
    """Read what an object has by name; options may be missing."""
    values = []
    present = 0
    for name, (reader, type) in readers.items():
        value = document.get(name, NOTHING)
        if value is not NOTHING:
            present += 1
            values.append(reader(value, (place, name), found))
        elif isinstance(shape_of(type), wit.Option):
            values.append(None)
        else:
            values.append(None)
            found.add((place, name), "it is missing", type, NOTHING)
    if present < len(document):
        for name, value in document.items():
            if name not in readers:
                near = nearest(name.replace("_", "-"), readers)
                guess = f": did you mean {near}?" if near else ""
                found.add((place, name), f"there is no such {what[2:]}{guess}", None, value)
    return values


def _reader(type: wit.Type) -> JsonReader:
    shape = shape_of(type)
    if isinstance(shape, wit.Primitive):
        maker = PRIMITIVE_READERS.get(shape.name)
        if maker is not None:
            return maker(shape)
    else:
        make = _MAKERS.get(shape.__class__)
        if make is not None:
            return make(shape, type)
    raise TypeError(f"a value of {type_text(shape)} has no form in JSON")


def _list(shape: wit.List, type: wit.Type) -> JsonReader:
    element = _reader(shape.element)

    def read(value: Any, place: Place, found: Found) -> Any:
        if value.__class__ is not list:
            found.add(place, f"{shown(value)} is not an array", type, value)
            return None
        if shape.length is not None and len(value) != shape.length:
            found.add(place, f"{len(value)} elements are not {shape.length}", type, value)
            return None
        return [element(item, (place, i), found) for i, item in enumerate(value)]

    return _bytes(shape, type, read) if is_bytes(shape) else read


def _bytes(shape: wit.List, type: wit.Type, numbers: JsonReader) -> JsonReader:
    def read(value: Any, place: Place, found: Found) -> Any:
        if value.__class__ is not str:
            before = len(found.faults)
            items = numbers(value, place, found)
            return bytes(items) if len(found.faults) == before else None
        data = _from_base64(value)
        if data is None:
            found.add(place, f"{shown(value)} is not base64 as it is written here", type, value)
        elif shape.length is not None and len(data) != shape.length:
            found.add(place, f"{len(data)} bytes are not {shape.length}", type, value)
        return data

    return read


def _from_base64(text: str) -> bytes | None:
    """Read the standard alphabet with its padding, and nothing else."""
    try:
        data = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    # The bits that padding leaves over are zero where it was written as it is read.
    return data if binascii.b2a_base64(data, newline=False).decode() == text else None


def _tuple(shape: wit.Tuple, type: wit.Type) -> JsonReader:
    readers = [_reader(item) for item in shape.items]

    def read(value: Any, place: Place, found: Found) -> Any:
        if value.__class__ is not list or len(value) != len(readers):
            values = "1 value" if len(readers) == 1 else f"{len(readers)} values"
            message = f"{shown(value)} is not an array of {values}"
            found.add(place, message, type, value)
            return None
        pairs = zip(readers, value, strict=True)
        return tuple([reader(item, (place, i), found) for i, (reader, item) in enumerate(pairs)])

    return read


def _map(shape: wit.Map, type: wit.Type) -> JsonReader:
    key, item = _reader(shape.key), _reader(shape.value)
    pair = _reader(wit.Tuple((shape.key, shape.value)))
    by_name = shape_of(shape.key) == wit.PRIMITIVES["string"]

    def read(value: Any, place: Place, found: Found) -> Any:
        values: dict[Any, Any] = {}
        if by_name and value.__class__ is dict:
            for name, part in value.items():
                inside = (place, name)
                values[key(name, inside, found)] = item(part, inside, found)
        elif value.__class__ is list:
            for i, part in enumerate(value):
                name, made = pair(part, (place, i), found) or (None, None)
                if name in values:
                    found.add((place, i), f"the key {shown(name)} is there twice", type, part)
                values[name] = made
        else:
            found.add(place, f"{shown(value)} is not an array of pairs", type, value)
        return values

    return read


def _record(shape: wit.Record, type: wit.Type) -> JsonReader:
    readers = {field.name: (_reader(field.type), field.type) for field in shape.fields}

    def read(value: Any, place: Place, found: Found) -> Any:
        if value.__class__ is not dict:
            found.add(place, f"{shown(value)} is not an object", type, value)
            return None
        values = _read_members(value, readers, place, found, "a field")
        return dict(zip(readers, values, strict=True))

    return read


def _enum(shape: wit.Enum, type: wit.Type) -> JsonReader:
    cases = frozenset(shape.cases)

    def read(value: Any, place: Place, found: Found) -> Any:
        if value.__class__ is not str or value not in cases:
            found.add(place, f"{shown(value)} is none of {_names(shape.cases)}", type, value)
        return value

    return read


def _flags(shape: wit.Flags, type: wit.Type) -> JsonReader:
    names = frozenset(shape.names)

    def read(value: Any, place: Place, found: Found) -> Any:
        if value.__class__ is not list:
            found.add(place, f"{shown(value)} is not an array of names", type, value)
            return None
        given: set[str] = set()
        for i, name in enumerate(value):
            if name.__class__ is not str or name not in names:
                message = f"{shown(name)} is none of {_names(shape.names)}"
                found.add((place, i), message, type, name)
            elif name in given:
                found.add((place, i), f"{shown(name)} is there twice", type, name)
            else:
                given.add(name)
        return frozenset(given)

    return read


def _names(names: Sequence[str]) -> str:
    few = ", ".join(names[:8])
    return few if len(names) <= 8 else f"{few}, ..."


def _option(shape: wit.Option, type: wit.Type) -> JsonReader:
    item = _reader(shape.item)
    nested = isinstance(shape_of(shape.item), wit.Option)

    def read(value: Any, place: Place, found: Found) -> Any:
        if value is None:
            return None
        if not nested:
            return Some(item(value, place, found))
        if value.__class__ is not dict or list(value) != ["some"]:
            found.add(place, f'{shown(value)} is not null or {{"some": ...}}', type, value)
            return None
        return Some(item(value["some"], (place, "some"), found))

    return read


_Cases: TypeAlias = "dict[str, tuple[Callable[[Any], Any], JsonReader | None]]"


def _variant(shape: wit.Variant, type: wit.Type) -> JsonReader:
    def maker(name: str) -> Callable[[Any], Any]:
        return lambda payload: Chosen(name, payload)

    return _one_of(
        {
            case.name: (maker(case.name), None if case.type is None else _reader(case.type))
            for case in shape.cases
        },
        type,
    )


def _result(shape: wit.Result, type: wit.Type) -> JsonReader:
    return _one_of(
        {
            "ok": (Ok, None if shape.ok is None else _reader(shape.ok)),
            "err": (Err, None if shape.err is None else _reader(shape.err)),
        },
        type,
    )


def _one_of(cases: _Cases, type: wit.Type) -> JsonReader:
    """Read an object of one member, or the name alone of a case without a value."""
    names = _names(list(cases))

    def read(value: Any, place: Place, found: Found) -> Any:
        name, payload = value, None
        if value.__class__ is dict and len(value) == 1:
            ((name, payload),) = value.items()
        if name.__class__ is not str or name not in cases:
            message = f"{shown(value)} is not an object of one member, which is one of {names}"
            found.add(place, message, type, value)
            return None
        make, reader = cases[name]
        if reader is not None:
            if value is name:
                found.add(place, f"{name} needs a value", type, value)
                return None
            payload = reader(payload, (place, name), found)
        elif payload is not None:
            found.add((place, name), f"{name} has no value: it is null", type, payload)
        return make(payload)

    return read


_MAKERS: Final[dict[type, Callable[[Any, wit.Type], JsonReader]]] = {
    wit.List: _list,
    wit.Tuple: _tuple,
    wit.Map: _map,
    wit.Record: _record,
    wit.Enum: _enum,
    wit.Flags: _flags,
    wit.Option: _option,
    wit.Variant: _variant,
    wit.Result: _result,
}
