"""One call of a component, from its text to that of its result."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from typing import Any

from unit_wasm.api.component import make_class
from unit_wasm.api.invoke import read_invocation, result_text
from unit_wasm.api.loaded import open_component
from unit_wasm.api.running import Running
from unit_wasm.errors import CallError
from unit_wasm.native.call_events import Command
from unit_wasm.native.settings import Log
from unit_wasm.options import Options
from unit_wasm.prepare.source import read
from unit_wasm.wit import read_world
from unit_wasm.wit.codec_shapes import PLAIN
from unit_wasm.wit.values import Err


def call_text(
    path: str | os.PathLike[str],
    call: str,
    *,
    host: Any,
    environment: Mapping[str, str],
    options: Options,
    log: Log,
    endless: Collection[str] = (),
) -> str | None:
    """Call a function of a component, and return the text of its result; None where it has none.

    The call is checked before the component is compiled.

    Parameters:
        log: gets what is said of the component.
        endless: names of the limits of time that there are not.

    Raises:
        CallError: the call is wrong.
        Trap: the component has failed.
        UnitWasmError: it cannot be loaded.
    """
    world = read_world(read(path))
    interface, function, values = read_invocation(world, call)
    command = Command((os.path.basename(path),))
    loaded = open_component(
        path, host, environment, options, log, plain=PLAIN, command=command, endless=endless
    )
    with closing(loaded):
        own = loaded.plan.find_function(interface, function.name)
        signature = loaded.plan.signature(interface, own, whole=True)
        if signature.has_handles:
            raise CallError(f"{signature.full_name} has to do with resources, which have no text")
        with closing(Running(loaded.plan, loaded.start, make_class)) as running:
            return result_text(own, running.call(signature, values))


def run_status(
    path: str | os.PathLike[str],
    arguments: Sequence[str],
    *,
    host: Any,
    environment: Mapping[str, str],
    options: Options,
    log: Log,
    endless: Collection[str] = (),
) -> int:
    """Run a command whose imports Python provides, and return its exit status.

    Parameters:
        arguments: the first one is its name.
        log: gets what is said of the component.
        endless: names of the limits of time that there are not.

    Raises:
        Trap: the component has failed, or called exit.
        UnitWasmError: it cannot be loaded, or is no command.
    """
    command = Command(tuple(arguments))
    loaded = open_component(
        path, host, environment, options, log, plain=PLAIN, command=command, endless=endless
    )
    with closing(loaded):
        name, interface = loaded.plan.find_interface("wasi:cli/run")
        (function,) = [one for one in interface.functions if one.name == "run"]
        with closing(Running(loaded.plan, loaded.start, make_class)) as running:
            signature = loaded.plan.signature(name, function, whole=True)
            return int(isinstance(running.call(signature, ()), Err))
