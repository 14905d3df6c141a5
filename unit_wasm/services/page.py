"""A page on which the functions of a component can be tried."""

from __future__ import annotations

import html
import json
from functools import cache
from importlib import resources
from string import Template
from typing import Any


def page(title: str, listing: dict[str, Any], description: dict[str, Any]) -> str:
    """Return the page: ``page.html`` with its style, its script and the OpenAPI document inside.

    Parameters:
        title: what the functions are called together.
        listing: the functions, as programs get them.
        description: the OpenAPI document.
    """
    template, style, script = _parts()
    refused = [
        f"<li><code>{html.escape(one['wit'])}</code>: {html.escape(one['reason'])}</li>"
        for one in listing["functions"]
        if not one["callable"]
    ]
    broken = [
        f"<li><code>{html.escape(one['file'])}</code>: {html.escape(one['error'])}</li>"
        for one in listing.get("components", ())
        if "error" in one
    ]
    # Inside of a script element nothing but its end is markup.
    data = json.dumps(description, ensure_ascii=True).replace("<", "\\u003c")
    return Template(template).substitute(
        title=html.escape(title),
        style=style,
        script=script,
        description=data,
        what="WebAssembly components" if "components" in listing else "a WebAssembly component",
        refused=_section("Not to be called", refused),
        broken=_section("Files that cannot be used", broken),
    )


@cache
def _parts() -> tuple[str, ...]:
    """Return template, style and script: once, for those who cannot read them later."""
    files = resources.files(__package__)
    return tuple((files / name).read_text("utf-8") for name in ("page.html", "page.css", "page.js"))


def _section(title: str, items: list[str]) -> str:
    return f"<h2>{title}</h2><ul>{''.join(items)}</ul>" if items else ""
