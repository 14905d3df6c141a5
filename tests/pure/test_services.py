"""The functions of a component as a service: routes, calls, answers, what describes them."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from unit_wasm.errors import ComponentError
from unit_wasm.services.binding import ended
from unit_wasm.services.problems import JSON, PROBLEM, Answer
from unit_wasm.services.service import Call, Request, Service
from unit_wasm.wit import model as wit
from unit_wasm.wit.values import Err, Ok

U8, STRING = wit.PRIMITIVES["u8"], wit.PRIMITIVES["string"]
FAILURE = wit.TypeDef("failure", "test:shapes/draw@1.2.0", wit.Enum(("not-found", "other")))
POINT = wit.TypeDef(
    "point",
    "test:shapes/draw@1.2.0",
    wit.Record((wit.Field("x", U8), wit.Field("name", wit.Option(STRING)))),
)
PEN = wit.TypeDef("pen", "test:shapes/draw@1.2.0", wit.Resource())


def function(label: str, params: dict[str, Any], result: Any = None) -> wit.Function:
    listed = tuple(wit.Param(name, type) for name, type in params.items())
    return wit.Function(label, label, wit.FunctionKind.FREE, None, listed, result)


def interface(name: str, *functions: wit.Function, types: tuple[wit.TypeDef, ...] = ()) -> wit.Item:
    return wit.Item(name, wit.Interface(name, name, types, functions))


def world(*exports: wit.Item) -> wit.World:
    return wit.World((), exports, ())


def of_the_world(each: wit.Function) -> wit.Item:
    return wit.Item(each.name, each)


CIPHER = world(
    of_the_world(function("encrypt", {"message": STRING}, STRING)),
    of_the_world(function("log", {})),
    interface(
        "test:shapes/draw@1.2.0",
        function("at", {"a": POINT, "b": wit.Option(POINT)}, wit.Result(POINT, FAILURE)),
        function("hold", {"pen": wit.Own(PEN)}),
        types=(FAILURE, POINT, PEN),
    ),
    interface("wasi:cli/run@0.2.0", function("run", {}, wit.Result())),
    wit.Item("exports", wit.Interface(None, "export exports", (), (function("init", {}),))),
)


def service() -> Service:
    return Service(CIPHER, "cipher.wasm")


def respond(path: str, body: str | bytes = b"", **given: Any) -> Answer | Call:
    data = body.encode() if isinstance(body, str) else body
    request = {"method": "POST", "media_type": "application/json", "accept": "", **given}
    return service().respond(Request(path=path, body=data, **request))


def answered(path: str, body: str | bytes = b"", **given: Any) -> Answer:
    answer = respond(path, body, **given)
    assert isinstance(answer, Answer)
    return answer


def called(path: str, body: str | bytes = b"", **given: Any) -> Call:
    call = respond(path, body, **given)
    assert isinstance(call, Call)
    return call


# ---- Calls ----


def test_a_call() -> None:
    call = called("encrypt", '{"message": "hello world"}')
    assert (call.offered.function.name, call.offered.interface) == ("encrypt", None)
    assert call.arguments == ["hello world"]
    assert call.returned("khoor zruog") == Answer(200, (JSON,), b'{"result":"khoor zruog"}')


@pytest.mark.parametrize("body", ["", "{}", " { } "])
def test_no_arguments_and_no_result(body: str) -> None:
    call = called("log", body)
    assert call.arguments == []
    assert call.returned(None) == Answer(200, (JSON,), b'{"result":null}')


@pytest.mark.parametrize(
    "path",
    ["draw/at", "test:shapes/draw/at", "test:shapes/draw@1.2.0/at"],
)
def test_an_interface_has_its_short_name_and_its_whole_one(path: str) -> None:
    call = called(path, '{"a": {"x": 1}}')
    assert call.arguments == [{"x": 1, "name": None}, None]
    value = {"x": 1, "name": None}
    assert call.returned(Ok(value)) == Answer(200, (JSON,), b'{"result":{"x":1,"name":null}}')
    answer = call.returned(Err("not-found"))
    assert answer == Answer(
        400,
        (PROBLEM,),
        b'{"type":"urn:unit-wasm:problem:function-error",'
        b'"title":"The function answered with an error","status":400,"error":"not-found"}',
    )


def test_two_interfaces_of_one_name_have_their_whole_names() -> None:
    both = world(
        interface("a:b/add", function("add", {}, U8)),
        interface("c:d/add@1.0.0", function("add", {}, U8)),
        interface("c:d/add@2.0.0", function("add", {}, U8)),
    )
    found = {each.path for each in Service(both, "x").offers.functions}
    assert found == {"a:b/add/add", "c:d/add@1.0.0/add", "c:d/add@2.0.0/add"}
    assert Service(both, "x").offers.find("add/add") is None
    assert Service(both, "x").offers.find("c:d/add/add") is None


def test_a_component_without_functions() -> None:
    for exports in ((), CIPHER.exports[3:]):
        with pytest.raises(ComponentError, match="exports no functions"):
            Service(world(*exports), "x")


# ---- Faults ----


def problem(answer: Answer) -> dict[str, Any]:
    assert PROBLEM in answer.headers
    document: dict[str, Any] = json.loads(answer.body)
    assert document["status"] == answer.status
    return document


def test_a_wrong_argument() -> None:
    answer = answered("encrypt", '{"message": 5}')
    assert answer.status == 422
    assert answer.body == (
        b'{"type":"urn:unit-wasm:problem:bad-arguments","title":"An argument has the wrong type",'
        b'"status":422,"detail":"message: 5 is not a string","parameter":"message",'
        b'"pointer":"/message","expected":"string","value":"5"}'
    )


def test_all_wrong_arguments() -> None:
    found = problem(answered("draw/at", '{"a": {"x": 300}, "c": 1}'))
    assert (found["status"], found["parameter"], found["pointer"]) == (422, "a", "/a/x")
    assert found["errors"] == [
        {
            "detail": "a.x: 300 is not a whole number from 0 to 255",
            "parameter": "a",
            "pointer": "/a/x",
            "expected": "u8",
            "value": "300",
        },
        {
            "detail": "c: there is no such parameter",
            "parameter": "c",
            "pointer": "/c",
            "value": "1",
        },
    ]


def test_what_is_said_names_the_place() -> None:
    """A record that is there has not the fault of a field that is missing."""
    found = problem(answered("draw/at", '{"a": {"nam": "x"}}'))
    assert [each["detail"] for each in found["errors"]] == [
        "a.x: it is missing",
        "a.nam: there is no such field: did you mean name?",
    ]
    found = problem(answered("draw/at", '{"a": {"1/~": 2, "x": 1}}'))
    assert found["detail"] == "a.1/~: there is no such field"


def test_of_a_long_name_its_beginning_is_told() -> None:
    answer = answered("encrypt", json.dumps({"n" * 1_000_000: 1, "message": ""}))
    found = problem(answer)
    name = "n" * 1000 + "..."
    assert (found["parameter"], found["pointer"]) == (name, f"/{name}")
    assert found["detail"] == f"{name}: there is no such parameter"
    assert len(answer.body) < 4000


@pytest.mark.parametrize(
    ("path", "body", "given", "status", "kind", "members"),
    [
        ("encrypt", "{", {}, 400, "bad-json", {"position": 1}),
        ("encrypt", b'"\xff"', {}, 400, "bad-json", {"position": 1}),
        ("encrypt", "[" * 100_000, {}, 400, "bad-json", {"position": 100}),
        ("encrypt", "1" * 5000, {}, 400, "bad-json", {"position": 0}),
        ("encrypt", "", {}, 422, "bad-arguments", {"pointer": "/message"}),
        ("encrypt", "[]", {}, 422, "bad-arguments", {"value": "[]"}),
        (
            "encrypt",
            '{"message": "a\\ud800"}',
            {},
            422,
            "bad-arguments",
            {"value": '"a\\ud800"', "expected": "string"},
        ),
        ("encrypts", "{}", {}, 404, "unknown-function", {"did-you-mean": "encrypt"}),
        ("init", "{}", {}, 404, "unknown-function", {}),
        ("exports/init", "{}", {}, 404, "unknown-function", {}),
        ("run/run", "{}", {}, 404, "unknown-function", {}),
        ("encrypt", "", {"method": "GET"}, 405, "method", {}),
        ("", "", {"method": "POST"}, 405, "method", {}),
        (
            "encrypt",
            "message=x",
            {"media_type": "application/x-www-form-urlencoded"},
            415,
            "media-type",
            {},
        ),
        (
            "draw/hold",
            "{}",
            {},
            501,
            "not-callable",
            {"reason": "pen: a value of pen has no form in JSON"},
        ),
    ],
)
def test_what_is_wrong(
    path: str,
    body: str | bytes,
    given: dict[str, Any],
    status: int,
    kind: str,
    members: dict[str, Any],
) -> None:
    found = problem(answered(path, body, **given))
    assert (found["status"], found["type"]) == (status, f"urn:unit-wasm:problem:{kind}")
    assert {name: found.get(name) for name in members} == members
    if kind == "unknown-function" and not members:
        assert "did-you-mean" not in found


@pytest.mark.parametrize(
    "media_type", [None, "application/json", "Application/JSON; charset=utf-8"]
)
def test_media_types_that_are_json(media_type: str | None) -> None:
    called("log", "{}", media_type=media_type)


def test_methods_that_are_told() -> None:
    assert (b"allow", b"POST, OPTIONS") in answered("encrypt", method="PUT").headers
    assert answered("encrypt", method="OPTIONS") == Answer(
        204, ((b"allow", b"POST, OPTIONS"),), b""
    )
    allowed = Answer(204, ((b"allow", b"GET, HEAD, OPTIONS"),), b"")
    assert answered("", method="OPTIONS") == answered("openapi.json", method="OPTIONS") == allowed


def test_what_the_host_cannot_carry_is_not_callable() -> None:
    why = "values of map<string, u8> are not supported"
    service = Service(CIPHER, "x", {(None, "encrypt"): why})
    answer = service.respond(Request("POST", "encrypt", None, "", b'{"message": "a"}'))
    assert isinstance(answer, Answer)
    assert problem(answer)["reason"] == why
    assert list(service.description.openapi()["paths"]) == ["/log", "/draw/at"]


def test_calls_that_do_not_return() -> None:
    assert problem(ended(500, "r1")) == {
        "type": "urn:unit-wasm:problem:trap",
        "title": "The function failed",
        "status": 500,
        "request": "r1",
    }
    busy = ended(503, "r2")
    assert (problem(busy)["status"], busy.headers[1:]) == (503, ((b"retry-after", b"1"),))
    assert problem(ended(504, "r3"))["status"] == 504


# ---- What describes them ----


def test_the_list() -> None:
    listed = json.loads(answered("", method="GET", accept="*/*").body)
    assert listed == {
        "title": "cipher.wasm",
        "functions": [
            {
                "path": "/encrypt",
                "interface": None,
                "wit": "encrypt: func(message: string) -> string",
                "callable": True,
            },
            {"path": "/log", "interface": None, "wit": "log: func()", "callable": True},
            {
                "path": "/draw/at",
                "interface": "test:shapes/draw@1.2.0",
                "wit": "at: func(a: point, b: option<point>) -> result<point, failure>",
                "callable": True,
            },
            {
                "path": "/draw/hold",
                "interface": "test:shapes/draw@1.2.0",
                "wit": "hold: func(pen: pen)",
                "callable": False,
                "reason": "pen: a value of pen has no form in JSON",
            },
        ],
    }


def test_openapi() -> None:
    document = json.loads(answered("openapi.json", method="GET").body)
    assert document["openapi"] == "3.1.0"
    assert list(document["paths"]) == ["/encrypt", "/log", "/draw/at"]
    assert document["x-not-callable"] == {"/draw/hold": "pen: a value of pen has no form in JSON"}
    assert set(document["components"]["schemas"]) == {"draw.point", "draw.failure", "problem"}
    operation = document["paths"]["/draw/at"]["post"]
    body = operation["requestBody"]
    assert body["required"] is True
    schema = {**body["content"]["application/json"]["schema"], "components": document["components"]}
    Draft202012Validator.check_schema(schema)
    check = Draft202012Validator(schema)
    assert check.is_valid({"a": {"x": 1}})
    assert not check.is_valid({"a": {"x": 300}})
    assert not check.is_valid({"a": {"x": 1}, "c": 1})
    assert document["paths"]["/log"]["post"]["requestBody"]["required"] is False
    assert sorted(operation["responses"]) == [
        "200",
        "400",
        "403",
        "413",
        "415",
        "422",
        "500",
        "503",
        "504",
    ]
    assert operation["x-wit"] == "at: func(a: point, b: option<point>) -> result<point, failure>"


def test_answers_validate() -> None:
    document = json.loads(answered("openapi.json", method="GET").body)
    call = called("draw/at", '{"a": {"x": 1}}')
    cases = [
        call.returned(Ok({"x": 1, "name": None})),
        call.returned(Err("other")),
        answered("draw/at", "{"),
        answered("draw/at", "{}"),
        answered("draw/at", "{}", media_type="text/plain"),
        ended(500, "r"),
    ]
    for answer in cases:
        response = document["paths"]["/draw/at"]["post"]["responses"][str(answer.status)]
        (content,) = response["content"].items()
        assert (b"content-type", content[0].encode()) in answer.headers
        schema = {**content[1]["schema"], "components": document["components"]}
        Draft202012Validator(schema).validate(json.loads(answer.body))


def test_the_page() -> None:
    answer = answered("", method="GET", accept="text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
    text = answer.body.decode()
    assert (b"content-type", b"text/html; charset=utf-8") in answer.headers
    assert (b"vary", b"accept") in answer.headers
    assert "<title>cipher.wasm</title>" in text
    assert "http://" not in text
    assert "https://" not in text
    assert "<code>hold: func(pen: pen)</code>: pen: a value of pen has no form in JSON" in text
    _, _, rest = text.partition('id="description">')
    found = json.loads(rest.partition("</script>")[0])
    assert found == json.loads(answered("openapi.json", method="GET").body)


def test_nothing_of_a_component_is_markup() -> None:
    title = "</script><script>alert(1)</script>"
    one = Service(CIPHER, title).respond(Request("GET", "", None, "text/html", b""))
    assert isinstance(one, Answer)
    assert b"<script>alert" not in one.body
