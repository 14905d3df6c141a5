"""What describes functions: a list for programs, a page for people, and OpenAPI."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from unit_wasm.services.offered import Offered
from unit_wasm.services.openapi import Part, openapi
from unit_wasm.services.page import page
from unit_wasm.services.problems import JSON, Answer, problem

OPENAPI: Final = "openapi.json"
"""Where the OpenAPI document is; no function of WIT can be called so."""

_HTML: Final = (b"content-type", b"text/html; charset=utf-8")
_GET: Final = (b"allow", b"GET, HEAD, OPTIONS")
_VARY: Final = (b"vary", b"accept")
# The page has its style and its script inside, and asks nobody but this server.
_POLICY: Final = (
    b"content-security-policy",
    b"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    b"connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    b"frame-ancestors 'none'",
)


class Description:
    """Describes functions that do not change; each text is made when it is first asked for.

    Parameters:
        title: what they are called together.
        parts: the functions.
        listing: what the list has besides.
    """

    def __init__(self, title: str, parts: Sequence[Part], listing: dict[str, Any]) -> None:
        self._title = title
        self._parts = parts
        self._listing = listing
        self._texts: dict[str, bytes] = {}

    def answer(self, path: str, method: str, accept: str) -> Answer:
        """Return the answer to a request.

        Parameters:
            path: empty, or :data:`OPENAPI`.
            accept: the value of ``accept``.
        """
        if method == "OPTIONS":
            return Answer(204, (_GET,), b"")
        if method not in ("GET", "HEAD"):
            return problem("method", "what describes the functions is read", headers=[_GET])
        if path:
            return Answer(200, (JSON,), self._text("openapi", self.openapi))
        if _wants_html(accept):
            return Answer(200, (_HTML, _POLICY, _VARY), self._text("html", self._page))
        return Answer(200, (JSON, _VARY), self._text("list", self.listing))

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        return openapi(self._title, self._parts)

    def listing(self) -> dict[str, Any]:
        """Return the functions, for programs."""
        functions = [
            listed(part.prefix, offered) for part in self._parts for offered in part.offers
        ]
        return {"title": self._title, "functions": functions, **self._listing}

    def _page(self) -> str:
        return page(self._title, self.listing(), self.openapi())

    def _text(self, name: str, make: Callable[[], Any]) -> bytes:
        if name not in self._texts:
            made = make()
            text = made if isinstance(made, str) else json.dumps(made, ensure_ascii=False)
            self._texts[name] = text.encode()
        return self._texts[name]


def listed(prefix: str, offered: Offered) -> dict[str, Any]:
    """Return a function as the list has it."""
    return {
        "path": f"/{prefix}{offered.path}",
        "interface": offered.interface,
        "wit": offered.wit,
        "callable": offered.reason is None,
        **({} if offered.reason is None else {"reason": offered.reason}),
    }


def _wants_html(accept: str) -> bool:
    """Tell whether a browser asks: programs take anything, or would rather have JSON."""
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        said = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
        weights[kind] = max(_weight(said), weights.get(kind, 0.0))
    html = max(weights.get("text/html", 0.0), weights.get("application/xhtml+xml", 0.0))
    return html > 0.0 and html >= weights.get("application/json", 0.0)


def _weight(text: str) -> float:
    """Return a weight (RFC 9110 section 12.4.2); what is none changes nothing."""
    try:
        weight = float(text)
    except ValueError:
        return 1.0
    return weight if 0.0 <= weight <= 1.0 else 1.0
