"""What is seen of calls of functions: metrics, the access log, the id of a request."""

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.harness.components import assert_clean, environment, guest
from tests.harness.http import Connection, Response, request
from tests.harness.server import ServerProcess


class Served:
    """A server of functions with a control socket and an access log."""

    def __init__(self, folder: Path, process: ServerProcess) -> None:
        self.log = folder / "access.log"
        self.control = f"unix:{folder}/control.sock"
        self.process = process

    def post(self, path: str, body: str) -> Response:
        return request(self.process.address, "POST", path, body.encode())

    def lines(self, count: int) -> list[list[str]]:
        """Return the lines of the access log when there are so many."""
        while len(lines := self.log.read_text().splitlines()) < count:
            pass
        return [line.split() for line in lines]

    def counted(self) -> dict[tuple[str, ...], float]:
        """Return the samples of functions."""
        text = request(self.control, "GET", "/metrics").body.decode()
        return {
            (sample.name.removeprefix("unit_wasm_function_"), *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name.startswith("unit_wasm_function_")
        }


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """A server; where the test says so, with other options."""
    options: dict[str, str] = getattr(request, "param", {})
    # Not tmp_path: its folders are deeper than the path of a Unix socket may be long.
    with tempfile.TemporaryDirectory(prefix="uw-") as name:
        folder = Path(name)
        document = {
            "listeners": {"127.0.0.1:0": {"pass": "applications/app"}},
            "applications": {
                "app": {
                    "type": "wasm-wasi-component",
                    "component": str(guest("functions")),
                    "environment": {
                        "UNIT_WASM_TIMEOUT": "2s",
                        "UNIT_WASM_REQUEST_ID_RESPONSE": "x-request-id",
                        **{f"UNIT_WASM_{name}": value for name, value in options.items()},
                    },
                }
            },
            "access_log": {
                "path": str(folder / "access.log"),
                "format": "$status $method $uri $request_id",
            },
        }
        (folder / "conf.json").write_text(json.dumps(document))
        control = f"unix:{folder}/control.sock"
        arguments: list[str | Path] = ["serve", folder / "conf.json", "--control", control]
        with ServerProcess(arguments, ready=2, environment=environment()) as process:
            yield Served(folder, process)
            assert process.stop() == 0
            assert_clean(process.log)


def test_calls_are_counted_by_function_and_status(served: Served) -> None:
    assert served.counted() == {}
    for message in ("a", "b", "c"):
        served.post("/encrypt", json.dumps({"message": message}))
    served.post("/encrypt", "{}")
    served.post("/half", '{"number": 3}')
    served.post("/trap", "")
    served.post("/shapes/mirror", '{"of": {"x": 1, "y": 2}}')
    served.post("/test:functions/shapes/mirror", '{"of": {"x": 1, "y": 2}}')
    served.post("/nobody", "")
    counted = served.counted()
    calls = {key[1:]: value for key, value in counted.items() if key[0] == "calls_total"}
    assert calls == {
        ("app", "/encrypt", "200"): 3,
        ("app", "/encrypt", "422"): 1,
        ("app", "/half", "400"): 1,
        ("app", "/trap", "500"): 1,
        ("app", "/shapes/mirror", "200"): 2,
    }
    assert counted["call_duration_seconds_count", "app", "/encrypt"] == 4
    assert 0 < counted["call_duration_seconds_sum", "app", "/encrypt"] < 10


def test_a_request_has_one_id_everywhere(served: Served) -> None:
    good = served.post("/encrypt", '{"message": "a"}')
    trap = served.post("/trap", "")
    told = [good.field("x-request-id"), trap.field("x-request-id")]
    assert all(told)
    assert told[0] != told[1]
    assert trap.json()["request"] == told[1]
    first, second = served.lines(2)
    assert first == ["200", "POST", "/encrypt", told[0]]
    assert second == ["500", "POST", "/trap", told[1]]
    served.process.wait_for_text("POST /trap: the component failed")
    assert f"request {told[1]}: POST /trap" in served.process.raw_log


def test_what_no_component_gets_has_an_id_in_the_access_log_alone(served: Served) -> None:
    refused = served.post("/encrypt", "{}")
    assert (refused.status, refused.field("x-request-id")) == (422, None)
    (line,) = served.lines(1)
    assert line[:3] == ["422", "POST", "/encrypt"]
    assert re.fullmatch("[0-9a-f]{32}", line[3])


def in_flight(served: Served) -> int:
    numbers = request(served.control, "GET", "/status/applications/app/requests").json()
    return int(numbers["active"])


def wait_for_in_flight(served: Served, expected: int) -> None:
    """Ask until so many calls run; the time limit of the test ends it."""
    while in_flight(served) != expected:
        pass


@pytest.mark.parametrize("served", [{"TIMEOUT": "60s"}], indirect=True)
def test_a_client_that_goes_ends_its_call(served: Served) -> None:
    with Connection(served.process.address) as connection:
        connection.send(b"POST /loop HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_for_in_flight(served, 1)
        connection.reset()
    wait_for_in_flight(served, 0)
    assert served.lines(1)[0][:3] == ["499", "POST", "/loop"]
    assert served.post("/encrypt", '{"message": "a"}').body == b'{"result":"d"}'


@pytest.mark.parametrize(
    "served", [{"TIMEOUT": "60s", "MAX_EXCHANGES": "1", "MAX_QUEUE": "0"}], indirect=True
)
def test_too_many_calls(served: Served) -> None:
    with Connection(served.process.address) as connection:
        connection.send(b"POST /loop HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_for_in_flight(served, 1)
        answer = served.post("/encrypt", '{"message": "a"}')
        found = answer.json()
        assert (answer.status, found["type"]) == (503, "urn:unit-wasm:problem:busy")
        assert answer.field("retry-after") == "1"
        assert answer.field("content-type") == "application/problem+json"
        assert found["request"] == answer.field("x-request-id")
        connection.reset()
    wait_for_in_flight(served, 0)
    assert served.post("/encrypt", '{"message": "a"}').status == 200
