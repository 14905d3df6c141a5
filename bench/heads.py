"""What it takes to read the head of a request, beside httptools: ``python bench/heads.py``.

Processor time of one call each, the smallest of some rounds; the callbacks of httptools do what a
server needs, and no more. Figures are in docs/architecture.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import httptools

from unit_wasm.native.requests import RequestReader, Scratch

ROUNDS, CALLS = 20, 5000
FIELDS = b"".join(b"X-Field-%d: some value of a field, %d\r\n" % (i, i) for i in range(12))
HEADS = {
    "1 field": b"GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n",
    "13 fields": b"GET /a/b?c=d HTTP/1.1\r\nHost: example.com\r\n" + FIELDS + b"\r\n",
}


class Callbacks:
    """Collects what the parser reads."""

    def __init__(self) -> None:
        self.parser = httptools.HttpRequestParser(self)
        self.url = b""
        self.fields: list[bytes] = []

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields += name.lower(), value

    def on_headers_complete(self) -> None:
        self.parser.get_method()
        self.parser.should_keep_alive()
        self.fields, self.url = [], b""


def microseconds(call: Callable[[], object]) -> float:
    """Return what one call takes."""

    def once() -> float:
        begin = time.thread_time()
        for _ in range(CALLS):
            call()
        return (time.thread_time() - begin) / CALLS * 1e6

    return min(once() for _ in range(ROUNDS))


def read(reader: RequestReader, head: bytes) -> None:
    """Read one head."""
    reader.feed(head)
    assert reader.read_head(1 << 16)


def main() -> None:
    """Measure and print."""
    scratch = Scratch()
    for name, head in HEADS.items():
        reader = RequestReader(scratch)
        ours = microseconds(lambda head=head, reader=reader: read(reader, head))  # type: ignore[misc]
        parser = Callbacks().parser
        theirs = microseconds(lambda head=head, parser=parser: parser.feed_data(head))  # type: ignore[misc]
        print(f"{name}: ours {ours:.2f} us, httptools {theirs:.2f} us")


if __name__ == "__main__":
    main()
