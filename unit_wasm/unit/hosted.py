"""Functions in Python for components in Unit: what is known of them before a worker imports them.

They are imported in each worker, as the application's user and in its root. What prepares the
application runs as root, and executes nothing of theirs.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from importlib.machinery import PathFinder

from unit_wasm.api.loaded import provided_functions
from unit_wasm.api.providers import foreign_imports
from unit_wasm.component.prepared import Prepared
from unit_wasm.config.model import ApplicationConfig
from unit_wasm.errors import ConfigError
from unit_wasm.options import Options
from unit_wasm.prepare.compile import compile_component
from unit_wasm.prepare.source import open_source
from unit_wasm.serving.own import check_hosted
from unit_wasm.wit.decode import read_world
from unit_wasm.wit.model import World
from unit_wasm.wit.program import make_program

__all__ = ["Foreign", "check_module", "compile_foreign"]


@dataclass(frozen=True, slots=True)
class Foreign:
    """What Python is to provide.

    Parameters:
        world: with these imports alone.
        program: for C.
    """

    world: World
    program: bytes


def compile_foreign(path: str, options: Options) -> tuple[Prepared, Foreign]:
    """Compile a component whose imports Python will provide.

    Raises:
        ComponentError: the component cannot be served, or values of an import cannot travel.
        HostError: this machine cannot do it.
    """
    source = open_source(path, served=False)
    world = read_world(source.binary())
    items = tuple(foreign_imports(world, provided_functions()))
    names = frozenset(item.name for item in items)
    program = make_program(replace(world, exports=()), names)
    prepared = compile_component(path, options, served=False, source=source)
    check_hosted(prepared, names)
    return prepared, Foreign(replace(world, imports=items, exports=()), program.text)


def check_module(config: ApplicationConfig, *, root: str, folder: str) -> None:
    """Check that there is a module of each name, without importing one.

    Parameters:
        config: of the application.
        root: the folder that the application will see as ``/``.
        folder: its working directory; empty where none is set.

    Raises:
        ConfigError: there is none.
    """
    path = config.options.host_path
    first = [] if path is None else [os.path.join(folder, path)]
    places = [_below(root, place) for place in [*first, *sys.path]]
    for reference in config.options.host.split():
        name = reference.partition(":")[0].partition(".")[0]
        if PathFinder.find_spec(name, places) is None:
            where = "" if path is None else f" in {path}, nor"
            below = "" if root == "/" else f" below the application's root {root}"
            raise ConfigError(
                f"there is no module {name}{where} where Python looks{below}",
                pointer=f"{config.pointer}/environment/UNIT_WASM_HOST",
                hint="UNIT_WASM_HOST_PATH names the folder that it is in",
            )


def _below(root: str, path: str) -> str:
    return path if root == "/" else os.path.join(root, path.lstrip("/"))
