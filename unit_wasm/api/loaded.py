"""A component that is compiled, with what is known of it, ready for instances."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from typing import Any

from unit_wasm.api.helpers import Helpers
from unit_wasm.api.host_objects import Observe
from unit_wasm.api.plan import Plan
from unit_wasm.errors import CallError
from unit_wasm.native.call_events import Command
from unit_wasm.native.calls import Instance, Library
from unit_wasm.native.rows import host_functions, host_resources
from unit_wasm.native.settings import Log
from unit_wasm.options import Options
from unit_wasm.prepare.compile import compile_component
from unit_wasm.prepare.noted import look
from unit_wasm.prepare.seen import Known, recall, remember
from unit_wasm.prepare.source import open_source
from unit_wasm.wit import read_world
from unit_wasm.wit.codec_shapes import Shapes
from unit_wasm.wit.model import World
from unit_wasm.wit.text import world_text


class Loaded:
    """A component from which instances are made.

    Parameters:
        plan: what is known of it.
        library: its code.
        helpers: do for it what takes threads.
        again: loads the same component once more.
        command: what an instance has of this process, or None.
    """

    def __init__(
        self,
        plan: Plan,
        library: Library,
        helpers: Helpers,
        again: Callable[[], Loaded],
        command: Command | None = None,
    ) -> None:
        self.plan = plan
        self.again = again
        self._library = library
        self._helpers = helpers
        self._command = command

    def start(self, dropped: Callable[[int, int], None]) -> Instance:
        """Return an instance; it begins with its first call.

        Parameters:
            dropped: is told of objects of the host that the component drops.

        Raises:
            ForkedError: another process has loaded it.
        """
        return self._library.instance(on_drop=dropped, command=self._command)

    def close(self) -> None:
        """Free the code, after all instances. In a child that was forked since: do nothing."""
        if self._library.is_here:
            self._helpers.close()
            self._library.close()


def open_component(
    path: str | os.PathLike[str],
    host: Any,
    environment: Mapping[str, str],
    options: Options,
    log: Log,
    *,
    plain: Shapes | None = None,
    observe: Observe | None = None,
    command: Command | None = None,
    endless: Collection[str] = (),
) -> Loaded:
    """Read, check and compile a component, or find it in the cache.

    Parameters:
        log: gets what it prints.
        plain: values are those of WAVE, not objects.
        observe: is told of each call of a function of the host that has returned.
        command: what an instance has of this process; None: no streams, but lines of the log.
        endless: names of the limits of time that there are not.

    Raises:
        ComponentError: it is none that can be loaded.
        ConfigError: an import is not provided, or an option is wrong.
        HostError: this machine cannot do it.
    """
    name = os.path.basename(os.fspath(path))

    def planned(world: World) -> Plan:
        return Plan(name, world, host, provided_functions(), plain=plain, observe=observe)

    known, plan = _found(path, options, planned)

    def unchanged(world: World) -> Plan:
        if world_text(world) != world_text(plan.world):
            raise CallError(f"{name} has other functions or types than when it was loaded")
        return plan

    def made(known: Known) -> Loaded:
        library = Library(
            known.prepared,
            options,
            program=plan.program,
            name=name,
            environment=environment,
            log=log,
            outgoing=bool(options.outgoing),
            endless=endless,
        )
        if known.prepared.code is not None:
            # It is loaded.
            known.prepared.code.close()
        return Loaded(plan, library, Helpers(library, options, name), again, command)

    def again() -> Loaded:
        return made(_found(path, options, unchanged)[0])

    return made(known)


def _found(
    path: str | os.PathLike[str], options: Options, planned: Callable[[World], Plan]
) -> tuple[Known, Plan]:
    """Return a component that can be loaded, and what is known of it before it is compiled."""
    before, known = look(path), recall(path, options)
    if known is not None:
        return known, planned(known.world)
    source = open_source(path, served=False)
    plan = planned(read_world(source.binary()))
    prepared = compile_component(path, options, served=False, source=source)
    known = Known(plan.world, prepared)
    remember(path, before, options, known)
    return known, plan


def provided_functions() -> Mapping[str, frozenset[str]]:
    """Return the names of the host's own functions, by interface without a version."""
    provided: dict[str, set[str]] = {kind.interface: set() for kind in host_resources()}
    for function in host_functions():
        provided.setdefault(function.interface, set()).add(function.name)
    return {interface: frozenset(names) for interface, names in provided.items()}
