"""Values: frozen dataclasses that are made without the compiler.

For each class ``dataclasses`` writes the source of six functions and compiles it. That was a fifth
of what the server takes to its first answer. Here all classes share the functions, which look at
the fields; making a value takes longer, so what is made for each request has no place here. In all
else they are dataclasses: ``replace()``, ``fields()`` and ``asdict()`` work.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen: bool, slots: bool = False) -> Any:
        """Make a class a value, as ``dataclasses.dataclass(frozen=True)`` does."""
        if not frozen:
            raise TypeError("values are frozen")
        return lambda cls: _made(cls, slots)


_KIND: Any = getattr(dataclasses, "_FIELD")  # noqa: B009  # no stub has it
_MISSING = dataclasses.MISSING


def _fields(cls: type[Any]) -> dict[str, Any]:
    if hasattr(cls, "__dataclass_fields__"):
        raise TypeError("values have no subclasses")
    found: dict[str, Any] = {}
    for name, kind in cls.__annotations__.items():
        if str(kind).startswith(("ClassVar", "typing.ClassVar")):
            continue
        given = cls.__dict__.get(name, _MISSING)
        field: Any = given if isinstance(given, dataclasses.Field) else dataclasses.field()
        if field is not given:
            field.default = given
        field.name, field.type, field._field_type = name, kind, _KIND
        found[name] = field
    return found


def _made(cls: type[Any], slots: bool) -> type[Any]:
    fields = _fields(cls)
    methods = {
        "__dataclass_fields__": fields,
        "__match_args__": tuple(fields),
        "__init__": _initializer(cls.__name__, fields, cls.__dict__.get("__post_init__")),
        "__repr__": _shown,
        "__eq__": _equal,
        "__hash__": _hash,
        "__setattr__": _set,
        "__delattr__": _delete,
        "__getstate__": _state,
        "__setstate__": _set_state,
    }
    own = {name: method for name, method in methods.items() if name not in cls.__dict__}
    defaults = {name: field.default for name, field in fields.items()}
    if not slots:
        for name, value in (own | defaults).items():
            if value is not _MISSING:
                setattr(cls, name, value)
            elif name in cls.__dict__:
                delattr(cls, name)
        return cls
    body = {
        name: value
        for name, value in cls.__dict__.items()
        if name not in fields and name not in ("__dict__", "__weakref__")
    }
    body |= own | {"__slots__": tuple(fields), "__qualname__": cls.__qualname__}
    made: type[Any] = type(cls.__name__, cls.__bases__, body)
    return made


def _initializer(title: str, fields: dict[str, Any], then: Any) -> Any:
    names = tuple(fields)
    known = frozenset(names)
    put = object.__setattr__

    def __init__(self: Any, *args: Any, **given: Any) -> None:
        if len(args) > len(names):
            raise TypeError(f"{title}() takes {len(names)} arguments, not {len(args)}")
        positional = dict(zip(names, args, strict=False))
        if not known.issuperset(given) or not positional.keys().isdisjoint(given):
            raise TypeError(f"{title}() takes {', '.join(names)}, each once, not {[*given]}")
        given.update(positional)
        for name in names:
            if name in given:
                put(self, name, given[name])
                continue
            field = fields[name]
            if field.default is not _MISSING:
                put(self, name, field.default)
            elif field.default_factory is not _MISSING:
                put(self, name, field.default_factory())
            else:
                raise TypeError(f"{title}() misses {name}")
        if then is not None:
            then(self)

    return __init__


def _compared(value: Any) -> tuple[Any, ...]:
    fields = value.__dataclass_fields__.values()
    return tuple(getattr(value, field.name) for field in fields if field.compare)


def _equal(self: Any, other: object) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return _compared(self) == _compared(other)


def _hash(self: Any) -> int:
    return hash(_compared(self))


def _shown(self: Any) -> str:
    fields = self.__dataclass_fields__.values()
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in fields if field.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _set(self: Any, name: str, value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in self.__dataclass_fields__]


def _set_state(self: Any, state: list[Any]) -> None:
    for name, value in zip(self.__dataclass_fields__, state, strict=True):
        object.__setattr__(self, name, value)
