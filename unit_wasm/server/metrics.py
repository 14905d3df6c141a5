"""``GET /metrics``: what the workers count, and what this process counts beside them.

The workers' part is written in C (``csrc/worker/metrics.c``), because inside Unit no Python runs
that could write it; the few families of this process follow in the same format.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from unit_wasm import __version__

if TYPE_CHECKING:
    from unit_wasm.config.document import JsonValue
    from unit_wasm.config.model import ApplicationConfig
    from unit_wasm.native.worker import Worker
    from unit_wasm.server.types import Application, ApplicationFactory
    from unit_wasm.serving.counts import FunctionCounts


class Compilations:
    """Makes applications, and counts how many were found in the cache of compiled components.

    Parameters:
        factory: makes them.
    """

    def __init__(self, factory: ApplicationFactory) -> None:
        self._factory = factory
        self._lock = threading.Lock()
        self._hits = 0
        self._misses = 0

    def make(self, config: ApplicationConfig) -> Application:
        """Make an application; is called in a thread."""
        made = self._factory(config)
        with self._lock:
            if made.status().get("cached"):
                self._hits += 1
            else:
                self._misses += 1
        return made

    def numbers(self) -> dict[str, JsonValue]:
        """Return ``cache_hits`` and ``cache_misses`` since the start."""
        return {"cache_hits": self._hits, "cache_misses": self._misses}


def exposition(
    status: Mapping[str, Any], workers: Sequence[Worker], functions: Sequence[FunctionCounts]
) -> bytes:
    """Return all metrics in the text format of Prometheus, version 0.0.4.

    Parameters:
        status: as ``GET /status`` has it.
        workers: of the applications that run.
        functions: that are served.
    """
    from unit_wasm.serving.counts import function_families

    text = "".join((*_of_process(status), *function_families(functions))).encode()
    if not workers:
        return text
    # Loads the engine, which a server without applications does not need.
    from unit_wasm.native.worker import metrics_text

    return text + metrics_text(workers)


def _of_process(status: Mapping[str, Any]) -> Iterator[str]:
    from unit_wasm.serving.counts import family

    connections, compilations = status["connections"], status["compilations"]
    yield family("build_info", "gauge", "The version that runs.", f'{{version="{__version__}"}} 1')
    for name in ("accepted", "closed"):
        text = f"Connections that were {name}."
        yield family(f"connections_{name}_total", "counter", text, f" {connections[name]}")
    yield family(
        "connections",
        "gauge",
        "Connections that are open now.",
        *(f'{{state="{state}"}} {connections[state]}' for state in ("active", "idle")),
    )
    yield family(
        "http_responses_total",
        "counter",
        "Responses that were completed, of all listeners.",
        f" {status['requests']['total']}",
    )
    for name, text in (("hits", "found in"), ("misses", "compiled for")):
        yield family(
            f"compilation_cache_{name}_total",
            "counter",
            f"Applications whose component was {text} the cache.",
            f" {compilations[f'cache_{name}']}",
        )
