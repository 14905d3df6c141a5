"""Values of every type through functions that are served: JSON in, the guest, JSON out.

What is accepted, and what is answered, validates against the OpenAPI document of the component.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies
from hypothesis.configuration import set_hypothesis_home_dir
from jsonschema import Draft202012Validator

from tests.fuzz.choices import Choices
from tests.harness.asking import Answered, Asker
from tests.harness.direct import CACHE, GUESTS
from tests.harness.echo_component import PADDING, echo_component
from tests.harness.wit_values import random_type, random_value
from tests.pure.test_wit_json import ACCEPTED, BYTES, COLOR, REFUSED
from unit_wasm.options import Options
from unit_wasm.services.app import FunctionsApp
from unit_wasm.wit import model as wit
from unit_wasm.wit.codec_shapes import resolved
from unit_wasm.wit.json.writer import value_writer

# Everything that is made lies there.
set_hypothesis_home_dir(GUESTS.parent / "fuzz" / "hypothesis")

P = wit.PRIMITIVES
KEYWORDS = wit.TypeDef(
    "keywords",
    "",
    wit.Record((wit.Field("type", P["u8"]), wit.Field("func", BYTES), wit.Field("class", COLOR))),
)
NESTED = wit.List(wit.Result(wit.Option(P["u32"]), COLOR))
OWN_RESULT = wit.Result(P["u32"], P["string"])


class Echo:
    """A component that gives back values of some types, served.

    Parameters:
        types: one function for each.
    """

    def __init__(self, folder: Path, types: list[wit.Type], cache: Path = CACHE) -> None:
        path = folder / "echo.wasm"
        path.write_bytes(echo_component(types))
        self._types = types
        self._asker = Asker(FunctionsApp(path, options=Options(cache_dir=cache)))
        document = self._asker.ask("GET", "/openapi.json").json()
        self._paths = document["paths"]
        self._components = document["components"]

    def close(self) -> None:
        self._asker.__exit__(None, None, None)

    def call(self, type: wit.Type, text: str) -> Answered:
        """Call the function of a type with a value, and check both ways against the schemas."""
        path = f"/echo-{self._types.index(type)}"
        body = f'{{"value": {text}, "padding": {json.dumps(PADDING)}}}'
        answer = self._asker.post(path, body)
        operation = self._paths[path]["post"]
        self._check(operation["responses"][str(answer.status)], answer.body.decode())
        if answer.status < 400 or b"function-error" in answer.body:
            self._check(operation["requestBody"], body)
        return answer

    def raw(self, type: wit.Type, body: bytes) -> Answered:
        """Send any body."""
        return self._asker.post(f"/echo-{self._types.index(type)}", body)

    def _check(self, described: dict[str, Any], text: str) -> None:
        (content,) = described["content"].values()
        schema = {**content["schema"], "components": self._components}
        Draft202012Validator(schema).validate(json.loads(text))


def is_carried(type: wit.Type) -> bool:
    """Whether libwasmtime carries it between guests: neither maps nor lists of a fixed length."""
    shape: Any = resolved(type)[1]
    return not (
        isinstance(shape, wit.Map) or (isinstance(shape, wit.List) and shape.length is not None)
    )


def carried(cases: list[Any]) -> list[Any]:
    return [case for case in cases if is_carried(case[0])]


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Echo]:
    found: list[wit.Type] = [BYTES, KEYWORDS, NESTED, OWN_RESULT, P["string"], P["u64"]]
    for case in carried([*ACCEPTED, *REFUSED]):
        if case[0] not in found:
            found.append(case[0])
    made = Echo(tmp_path_factory.mktemp("echo"), found)
    yield made
    made.close()


def is_result(type: wit.Type) -> bool:
    return isinstance(resolved(type)[1], wit.Result)


@pytest.mark.parametrize(
    "case", carried(ACCEPTED), ids=lambda case: f"{case[1][:40]}-{case[3][:20]}"
)
def test_what_is_accepted(echo: Echo, case: tuple[Any, str, Any, str]) -> None:
    type, text, _, written = case
    answer = echo.call(type, text)
    if not is_result(type):
        assert (answer.status, answer.body.decode()) == (200, f'{{"result":{written}}}')
        assert echo.call(type, written).body == answer.body
        return
    # Its own type: the error of a function is an error of HTTP.
    ((name, value),) = json.loads(written).items()
    if name == "ok":
        assert (answer.status, answer.json()) == (200, {"result": value})
    else:
        assert (answer.status, answer.json()["error"]) == (400, value)


@pytest.mark.parametrize("case", carried(REFUSED), ids=lambda case: f"{case[1][:40]}")
def test_what_is_refused(echo: Echo, case: tuple[Any, str, str]) -> None:
    type, text, _ = case
    answer = echo.call(type, text)
    found = answer.json()
    assert (answer.status, found["type"]) == (422, "urn:unit-wasm:problem:bad-arguments")
    assert found["parameter"] == "value"
    assert found["pointer"].startswith("/value")


def test_names_that_are_words_elsewhere(echo: Echo) -> None:
    answer = echo.call(KEYWORDS, '{"class": "red", "type": 1, "func": [1, 2]}')
    assert answer.body == b'{"result":{"type":1,"func":"AQI=","class":"red"}}'


def test_results_within_values(echo: Echo) -> None:
    answer = echo.call(NESTED, '[{"ok": 5}, {"ok": null}, {"err": "red"}]')
    assert answer.body == b'{"result":[{"ok":5},{"ok":null},{"err":"red"}]}'
    answer = echo.call(NESTED, '[{"err": "reed"}]')
    assert (answer.status, answer.json()["pointer"]) == (422, "/value/0/err")


def test_the_error_of_a_function(echo: Echo) -> None:
    answer = echo.call(OWN_RESULT, '{"err": "oops"}')
    assert answer.body == (
        b'{"type":"urn:unit-wasm:problem:function-error",'
        b'"title":"The function answered with an error","status":400,"error":"oops"}'
    )


def test_a_megabyte_of_bytes(echo: Echo) -> None:
    text = json.dumps("AAEC" * 349_525)
    answer = echo.call(BYTES, text)
    assert answer.body == f'{{"result":{text}}}'.encode()


@pytest.mark.parametrize(
    "body",
    [
        b'{"value": 1, "value": 1}',
        b"[" * 100_000,
        b'{"value": ' + b"1" * 5000 + b"}",
        b'{"value": NaN}',
        b'{"value": "\xff"}',
        b'{"value": 1,}',
        b'{"value": 1} x',
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\0}\0",
    ],
    ids=lambda body: str(body[:20]),
)
def test_what_is_no_json(echo: Echo, body: bytes) -> None:
    answer = echo.raw(P["u64"], body)
    assert (answer.status, answer.fields["content-type"]) == (400, "application/problem+json")
    found = answer.json()
    assert found["type"] == "urn:unit-wasm:problem:bad-json"
    assert 0 <= found["position"] <= len(body)


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(strategies.binary(min_size=200, max_size=800))
def test_random_values_of_random_types(data: bytes) -> None:
    """JSON to WIT to JSON to WIT to JSON: the same text, whatever the type."""
    choices = Choices(data)
    types = [random_type(choices, exotic=False) for _ in range(3)]
    with tempfile.TemporaryDirectory() as folder:
        echo = Echo(Path(folder), types, Path(folder) / "cache")
        try:
            for type in types:
                for _ in range(3):
                    check_survival(echo, type, random_value(choices, type))
        finally:
            echo.close()


def check_survival(echo: Echo, type: wit.Type, value: Any) -> None:
    text = value_writer(type)(value)
    answer = echo.call(type, text)
    if is_result(type):
        ((name, written),) = json.loads(text).items()
        assert answer.status == (200 if name == "ok" else 400)
        assert answer.json()["result" if name == "ok" else "error"] == written
        return
    assert answer.body.decode() == f'{{"result":{text}}}'
    assert echo.call(type, text).body == answer.body
