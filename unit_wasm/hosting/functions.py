"""Functions of users that components call: classes in Python for what no package has."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from unit_wasm.api.host_objects import HostInstance, Hosts, Pending
from unit_wasm.api.host_reference import imported_hosts
from unit_wasm.hosting.service import Context, Function, Threads
from unit_wasm.wit.model import World

FIRST = 256
"""The number of the first import: UW_HOST_FUNCTIONS of csrc/guest/hostcall_orders.h."""

# Plain functions at once, of a process; others wait.
_THREADS = 32


@dataclass(frozen=True, slots=True)
class Hosted:
    """What a component imports of Python.

    Parameters:
        names: of the imports.
        program: for C.
        functions: by the numbers that calls of them have.
    """

    names: frozenset[str]
    program: bytes
    functions: dict[int, Function]


def hosted(
    world: World,
    reference: str,
    path: Path | None,
    provided: Mapping[str, frozenset[str]] | None = None,
) -> Hosted:
    """Import what provides the imports of a component, and check it.

    Parameters:
        world: of the component.
        reference: ``module:Class``; see :func:`unit_wasm.api.host_reference.imported_hosts`.
        path: a folder where modules are looked for first.
        provided: functions that the host has, by the names of interfaces without a version; None:
            the extension is asked, which is not there inside Unit.

    Raises:
        ConfigError: it cannot be imported, something is missing, or does not fit.
        ComponentError: the types of an import are none whose values can travel.
    """
    given = imported_hosts(reference.split(), path)
    if provided is None:
        from unit_wasm.api.loaded import provided_functions

        provided = provided_functions()
    hosts = Hosts(replace(world, exports=()), given, provided)
    threads = Threads(_THREADS, "unit-wasm-host")
    functions = {
        FIRST + number: Function(
            signature.full_name,
            _awaited(hosts, number) if hosts.is_async[number] else _called(hosts, number),
            None if hosts.is_async[number] else threads,
        )
        for number, signature in enumerate(hosts.signatures)
    }
    return Hosted(hosts.names, hosts.program.text, functions)


def _instance(hosts: Hosts, context: Context) -> HostInstance:
    """Return the objects of an instance, which are made with its first call."""
    found = context.data.get(hosts)
    if found is None:
        found = context.data[hosts] = hosts.instance()
        context.ends.append(found.close)
        context.drops = found.dropped
    assert isinstance(found, HostInstance)
    return found


def _called(hosts: Hosts, number: int) -> Callable[[Context, bytes], bytes]:
    def call(context: Context, packed: bytes) -> bytes:
        result = _instance(hosts, context).call(number, packed)
        if isinstance(result, Pending):
            result.close()
            raise TypeError("it has returned something to be awaited, and is no async function")
        return result

    return call


def _awaited(hosts: Hosts, number: int) -> Callable[[Context, bytes], Coroutine[Any, Any, bytes]]:
    async def call(context: Context, packed: bytes) -> bytes:
        result = _instance(hosts, context).call(number, packed)
        return await result if isinstance(result, Pending) else result

    return call
