"""The functions of Python that a component calls, for all of its instances and for one of them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Generator, Mapping
from typing import Any

from unit_wasm.api import providers
from unit_wasm.api.classes import Classes
from unit_wasm.api.handles import HostTable, Imports
from unit_wasm.api.signature import Signature
from unit_wasm.wit.codec import Codec
from unit_wasm.wit.codec_shapes import resolved
from unit_wasm.wit.model import Interface, Resource, World
from unit_wasm.wit.program import Program, make_program
from unit_wasm.wit.python_names import class_name
from unit_wasm.wit.values import Err

Observe = Callable[[str, tuple[Any, ...], Any], None]
"""Is told the name of a function, its arguments, and its result or the ``Err`` that it raised."""


class Hosts:
    """What provides the imports of a component that are not the host's own; checked.

    Parameters:
        world: of the component.
        given: see :func:`unit_wasm.api.providers.find_providers`.
        provided: functions that the host has, by the names of interfaces without a version.
        shapes: the classes of the component's types, where there are some already.
        observe: is told of each call that has returned.

    Raises:
        ConfigError: something is missing, or does not fit.
        ComponentError: the types of an import are none whose values can travel.
    """

    def __init__(
        self,
        world: World,
        given: Any,
        provided: Mapping[str, frozenset[str]],
        shapes: Classes | None = None,
        observe: Observe | None = None,
    ) -> None:
        self.observe = observe
        items = providers.foreign_imports(world, provided)
        self._items = {item.name: item for item in items}
        self.names = frozenset(self._items)
        """The imports that they provide."""
        self._providers = providers.find_providers(given, items)
        for name, provider in self._providers.items():
            providers.check_functions(provider, self._items[name])
        self.program: Program = make_program(world, self._items)
        self.shapes = shapes or Classes("unit_wasm.host")
        self.codec = Codec(self.shapes)
        self.classes = dict(self._classes())
        self.signatures = [
            Signature(entry, self.codec, self.shapes) for entry in self.program.imports
        ]
        self.is_async = [
            providers.is_async(self._provider(signature), signature.function)
            for signature in self.signatures
        ]
        """Whether what is called for each import is an ``async def``."""

    def _provider(self, signature: Signature) -> providers.Provider:
        return self._providers[self._import(signature)]

    @staticmethod
    def _import(signature: Signature) -> str:
        return signature.function.name if signature.interface is None else signature.interface

    def _classes(self) -> Any:
        """Yield resources with the classes of their objects, where there is one."""
        for name, provider in self._providers.items():
            value = self._items[name].value
            for definition in value.types if isinstance(value, Interface) else ():
                made = getattr(provider.given, class_name(definition.name), None)
                if isinstance(definition.type, Resource) and inspect.isclass(made):
                    yield resolved(definition)[0], made

    def instance(self) -> HostInstance:
        """Return what one instance of the component calls."""
        return HostInstance(self)

    def made(self, objects: dict[str, Any], signature: Signature) -> Callable[..., Any]:
        """Return what is called for an import.

        Parameters:
            objects: those of the instance, which are made when they are needed.
        """
        name = self._import(signature)
        if name not in objects:
            objects[name] = self._providers[name].made()
        return providers.bound(self._items[name], objects[name], signature.function)


class Pending:
    """The result of a function of the host that has to be awaited.

    Parameters:
        value: what it has returned.
        packed: awaits that, and packs it.
    """

    __slots__ = ("_packed", "_value")

    def __init__(
        self, value: Awaitable[Any], packed: Callable[[Awaitable[Any]], Awaitable[bytes]]
    ) -> None:
        self._value = value
        self._packed = packed

    def __await__(self) -> Generator[Any, None, bytes]:
        return self._packed(self._value).__await__()

    def close(self) -> None:
        """Give it up before it has begun: a coroutine complains where nobody awaits it."""
        close = getattr(self._value, "close", None)
        if close is not None:
            close()


_Call = Callable[[bytes], bytes | Pending]


class _Calls(dict[int, _Call]):
    """What calls imports, by their numbers; it is made when it is needed."""

    def __init__(self, made: Callable[[int], _Call]) -> None:
        super().__init__()
        self._made = made

    def __missing__(self, number: int) -> _Call:
        call = self[number] = self._made(number)
        return call


class HostInstance:
    """The objects of one instance of a component: its host objects, and what it holds of them.

    Parameters:
        hosts: for all instances.
    """

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self._objects: dict[str, Any] = {}
        self.calls = _Calls(self._prepared)
        """What calls each import, as :meth:`call` does."""
        self.table = HostTable()
        self._imports = Imports(self.table, hosts.classes)

    def is_async(self, number: int) -> bool:
        """Say whether what is called for an import is an ``async def``."""
        return self._hosts.is_async[number]

    def call(self, number: int, data: bytes) -> bytes | Pending:
        """Call what provides an import, and return its packed result, or what awaits that.

        Parameters:
            number: of the import.
            data: its packed arguments.

        Raises:
            CallError: it has returned something wrong.
            Exception: what it raises, but an ``Err`` where its result is one.
        """
        return self.calls[number](data)

    def _prepared(self, number: int) -> _Call:
        """Return what calls an import; a call of a function of the host is to take little time."""
        signature = self._hosts.signatures[number]
        function = self._hosts.made(self._objects, signature)
        read, imports = signature.argument_reader(), self._imports
        if self._hosts.observe is None and not signature.has_handles:
            return self._simple(signature, function)

        def call(data: bytes) -> bytes | Pending:
            args = read(data, imports)
            try:
                value = function(*args)
            except Err as error:
                return self._packed(signature, args, error, raised=True)
            if hasattr(value.__class__, "__await__"):
                return self._pending(signature, args, value)
            return self._packed(signature, args, value)

        return call

    def _simple(
        self, signature: Signature, function: Callable[..., Any]
    ) -> Callable[[bytes], bytes | Pending]:
        """Return what calls an import that has nothing to do with objects."""
        read, pack = signature.argument_reader(), signature.result_packer()

        def call(data: bytes) -> bytes | Pending:
            args = read(data, None)
            try:
                value = function(*args)
            except Err as error:
                return self._packed(signature, args, error, raised=True)
            try:
                return pack(value)
            except Exception:
                # Nothing that is awaited is a value of any type.
                if hasattr(value.__class__, "__await__"):
                    return self._pending(signature, args, value)
                return signature.pack_result(value, None)

        return call

    def _pending(
        self, signature: Signature, args: tuple[Any, ...], value: Awaitable[Any]
    ) -> Pending:
        return Pending(value, functools.partial(self._awaited, signature, args))

    async def _awaited(
        self, signature: Signature, args: tuple[Any, ...], value: Awaitable[Any]
    ) -> bytes:
        try:
            result = await value
        except Err as error:
            return self._packed(signature, args, error, raised=True)
        return self._packed(signature, args, result)

    def _packed(
        self, signature: Signature, args: tuple[Any, ...], value: Any, *, raised: bool = False
    ) -> bytes:
        if raised and not signature.raises:
            raise value
        if self._hosts.observe is not None:
            self._hosts.observe(signature.path, args, value)
        try:
            data = signature.pack_result(value, self._imports)
        except BaseException:
            self._imports.abort()
            raise
        self._imports.commit()
        return data

    def dropped(self, resource: int, number: int) -> None:
        """End an object that the component has dropped.

        Parameters:
            resource: the number of its type.
        """
        self.table.dropped(number)

    def name(self, number: int) -> str:
        """Return the name of an import, for messages."""
        return self._hosts.signatures[number].full_name

    def close(self) -> None:
        """End what the component still holds."""
        self.table.clear()
        self._objects.clear()
        self.calls.clear()
