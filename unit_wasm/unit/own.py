"""What Python does for a component in Unit: functions that it imports, its functions as services.

Functions of users are imported in each worker, as the application's user and in its root. What
prepares the application runs as root, and executes nothing of theirs.
"""

from __future__ import annotations

import importlib
import os
import sys
from dataclasses import dataclass, replace
from importlib.machinery import PathFinder

from unit_wasm.api.loaded import provided_functions
from unit_wasm.api.providers import foreign_imports
from unit_wasm.component.prepared import Prepared
from unit_wasm.config.model import ApplicationConfig
from unit_wasm.errors import ComponentError, ConfigError
from unit_wasm.options import Options
from unit_wasm.prepare.compile import compile_component
from unit_wasm.prepare.source import Source, open_source, read
from unit_wasm.services.binding import Binding, serves_functions
from unit_wasm.serving.own import check_hosted, check_hosted_imports
from unit_wasm.wit.decode import read_world
from unit_wasm.wit.model import World
from unit_wasm.wit.program import make_program


@dataclass(frozen=True, slots=True)
class Own:
    """What Python does for a component.

    Parameters:
        world: of the component.
        names: of the imports that Python provides.
        program: for C.
        title: what the component is called where its functions are described; None: it answers
            HTTP itself.
    """

    world: World
    names: frozenset[str]
    program: bytes
    title: str | None


def has_functions(path: str) -> bool:
    """Tell whether a component is one whose functions are served.

    Raises:
        ComponentError: it cannot be read.
    """
    return serves_functions(read_world(read(path)))


def compile_own(path: str, options: Options, source: Source | None = None) -> tuple[Prepared, Own]:
    """Compile a component for which Python does something.

    Parameters:
        source: the file, where it was read already.

    Raises:
        ComponentError: the component cannot be served, or values of an import cannot travel.
        HostError: this machine cannot do it.
    """
    source = source or open_source(path, served=False)
    world = read_world(source.binary())
    names = frozenset(item.name for item in foreign_imports(world, provided_functions()))
    if names and options.host == "":
        raise ComponentError(
            f"the component imports {min(names)}, which nobody provides",
            hint="a function of Python can: UNIT_WASM_HOST",
        )
    title = os.path.basename(path) if serves_functions(world) else None
    if title is None:
        program = make_program(replace(world, exports=()), names).text
    else:
        program = Binding(world, title, names).program
    prepared = compile_component(path, options, source=source)
    check = check_hosted if title is None else check_hosted_imports
    check(prepared, names)
    return prepared, Own(world, names, program, title)


def check_module(config: ApplicationConfig, *, root: str, folder: str) -> None:
    """Check that there is a module of each name, without importing one.

    Parameters:
        config: of the application.
        root: the folder that the application will see as ``/``.
        folder: its working directory; empty where none is set.

    Raises:
        ConfigError: there is none.
    """
    # A file may be younger than what was seen of its folder.
    importlib.invalidate_caches()
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
