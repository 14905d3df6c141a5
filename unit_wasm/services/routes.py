"""Where requests to a directory of components go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Generic
from urllib.parse import quote

from unit_wasm.services.describing import OPENAPI, Description
from unit_wasm.services.folder import A, Entry, Folder
from unit_wasm.services.openapi import Part
from unit_wasm.services.problems import Answer, problem
from unit_wasm.services.service import Request
from unit_wasm.suggest import nearest


@dataclass(frozen=True, slots=True)
class Routed(Generic[A]):
    """A request for one of the components.

    Parameters:
        app: serves it.
        request: as that sees it.
    """

    app: A
    request: Request


class Routes(Generic[A]):
    """Finds components by the first part of a path, and describes them all.

    Parameters:
        title: of the directory.
        folder: what is in it.
    """

    def __init__(self, title: str, folder: Folder[A]) -> None:
        self._title = title
        self._folder = folder
        self._described: tuple[int, Description] | None = None

    def find(self, request: Request) -> Answer | Routed[A]:
        """Return the answer to a request, or where it goes."""
        if request.path in ("", OPENAPI):
            return self._description().answer(request.path, request.method, request.accept)
        name, slash, rest = request.path.partition("/")
        entry = self._folder.find(name)
        if entry is None:
            return self._unknown(name, rest)
        if not slash:
            return _moved(name, request)
        if entry.app is None:
            reason = f"{entry.file} cannot be used: {entry.error}"
            return problem("not-callable", reason, reason=reason)
        return Routed(entry.app, replace(request, path=rest))

    def _unknown(self, name: str, rest: str) -> Answer:
        near = nearest(name, self._folder.names)
        detail = f"the directory has no component {name!r}"
        return problem("unknown-function", detail, did_you_mean=f"{near}/{rest}" if near else None)

    def _description(self) -> Description:
        version = self._folder.version
        if self._described is None or self._described[0] != version:
            self._described = version, self._made()
        return self._described[1]

    def parts(self) -> list[Part]:
        """Return the functions of all components, as they are now."""
        return [
            Part(f"{quote(self._folder.name_of(entry))}/", entry.app.service.offers)
            for entry in self._folder
            if entry.app is not None
        ]

    def _made(self) -> Description:
        components = [self._row(entry) for entry in self._folder]
        return Description(self._title, self.parts(), {"components": components})

    def _row(self, entry: Entry[A]) -> dict[str, Any]:
        """Return a file as the list has it."""
        row: dict[str, Any] = {
            "file": entry.file,
            "path": f"/{quote(self._folder.name_of(entry))}/",
            "serving": entry.app is not None,
        }
        if entry.error is not None:
            row["error"] = entry.error
        return row


def _moved(name: str, request: Request) -> Answer:
    """Say that what is asked for ends with a slash, so that links in it lead below it."""
    if request.method not in ("GET", "HEAD"):
        return problem("unknown-function", "the path names a component, and no function of it")
    return Answer(308, ((b"location", f"{quote(name)}/".encode()),), b"")
