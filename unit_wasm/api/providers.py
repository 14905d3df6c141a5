"""Which Python provides what a component imports: found and checked before anything starts."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from unit_wasm.api.host import declared
from unit_wasm.errors import ConfigError
from unit_wasm.suggest import did_you_mean, guess
from unit_wasm.wit.model import Function, FunctionKind, Interface, Item, World
from unit_wasm.wit.python_names import class_name, name_of
from unit_wasm.wit.text import function_text


@dataclass(frozen=True, slots=True)
class Provider:
    """What provides an import.

    Parameters:
        name: of the import.
        given: a class, an object or a function.
        fresh: an object of it is made for each instance.
    """

    name: str
    given: Any
    fresh: bool

    def made(self) -> Any:
        """Return the object, or the function, for an instance."""
        return self.given() if self.fresh else self.given


def foreign_imports(world: World, provided: Mapping[str, frozenset[str]]) -> list[Item]:
    """Return what a component imports of others than WASI and the host itself.

    Parameters:
        provided: functions that the host has, by the names of interfaces without a version.
    """
    return [
        item
        for item in world.imports
        if isinstance(item.value, Function)
        or (
            isinstance(item.value, Interface)
            and item.value.functions
            and item.name.partition("@")[0] not in provided
        )
    ]


def find_providers(given: Any, imports: Sequence[Item]) -> dict[str, Provider]:
    """Return what provides each import, by its name.

    Parameters:
        given: a class, an object, a function, a module, several of these, or a mapping of them by
            the names of imports.

    Raises:
        ConfigError: something is missing, is there twice, or looks like a mistake.
    """
    items = {item.name: item for item in imports}
    names = list(items)
    found: dict[str, Provider] = {}
    for wanted, shared, one in _entries(given):
        name = _matching(wanted, names)
        if name is None:
            hint = guess(wanted, names)
            if hint is not None:
                raise ConfigError(f"the component does not import {wanted}", hint=hint)
            # Components import what they use: a host may well provide more.
            continue
        if name in found:
            raise ConfigError(f"{name} is provided twice")
        found[name] = _provider(name, shared, one, items[name])
    missing = [name for name in names if name not in found]
    if missing:
        raise ConfigError(
            f"the component imports {', '.join(missing)}, which nothing provides",
            hint="provide it with host= (--host): a class with @host.interface, a function with "
            "@host.function",
        )
    return found


def _provider(name: str, shared: bool, given: Any, item: Item) -> Provider:
    if not inspect.isclass(given) or isinstance(item.value, Function):
        return Provider(name, given, False)
    return Provider(name, given() if shared else given, not shared)


def _entries(given: Any) -> Iterator[tuple[str, bool, Any]]:
    """Yield names of imports with whether their objects are shared, and what provides them."""
    if isinstance(given, Mapping):
        yield from map(_named, given.items())
    elif isinstance(given, ModuleType):
        # What the module has imported is declared elsewhere.
        found = [one for one in vars(given).values() if declared(one) is not None]
        yield from _entries([one for one in found if inspect.getmodule(one) is given])
    elif isinstance(given, list | tuple | set | frozenset):
        for one in given:
            yield from _entries(one)
    elif given is not None:
        told = declared(given)
        if told is None:
            name = getattr(given, "__name__", type(given).__name__)
            raise ConfigError(
                f"{name} does not say what it provides",
                hint="put @host.interface(...) or @host.function in front of it",
            )
        yield told.name, told.shared, given


def _named(entry: tuple[Any, Any]) -> tuple[str, bool, Any]:
    name, given = entry
    if not isinstance(name, str):
        raise ConfigError("host= is a mapping, and its keys are not the names of imports")
    told = declared(given)
    return name, told is not None and told.shared, given


def _matching(wanted: str, names: Iterable[str]) -> str | None:
    """Return the import of that name, or of that name with a version, if there is one alone."""
    names = list(names)
    if wanted in names:
        return wanted
    plain = [name for name in names if name.partition("@")[0] == wanted]
    return plain[0] if len(plain) == 1 else None


# ---- Functions ----


def check_functions(provider: Provider, item: Item) -> None:
    """Check that a provider has the functions of an import, with the right parameters.

    Raises:
        ConfigError: it has not.
    """
    value = item.value
    if isinstance(value, Function):
        if not callable(provider.given):
            raise ConfigError(f"what provides {item.name} cannot be called")
        _check_parameters(provider.given, value, item.name, 0)
        return
    assert isinstance(value, Interface)
    owner = _described(provider.given)
    for function in value.functions:
        place = f"{owner} for {item.name}"
        found, more = _attribute(provider, function, place)
        _check_parameters(found, function, place, more)


def _described(given: Any) -> str:
    made = given if inspect.isclass(given) else type(given)
    return f"the class {made.__name__}"


def _attribute(provider: Provider, function: Function, place: str) -> tuple[Any, int]:
    """Return what provides a function, and how many parameters it has more than WIT says.

    Where it cannot be known before there is an object, None.
    """
    owner, name, more = provider.given, name_of(function.label), int(provider.fresh)
    if function.resource is not None:
        resource = class_name(function.resource.name)
        owner = getattr(provider.given, resource, None)
        if owner is None:
            hint = _near(resource, provider.given)
            raise ConfigError(f"{place} has no class {resource}", hint=hint)
        if function.kind is FunctionKind.CONSTRUCTOR:
            return owner, 0
        # WIT names the object among the parameters of a method, as Python does.
        place, more = f"{resource} in {place}", 0
    found = getattr(owner, name, None)
    if found is None:
        raise ConfigError(f"{place} has no {name}", hint=_near(name, owner))
    if not callable(found):
        raise ConfigError(f"{name} of {place} cannot be called")
    static = isinstance(inspect.getattr_static(owner, name), staticmethod | classmethod)
    return found, 0 if static or not inspect.isclass(owner) else more


def _near(name: str, owner: Any) -> str | None:
    return did_you_mean(name, [one for one in dir(owner) if one[0] != "_" and one != name])


def _check_parameters(found: Any, function: Function, place: str, more: int) -> None:
    try:
        signature = inspect.signature(found)
    except (TypeError, ValueError):
        # Not everything that is built in says what it takes.
        return
    try:
        signature.bind(*[None] * (len(function.params) + more))
    except TypeError as error:
        name = getattr(found, "__name__", name_of(function.label))
        raise ConfigError(
            f"{name}{signature} of {place} does not fit {function_text(function)}: {error}"
        ) from None


def bound(item: Item, made: Any, function: Function) -> Callable[..., Any]:
    """Return what is called for a function of an import; of a method with the object first.

    Parameters:
        made: what the provider made for an instance.
    """
    if isinstance(item.value, Function):
        return made  # type: ignore[no-any-return]
    name = name_of(function.label)
    if function.kind is FunctionKind.METHOD:
        return lambda self, *args: getattr(self, name)(*args)
    owner = made
    if function.resource is not None:
        owner = getattr(made, class_name(function.resource.name))
    called = owner if function.kind is FunctionKind.CONSTRUCTOR else getattr(owner, name)
    return called  # type: ignore[no-any-return]


def is_async(provider: Provider, function: Function) -> bool:
    """Say whether what provides a function is an ``async def``."""
    found = provider.given
    if provider.name != function.name:
        found = _attribute(provider, function, "")[0]
    return inspect.iscoroutinefunction(found)
