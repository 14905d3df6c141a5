"""Read a component file, binary or text."""

from __future__ import annotations

import os
from collections.abc import Callable

from unit_wasm.errors import ComponentError
from unit_wasm.patterns import pattern
from unit_wasm.prepare.files import NotPlainError, open_plain
from unit_wasm.values import dataclass

MAX_COMPONENT = 1 << 30
"""Bytes of a component: it is read whole before anything is known of it."""

_URL = pattern(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class Source:
    """A component file as it was read.

    Parameters:
        name: of the file.
        data: what is in it.
        is_text: it has to be assembled first.
        served: it is to answer requests, with what the host provides; else its functions are
            called, and Python may provide more.
    """

    name: str
    data: bytes
    is_text: bool
    served: bool = True

    def binary(self) -> bytes:
        """Return the component binary.

        Raises:
            ComponentError: it is text that does not assemble.
        """
        return _assemble(self.name, self.data) if self.is_text else self.data


def read(path: str | os.PathLike[str]) -> bytes:
    """Return the component binary in the file ``path``; text (``.wat``) is assembled first.

    Parameters:
        path: a ``.wasm`` or ``.wat`` file. The content decides for a file whose name ends in
            neither; a file that starts with the wasm magic is never taken for text.

    Raises:
        ComponentError: missing, no plain file, unreadable, empty, or text that does not assemble.
    """
    return open_source(path).binary()


def open_source(path: str | os.PathLike[str], *, served: bool = True) -> Source:
    """Read the component file ``path`` as it is; see :func:`read` and :class:`Source`.

    Raises:
        ComponentError: missing, no plain file, unreadable or empty.
    """
    name = os.fspath(path)
    return source_of(name, _read_bytes(name), served=served)


def source_of(name: str, data: bytes, *, served: bool = True) -> Source:
    """Return a file that somebody else has read.

    Parameters:
        name: of the file.
        data: what is in it.

    Raises:
        ComponentError: it is empty.
    """
    if not data:
        raise ComponentError(f"the component file {name} is empty")
    # Not before a file is read: what is in the cache is not.
    from unit_wasm.wit.reader import MAGIC

    is_text = name.endswith((".wat", ".wast")) or _looks_like_text(data)
    return Source(name, data, is_text and not data.startswith(MAGIC), served)


def opened(path: str | os.PathLike[str], source: Source | Callable[[], Source] | None) -> Source:
    """Return the file, which may have been read already, or is read by somebody's own way."""
    if source is None:
        return open_source(path)
    return source if isinstance(source, Source) else source()


def _read_bytes(name: str) -> bytes:
    try:
        with open(open_plain(name), "rb") as file:
            if os.fstat(file.fileno()).st_size > MAX_COMPONENT:
                raise ComponentError(
                    f"the component file {name} has more than {MAX_COMPONENT} bytes"
                )
            return file.read()
    except FileNotFoundError:
        if _URL.match(name):
            raise ComponentError(
                f"{name} is a URL, and components are not fetched",
                hint="download it, and name the file",
            ) from None
        raise ComponentError(f"the component file {name} does not exist") from None
    except NotPlainError as error:
        hint = "name the .wasm file in it" if error.kind == "a directory" else "name a plain file"
        raise ComponentError(f"the component path {name} is {error.kind}", hint=hint) from None
    except PermissionError:
        raise ComponentError(
            f"the component file {name} cannot be read: permission denied",
            hint="make it readable for the user that this process runs as",
        ) from None
    except OSError as error:
        raise ComponentError(
            f"the component file {name} cannot be read: {error.strerror}"
        ) from None
    except ValueError:
        raise ComponentError(
            f"the component file {name} cannot be read: no name of a file"
        ) from None


def _looks_like_text(data: bytes) -> bool:
    """Text components start with a parenthesis, after white space and ``;;`` or ``(;`` comments."""
    start = data[:4096].lstrip()
    return start[:1] == b"(" or start[:2] == b";;"


def _assemble(name: str, data: bytes) -> bytes:
    # It loads libwasmtime, which takes longer than all else here and only text needs.
    import wasmtime

    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise ComponentError(
            f"the component text {name} is not UTF-8 (byte {error.start})"
        ) from None
    try:
        return bytes(wasmtime.wat2wasm(text))
    except wasmtime.WasmtimeError as error:
        # libwasmtime answers with several lines: the message, then the place and the source line.
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        # Some have the place at their end.
        message, _, place = lines[0].partition(" at <anon>:")
        if not place:
            arrows = (line.rpartition(">:")[2] for line in lines if line.startswith("-->"))
            place = next(arrows, "")
        where = f", line {place.replace(':', ', column ')}" if place else ""
        raise ComponentError(
            f"the component text {name} does not assemble{where}: {message}"
        ) from None
