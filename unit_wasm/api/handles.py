"""Handles of resources: objects of Python that a component holds, and those that it has made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn, Protocol, Self, SupportsIndex

from unit_wasm.errors import CallError
from unit_wasm.wit.model import TypeDef


class HostTable:
    """Objects of Python that a component holds, by their numbers.

    A number that is free is used again: an object that was given away is not kept.
    """

    def __init__(self) -> None:
        self._objects: dict[int, Any] = {}
        self._free: list[int] = []

    def __len__(self) -> int:
        return len(self._objects)

    def add(self, value: Any) -> int:
        """Return the number that an object has from now on."""
        number = self._free.pop() if self._free else len(self._objects) + 1
        self._objects[number] = value
        return number

    def find(self, number: int) -> Any:
        """Return the object of a number.

        Raises:
            CallError: there is none.
        """
        try:
            return self._objects[number]
        except KeyError:
            raise CallError(f"there is no object {number}") from None

    def pop(self, number: int) -> Any:
        """Return the object of a number, which is free from now on."""
        value = self.find(number)
        del self._objects[number]
        self._free.append(number)
        return value

    def forget(self, number: int) -> None:
        """Free a number, without an end of its object."""
        if number in self._objects:
            self.pop(number)

    def dropped(self, number: int) -> None:
        """End an object that the component has dropped."""
        if number in self._objects:
            _end(self.pop(number))

    def clear(self) -> None:
        """End all objects; the component is gone."""
        if not self._objects:
            return
        objects = list(self._objects.values())
        self._objects.clear()
        self._free.clear()
        for value in objects:
            _end(value)


def _end(value: Any) -> None:
    """Close an object that has an end; what that raises is reported, like that of ``__del__``."""
    close = getattr(value, "close", None)
    if not callable(close):
        return
    try:
        close()
    except Exception as error:
        _Unclosed(error)


def _checked(value: Any, wanted: type | None) -> Any:
    """Return an object of a resource of the host."""
    if value is None or (wanted is not None and not isinstance(value, wanted)):
        raise TypeError("it is no object of that resource")
    return value


class _Unclosed:
    """Reports an error: what ``sys.unraisablehook`` takes, the interpreter alone can make."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __del__(self) -> None:
        raise self._error


class Imports:
    """Handles as the functions of the host mean them: all are of the host's resources.

    Parameters:
        table: the objects that the component holds.
        classes: what objects of a resource are instances of, where that is known.
    """

    def __init__(self, table: HostTable, classes: Mapping[TypeDef, type]) -> None:
        self._table = table
        self._classes = classes
        self._added: list[int] = []

    def give(self, resource: TypeDef, value: Any) -> int:
        """Return the number of an object that the component gets."""
        self._added.append(self._table.add(_checked(value, self._classes.get(resource))))
        return self._added[-1]

    def lend(self, resource: TypeDef, value: Any) -> int:
        """Refuse it: a result is never borrowed."""
        raise TypeError("a result cannot be borrowed")

    def take(self, resource: TypeDef, number: int) -> Any:
        """Return the object that the component gives back."""
        return self._table.pop(number)

    def borrow(self, resource: TypeDef, number: int) -> Any:
        """Return the object of a call."""
        return self._table.find(number)

    def abort(self) -> None:
        """Take back what was given by a value that is wrong."""
        for number in self._added:
            self._table.pop(number)
        self._added.clear()

    def commit(self) -> None:
        """Note that the component has what was given."""
        self._added.clear()


class Exports:
    """Handles as the functions of the component mean them.

    Parameters:
        table: objects of the host that the component holds.
        owner: of the objects that the component has made: its instance.
        classes: what objects of the host's resources are instances of, where that is known.
    """

    def __init__(self, table: HostTable, owner: Owner, classes: Mapping[TypeDef, type]) -> None:
        self._table = table
        self._owner = owner
        self._host_classes = classes
        self._given: list[Owned] = []
        self._added: list[int] = []
        self._lent: list[Any] = []

    def give(self, resource: TypeDef, value: Any) -> int:
        """Return the number of an object that the component gets."""
        if not self._owner.defines(resource):
            self._added.append(self._table.add(_checked(value, self._host_classes.get(resource))))
            return self._added[-1]
        number = self._number(resource, value)
        if any(value is one for one in (*self._given, *self._lent)):
            raise CallError("it is given away, and used in the same call")
        self._given.append(value)
        return number

    def lend(self, resource: TypeDef, value: Any) -> int:
        """Return the number of an object for the time of a call."""
        if not self._owner.defines(resource):
            number = self._table.add(_checked(value, self._host_classes.get(resource)))
            self._lent.append(number)
            return number
        if any(value is one for one in self._given):
            raise CallError("it is given away, and used in the same call")
        self._lent.append(value)
        return self._number(resource, value)

    def _number(self, resource: TypeDef, value: Any) -> int:
        wanted = self._owner.class_of(resource)
        if value.__class__ is not wanted:
            raise TypeError("it is no object of that resource, and of that instance")
        number: int | None = value._number
        if number is None:
            raise CallError("it is closed, or was given away")
        return number

    def take(self, resource: TypeDef, number: int) -> Any:
        """Return the object that the component has made, or gives back."""
        if not self._owner.defines(resource):
            return self._table.pop(number)
        return self._owner.class_of(resource)._of(number)

    def borrow(self, resource: TypeDef, number: int) -> Any:
        """Refuse it: a result is never borrowed."""
        raise TypeError("a result cannot be borrowed")

    def abort(self) -> None:
        """Take back everything: the call is not made."""
        for number in self._added:
            self._table.pop(number)
        self._added.clear()
        self._given.clear()
        self.finish()

    def commit(self) -> None:
        """Note that the component has what was given."""
        for value in self._given:
            value._number = None
        self._given.clear()
        self._added.clear()

    def finish(self) -> None:
        """Take back what was lent, after the call."""
        for number in self._lent:
            if isinstance(number, int):
                self._table.forget(number)
        self._lent.clear()


class Owner(Protocol):
    """An instance, for the objects that it has made."""

    def defines(self, resource: TypeDef) -> bool:
        """Say whether the component defines a resource, as its own functions mean it."""

    def class_of(self, resource: TypeDef) -> type[Owned]:
        """Return the class of a resource that the component defines."""

    def release(self, resource: TypeDef, number: int, wait: bool) -> Any:
        """End an object; without ``wait``, when there is time for it."""


class Unique:
    """What is part of an instance: a copy would end it a second time."""

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        """Refuse copy(), deepcopy() and pickle.

        Raises:
            TypeError: always.
        """
        kind = type(self).__name__
        raise TypeError(f"cannot copy or pickle {kind}: it is part of an instance of a component")


class Owned(Unique):
    """An object that a component has made, of a resource that it defines.

    It ends with ``close()``, at the end of a ``with`` block, or when nothing refers to it any more.
    """

    _owner: ClassVar[Owner]
    _resource: ClassVar[TypeDef]
    _number: int | None = None

    @classmethod
    def _of(cls, number: int) -> Self:
        made = object.__new__(cls)
        made._number = number
        return made

    def _end(self, wait: bool) -> Any:
        number, self._number = self._number, None
        return None if number is None else self._owner.release(self._resource, number, wait)

    def __del__(self) -> None:
        # One that could not be made has none.
        if self.__dict__.get("_number") is not None:
            self._end(wait=False)

    def __repr__(self) -> str:
        state = "" if self._number is not None else ", closed or given away"
        return f"<{type(self).__name__} of a component{state}>"
