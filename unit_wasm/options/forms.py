"""The options on the command line, and in the documentation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from unit_wasm.options.option import Option
from unit_wasm.options.options import OPTIONS, Options

if TYPE_CHECKING:
    from collections.abc import Collection
from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser, *, but: Collection[str] = ()) -> None:
    """Add one flag per option to a command line parser, in a group of its own.

    Parameters:
        parser: the parser of the command; read its result with :func:`from_arguments`.
        but: names of options that get none, because the command says it in its own way.
    """
    group = parser.add_argument_group(
        "options of applications",
        "Defaults for every application; UNIT_WASM_* entries of its environment go first.",
    )
    for option in OPTIONS:
        if option.name in but:
            continue
        metavar = option.kind.unit.upper().replace(" OR ", "|")
        help_text = f"{option.doc} Default: {option.default}.".replace("%", "%%")
        group.add_argument(
            option.flag,
            action="append" if option.kind.repeats else "store",
            dest=_dest(option),
            metavar=metavar,
            help=help_text,
        )


def from_arguments(arguments: Namespace, *, base: Options | None = None) -> Options:
    """Read the flags that :func:`add_arguments` added.

    Parameters:
        arguments: the parsed command line.
        base: the values of the options without a flag; the defaults where it is None.

    Raises:
        ConfigError: a value cannot be used.
    """
    changes: dict[str, Any] = {}
    for option in OPTIONS:
        text = getattr(arguments, _dest(option), None)
        if text is None:
            continue
        if option.kind.flag:
            changes[option.name] = option.parse_all(text, label=option.flag)
        else:
            joined = " ".join(text) if option.kind.repeats else text
            changes[option.name] = option.parse(joined, label=option.flag)
    return replace(base or Options(), **changes)


def _dest(option: Option) -> str:
    return "option_" + option.name


def markdown_table() -> str:
    """Return the table of ``docs/options.md``: one row per option, with a final newline."""
    lines = [
        "| in `environment` | flag | default | allowed | what it does |",
        "|---|---|---|---|---|",
    ]
    for option in OPTIONS:
        allowed = option.range or option.kind.unit
        lines.append(
            f"| `{option.environment}` | `{option.flag}` | {option.default} | {allowed} "
            f"| {option.doc} |"
        )
    return "\n".join(lines) + "\n"
