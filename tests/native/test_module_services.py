"""Functions as services in the module, through our double: the test is what Python is there."""

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.harness.components import application, guest
from tests.harness.double import Module, running
from tests.harness.double_services import Answers, call, problem
from tests.harness.double_values import NewRequest, ffi, lib
from tests.harness.folders import TELLS
from unit_wasm.errors import ComponentError
from unit_wasm.services.binding import MAX_BODY_SIZE, Binding
from unit_wasm.services.pages import Pages
from unit_wasm.unit.answering import Answering, OneComponent
from unit_wasm.unit.prepare import examine
from unit_wasm.unit.worlds import world_of, world_text


def answering(name: str, origins: Sequence[str] = ()) -> Answering:
    """Return what the module would have of a guest."""
    own = examine("app", application(name)).own
    assert own is not None
    assert own.title == f"{name}.wasm"
    binding = Binding(world_of(world_text(own.world)), own.title, own.names)
    return Answering(ffi, lib, OneComponent("app", binding), Pages(origins))


@contextlib.contextmanager
def serving(
    name: str = "functions", fault: Callable[[str], None] = lambda step: None, **options: Any
) -> Iterator[Module]:
    answers = Answers(answering(name), fault)
    with running(name, **options) as module, answers:
        yield module


def ask_as(module: Module, origin: bytes, host: bytes, local: bytes) -> int:
    fields = ((b"Content-Type", b"application/json"), (b"Host", host), (b"Origin", origin))
    return call(module, b"/encrypt", b'{"message": "a"}', headers=fields, local=local).status


@pytest.mark.parametrize(
    ("origin", "host", "local", "status"),
    [
        (b"http://a.example", b"a.example", b"10.0.0.1", 200),
        (b"http://a.example", b"a.example", b"unix:/run/unit.sock", 200),
        (b"http://a.example", b"a.example", b"", 200),
        (b"http://a.example", b"a.example", b"127.0.0.1", 403),
        (b"http://a.example", b"a.example", b"::1", 403),
        (b"http://a.example", b"a.example", b"::ffff:127.0.0.1", 403),
        (b"http://localhost:80", b"localhost:80", b"::1", 200),
        (b"http://b.example", b"a.example", b"10.0.0.1", 403),
    ],
)
def test_pages_of_others_may_not_call(
    origin: bytes, host: bytes, local: bytes, status: int
) -> None:
    with serving() as module:
        assert ask_as(module, origin, host, local) == status
        assert ask_as(module, b"http://b.example", b"localhost", local) == 403
        assert call(module, b"/encrypt", b'{"message": "a"}').body == b'{"result":"d"}'


def test_calls() -> None:
    with serving() as module:
        for _ in range(2):
            answer = call(module, b"/encrypt", b'{"message": "hello world"}')
            assert (answer.status, answer.body) == (200, b'{"result":"khoor zruog"}')
            assert answer.headers == (
                (b"content-type", b"application/json"),
                (b"content-length", b"24"),
            )
        assert call(module, b"/shapes/mirror", b'{"of": {"x": 1, "y": -2}}').body == (
            b'{"result":{"x":-2,"y":1}}'
        )
        assert call(module, b"/nothing?x=1", b"", headers=()).body == b'{"result":null}'
        assert call(module, b"/%6eothing", b"{}").body == b'{"result":null}'
        assert module.log == ""


def test_errors_of_a_caller() -> None:
    with serving() as module:
        answer = call(module, b"/half", b'{"number": 5}')
        assert (answer.status, problem(answer)["error"]) == (400, "an odd number")
        assert problem(call(module, b"/encrypt", b'{"message": 5}'))["pointer"] == "/message"
        assert problem(call(module, b"/encrypt", b"message=5"))["position"] == 0
        form = ((b"content-type", b"application/x-www-form-urlencoded"),)
        assert call(module, b"/encrypt", b"message=5", headers=form).status == 415
        assert problem(call(module, b"/encrpt", b"{}"))["did-you-mean"] == "encrypt"
        answer = module.ask(b"/encrypt")
        assert (answer.status, answer.header(b"allow")) == (405, b"POST, OPTIONS")
        answer = module.ask(b"/encrypt", method=b"OPTIONS")
        assert (answer.status, answer.body, answer.header(b"content-length")) == (204, b"", None)
        assert module.log == ""


