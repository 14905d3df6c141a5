"""The ``date`` of responses, beside that of the standard library, which takes long to import."""

import random
from email.utils import formatdate

from unit_wasm.server.http.connection_state import http_date


def test_as_the_standard_library_has_it() -> None:
    draw = random.Random(1)
    for _ in range(2_000):
        seconds = float(draw.randrange(-2_000_000_000, 8_000_000_000))
        assert http_date(seconds) == formatdate(seconds, usegmt=True).encode()
    assert http_date(0.0) == b"Thu, 01 Jan 1970 00:00:00 GMT"
    assert http_date(784_111_777.0) == b"Sun, 06 Nov 1994 08:49:37 GMT"
