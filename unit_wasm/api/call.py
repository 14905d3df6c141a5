"""One call of a component, from its text to that of its result."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from unit_wasm.api.component import make_class
from unit_wasm.api.invoke import read_invocation, result_text
from unit_wasm.api.loaded import open_component
from unit_wasm.api.running import Running
from unit_wasm.errors import CallError
from unit_wasm.native.settings import Log
from unit_wasm.options import Options
from unit_wasm.prepare.source import read
from unit_wasm.wit import read_world
from unit_wasm.wit.codec_shapes import PLAIN

__all__ = ["call_text"]


def call_text(
    path: str | os.PathLike[str],
    call: str,
    *,
    host: Any,
    environment: Mapping[str, str],
    options: Options,
    log: Log,
) -> str | None:
    """Call a function of a component, and return the text of its result; None where it has none.

    The call is checked before the component is compiled.

    Parameters:
        log: gets what the component prints.

    Raises:
        CallError: the call is wrong.
        Trap: the component has failed.
        UnitWasmError: it cannot be loaded.
    """
    world = read_world(read(path))
    interface, function, values = read_invocation(world, call)
    loaded = open_component(path, host, environment, options, log, plain=PLAIN)
    try:
        own = loaded.plan.find_function(interface, function.name)
        signature = loaded.plan.signature(interface, own, whole=True)
        if signature.has_handles:
            raise CallError(f"{signature.full_name} has to do with resources, which have no text")
        running = Running(loaded.plan, loaded.start, make_class)
        try:
            return result_text(own, running.call(signature, values))
        finally:
            running.close()
    finally:
        loaded.close()
