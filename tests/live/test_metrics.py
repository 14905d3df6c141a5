"""``GET /status`` and ``GET /metrics`` of a server with components."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.harness.components import Components, application, components
from tests.harness.http import request
from tests.live.conftest import Place, configuration
from unit_wasm import __version__

TYPE = "text/plain; version=0.0.4; charset=utf-8"


@pytest.fixture(scope="module")
def server() -> Iterator[Components]:
    with components({"mixed": application("mixed"), "hello": application("hello")}) as made:
        yield made


def metrics(server: Components) -> dict[tuple[str, ...], float]:
    """Return every sample by its name and the values of its labels, in the order of the names."""
    response = server.ask("GET", "/metrics")
    assert (response.status, response.field("content-type")) == (200, TYPE)
    text = response.body.decode()
    names = [family.name for family in text_string_to_metric_families(text)]
    assert len(set(names)) == len(names)
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_status_and_metrics_count_the_same(server: Components) -> None:
    for path, status in (("/", 200), ("/", 200), ("/trap", 500), ("/no-set", 500)):
        assert request(server["mixed"], "GET", path).status == status
    numbers: dict[str, Any] = server.numbers("mixed")
    assert numbers["responses"] == {"200": 2, "500": 2}
    assert numbers["ends"] == {"ok": 2, "trap-unreachable": 1, "no-response": 1}
    assert (numbers["requests"], numbers["failures"], numbers["in_flight"]) == (4, 2, 0)
    assert numbers["duration"]["count"] == numbers["instantiation"]["count"] == 4
    found = metrics(server)
    assert found["unit_wasm_requests_total", "mixed"] == 4
    assert found["unit_wasm_requests_total", "hello"] == 0
    assert found["unit_wasm_responses_total", "mixed", "500"] == 2
    assert found["unit_wasm_exchanges_ended_total", "mixed", "trap-unreachable"] == 1
    assert found["unit_wasm_exchange_cpu_seconds_count", "mixed"] == 4
    assert found["unit_wasm_exchanges_limit", "hello"] == 100
    assert found["unit_wasm_build_info", __version__] == 1
    assert found["unit_wasm_http_responses_total",] == 4
    assert found["unit_wasm_connections_accepted_total",] == 4
    assert found["unit_wasm_connections", "active"] == found["unit_wasm_connections", "idle"] == 0


def test_the_cache_of_compiled_components(tmp_path: Path) -> None:
    options = {"CACHE_DIR": str(tmp_path / "cache")}
    with components({"a": application("hello", options)}) as server:
        assert server.ask("GET", "/status/compilations").json() == {
            "cache_hits": 0,
            "cache_misses": 1,
        }
        assert server.numbers("a")["cached"] is False
        assert server.ask("GET", "/control/applications/a/restart").status == 200
        assert server.ask("GET", "/status/compilations/cache_hits").json() == 1
        assert server.numbers("a")["cached"] is True
        found = metrics(server)
        assert found["unit_wasm_compilation_cache_hits_total",] == 1
        assert found["unit_wasm_compilation_cache_misses_total",] == 1
        assert found["unit_wasm_component_cached", "a"] == 1


def test_the_metrics_file_of_each_application(tmp_path: Path) -> None:
    options = {"METRICS_FILE": str(tmp_path / "m.prom"), "METRICS_INTERVAL": "100ms"}
    names = ("one", "other")
    with components({name: application("hello", options) for name in names}) as server:
        files = {name: tmp_path / f"m.{name}.{server.process.pid}.prom" for name in names}
        assert request(server["one"]).status == 200
        for name, count in (("one", 1), ("other", 0)):
            sample = f'unit_wasm_requests_total{{application="{name}",pid="{server.process.pid}"}}'
            while not files[name].exists() or f"{sample} {count}\n" not in files[name].read_text():
                pass
        assert server.stop() == 0
        assert list(tmp_path.iterdir()) == []


def test_metrics_without_applications(place: Place) -> None:
    with place.with_control(place.write(configuration("echo:one"))) as server:
        response = place.ask("GET", "/metrics")
        assert response.status == 200
        assert b"\nunit_wasm_compilation_cache_misses_total 1\n" in response.body
        assert b"application=" not in response.body
        assert request(server.address).status == 200
