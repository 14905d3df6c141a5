"""The commands of ``unit-wasm`` that are about Unit: their arguments, and the lines they print.

Quick to import: what a command needs is imported when it runs.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from unit_wasm.errors import ConfigError, HostError
from unit_wasm.options import add_arguments, from_arguments

if TYPE_CHECKING:
    from unit_wasm.unit.unitd import Unitd

__all__ = ["COMMANDS", "add_commands"]


def add_commands(parsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parsers of :data:`COMMANDS`."""
    builder = parsers.add_parser("build-module", help="build the module for NGINX Unit")
    builder.add_argument(
        "--unit-source", required=True, metavar="DIR", help="the configured source tree of Unit"
    )
    builder.add_argument(
        "--type",
        default="wasm-wasi-component",
        choices=("wasm-wasi-component", "wasm"),
        help="the type of application that the module serves",
    )
    builder.add_argument("--output", default=".", metavar="DIR", help="where the file goes")
    installer = parsers.add_parser("install-module", help="put a module where unitd finds it")
    installer.add_argument("module", metavar="FILE", help="what build-module has made")
    _add_unitd(installer)
    doctor = parsers.add_parser("doctor", help="check that everything is there to serve")
    _add_unitd(doctor)
    doctor.add_argument(
        "--user",
        metavar="NAME",
        help="whom unitd runs its processes as. Default: as unitd --help says.",
    )
    doctor.add_argument(
        "--component", metavar="FILE", help="what has to answer. Default: examples/hello."
    )
    add_arguments(doctor)


def _add_unitd(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--unitd", metavar="PATH", help="the program. Default: that in PATH.")
    parser.add_argument(
        "--modules-dir",
        metavar="DIR",
        help="where unitd looks for modules. Default: as unitd --help says.",
    )


def _build_module(arguments: argparse.Namespace) -> Iterator[str]:
    from unit_wasm.unit.build import build_module

    yield str(build_module(Path(arguments.unit_source), arguments.type, Path(arguments.output)))


def _install_module(arguments: argparse.Namespace) -> Iterator[str]:
    from unit_wasm.unit.install import install_module

    folder = _path(arguments.modules_dir)
    unitd = _unitd(arguments.unitd, needed=folder is None)
    installed = install_module(Path(arguments.module), unitd, folder)
    yield str(installed.path)
    if installed.kept is not None:
        yield f"the module that Unit had for this type is now {installed.kept}"
    if unitd is None:
        yield "no unitd is in PATH: whether it takes this module was not checked"
    yield "restart unitd: it looks for modules only when it starts"


def _unitd(given: str | None, *, needed: bool) -> Unitd | None:
    from unit_wasm.unit.unitd import find_unitd

    try:
        return find_unitd(given)
    except ConfigError:
        if given is not None or needed:
            raise
        return None


def _doctor(arguments: argparse.Namespace) -> Iterator[str]:
    from unit_wasm.unit.doctor import Question, examine
    from unit_wasm.unit.doctor_unit import UnitQuestion

    question = Question(
        options=from_arguments(arguments),
        component=_path(arguments.component),
        unit=UnitQuestion(arguments.unitd, _path(arguments.modules_dir), arguments.user),
    )
    failures = 0
    for check in examine(question):
        failures += check.state == "fail"
        yield str(check)
    if failures:
        raise HostError(f"{failures} of these checks failed")


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)


COMMANDS: dict[str, Callable[[argparse.Namespace], Iterator[str]]] = {
    "build-module": _build_module,
    "install-module": _install_module,
    "doctor": _doctor,
}
"""Each yields the lines to print while it runs."""
