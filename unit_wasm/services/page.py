"""A page on which the functions of a component can be tried."""

from __future__ import annotations

import html
import json
from importlib import resources
from string import Template
from typing import Any

from unit_wasm.services.offered import Offers

__all__ = ["page"]


def page(title: str, offers: Offers, description: dict[str, Any]) -> str:
    """Return the page: ``page.html`` with its style, its script and the OpenAPI document inside.

    Parameters:
        title: what the component is called.
        offers: its functions.
        description: the OpenAPI document.
    """
    files = resources.files(__package__)
    refused = [
        f"<li><code>{html.escape(offered.wit)}</code>: {html.escape(offered.reason)}</li>"
        for offered in offers.functions
        if offered.reason is not None
    ]
    # Inside of a script element nothing but its end is markup.
    data = json.dumps(description, ensure_ascii=True).replace("<", "\\u003c")
    return Template((files / "page.html").read_text("utf-8")).substitute(
        title=html.escape(title),
        style=(files / "page.css").read_text("utf-8"),
        script=(files / "page.js").read_text("utf-8"),
        description=data,
        refused=f"<h2>Not to be called</h2><ul>{''.join(refused)}</ul>" if refused else "",
    )
