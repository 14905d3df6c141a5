"""What is known of a component before there is an instance of it: what can be called, and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unit_wasm.api.classes import Classes
from unit_wasm.api.host_objects import Hosts, Observe
from unit_wasm.api.signature import Signature
from unit_wasm.errors import CallError
from unit_wasm.wit.codec import Codec
from unit_wasm.wit.codec_shapes import Shapes
from unit_wasm.wit.model import Function, Interface, TypeDef, World
from unit_wasm.wit.program import Entry
from unit_wasm.wit.python_names import name_of


class Plan:
    """The exports of a component.

    Parameters:
        name: of the component, for what is shown of it.
        world: of the component.
        host: what provides its imports.
        provided: functions that the host has, by the names of interfaces without a version.
        plain: values are those of WAVE, not objects.
        observe: is told of each call of a function of the host that has returned.

    Raises:
        ConfigError: an import is not provided, or does not fit.
    """

    def __init__(
        self,
        name: str,
        world: World,
        host: Any,
        provided: Mapping[str, frozenset[str]],
        *,
        plain: Shapes | None = None,
        observe: Observe | None = None,
    ) -> None:
        self.name = name
        self.world = world
        self.classes = Classes(name)
        self.hosts = Hosts(world, host, provided, self.classes, observe)
        self.program = self.hosts.program
        self._shapes: Shapes = plain or self.classes
        self._codec = Codec(self._shapes)
        self._entries = {
            (entry.interface, entry.function.name): entry for entry in self.program.exports
        }
        self._signatures: dict[int, Signature] = {}
        self._resources: dict[TypeDef, int | None] = {}
        self.interfaces = {
            item.name: item.value for item in world.exports if isinstance(item.value, Interface)
        }
        self.imported = {
            item.name: item.value for item in world.imports if isinstance(item.value, Interface)
        }
        self.functions = {
            name_of(item.value.label): item.value
            for item in world.exports
            if isinstance(item.value, Function)
        }

    def entry(self, interface: str | None, function: Function) -> Entry:
        """Return what can be called of an exported function.

        Raises:
            CallError: it cannot be called.
        """
        found = self._entries.get((interface, function.name))
        if found is None:
            why = self.program.refused.get((interface, function.name), "it is no function")
            raise CallError(f"{function.name} of the component cannot be called: {why}")
        return found

    def signature(
        self, interface: str | None, function: Function, *, whole: bool = False
    ) -> Signature:
        """Return how an exported function is called.

        Parameters:
            whole: a result that is one is returned as it is, and its error not raised.

        Raises:
            CallError: it cannot be called.
        """
        entry = self.entry(interface, function)
        found = self._signatures.get(entry.number)
        if found is None:
            found = Signature(entry, self._codec, self._shapes, whole=whole)
            self._signatures[entry.number] = found
        return found

    def find_function(self, interface: str | None, name: str) -> Function:
        """Return an exported function, by the name that the binary has for it."""
        every = (
            list(self.functions.values())
            if interface is None
            else self.interfaces[interface].functions
        )
        return next(one for one in every if one.name == name)

    def resource(self, resource: TypeDef) -> int | None:
        """Return the number of a resource, as exports mean it; None of one of the host."""
        if resource not in self._resources:
            number: int | None = self.program.resource(resource, exported=True)
            if number not in self.program.own:
                number = None
            self._resources[resource] = number
        return self._resources[resource]

    def defines(self, resource: TypeDef) -> bool:
        """Say whether the component defines a resource, so that its objects may be had."""
        try:
            return self.resource(resource) is not None
        except KeyError:
            # No function that can be called speaks of it.
            return False

    def functions_of(self, resource: TypeDef) -> tuple[str, list[Function]]:
        """Return the functions of a resource, and the name of their interface."""
        for name, interface in self.interfaces.items():
            if interface.owner == resource.owner:
                return name, [one for one in interface.functions if one.resource is resource]
        raise CallError(f"the component does not define {resource.name}")

    def find_interface(self, name: str) -> tuple[str, Interface]:
        """Return the full name of an interface, and what is in it.

        Parameters:
            name: its own, with or without package and version.

        Raises:
            CallError: there is none, or more than one.
        """
        every = {**self.imported, **self.interfaces}
        if name in every:
            return name, every[name]
        for interfaces in (self.interfaces, self.imported):
            found = [
                full
                for full in interfaces
                if name in (full.partition("@")[0], name_of(short_name(full)), short_name(full))
            ]
            if len(found) > 1:
                raise CallError(f"{name} may be {', '.join(found)}")
            if found:
                return found[0], interfaces[found[0]]
        raise CallError(f"the component has no interface {name}")


def short_name(interface: str) -> str:
    """Return the last part of an interface's name, without its version."""
    return interface.partition("@")[0].rpartition("/")[2]
