"""``load()`` and ``load_async()``: from a file to a component whose functions can be called."""

from __future__ import annotations

import asyncio
import functools
import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from unit_wasm.api.component import AsyncComponent, BlockingComponent, component_class, make_class
from unit_wasm.api.fresh import Fresh, FreshAsync
from unit_wasm.api.host_objects import Observe
from unit_wasm.api.loaded import Loaded, open_component
from unit_wasm.api.running import Running
from unit_wasm.api.running_async import RunningAsync
from unit_wasm.errors import ConfigError
from unit_wasm.native.call_events import Command
from unit_wasm.native.settings import Log
from unit_wasm.options import Options

Path = str | bytes | os.PathLike[str]


def load(
    path: Path,
    *,
    host: Any = None,
    env: Mapping[str, str] | None = None,
    dirs: Sequence[str] = (),
    timeout: float | None = None,
    max_memory: int | str | None = None,
    outgoing: Iterable[str] = (),
    keyvalue: str | None = None,
    args: Sequence[str] | None = None,
    fresh: bool = False,
    options: Options | None = None,
    log: logging.Logger | None = None,
    observe: Observe | None = None,
) -> Any:
    """Load a component; what it exports are attributes of what is returned.

    ``load("adder.wasm").add(1, 2)``. Nothing of this machine is there for the component but what
    is given here.

    Parameters:
        path: a ``.wasm`` or ``.wat`` file.
        host: what provides the imports that are not WASI's: a class with ``@host.interface``, a
            function with ``@host.function``, a module with these, a list of them, or a mapping by
            the names of imports.
        env: the variables that the component sees.
        dirs: the directories that it sees: ``HOST[::GUEST][:ro]``.
        timeout: seconds that a call may take.
        max_memory: bytes of its memories together, or a text as ``64M``.
        outgoing: origins that it may send requests to.
        keyvalue: where ``wasi:keyvalue`` keeps its values: ``sqlite:PATH``, or the URL of a Redis
            server.
        args: arguments for a command. It then has the standard streams of this process, too; else
            what it prints are lines of the log.
        fresh: each call gets an instance of its own: nothing is kept from one to the next, and any
            number of threads may call at once.
        options: all other limits and switches.
        log: gets what the component prints; else the logger ``unit_wasm.component``.
        observe: is told of each call of a function of the host that has returned: its name, its
            arguments, and its result or the ``Err`` that it raised.

    Returns:
        A component, whose type is known where a stub of it is there; see ``unit-wasm stubs``.

    Raises:
        ComponentError: the file is no component that can be loaded.
        ConfigError: an import is not provided, or an option is wrong.
        HostError: this machine cannot do it.
    """
    limits = _options(options, dirs, timeout, max_memory, outgoing, keyvalue)
    loaded = _opened(path, limits, host=host, env=env, args=args, log=log, observe=observe)
    instance = Fresh(loaded, make_class) if fresh else _alone(Running, loaded, make_class)
    return component_class(BlockingComponent, loaded.plan)(loaded.plan, instance)


async def load_async(
    path: Path,
    *,
    dirs: Sequence[str] = (),
    timeout: float | None = None,
    max_memory: int | str | None = None,
    outgoing: Iterable[str] = (),
    keyvalue: str | None = None,
    fresh: bool = False,
    options: Options | None = None,
    **more: Any,
) -> Any:
    """Load a component whose functions are awaited.

    Its functions are those that :func:`load` gives, each as an ``async def``: a call leaves the
    event loop to others, and ends with its task when that is cancelled. Functions of the host run
    in the loop, and may be ``async def``. The parameters are those of :func:`load`.
    """
    limits = _options(options, dirs, timeout, max_memory, outgoing, keyvalue)
    loaded = await asyncio.to_thread(_opened, path, limits, **more)
    maker = functools.partial(make_class, blocks=False)
    instance = FreshAsync(loaded, maker) if fresh else _alone(RunningAsync, loaded, maker)
    return component_class(AsyncComponent, loaded.plan)(loaded.plan, instance)


def _opened(
    path: Path,
    options: Options,
    *,
    host: Any = None,
    env: Mapping[str, str] | None = None,
    args: Sequence[str] | None = None,
    log: logging.Logger | None = None,
    observe: Observe | None = None,
) -> Loaded:
    path = os.fsdecode(path)
    command = None
    if args is not None:
        given = _texts("args", args)
        if any("\0" in text for text in given):
            raise ConfigError("an argument in args has a zero byte")
        command = Command((os.path.basename(path), *given))
    if env is not None and not isinstance(env, Mapping):
        raise TypeError(f"env is {type(env).__name__}, and no mapping of names to values")
    if observe is not None and not callable(observe):
        raise TypeError(f"observe is {type(observe).__name__}, and no function")
    _texts("env", [*(env or {}), *(env or {}).values()])
    return open_component(
        path, host, env or {}, options, _written(log), observe=observe, command=command
    )


def _texts(name: str, given: Iterable[str]) -> tuple[str, ...]:
    """Return several texts; one alone is several, too, for Python."""
    if isinstance(given, str | bytes):
        raise TypeError(f"{name} is one text, and no list of them")
    texts = tuple(given)
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"{name} has {type(text).__name__} in it, and no text")
    return texts


def _options(
    options: Options | None,
    dirs: Sequence[str],
    timeout: float | None,
    max_memory: int | str | None,
    outgoing: Iterable[str],
    keyvalue: str | None,
) -> Options:
    if not isinstance(options, Options | None):
        raise TypeError(f"options is {type(options).__name__}, and no Options")
    changes: dict[str, Any] = {}
    if dirs:
        changes["dirs"] = _texts("dirs", dirs)
    if timeout is not None:
        # Somebody waits for it: what it computes counts as much as what it waits for.
        changes["timeout"] = changes["cpu_timeout"] = timeout
    if max_memory is not None:
        given = isinstance(max_memory, str)
        changes["max_memory"] = _parsed("max_memory", max_memory) if given else max_memory
    if outgoing:
        changes["outgoing"] = _texts("outgoing", outgoing)
    if keyvalue is not None:
        if not isinstance(keyvalue, str):
            raise TypeError(f"keyvalue is {type(keyvalue).__name__}, and no text")
        changes["keyvalue"] = _parsed("keyvalue", keyvalue)
    return replace(options or Options(), **changes)


def _written(log: logging.Logger | None) -> Log:
    logger = logging.getLogger("unit_wasm.component") if log is None else log
    if not callable(getattr(logger, "log", None)):
        raise TypeError(f"log is {type(log).__name__}, and no logger")
    return lambda level, line: logger.log(_LEVELS.get(level, logging.INFO), "%s", line)


_LEVELS = {3: logging.ERROR, 4: logging.WARNING, 6: logging.INFO}
"""Of syslog."""


def _parsed(name: str, text: Any) -> Any:
    from unit_wasm.options import OPTIONS

    (option,) = [one for one in OPTIONS if one.name == name]
    return option.parse(text, label=name)


def _alone(running: Callable[..., Any], loaded: Loaded, maker: Any) -> Any:
    """Return the only instance of a component, which closes all when it is closed."""
    made = running(loaded.plan, loaded.start, maker)
    made.on_close = loaded.close
    return made
