"""A component as a Python object: its exports are attributes."""

from __future__ import annotations

import functools
import html
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Protocol

from unit_wasm.api.functions import Caller, Function, Method
from unit_wasm.api.handles import Owned, Unique
from unit_wasm.api.plan import Plan, short_name
from unit_wasm.errors import CallError
from unit_wasm.wit.codec_shapes import resolved
from unit_wasm.wit.model import Function as WitFunction
from unit_wasm.wit.model import FunctionKind, Interface, Resource, TypeDef
from unit_wasm.wit.python_names import class_name, name_of
from unit_wasm.wit.text import definition_text, function_text


class Instance(Caller, Protocol):
    """Calls the functions of a component, and has the classes of what it makes."""

    def class_of(self, resource: TypeDef) -> type[Owned]:
        """Return the class of a resource that the component defines."""

    def close(self) -> Any:
        """Free everything."""


class View(Unique):
    """What a component, or one of its interfaces, offers; everything in it is an attribute."""

    def __init__(self, plan: Plan, instance: Instance) -> None:
        self._plan = plan
        self._instance = instance

    def _names(self) -> Mapping[str, Callable[[], Any]]:
        """Return what makes each attribute, by its name."""
        raise NotImplementedError

    def _title(self) -> str:
        raise NotImplementedError

    def _lines(self) -> Iterator[str]:
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in ("_plan", "_instance"):
            raise AttributeError(name)
        names = self._names()
        if name not in names:
            hint = self._hint(name, names)
            text = f"{self._title()} exports no {name}"
            raise AttributeError(f"{text} ({hint})" if hint else text, name=name, obj=self)
        # Found without this way from now on.
        made = self.__dict__[name] = names[name]()
        return made

    def _hint(self, name: str, names: Iterable[str]) -> str | None:
        """Return what somebody may have meant by a name that is none."""
        from unit_wasm.suggest import did_you_mean

        return did_you_mean(name, names)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._names()})

    def __repr__(self) -> str:
        lines = "".join(f"\n  {line}" for line in self._lines())
        return f"<{self._title()}{lines}>"

    def _repr_html_(self) -> str:
        lines = "\n".join(self._lines())
        return f"<b>{html.escape(self._title())}</b><pre>{html.escape(lines)}</pre>"


class InterfaceView(View):
    """An interface that a component exports, or imports: then only its types are there."""

    def __init__(self, plan: Plan, instance: Instance, name: str, interface: Interface) -> None:
        super().__init__(plan, instance)
        self._name = name
        self._interface = interface
        self.__doc__ = repr(self)[1:-1]

    def _title(self) -> str:
        return f"interface {self._name}"

    def _lines(self) -> Iterator[str]:
        yield from _interface_lines(self._interface)

    def _names(self) -> Mapping[str, Callable[[], Any]]:
        types = self._interface.types
        names: dict[str, Callable[[], Any]] = dict(_types(self._plan, self._instance, types))
        if self._name in self._plan.interfaces:
            for function in self._interface.functions:
                if function.resource is None:
                    names[name_of(function.label)] = _maker(
                        self._plan, self._instance, self._name, function
                    )
        return names


def _maker(
    plan: Plan, instance: Instance, interface: str | None, function: WitFunction
) -> Callable[[], Function]:
    return lambda: Function(plan.signature(interface, function), instance)


def free_name(name: str) -> str:
    """Return what an export is called that we have a method for."""
    return f"{name}_" if name in ("close", "aclose") else name


