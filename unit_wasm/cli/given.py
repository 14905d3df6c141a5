"""What the command line names: a component or a configuration, in a file or on standard input."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from unit_wasm.errors import ComponentError, ConfigError, HostError, UnitWasmError
from unit_wasm.patterns import pattern
from unit_wasm.prepare.files import NotPlainError, open_plain

if TYPE_CHECKING:
    from unit_wasm.config.document import JsonValue

STDIN = "-"
"""Names the standard input."""

_MAX_COMPONENT = 1 << 30
"""As that of a file: ``unit_wasm.prepare.source``, which is not loaded for a configuration."""

_MAX_CONFIG = 8 << 20
"""As for the control API."""

_BLOCK = 1 << 16
_URL = pattern(r"[A-Za-z][A-Za-z0-9+.-]*://")


def is_component(name: str) -> bool:
    """Whether a file is a component rather than a configuration, by its name or its beginning.

    A directory is one of components.
    """
    if name.endswith((".wasm", ".wat")) or os.path.isdir(name):
        return True
    if name.endswith(".json"):
        return False
    try:
        with open(open_plain(name), "rb") as file:
            return begins_component(file.read(_BLOCK))
    except (OSError, ValueError, NotPlainError):
        return False


def begins_component(start: bytes) -> bool:
    """Whether these bytes begin a component, binary or text."""
    return start.startswith(b"\0asm") or start.lstrip().startswith((b"(", b";;"))


def read_config(name: str, file: str) -> bytes:
    """Return the bytes of a configuration file.

    Parameters:
        name: what it was called.
        file: where that is.

    Raises:
        ConfigError: it cannot be read, or is no plain file.
    """
    try:
        with open(open_plain(file), "rb") as opened:
            data = opened.read(_MAX_CONFIG + 1)
    except NotPlainError as error:
        hint = "a configuration on a pipe is named -" if error.kind == "a pipe" else None
        raise ConfigError(f"cannot read {name}: it is {error.kind}", hint=hint) from None
    except (OSError, ValueError) as error:
        if _URL.match(name):
            raise ConfigError(
                f"{name} is a URL, and nothing is fetched", hint="download it, and name the file"
            ) from None
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"cannot read {name}: {reason}") from error
    return _checked_config(data, name)


def parse(data: bytes, name: str) -> JsonValue:
    """Return the configuration in these bytes.

    Raises:
        ConfigError: they are none.
    """
    from unit_wasm.config.document import DocumentError, parse_document

    try:
        return parse_document(data)
    except DocumentError as error:
        raise ConfigError(f"{name}: {error}") from error


def read_stdin(*, only_component: bool = False) -> bytes:
    """Return all of the standard input: a component, or else at most a configuration.

    Parameters:
        only_component: read no further where it is none.

    Raises:
        UnitWasmError: it is closed, cannot be read, or has no end.
    """
    if sys.stdin is None:
        raise HostError("standard input is closed")
    parts: list[bytes] = []
    size, limit = 0, _MAX_CONFIG
    while size <= limit:
        try:
            part = os.read(sys.stdin.fileno(), _BLOCK)
        except OSError as error:
            raise HostError(f"standard input cannot be read: {error.strerror}") from error
        if not part:
            break
        parts.append(part)
        size += len(part)
        # White space in front of a text is shorter than this.
        if size <= 4 * _BLOCK and begins_component(b"".join(parts)):
            limit = _MAX_COMPONENT
        elif only_component and limit == _MAX_CONFIG and size > _BLOCK:
            return b"".join(parts)
    data = b"".join(parts)
    if size > _MAX_COMPONENT:
        raise ComponentError(f"the component on standard input has more than {limit} bytes")
    return data if limit == _MAX_COMPONENT else _checked_config(data, "standard input")


@contextlib.contextmanager
def given_component(name: str) -> Iterator[str]:
    """Give the file of a component, where that is on standard input too."""
    if name != STDIN:
        yield name
        return
    with kept_in_memory(read_stdin(only_component=True)) as path:
        yield path


@contextlib.contextmanager
def kept_in_memory(data: bytes) -> Iterator[str]:
    """Give the name of a file that has no other place; errors call it by that of its origin."""
    with open(os.memfd_create("component"), "wb") as file:
        file.write(data)
        file.flush()
        path = f"/proc/self/fd/{file.fileno()}"
        try:
            yield path
        except UnitWasmError as error:
            error.message = error.message.replace(path, STDIN)
            raise


def _checked_config(data: bytes, name: str) -> bytes:
    if len(data) > _MAX_CONFIG:
        raise ConfigError(f"{name} has more than {_MAX_CONFIG} bytes, and is no configuration")
    return data
