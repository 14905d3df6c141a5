"""The types of WIT as types in Python, as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from unit_wasm.wit import model as wit
from unit_wasm.wit.codec_shapes import resolved
from unit_wasm.wit.python_names import class_name

Names = Callable[[wit.TypeDef], str]
"""Says what the class of a type is called where the text stands."""


def plain_names(definition: wit.TypeDef) -> str:
    """Return the name of a class alone."""
    return class_name(definition.name)


def annotation(type: wit.Type | None, names: Names = plain_names, *, given: bool = False) -> str:
    """Return the type in Python of values of a type; ``None`` of no value.

    Parameters:
        given: of values that are passed to us, which may have more forms than those we return.
    """
    if type is None:
        return "None"
    definition, shape = resolved(type)
    if isinstance(shape, wit.Named | wit.Resource):
        assert definition is not None
        return names(definition)
    if isinstance(shape, wit.Own | wit.Borrow):
        resource = resolved(shape.resource)[0]
        assert resource is not None
        return names(resource)
    if isinstance(shape, wit.Primitive):
        return _PRIMITIVES.get(shape.name, "int")
    return _compound(shape, lambda part: annotation(part, names, given=given), given)


_PRIMITIVES = {
    "bool": "bool",
    "f32": "float",
    "f64": "float",
    "char": "str",
    "string": "str",
    "error-context": "object",
}


def _compound(shape: Any, of: Callable[[wit.Type | None], str], given: bool) -> str:
    if isinstance(shape, wit.List):
        element = resolved(shape.element)[1]
        if element == wit.Primitive("u8"):
            return "bytes | bytearray | memoryview" if given else "bytes"
        return f"{'Sequence' if given else 'list'}[{of(shape.element)}]"
    if isinstance(shape, wit.Map):
        return f"{'Mapping' if given else 'dict'}[{of(shape.key)}, {of(shape.value)}]"
    if isinstance(shape, wit.Tuple):
        return f"tuple[{', '.join(map(of, shape.items)) or '()'}]"
    if isinstance(shape, wit.Option):
        nested = isinstance(resolved(shape.item)[1], wit.Option)
        return f"Some[{of(shape.item)}] | None" if nested else f"{of(shape.item)} | None"
    if isinstance(shape, wit.Result):
        return f"Ok[{of(shape.ok)}] | Err[{of(shape.err)}]"
    return "object"


def raised_result(function: wit.Function) -> wit.Result | None:
    """Return the result of a function of which the error is raised, or None."""
    if function.result is None:
        return None
    shape = resolved(function.result)[1]
    return shape if isinstance(shape, wit.Result) else None


def returned(function: wit.Function) -> wit.Type | None:
    """Return the type of what a function returns where it does not raise."""
    result = raised_result(function)
    return function.result if result is None else result.ok
