"""The commands that are about Unit: their arguments, and the lines they print.

Quick to import: what a command needs is imported when it runs.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from unit_wasm.errors import ConfigError, HostError
from unit_wasm.options import add_arguments, from_arguments

if TYPE_CHECKING:
    from unit_wasm.unit.unitd import Unitd


def _add_build(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--unit-source", required=True, metavar="DIR", help="the configured source tree of Unit"
    )
    parser.add_argument(
        "--type",
        default="wasm-wasi-component",
        choices=("wasm-wasi-component", "wasm"),
        help="the type of application that the module serves",
    )
    parser.add_argument("--output", default=".", metavar="DIR", help="where the file goes")


def _add_install(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("module", metavar="FILE", help="what build-module has made")
    _add_unitd(parser)


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    _add_unitd(parser)
    parser.add_argument(
        "--user",
        metavar="NAME",
        help="whom unitd runs its processes as. Default: as unitd --help says.",
    )
    parser.add_argument(
        "--component", metavar="FILE", help="what has to answer. Default: examples/hello."
    )
    add_arguments(parser)


def _add_unitd(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--unitd", metavar="PATH", help="the program. Default: unitd or freeunitd in PATH."
    )
    parser.add_argument(
        "--modules-dir",
        metavar="DIR",
        help="where unitd looks for modules. Default: as unitd --help says.",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def _build_module(arguments: argparse.Namespace) -> Iterator[str]:
    from unit_wasm.unit.build import build_module

    yield str(build_module(Path(arguments.unit_source), arguments.type, Path(arguments.output)))


def _install_module(arguments: argparse.Namespace) -> Iterator[str]:
    from unit_wasm.unit.install import install_module

    folder = _path(arguments.modules_dir)
    unitd = _unitd(arguments.unitd, needed=folder is None)
    installed = install_module(Path(arguments.module), unitd, folder)
    if arguments.json:
        yield from _json(
            {
                "path": str(installed.path),
                "changed": installed.changed,
                "kept": None if installed.kept is None else str(installed.kept),
                "unitd": None if unitd is None else str(unitd.path),
            }
        )
        return
    yield str(installed.path)
    if installed.kept is not None:
        yield f"the module that Unit had for this type is now {installed.kept}"
    if unitd is None:
        yield "no unitd or freeunitd is in PATH: whether it takes this module was not checked"
    if installed.changed:
        yield "restart unitd: it looks for modules only when it starts"
    else:
        yield "it was there already, and nothing was changed"


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
    checks = []
    for check in examine(question):
        checks.append(check)
        if not arguments.json:
            yield str(check)
    failures = sum(check.state == "fail" for check in checks)
    if arguments.json:
        yield from _json({"failures": failures, "checks": [asdict(check) for check in checks]})
    if failures:
        raise HostError(f"{failures} of these checks failed")


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)


def _json(value: object) -> list[str]:
    import json

    return json.dumps(value, indent=2).splitlines()


_Command: TypeAlias = tuple[
    Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], Iterator[str]]
]

COMMANDS: dict[str, _Command] = {
    "build-module": (_add_build, _build_module),
    "install-module": (_add_install, _install_module),
    "doctor": (_add_doctor, _doctor),
}
"""What adds the arguments of each, and what yields the lines to print while it runs."""
