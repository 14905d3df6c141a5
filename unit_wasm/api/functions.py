"""Functions of a component as Python has them: called, asked for help, and shown with their WIT."""

from __future__ import annotations

import html
import inspect
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from unit_wasm.api.handles import Unique
from unit_wasm.api.signature import Signature


class Caller(Protocol):
    """Calls functions of a component: an instance, or what makes one for each call."""

    def call(self, signature: Signature, args: Sequence[Any]) -> Any:
        """Call a function, or return what awaits the call."""

    def prepared(self, signature: Signature) -> Callable[[Sequence[Any]], Any]:
        """Return what does the same for one function, and takes less time."""


class Function(Unique):
    """A function of a component.

    Parameters:
        signature: how it is called.
        caller: calls it.
    """

    def __init__(self, signature: Signature, caller: Caller) -> None:
        self._signature = signature
        self._caller = caller
        self._prepared: Callable[[Sequence[Any]], Any] | None = None
        self._count = signature.count
        self.__name__ = self.__qualname__ = signature.name
        self.__doc__ = f"WIT: {signature.text}"

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        if kwargs or len(args) != self._count:
            args = self._signature.bind(args, kwargs)
        return (self._prepared or self._prepare())(args)

    def _prepare(self) -> Callable[[Sequence[Any]], Any]:
        self._prepared = self._caller.prepared(self._signature)
        return self._prepared

    def __get__(self, instance: Any, owner: type | None = None) -> Function:
        # Having it makes this a routine for help(), which then shows the signature.
        return self

    @property
    def __signature__(self) -> inspect.Signature:
        return self._signature.python()

    def __repr__(self) -> str:
        place = self._signature.interface
        return f"<{self._signature.text}{'' if place is None else f' of {place}'}>"

    def _repr_html_(self) -> str:
        return f"<code>{html.escape(self._signature.text)}</code>"


class Method(Function):
    """A method of a resource, in the class of it; its first argument is the object."""

    def __get__(self, instance: Any, owner: type | None = None) -> Function:
        return self if instance is None else _Bound(self._signature, self._caller, instance)

    def __repr__(self) -> str:
        return f"<{self._signature.text}>"


class _Bound(Function):
    """A method of an object."""

    def __init__(self, signature: Signature, caller: Caller, instance: Any) -> None:
        super().__init__(signature, caller)
        self.__self__ = instance

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        if kwargs or len(args) != self._count - 1:
            args = self._signature.bind((self.__self__, *args), kwargs)
            return self._caller.call(self._signature, args)
        return self._caller.call(self._signature, (self.__self__, *args))

    @property
    def __signature__(self) -> inspect.Signature:
        whole = self._signature.python()
        return whole.replace(parameters=list(whole.parameters.values())[1:])
