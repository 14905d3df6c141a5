"""Functions of Python that components call: how they are declared.

What a component imports and WASI does not have is provided by Python: a class for an interface, a
function for a function of the world::

    from unit_wasm import host

    @host.interface("wasi-mindmap:kv-store/kvdb")
    class Kvdb:
        class Connection:
            def __init__(self) -> None:
                self.values: dict[str, str] = {}

            def get(self, key: str) -> str | None:
                return self.values.get(key)

    @host.function
    def log(message: str) -> None:
        print(message)

Names are those of WIT in snake_case, a resource is a class within the class of its interface. A
function whose result is a ``result`` returns the value of ``ok`` and raises ``Err`` with that of
``err``; it may be an ``async def``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

_ATTRIBUTE = "__unit_wasm_host__"

C = TypeVar("C", bound=type)
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Declared:
    """What a decorator says of a class or function.

    Parameters:
        name: the import that it is for.
        shared: one object serves all instances of the component.
    """

    name: str
    shared: bool = False


def interface(name: str, *, shared: bool = False) -> Callable[[C], C]:
    """Say that a class provides an interface.

    An object of it is made, without arguments, for each instance of a component that is started.

    Parameters:
        name: of the interface: ``namespace:package/interface``, with or without its version.
        shared: one object serves all instances of the component.
    """
    if not isinstance(name, str):
        raise TypeError("host.interface() takes the name of an interface")

    def declare(found: C) -> C:
        setattr(found, _ATTRIBUTE, Declared(name, shared))
        return found

    return declare


@overload
def function(name: F) -> F: ...
@overload
def function(name: str) -> Callable[[F], F]: ...
def function(name: Any) -> Any:
    """Say that a function provides a function of the world.

    Parameters:
        name: of the function in WIT, where it is another one than that in Python: a decorator
            without it takes ``get_value`` for ``get-value``.

    Raises:
        TypeError: it is neither a name nor a function.
    """

    def declare(found: F) -> F:
        label = name if isinstance(name, str) else found.__name__.rstrip("_").replace("_", "-")
        setattr(found, _ATTRIBUTE, Declared(label))
        return found

    if isinstance(name, str):
        return declare
    if not hasattr(name, "__name__"):
        raise TypeError(f"host.function stands in front of a function, not of {name!r}")
    return declare(name)


def declared(found: Any) -> Declared | None:
    """Return what was declared of a class, of the class of an object, or of a function."""
    # Not what a base class was declared as, where the class itself says something else.
    value = getattr(found, _ATTRIBUTE, None)
    return value if isinstance(value, Declared) else None
