"""Who gets the page, and who the list of functions."""

from __future__ import annotations

import pytest

from tests.pure.test_services import answered

HTML = b"text/html; charset=utf-8"
JSON = b"application/json"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html;q=0.5, application/json", JSON),
        ("application/json;q=0.4, Text/HTML; q=0.5", HTML),
        ("text/html;q=0", JSON),
        ("text/html;q=x, application/json", HTML),
        ("text/html;q=nan;q=0, application/json;q=7", HTML),
        ("application/xhtml+xml, */*", HTML),
        ("*/*", JSON),
        (",;,q=1", JSON),
    ],
)
def test_who_gets_the_page(accept: str, kind: bytes) -> None:
    answer = answered("", method="GET", accept=accept)
    assert (b"content-type", kind) in answer.headers
