"""A function as Python sees it: parameters with names, and how its values travel."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from unit_wasm.api.annotations import annotation, raised_result, returned
from unit_wasm.errors import CallError
from unit_wasm.wit.codec import Codec
from unit_wasm.wit.codec_shapes import Shapes, parts_of, resolved
from unit_wasm.wit.mistakes import explain, shown
from unit_wasm.wit.model import Borrow, FunctionKind, Own, Type
from unit_wasm.wit.program import Entry
from unit_wasm.wit.python_names import class_name, distinct, name_of
from unit_wasm.wit.text import function_text
from unit_wasm.wit.values import Err, Ok


class Signature:
    """How a function is called, and what comes back.

    Parameters:
        entry: the function.
        codec: for its values.
        shapes: of the codec.
        whole: a result that is one is returned as it is, and its error not raised.
    """

    def __init__(self, entry: Entry, codec: Codec, shapes: Shapes, *, whole: bool = False) -> None:
        function = entry.function
        self.number = entry.number
        self.function = function
        self.interface = entry.interface
        self.text = function_text(function)
        self.names = distinct(name_of(param.name) for param in function.params)
        self.count = len(self.names)
        self.name = name_of(function.label)
        if function.kind is FunctionKind.CONSTRUCTOR:
            self.name = class_name(function.label)
        self.types: list[Type] = [param.type for param in function.params]
        self._codec = codec
        self._shapes = shapes
        self._result = None if whole else raised_result(function)
        self.raises = self._result is not None
        result = [] if function.result is None else [function.result]
        self.has_handles = _has_handles([*self.types, *result])
        self._packing: Any = None
        self._reading: Any = None
        self._packing_result: Any = None
        self._reading_arguments: Any = None

    @property
    def full_name(self) -> str:
        """The function with its interface, for messages."""
        name = self.function.name
        return name if self.interface is None else f"{name} of {self.interface}"

    @property
    def path(self) -> str:
        """The function behind its interface: ``namespace:package/interface.get``."""
        label = self.function.label
        return label if self.interface is None else f"{self.interface}.{label}"

    def python(self) -> inspect.Signature:
        """Return the signature that Python shows."""
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        params = [
            inspect.Parameter(name, kind, annotation=annotation(type))
            for name, type in zip(self.names, self.types, strict=True)
        ]
        return inspect.Signature(params, return_annotation=annotation(returned(self.function)))

    def bind(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the arguments by their position.

        Raises:
            CallError: there are too many or too few, or they have other names.
        """
        given = dict(zip(self.names, args, strict=False))
        if len(args) > self.count:
            count = f"{self.count} argument{'' if self.count == 1 else 's'}"
            raise CallError(f"{self.text} takes {count}, not {len(args)}")
        for name, value in kwargs.items():
            if name not in self.names or name in given:
                what = "is given twice:" if name in given else "is no parameter of"
                raise CallError(f"{name} {what} {self.text}", parameter=name)
            given[name] = value
        missing = [name for name in self.names if name not in given]
        if missing:
            raise CallError(
                f"{missing[0]} is missing: {self.text}",
                parameter=missing[0],
                expected=annotation(self.types[self.names.index(missing[0])]),
            )
        return tuple(given[name] for name in self.names)

    # ---- A call of the component ----

    def packer(self) -> Callable[[Sequence[Any], Any], bytes]:
        """Return what packs arguments; it raises anything where one of them is wrong."""
        packing = self._packing
        if packing is None:
            packing = self._packing = self._codec.packer(self.types)
        return packing  # type: ignore[no-any-return]

    def reader(self) -> Callable[[bytes, Any], Any]:
        """Return what reads the result of a call, and returns an ``Err`` as any other value."""
        reading = self._reading
        if reading is None:
            reading = self._reading = self._codec.value_reader(self.function.result)
        return reading  # type: ignore[no-any-return]

    def pack(self, args: Sequence[Any], context: Any) -> bytes:
        """Return the arguments of a call.

        Raises:
            CallError: one of them is wrong.
        """
        try:
            return self.packer()(args, context)
        except Exception as error:
            raise self.explained(args, context, error) from error

    def explained(self, args: Sequence[Any], context: Any, error: Exception) -> CallError:
        """Return what is wrong with the arguments of a call that could not be packed."""
        return self._explained(self.names, self.types, args, context, error)

    def read(self, data: bytes, context: Any) -> Any:
        """Return the result of a call.

        Raises:
            Err: it is an error.
        """
        value = self.reader()(data, context)
        if self._result is None:
            return value
        if value.__class__ is Err:
            raise value
        return value.value

    # ---- A call of the host ----

    def argument_reader(self) -> Callable[[bytes, Any], tuple[Any, ...]]:
        """Return what reads the arguments that the component has passed."""
        reading = self._reading_arguments
        if reading is None:
            reading = self._reading_arguments = self._codec.reader(self.types)
        return reading  # type: ignore[no-any-return]

    def result_packer(self) -> Callable[[Any], bytes]:
        """Return what packs a result without handles; it raises anything where it is wrong."""
        result = self.function.result
        if result is None:
            return _nothing
        pack = self._codec.value_packer(result)
        if self._result is None:
            return pack
        return lambda value: pack(value if value.__class__ is Err else Ok(value))

    def pack_result(self, value: Any, context: Any) -> bytes:
        """Return the result of a function of the host.

        Parameters:
            value: what it has returned, or the ``Err`` that it has raised.

        Raises:
            CallError: it is none.
        """
        result = self.function.result
        if result is None:
            if value is not None:
                raise CallError(f"{self.full_name} has no result, and returned {shown(value)}")
            return b""
        if self._packing_result is None:
            self._packing_result = self._codec.packer([result])
        if self._result is not None and value.__class__ is not Err:
            value = Ok(value)
        try:
            return self._packing_result((value,), context)  # type: ignore[no-any-return]
        except Exception as error:
            name = f"the result of {self.full_name}"
            raise self._explained([name], [result], [value], context, error) from error

    def _explained(
        self,
        names: Sequence[str],
        types: Sequence[Type],
        values: Sequence[Any],
        context: Any,
        error: Exception,
    ) -> CallError:
        def packs(type: Type, value: Any) -> bytes:
            if context is not None:
                context.abort()
            return self._codec.packer([type])((value,), context)

        return explain(names, types, values, self._shapes, packs, error)


def _nothing(value: Any) -> bytes:
    if value is not None:
        raise TypeError
    return b""


def _has_handles(types: Sequence[Type]) -> bool:
    seen: set[int] = set()
    left: list[Any] = list(types)
    while left:
        shape = resolved(left.pop())[1]
        if isinstance(shape, Own | Borrow):
            return True
        if id(shape) not in seen:
            seen.add(id(shape))
            left += parts_of(shape)
    return False