def test_what_describes_it() -> None:
    with serving() as module:
        assert json.loads(module.ask(b"/openapi.json").body)["openapi"] == "3.1.0"
        listed = json.loads(module.ask(b"/").body)
        assert listed["title"] == "functions.wasm"
        page = module.ask(b"/", headers=((b"accept", b"text/html"),))
        assert page.body.startswith(b"<!DOCTYPE html>")
        assert page.header(b"content-length") == b"%d" % len(page.body)
        head = module.ask(b"/", method=b"HEAD", headers=((b"accept", b"text/html"),))
        assert (head.status, head.body) == (200, b"")
        assert head.header(b"content-length") == b"%d" % len(page.body)


@pytest.mark.parametrize("size", [16384, 16385, 300_000])
def test_large_arguments_and_results(size: int) -> None:
    with serving() as module:
        body = json.dumps({"message": "a" * size}).encode()
        answer = call(module, b"/encrypt", body)
        assert answer.whole
        assert json.loads(answer.body) == {"result": "d" * size}


@pytest.mark.parametrize("extra", [0, 1])
def test_bodies_at_the_limit(extra: int) -> None:
    with serving() as module:
        body = b"{}".ljust(MAX_BODY_SIZE + extra)
        answer = call(module, b"/nothing", body)
        assert answer.status == (413 if extra else 200)


def test_a_body_that_unit_has_not() -> None:
    with serving() as module:
        answer = call(module, b"/nothing", b"{}", promised=10)
        assert answer.status == 500
        assert "the request cannot be made a call" in module.log
        assert call(module, b"/nothing", b"{}").status == 200


def test_what_goes_wrong() -> None:
    with serving(TIMEOUT="300ms") as module:
        answer = call(module, b"/trap", b"{}")
        assert answer.status == 500
        assert problem(answer)["type"] == "urn:unit-wasm:problem:trap"
        assert problem(answer)["request"] in module.raw_log
        assert "POST /trap: the component failed: wasm trap: wasm `unreachable`" in module.log
        assert problem(call(module, b"/loop", b"{}"))["type"] == "urn:unit-wasm:problem:timeout"
        assert call(module, b"/half", b'{"number": 4}').body == b'{"result":2}'


def test_too_many_calls() -> None:
    with serving(MAX_EXCHANGES="1", MAX_QUEUE="0", TIMEOUT="1s") as module:
        loops = NewRequest(b"/loop", method=b"POST", body=b"{}")
        numbers = module.together([loops, loops, loops])
        answers = [module.done(number) for number in numbers]
        assert sorted(answer.status for answer in answers) == [503, 503, 504]
        busy = next(answer for answer in answers if answer.status == 503)
        assert problem(busy)["type"] == "urn:unit-wasm:problem:busy"
        assert busy.header(b"retry-after") == b"1"


def test_a_hundred_at_once_of_which_some_fail() -> None:
    with serving() as module:
        bodies = {0: (b"/trap", b"{}"), 1: (b"/encrypt", b'{"massage": "a"}')}
        usual = (b"/encrypt", b'{"message": "abc"}')
        asked = [bodies.get(number % 10, usual) for number in range(100)]
        requests = [NewRequest(path, method=b"POST", body=body) for path, body in asked]
        answers = [module.done(number) for number in module.together(requests)]
        expected = {0: 500, 1: 422}
        assert [answer.status for answer in answers] == [
            expected.get(number % 10, 200) for number in range(100)
        ]
        assert {a.body for a in answers if a.status == 200} == {b'{"result":"def"}'}


@pytest.mark.parametrize("where", ["ask", "returned"])
def test_a_fault_of_ours_ends_one_request(where: str) -> None:
    faults = iter([True])

    def fault(step: str) -> None:
        if step == where and next(faults, False):
            raise RuntimeError(step)

    with serving(fault=fault) as module:
        answer = call(module, b"/half", b'{"number": 4}')
        assert (answer.status, answer.body) == (500, b"500 Internal Server Error\n")
        assert call(module, b"/half", b'{"number": 4}').body == b'{"result":2}'


