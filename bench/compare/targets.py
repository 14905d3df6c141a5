"""What we want to reach, as ratios in one run where that is possible."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from measure import PLAIN_RATIO

from compare.alone import ALONE
from compare.cases import SIZES
from compare.results import Results


@dataclass(frozen=True)
class Target:
    """One target.

    Parameters:
        title: what is measured.
        bound: as a table shows it: ``at least 0.40``.
        values: of it in a run; none where it was not measured.
        beside: what a table shows beside them.
    """

    title: str
    bound: str
    values: Callable[[Results], list[float]]
    beside: Callable[[Results], str] = lambda _results: ""

    def is_met(self, value: float) -> bool:
        """Whether a value is within the bound."""
        words = self.bound.split()
        bound = float(words[2])
        return value >= bound if words[1] == "least" else value <= bound


def _ratio(case: str, over: str, under: str) -> Callable[[Results], list[float]]:
    return lambda results: results.ratios(case, "rate", over, under)


def _worst_of_bytes(peer: str) -> Callable[[Results], list[float]]:
    """How many times as fast text is as random bytes, where it is most of all."""

    def values(results: Results) -> list[float]:
        rates = [
            [results.median(f"{kind}-{size}", "rate", peer) for kind in (text, f"{text}-random")]
            for text in ("echo", "response")
            for size in SIZES
        ]
        ratios = [text / random for text, random in rates if text and random]
        return [max(ratios)] if ratios else []

    return values


def _values(case: str, measure: str, peer: str) -> Callable[[Results], list[float]]:
    return lambda results: results.of(case, measure, peer)


def _held(peer: str) -> Callable[[Results], list[float]]:
    """KB of each exchange that waits: between one and a thousand of them."""

    def values(results: Results) -> list[float]:
        few, many = (results.of("waiting", f"mb-{count}", peer) for count in (1, 1000))
        return [(b - a) * 1000 / 999 for a, b in zip(few, many, strict=False)]

    return values


def _alone(results: Results) -> str:
    """The times of the ratio."""
    times = [results.of(ALONE, "hello_us", peer) for peer in ("embedded", "plain")]
    ours, plain = (f"{statistics.median(values):.1f} us" for values in times)
    return f": {ours}, plain C {plain}"


HELLO = "hello-32"
ECHO = f"echo-{1 << 20}"
RANDOM = f"echo-random-{1 << 20}"
COMPARED = (HELLO, ECHO, RANDOM, "json-py", "json-js", "fetch-json-js", "flask")
"""The cases of targets: these are measured in more rounds than the others."""

JSON = {
    "json-py": ("JSON, Python guest", "5.0"),
    "fetch-json-js": ("JSON, JavaScript guest, fetch event", "4.5"),
    "json-js": ("JSON, JavaScript guest, bindings", "1.6"),
}
OVER = (("embedded", "wasmtime", "wasmtime serve"), ("module", "rust", "Unit's Rust module"))
OURS = {"embedded": "embedded", "module": "Unit"}

TARGETS = (
    Target("hello: Unit / C on libunit", "at least 0.40", _ratio(HELLO, "module", "libunit")),
    Target("hello: Unit / Unit's Rust module", "at least 1.5", _ratio(HELLO, "module", "rust")),
    Target("hello: embedded / uvicorn", "at least 0.45", _ratio(HELLO, "embedded", "uvicorn")),
    Target("hello: embedded / jco serve", "at least 15", _ratio(HELLO, "embedded", "jco")),
    Target(
        "hello: embedded / wasmtime serve", "at least 1.0", _ratio(HELLO, "embedded", "wasmtime")
    ),
    Target(
        "echo of 1 MiB: embedded / wasmtime serve",
        "at least 0.5",
        _ratio(ECHO, "embedded", "wasmtime"),
    ),
    Target(
        "echo of 1 MiB of random bytes: embedded / wasmtime serve",
        "at least 0.8",
        _ratio(RANDOM, "embedded", "wasmtime"),
    ),
    Target(
        "echo of 1 MiB: Unit / wasmtime serve", "at least 0.5", _ratio(ECHO, "module", "wasmtime")
    ),
    *(
        Target(
            f"response of {name}: {ours} / wasmtime serve",
            "at least 1.0",
            _ratio(f"response-{size}", key, "wasmtime"),
        )
        for size, name in SIZES.items()
        if size >= 1 << 20
        for key, ours in OURS.items()
    ),
    *(
        Target(f"text / random bytes, at its worst: {ours}", "at most 1.3", _worst_of_bytes(key))
        for key, ours in OURS.items()
    ),
    *(
        Target(f"{title}: {OURS[over]} / {name}", f"at least {bound}", _ratio(key, over, under))
        for key, (title, bound) in JSON.items()
        for over, under, name in OVER
    ),
    Target(
        "Flask: Unit / Flask in Unit's Python module",
        "at least 0.30",
        _ratio("flask", "module", "python"),
    ),
    Target(
        "first answer of hello, warm cache, embedded",
        "at most 80 ms",
        _values("start-warm-hello", "start", "embedded"),
    ),
    Target(
        "hello: worker alone / plain C calls",
        f"at most {PLAIN_RATIO}",
        lambda results: results.ratios(ALONE, "hello_us", "embedded", "plain"),
        _alone,
    ),
    Target(
        "echo of 1 MiB: worker alone", "at least 400 MB/s", _values(ALONE, "echo_mb", "embedded")
    ),
    Target(
        "echo of 1 MiB of random bytes: worker alone",
        "at least 400 MB/s",
        _values(ALONE, "echo_random_mb", "embedded"),
    ),
    Target(
        "idle worker in Unit, resident", "at most 40 MB", _values("idle-new", "resident", "module")
    ),
    Target(
        "idle worker in Unit, private", "at most 12 MB", _values("idle-new", "private", "module")
    ),
    Target("exchange that waits, Unit", "at most 60 KB", _held("module")),
    Target("exchange that waits, embedded", "at most 60 KB", _held("embedded")),
)
