"""The rows of the host's functions, which are in C: what components may import."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from unit_wasm._native import ffi, lib
from unit_wasm.native.types import HostFunction, HostResource
from unit_wasm.wit.provided import row_keys

_COLUMNS = ("is_resource", "params", "results", "waits", "refused")


def host_functions() -> list[HostFunction]:
    """Return every function that the host provides, in the order of its tables."""
    return [
        HostFunction(
            ffi.string(row.interface).decode(),
            _versions(row),
            ffi.string(row.name).decode(),
            row.params,
            row.results,
            bool(row.waits),
            bool(row.refused),
        )
        for row in _host_entries()
        if not row.is_resource
    ]


def host_resources() -> list[HostResource]:
    """Return every resource type that the host provides, in the order of its tables."""
    return [
        HostResource(
            ffi.string(row.interface).decode(), _versions(row), ffi.string(row.name).decode()
        )
        for row in _host_entries()
        if row.is_resource
    ]


def host_rows() -> dict[tuple[str, str], int]:
    """Return the ids of all functions and resources, by their interface (as ``row_keys`` has it)
    and name.

    An id never changes its meaning: one that is no more is not given to another row.
    """
    return {
        (key, ffi.string(entry.name).decode()): entry.id
        for entry in _host_entries()
        for key in row_keys(ffi.string(entry.interface).decode(), _versions(entry))
    }


def _versions(entry: Any) -> tuple[str, ...]:
    found: list[str] = []
    while entry.versions[len(found)] != ffi.NULL:
        found.append(ffi.string(entry.versions[len(found)]).decode())
    return tuple(found)


def tables_digest() -> str:
    """Return the digest of all rows of the host's tables, in their order."""
    rows = [
        (
            row.id,
            ffi.string(row.interface),
            _versions(row),
            ffi.string(row.name),
            *(getattr(row, name) for name in _COLUMNS),
        )
        for row in _host_entries()
    ]
    import hashlib

    return hashlib.sha256(repr(rows).encode()).hexdigest()


def _host_entries() -> Iterator[Any]:
    entry = ffi.new("uw_host_entry_t *")
    index = 0
    while lib.uw_host_entry(index, entry):
        yield entry
        index += 1
