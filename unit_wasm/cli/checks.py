"""``unit-wasm check`` and ``unit-wasm cache``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from unit_wasm.errors import ConfigError, HostError
from unit_wasm.options import default_cache_dir
from unit_wasm.options.kinds import DURATION, SIZE

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from unit_wasm.cli.output import Output


def add_check(parser: ArgumentParser) -> None:
    """Add the arguments of ``check``."""
    parser.add_argument(
        "config",
        metavar="CONFIG.json",
        help="a configuration as for NGINX Unit; - is standard input",
    )


def check(arguments: Namespace, output: Output) -> None:
    """Validate, compile and cache every component of a configuration.

    Raises:
        ConfigError: it is none.
        HostError: an application cannot be served; why was written.
    """
    from unit_wasm.cli.given import STDIN, parse, read_config, read_stdin
    from unit_wasm.unit.applications import check_applications

    name = arguments.config
    data = read_stdin() if name == STDIN else read_config(name, name)
    checks = []
    for found in check_applications(parse(data, name)):
        checks.append(found)
        output.result(str(found))
    failures = sum(found.state == "fail" for found in checks)
    if failures:
        raise HostError(f"{failures} of these applications cannot be served")


def add_cache(parser: ArgumentParser) -> None:
    """Add the arguments of ``cache``."""
    parser.add_argument(
        "--cache-dir", metavar="DIR", help="the folder. Default: that of applications."
    )
    parser.add_argument(
        "--prune",
        metavar="DURATION",
        help="remove what was not used for so long, and what is of no use; 0s: everything",
    )


def cache(arguments: Namespace, output: Output) -> None:
    """Show what is in the cache, or remove some of it.

    Raises:
        ConfigError: the duration is none.
        HostError: the folder cannot be read or written to.
    """
    from unit_wasm.prepare.inventory import Inventory

    folder = arguments.cache_dir or default_cache_dir()
    inventory = Inventory(folder)
    if arguments.prune is not None:
        age = DURATION.parse(arguments.prune)
        if age is None:
            raise ConfigError(
                f'--prune is "{arguments.prune}", which is not a duration',
                hint=f"write {DURATION.example}",
            )
        removed = inventory.prune(time.time() - age)
        output.result(f"{_files(removed.count)} removed, {SIZE.show(removed.size)}")
        return
    for entry in inventory.entries():
        used = time.strftime("%Y-%m-%d", time.localtime(entry.used))
        output.result(f"{entry.key[:16]}  {entry.size:>11}  {used}  {entry.component}")
    total = inventory.total()
    output.result(f"{_files(total.count)}, {total.size} bytes in {folder}")


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"
