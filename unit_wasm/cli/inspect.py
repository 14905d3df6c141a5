"""``unit-wasm inspect``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unit_wasm.errors import ConfigError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from unit_wasm.cli.output import Output
    from unit_wasm.component.describe import Description
    from unit_wasm.wit.docs import Docs

_MAX_WIT = 16 << 20
"""Bytes of WIT; a thousand times those of WASI."""


def add_inspect(parser: ArgumentParser) -> None:
    """Add the arguments of ``inspect``."""
    parser.add_argument("component", metavar="FILE", help=".wasm or .wat file; - is standard input")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--wit", action="store_true", help="print its world as WIT, with all types")
    parser.add_argument(
        "--docs",
        metavar="DIR",
        help="put the comments of the .wit files in this folder into what --wit prints",
    )


def inspect_component(arguments: Namespace, output: Output) -> None:
    """Show what a file is, what it exports, and what it may ask for.

    Raises:
        ComponentError: there is no such file, or with ``--wit`` no component in it.
        ConfigError: the folder of ``--docs`` has no WIT.
    """
    from unit_wasm.cli.given import given_component
    from unit_wasm.prepare.source import read

    if arguments.docs is not None and not arguments.wit:
        raise ConfigError("--docs is for --wit")
    with given_component(arguments.component) as path:
        data = read(path)
    if arguments.wit:
        lines = _wit(data, arguments.docs).splitlines()
    else:
        from unit_wasm.component.describe import describe
        from unit_wasm.prepare.compiler import provided_functions

        found = describe(arguments.component, data, provided_functions())
        lines = list(_json(found) if arguments.json else _described(arguments.component, found))
    for line in lines:
        output.result(line)


def _wit(data: bytes, folder: str | None) -> str:
    from unit_wasm.wit import read_world, world_text

    text = world_text(read_world(data))
    if folder is None:
        return text
    from unit_wasm.wit.docs import with_docs

    return with_docs(text, _docs(folder))


def _docs(folder: str) -> Docs:
    """Return the comments of all files of WIT in a folder, and in those below it."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    files = sorted(Path(folder).rglob("*.wit"))
    if not files:
        raise ConfigError(f'--docs "{folder}": there is no .wit file')
    left = _MAX_WIT
    packages: dict[Path, str] = {}
    # Those that do not say their package have that of the others in their folder.
    for again in (False, True):
        for file in files:
            if again and packages[file.parent] == "":
                continue
            text = _read(file, left)
            left -= len(text)
            docs, package = _read_docs(file, text, packages.get(file.parent, ""))
            packages[file.parent] = packages.get(file.parent, "") or package
            if again:
                for place, lines in docs.items():
                    found.setdefault(place, lines)
    return found


def _read(file: Path, most: int) -> str:
    try:
        data = file.read_bytes()
        if len(data) > most:
            raise ConfigError(f'--docs: "{file.parent}" has more than {_MAX_WIT} bytes of WIT')
        return data.decode()
    except UnicodeDecodeError:
        raise ConfigError(f"{file} is not UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from None


def _read_docs(file: Path, text: str, package: str) -> tuple[Docs, str]:
    from unit_wasm.wit.docs import WitSyntaxError, read_docs

    try:
        return read_docs(text, package)
    except WitSyntaxError as error:
        raise ConfigError(f"{os.fspath(file)}, line {error.line}: {error}") from None


def _json(found: Description) -> Iterator[str]:
    import dataclasses
    import json

    told: dict[str, Any] = dataclasses.asdict(found)
    # What the inspection for serving has always said stands beside.
    info = told.pop("info") or {}
    described = {**told, **info, "exports": [one.name for one in found.exports]}
    described["functions"] = {one.name: one.functions for one in found.exports}
    yield from json.dumps(described, indent=2).splitlines()


def _described(name: str, found: Description) -> Iterator[str]:
    yield f"{name}: {found.title} ({found.size:,} bytes)"
    if found.remark is not None:
        yield found.remark
    for way in found.ways:
        how = way.how if way.how is not None else f"no: {'; '.join(way.missing)}"
        yield f"{way.name + ':':6} {how}"
    if found.exports:
        yield "exports:"
    for export in found.exports:
        if export.functions and ":" not in export.name and len(export.functions) == 1:
            yield f"  {export.functions[0]}"
            continue
        yield f"  {export.name}"
        yield from (f"    {text}" for text in export.functions)
    if found.needs:
        yield "may ask for:"
    for need in found.needs:
        yield f"  {need.what} ({', '.join(need.imports)}): {need.switch}"
    if found.info is not None:
        yield from _cost(found)


def _cost(found: Description) -> Iterator[str]:
    info = found.info
    assert info is not None
    if info.imports:
        yield "imports:"
    for interface in info.imports:
        functions = ", ".join(interface.functions) or "types only"
        if interface.sort != "instance":
            functions = interface.sort
        yield f"  {interface.full_name}: {functions}"
    counted = (
        (info.core_instances, "core instance", "core instances"),
        (info.memories, "memory", "memories"),
        (info.tables, "table", "tables"),
    )
    parts = [f"{count} {one if count == 1 else many}" for count, one, many in counted]
    yield f"one instance: {', '.join(parts)}"
