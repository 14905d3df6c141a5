"""What an operator may want to know of a component that was made ready."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from unit_wasm.component.prepared import Prepared
from unit_wasm.log import say


def say_prepared(prepared: Prepared, log: logging.Logger, name: str, *, is_json: bool) -> None:
    """Log it, a line each.

    Parameters:
        name: of the application.
    """
    for level, text in notes_of(prepared):
        say(log, level, name, text, is_json=is_json)


def notes_of(prepared: Prepared) -> Iterator[tuple[int, str]]:
    """Yield it, each sentence with its level of logging."""
    if prepared.unkept is not None:
        yield logging.WARNING, f"every start compiles: {prepared.unkept}"
    for text in prepared.notes():
        yield logging.INFO, text
