"""The cases: what is asked of every peer, and what a right answer is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

KIB = 1 << 10
MIB = 1 << 20
PATTERN = b"0123456789abcdef"
ALL_BYTES = bytes(i * 167 + 13 & 0xFF for i in range(256))
"""As tests/guests/c/guest.c has them: what is no text may go another way than text."""

SIZES = {0: "0 B", KIB: "1 KiB", 64 * KIB: "64 KiB", MIB: "1 MiB", 16 * MIB: "16 MiB"}
CONNECTIONS = (1, 32, 256)
FLASK = "flask-py"
HOLDING = (1, 32, 256, 1000)
"""Exchanges in flight at once when the memory is measured."""


@dataclass(frozen=True)
class Request:
    """One request; every one of a case is the same."""

    method: str = "GET"
    target: str = "/"
    body: bytes = b""
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def head(self) -> bytes:
        """The request's head on the wire."""
        lines = [f"{self.method} {self.target} HTTP/1.1", "Host: localhost"]
        lines += [f"{name}: {value}" for name, value in self.fields]
        if self.method != "GET":
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode()


@dataclass(frozen=True)
class Case:
    """One case of throughput and latency.

    Parameters:
        key: its name in the raw file.
        title: its name in tables.
        guest: which component answers.
        answer: the body of a right response.
        connections: how many are kept open, each with one request after the other.
        size: bytes of the body that is moved, where throughput in bytes makes sense.
        seconds: of one measurement.
    """

    key: str
    title: str
    guest: str
    request: Request
    answer: bytes
    connections: int
    size: int | None = None
    seconds: int = 1


def _pattern(size: int, unit: bytes = PATTERN) -> bytes:
    return unit * (size // len(unit))


def _connections(size: int) -> int:
    # So that what is on its way at once stays below 64 MiB.
    return 32 if size <= 64 * KIB else 8 if size <= MIB else 2


def _json() -> tuple[bytes, dict[str, object]]:
    """A document of about 1 KiB, and what it holds."""
    names = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta")
    items = [
        {"id": i, "name": name, "tags": ["x", "y"], "on": True} for i, name in enumerate(names)
    ]
    value: dict[str, object] = {"items": items, "note": "n" * 512, "none": None}
    return json.dumps(value).encode(), value


def _cases() -> Iterator[Case]:
    hello = b"Hello, WASI!\n"
    for count in CONNECTIONS:
        unit = "connection" if count == 1 else "connections"
        yield Case(f"hello-{count}", f"hello, {count} {unit}", "hello", Request(), hello, count)
    for size, name in SIZES.items():
        body = _pattern(size)
        seconds = 2 if size > MIB else 1
        yield Case(
            *(f"echo-{size}", f"echo of {name}", "echo", Request("POST", body=body), body),
            *(_connections(size), size, seconds),
        )
    for size, name in SIZES.items():
        yield Case(
            *(f"response-{size}", f"response of {name}", "big-response"),
            *(Request(target=f"/{size}"), _pattern(size)),
            *(_connections(size), size, 2 if size > MIB else 1),
        )
    yield from _random_bytes()
    fields = tuple((f"X-Request-{i}", "v" * 24) for i in range(20))
    asked = Request(target="/20/24", fields=fields)
    yield Case("headers-20", "20 headers each way", "headers-many", asked, b"many\n", 32)
    yield from _large_guests()


def _random_bytes() -> Iterator[Case]:
    """What is no text, in every size."""
    for size, what in SIZES.items():
        if size == 0:
            continue
        body, count = _pattern(size, ALL_BYTES), _connections(size)
        of = (body, count, size, 2 if size > MIB else 1)
        sent, asked = Request("POST", body=body), Request(target=f"/{size}/1")
        yield Case(f"echo-random-{size}", f"echo of {what}, random bytes", "echo", sent, *of)
        title = f"response of {what}, random bytes"
        yield Case(f"response-random-{size}", title, "big-response", asked, *of)


def _large_guests() -> Iterator[Case]:
    document, value = _json()
    for guest, language, kind, separators in (
        ("json-py", "Python guest", "dict", (", ", ": ")),
        ("json-js", "JavaScript guest, bindings", "object", (",", ":")),
        ("fetch-json-js", "JavaScript guest, fetch event", "object", (",", ":")),
    ):
        told = json.dumps({"kind": kind, "value": value}, separators=separators).encode() + b"\n"
        request = Request("POST", body=document, fields=(("Content-Type", "application/json"),))
        yield Case(guest, f"JSON of 1 KiB, {language}", guest, request, told, 8)
    count = 20
    page = Request(target=f"/members/{count}")
    yield Case("flask", "Flask, a template", FLASK, page, _members(count), 8)


def _members(count: int) -> bytes:
    """Return what tests/guests/python/flask/application.py makes of its template."""
    rows = (
        f'\n<tr class="{"even" if i % 2 else "odd"}"><td>{i + 1}<td>&lt;{i}&gt; &amp; sons\n'
        f"<td>no{i}@example.org<td>{'yes' if i % 3 else 'no'}"
        for i in range(count)
    )
    title = "<!doctype html>\n<title>Members</title>\n<table>"
    return f"{title}{''.join(rows)}\n</table>".encode()


CASES = tuple(_cases())


def _on_two_cores() -> Iterator[Case]:
    """Some of them once more, for servers that have two cores."""
    chosen = ("hello-32", f"echo-{MIB}", "json-py", "fetch-json-js", "flask")
    for case in CASES:
        if case.key in chosen:
            yield replace(case, key=f"{case.key}-2-cores", title=f"{case.title}: two cores")


ON_TWO_CORES = tuple(_on_two_cores())


def by_guest(cases: Iterable[Case] = CASES) -> dict[str, list[Case]]:
    """Return the cases of each guest, in order: they share a server."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.guest, []).append(case)
    return groups