def test_the_id_of_a_request_is_told() -> None:
    with serving(REQUEST_ID_RESPONSE="x-request-id") as module:
        for path in (b"/half", b"/nowhere"):
            answer = call(module, path, b'{"number": 4}')
            assert answer.header(b"x-request-id") is not None


def test_quit_while_a_call_runs() -> None:
    with serving(TIMEOUT="10s") as module:
        module.begun(b"/loop", method=b"POST", body=b"{}")
        module.message("CLOSED")
        module.ended()


def counted(file: Path) -> dict[tuple[str, ...], float]:
    """Return the samples of functions."""
    samples: dict[tuple[str, ...], float] = {}
    for family in text_string_to_metric_families(file.read_text()):
        for sample in family.samples:
            if sample.name.startswith("unit_wasm_function_"):
                labels = dict(sample.labels)
                assert (labels.pop("application"), labels.pop("pid")) == ("app", str(os.getpid()))
                name = sample.name.removeprefix("unit_wasm_function_")
                samples[name, *labels.values()] = sample.value
    return samples


def test_calls_are_counted_by_function_and_status(tmp_path: Path) -> None:
    """In the file of metrics, as the embedded server has them."""
    file = tmp_path / f"unit.app.{os.getpid()}.prom"
    options: dict[str, Any] = {
        "METRICS_FILE": str(tmp_path / "unit.prom"),
        "METRICS_INTERVAL": "100ms",
    }
    with serving(**options) as module:
        module.wait(file.exists, "a file")
        assert counted(file) == {}
        for path, body in (
            *(
                (b"/encrypt", b'{"message": "a"}'),
                (b"/encrypt", b"{}"),
                (b"/half", b'{"number":3}'),
            ),
            *((b"/trap", b""), (b"/test:functions/shapes/mirror", b'{"of": {"x": 1, "y": 2}}')),
            *((b"/nobody", b""), (b"/", b"")),
        ):
            call(module, path, body)
        expected = {
            ("calls_total", "/encrypt", "200"): 1.0,
            ("calls_total", "/encrypt", "422"): 1.0,
            ("calls_total", "/half", "400"): 1.0,
            ("calls_total", "/trap", "500"): 1.0,
            ("calls_total", "/shapes/mirror", "200"): 1.0,
        }
        module.wait(lambda: expected.items() <= counted(file).items(), "counted")
        found = counted(file)
        assert {key for key in found if key[0] == "calls_total"} == expected.keys()
        assert found["call_duration_seconds_count", "/encrypt"] == 2
        assert 0 < found["call_duration_seconds_sum", "/encrypt"] < 10
        assert "# TYPE unit_wasm_requests_total counter" in file.read_text()


def test_what_cannot_be_counted_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / f"unit.app.{os.getpid()}.prom"

    def fault(step: str) -> None:
        if step == "count":
            raise RuntimeError(step)

    options: dict[str, Any] = {
        "METRICS_FILE": str(tmp_path / "unit.prom"),
        "METRICS_INTERVAL": "100ms",
    }
    with serving(fault=fault, **options) as module:
        call(module, b"/nothing", b"")
        requests = f'unit_wasm_requests_total{{application="app",pid="{os.getpid()}"}} 1'
        module.wait(lambda: file.exists() and requests in file.read_text(), "written")
        assert counted(file) == {}


# ---- At a change of the configuration ----


def test_what_cannot_be_served(tmp_path: Path) -> None:
    path = tmp_path / "foreign.wat"
    path.write_text(TELLS)
    document = {**application("functions"), "component": str(path)}
    with pytest.raises(ComponentError, match="imports tell, which nobody provides"):
        examine("app", document)
    (tmp_path / "told_here.py").write_text("raise SystemExit('executed')\n")
    document["environment"] |= {"UNIT_WASM_HOST": "told_here", "UNIT_WASM_HOST_PATH": str(tmp_path)}
    own = examine("app", document).own
    assert own is not None
    assert (set(own.names), own.title) == ({"tell"}, "foreign.wat")


def test_a_component_that_answers_http_is_no_service() -> None:
    assert examine("app", application("hello")).own is None
    assert guest("functions").exists()
