"""A component that exports functions, served: with curl's requests, and many at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.harness.components import environment, guest
from tests.harness.http import Response, request
from tests.harness.server import ServerProcess

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    arguments = ["serve", str(guest("functions")), "--listen", "127.0.0.1:0", "--timeout", "2s"]
    with ServerProcess(arguments, environment=environment()) as process:
        yield process
        assert process.stop() == 0


def call(
    server: ServerProcess, path: str, body: str, fields: dict[str, str] | None = None
) -> Response:
    return request(server.address, "POST", path, body.encode(), JSON if fields is None else fields)


def test_the_two_calls_of_the_cipher(server: ServerProcess) -> None:
    answer = call(server, "/encrypt", '{"message": "hello world"}')
    assert (answer.status, answer.body) == (200, b'{"result":"khoor zruog"}')
    answer = call(server, "/decrypt", '{"message": "khoor zruog"}')
    assert (answer.status, answer.body) == (200, b'{"result":"hello world"}')


def test_what_a_function_answers(server: ServerProcess) -> None:
    assert call(server, "/half", '{"number": 4}').body == b'{"result":2}'
    answer = call(server, "/half", '{"number": 5}')
    assert (answer.status, json.loads(answer.body)["error"]) == (400, "an odd number")
    assert call(server, "/nothing", "").body == b'{"result":null}'
    mirrored = call(server, "/shapes/mirror", '{"of": {"x": 1, "y": -2}}')
    assert mirrored.body == b'{"result":{"x":-2,"y":1}}'
    large = call(server, "/repeat", '{"data": "AAEC", "times": 300000}')
    assert json.loads(large.body)["result"] == "AAEC" * 300_000


def test_what_goes_wrong(server: ServerProcess) -> None:
    answer = call(server, "/encrypt", '{"message": 5}')
    assert answer.status == 422
    assert json.loads(answer.body)["pointer"] == "/message"
    assert call(server, "/encrypt", "message=5", {}).status == 400
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert call(server, "/encrypt", "message=5", form).status == 415
    assert call(server, "/nothing", "x" * (9 << 20)).status == 413
    trap = call(server, "/trap", "{}")
    assert trap.status == 500
    assert json.loads(trap.body)["type"] == "urn:unit-wasm:problem:trap"
    server.wait_for_text("POST /trap: the component failed: wasm trap: wasm `unreachable`")
    assert f"request {json.loads(trap.body)['request']}: POST /trap" in server.raw_log
    assert call(server, "/loop", "{}").status == 504


def test_what_describes_it(server: ServerProcess) -> None:
    assert json.loads(request(server.address, "GET", "/openapi.json").body)["openapi"] == "3.1.0"
    listed = json.loads(request(server.address).body)
    assert listed["functions"][1]["path"] == "/encrypt"
    page = request(server.address, fields={"accept": "text/html"})
    assert page.body.startswith(b"<!DOCTYPE html>")


def test_a_hundred_at_once_of_which_some_fail(server: ServerProcess) -> None:
    def one(number: int) -> tuple[int, bytes]:
        if number % 10 == 3:
            return call(server, "/trap", "{}").status, b""
        if number % 10 == 7:
            return call(server, "/encrypt", '{"massage": "a"}').status, b""
        answer = call(server, "/encrypt", json.dumps({"message": "abc" * number}))
        return answer.status, answer.body

    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(one, range(100)))
    for number, answer in enumerate(answers):
        expected: tuple[int, bytes] = (200, f'{{"result":"{"def" * number}"}}'.encode())
        if number % 10 == 3:
            expected = (500, b"")
        elif number % 10 == 7:
            expected = (422, b"")
        assert answer == expected