def _types(
    plan: Plan, instance: Instance, types: tuple[TypeDef, ...]
) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the names of types with what makes their classes."""
    for definition in types:
        found, shape = resolved(definition)
        if isinstance(shape, Resource):
            assert found is not None
            if plan.defines(found):
                yield class_name(definition.name), functools.partial(instance.class_of, found)
            continue
        for name in plan.classes.names(definition):
            yield name, functools.partial(_attribute, plan, definition, name)


def _attribute(plan: Plan, definition: TypeDef, name: str) -> Any:
    return plan.classes.attributes(definition)[name]


def _interface_lines(interface: Interface) -> Iterator[str]:
    for definition in interface.types:
        methods = [one for one in interface.functions if one.resource is definition]
        yield from definition_text(definition, methods).splitlines()
    for function in interface.functions:
        if function.resource is None:
            yield function_text(function)


def _component_lines(plan: Plan) -> Iterator[str]:
    for function in plan.functions.values():
        yield function_text(function)
    for name, interface in plan.interfaces.items():
        yield f"interface {name}"
        for line in _interface_lines(interface):
            yield f"  {line}"


class Component(View):
    """A component; what it exports are attributes of it.

    ``component["namespace:package/interface"]`` is an interface by its full name. ``close()``, or
    the end of a ``with`` block, frees everything.
    """

    def _title(self) -> str:
        return f"component {self._plan.name}"

    def _lines(self) -> Iterator[str]:
        yield from _component_lines(self._plan)

    def _names(self) -> Mapping[str, Callable[[], Any]]:
        plan, instance = self._plan, self._instance
        types = tuple(item.value for item in plan.world.imports if isinstance(item.value, TypeDef))
        names = dict(_types(plan, instance, types))
        short: dict[str, list[str]] = {}
        for full in plan.interfaces:
            short.setdefault(name_of(short_name(full)), []).append(full)
        for name, found in short.items():
            if len(found) == 1:
                names[free_name(name)] = functools.partial(self.__getitem__, found[0])
        for name, function in plan.functions.items():
            names[free_name(name)] = _maker(plan, instance, None, function)
        return names

    def _hint(self, name: str, names: Iterable[str]) -> str | None:
        same = [full for full in self._plan.interfaces if name_of(short_name(full)) == name]
        return f"it is several: {', '.join(same)}" if same else super()._hint(name, names)

    # It has no items by 0, 1, 2.
    __iter__: ClassVar[None] = None
    __contains__: ClassVar[None] = None

    def __getitem__(self, name: str) -> InterfaceView:
        full, interface = self._plan.find_interface(name)
        return InterfaceView(self._plan, self._instance, full, interface)


class BlockingComponent(Component):
    """A component whose functions block."""

    def close(self) -> None:
        """Free everything; harmless when it was done already."""
        self._instance.close()

    def __enter__(self) -> BlockingComponent:
        return self

    def __exit__(self, *exception: object) -> None:
        self._instance.close()


class AsyncComponent(Component):
    """A component whose functions are awaited."""

    async def aclose(self) -> None:
        """Free everything; harmless when it was done already."""
        self._instance.close()

    async def __aenter__(self) -> AsyncComponent:
        return self

    async def __aexit__(self, *exception: object) -> None:
        self._instance.close()


def component_class(kind: type[Component], plan: Plan) -> type[Component]:
    """Return a class of which help() says what the component exports."""
    text = "\n".join([f"The component {plan.name}.", "", *_component_lines(plan)])
    return type(kind.__name__, (kind,), {"__doc__": text, "__module__": kind.__module__})


# ---- Resources ----


def make_class(plan: Plan, instance: Any, resource: TypeDef, *, blocks: bool = True) -> type[Owned]:
    """Return the class of a resource that the component defines, for one instance.

    Parameters:
        blocks: the end of an object is not awaited.
    """
    interface_name, functions = plan.functions_of(resource)
    members: dict[str, Any] = {
        "_owner": instance,
        "_resource": resource,
        "__doc__": f"WIT:\n\n{definition_text(resource, functions)}",
        "__module__": plan.name,
    }
    endings = _BLOCKING if blocks else _AWAITED
    members.update(endings)
    for function in functions:
        try:
            signature = plan.signature(interface_name, function)
        except CallError:
            # It cannot be called; it says so where it is looked for.
            continue
        if function.kind is FunctionKind.CONSTRUCTOR:
            members["__new__"] = _constructor(Function(signature, instance))
        elif function.kind is FunctionKind.METHOD:
            members[signature.name] = Method(signature, instance)
        else:
            members[signature.name] = Function(signature, instance)
    if "__new__" not in members:
        members["__new__"] = _refusal(resource.name)
    return type(class_name(resource.name), (Owned,), members)


def _constructor(function: Function) -> Any:
    def make(cls: type, /, *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return make


def _refusal(name: str) -> Any:
    def make(cls: type, *args: Any, **kwargs: Any) -> Any:
        raise CallError(f"{name} has no constructor: the component makes its objects")

    return make


def _close(self: Owned) -> Any:
    """End the object; harmless when it was done already."""
    return self._end(wait=True)


def _enter(self: Owned) -> Owned:
    return self


def _exit(self: Owned, *exception: object) -> None:
    self._end(wait=True)


async def _aenter(self: Owned) -> Owned:
    return self


async def _aexit(self: Owned, *exception: object) -> None:
    ending = self._end(wait=True)
    if ending is not None:
        await ending


async def _aclose(self: Owned) -> None:
    """End the object; harmless when it was done already."""
    await _aexit(self)


_BLOCKING = {"close": _close, "__enter__": _enter, "__exit__": _exit}
_AWAITED = {"aclose": _aclose, "__aenter__": _aenter, "__aexit__": _aexit}
"""A method of the component of that name takes its place; the end of a ``with`` is always there."""
