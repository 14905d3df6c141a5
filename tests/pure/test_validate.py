"""A document to a configuration, or one sentence with its place."""

import json
from pathlib import Path

import pytest

from tests.harness.transcripts import transcript
from unit_wasm.config import (
    Address,
    ApplicationConfig,
    Configuration,
    JsonObject,
    JsonValue,
    ListenerConfig,
    parse_document,
    validate,
)
from unit_wasm.config.model import HttpSettings
from unit_wasm.config.tree import put
from unit_wasm.errors import ConfigError
from unit_wasm.options import Options
from unit_wasm.options.directories import Directory

CONF = Path(__file__).parents[2] / "conf"

HELLO: JsonObject = {
    "listeners": {"*:8080": {"pass": "applications/hello"}},
    "applications": {"hello": {"type": "wasm-wasi-component", "component": "h.wasm"}},
}
MODULE: JsonObject = {
    "listeners": {},
    "applications": {
        "m": {
            "type": "wasm",
            "module": "m.wasm",
            "request_handler": "<unused>",
            "malloc_handler": "<unused>",
            "free_handler": "<unused>",
        }
    },
}


def application(**members: JsonValue) -> JsonObject:
    return {
        "applications": {"a": {"type": "wasm-wasi-component", "component": "c.wasm", **members}}
    }


def test_hello() -> None:
    assert validate(HELLO) == Configuration(
        listeners={"*:8080": ListenerConfig("*:8080", Address("0.0.0.0", 8080), "hello")},
        applications={"hello": ApplicationConfig("hello", "component", "h.wasm", Options())},
    )


@pytest.mark.parametrize(
    "document", [{}, {"listeners": {}, "applications": {}}, {"settings": {"http": {}}}]
)
def test_empty(document: JsonValue) -> None:
    assert validate(document) == Configuration()


def test_module() -> None:
    found = validate(MODULE).applications["m"]
    assert found == ApplicationConfig("m", "module", "m.wasm", Options(host_header="keep"))
    assert found.pointer == "/applications/m"


@pytest.mark.parametrize(
    ("name", "component"),
    [("hello.json", "examples/hello/hello.wat"), ("seed.json", "build/guests/request-echo.wasm")],
)
def test_shipped_configurations(name: str, component: str) -> None:
    found = validate(parse_document((CONF / name).read_bytes()))
    assert list(found.listeners) == ["*:8080"]
    served = found.applications[found.listeners["*:8080"].application]
    assert served.component == component
    assert found.warnings == ()


def test_everything_that_unit_accepts() -> None:
    found = validate(
        application(
            access={"filesystem": []},
            environment={"A": "1", "UNIT_WASM_MAX_QUEUE": "3"},
            limits={"timeout": 7, "requests": 100, "shm": 1},
            processes={"max": 3, "spare": 3, "idle_timeout": 20},
        )
    )
    assert found.applications["a"] == ApplicationConfig(
        "a", "component", "c.wasm", Options(timeout=7.0, max_queue=3), {"A": "1"}
    )
    assert found.warnings == ()


def test_limit_and_option_and_flag() -> None:
    base = Options(timeout=30.0, max_queue=9)
    flag = validate(application(), base=base)
    limit = validate(application(limits={"timeout": 7}), base=base)
    zero = validate(application(limits={"timeout": 0}), base=base)
    option = validate(
        application(limits={"timeout": 7}, environment={"UNIT_WASM_TIMEOUT": "3s"}), base=base
    )
    timeouts = [found.applications["a"].options.timeout for found in (flag, limit, zero, option)]
    assert timeouts == [30.0, 7.0, 30.0, 3.0]
    assert option.applications["a"].options.max_queue == 9


def test_warnings() -> None:
    found = validate(
        {
            **application(
                access={"filesystem": ["/data"]},
                user="nobody",
                group="nobody",
                working_directory="/",
                isolation={"rootfs": "/x"},
                stdout="o",
                stderr="e",
            ),
            "settings": {"http": {"body_buffer_size": 3}, "listen_threads": 2},
        }
    )
    assert found.applications["a"].filesystem == ("/data",)
    assert found.applications["a"].options.dirs == (Directory("/data", "/data"),)
    effect = "this has no effect here, every application runs inside the server"
    assert found.warnings == (
        *(
            f"/applications/a/{name}: {effect}"
            for name in ("user", "group", "working_directory", "isolation", "stdout", "stderr")
        ),
        "/settings/http/body_buffer_size: this has no effect here",
        "/settings/listen_threads: this has no effect here, one thread listens",
    )


def test_http_settings() -> None:
    assert validate({}).http == HttpSettings(8 * 1024 * 1024, 180, 30, 30, 30, True)
    http: JsonObject = {
        "max_body_size": 0,
        "idle_timeout": 1,
        "header_read_timeout": 2,
        "body_read_timeout": 3,
        "send_timeout": 4,
        "server_version": False,
    }
    assert validate({"settings": {"http": http}}).http == HttpSettings(0, 1, 2, 3, 4, False)


def test_names_with_slashes() -> None:
    document = put(HELLO, "/applications/a%2Fb~", {"type": "wasm", **_module_members()})
    document = put(document, "/listeners/*:8080/pass", "applications/a%2Fb~")
    found = validate(document)
    assert found.listeners["*:8080"].application == "a/b~"
    assert found.applications["a/b~"].pointer == "/applications/a~1b~0"
    assert ListenerConfig("unix:/x", Address(path="/x"), "a").pointer == "/listeners/unix:~1x"


def _module_members() -> JsonObject:
    handlers = dict.fromkeys(("request_handler", "malloc_handler", "free_handler"), "<unused>")
    return {"module": "m.wasm", **handlers}


def document_of(text: str) -> JsonValue:
    """Return a document, or one that has a value at a path, or these members of an application."""
    kind, _, value = text.partition(" ")
    if kind == "application":
        return application(**json.loads(value))
    if kind.startswith("/"):
        whole = MODULE if kind.startswith("/applications/m/") else HELLO
        return put(whole, kind, json.loads(value))
    return json.loads(text)  # type: ignore[no-any-return]


@transcript(
    "text",
    "sentence",
    """
$ []
the configuration must be an object, not an array
$ null
the configuration must be an object, not null
$ {"listener": {}}
/listener: unknown key "listener" (did you mean "listeners"?)
$ {"routes": [{}]}
/routes: "routes" is not supported by this server
$ {"listeners": []}
/listeners: this value must be an object, not an array
$ {"applications": "x"}
/applications: this value must be an object, not a string
$ {"settings": 1}
/settings: this value must be an object, not an integer number
$ {"settings": {"http": {"max_body_size": "8M"}}}
/settings/http/max_body_size: this value must be an integer number, not a string
$ {"settings": {"http": {"max_body_size": -1}}}
/settings/http/max_body_size: -1 is out of bounds (allowed: 0 to 9007199254740992)
$ {"settings": {"http": {"max_body_size": true}}}
/settings/http/max_body_size: this value must be an integer number, not a boolean
$ {"settings": {"http": {"max_body": 1}}}
/settings/http/max_body: unknown key "max_body" (did you mean "max_body_size"?)
$ {"applications": {"a": 1}}
/applications/a: this value must be an object, not an integer number
$ {"applications": {"a": {}}}
/applications/a: "type" is missing (write "wasm-wasi-component")
$ {"applications": {"a": {"type": 1}}}
/applications/a/type: this value must be a string, not an integer number
$ {"applications": {"a": {"type": "wasm-component"}}}
/applications/a/type: the application type "wasm-component" is not known (did you mean \
"wasm-wasi-component"?)
$ {"applications": {"a": {"type": "python"}}}
/applications/a/type: the application type "python" is not known (known here: wasm, \
wasm-wasi-component)
$ {"applications": {"a": {"type": "wasm-wasi-component"}}}
/applications/a: "component" is missing
$ {"applications": {"": {"type": "wasm"}}}
/applications/: an application must have a name
$ application {"component": 1}
/applications/a/component: this value must be a string, not an integer number
$ application {"component": ""}
/applications/a/component: the path of the component is empty
$ application {"component": "a\\u0000b"}
/applications/a/component: this string must not contain a NUL character
$ application {"componnent": "x"}
/applications/a/componnent: unknown key "componnent" (did you mean "component"?)
$ application {"access": {"filesystem": "/"}}
/applications/a/access/filesystem: this value must be an array of strings, not a string
$ application {"access": {"filesystem": ["/", 1]}}
/applications/a/access/filesystem/1: this value must be a string, not an integer number
$ application {"access": {"filesystem": ["/", "data"]}}
/applications/a/access/filesystem/1: "data" is not an absolute path (begin it with "/")
$ application {"access": {"filesystem": [""]}}
/applications/a/access/filesystem/0: "" is not an absolute path (begin it with "/")
$ application {"access": {"network": []}}
/applications/a/access/network: unknown key "network" (known here: filesystem)
$ application {"environment": {"A": 1}}
/applications/a/environment/A: this value must be a string, not an integer number
$ application {"environment": {"": "x"}}
/applications/a/environment/: "" cannot be the name of an environment variable
$ application {"environment": {"A=B": "x"}}
/applications/a/environment/A=B: "A=B" cannot be the name of an environment variable
$ application {"environment": {"A/B": 1.5}}
/applications/a/environment/A~1B: this value must be a string, not a fractional number
$ application {"environment": {"UNIT_WASM_POLING": "on"}}
/applications/a/environment/UNIT_WASM_POLING: unknown option "UNIT_WASM_POLING" (did you mean \
"UNIT_WASM_POOLING"?)
$ application {"environment": {"UNIT_WASM_MAX_QUEUE": "1000001"}}
/applications/a/environment/UNIT_WASM_MAX_QUEUE: UNIT_WASM_MAX_QUEUE is 1000001, which is out of \
bounds (allowed: 0 to 1000000)
$ application {"limits": {"timeout": "5"}}
/applications/a/limits/timeout: this value must be an integer number, not a string
$ application {"limits": {"timeout": 86401}}
/applications/a/limits/timeout: timeout is 86401s, which is out of bounds (allowed: 1ms to 24h)
$ application {"processes": 0}
/applications/a/processes: 0 is out of bounds (allowed: 1 to 2147483647)
$ application {"processes": {"max": 1, "spare": 2}}
/applications/a/processes/spare: "spare" is greater than "max"
$ application {"processes": "2"}
/applications/a/processes: this value must be an integer number or an object, not a string
$ application {"isolation": []}
/applications/a/isolation: this value must be an object, not an array
$ application {"unknown": "x"}
/applications/a/unknown: unknown key "unknown" (known here: access, component, environment, \
group, isolation, limits, processes, stderr, stdout, type, user, working_directory)
$ /applications/m/request_handler "uwr_request_handler"
/applications/m/request_handler: "uwr_request_handler" would be a function of a core module, and \
only components are served (build a component and write "<unused>" here)
$ /applications/m/response_end_handler 1
/applications/m/response_end_handler: this value must be a string, not an integer number
$ {"applications": {"m": {"type": "wasm", "module": "m.wasm", "request_handler": "<unused>"}}}
/applications/m: "malloc_handler" is missing
$ /listeners/8080 {}
/listeners/8080: the address "8080" has no port (write "*:8080", "127.0.0.1:8080", "[::1]:8080" \
or "unix:/path")
$ /listeners/*:8080 {}
/listeners/*:8080: "pass" is missing
$ /listeners/*:8080 "x"
/listeners/*:8080: this value must be an object, not a string
$ /listeners/*:8080/tls {}
/listeners/*:8080/tls: "tls" is not supported by this server
$ /listeners/*:8080/pass 1
/listeners/*:8080/pass: this value must be a string, not an integer number
$ /listeners/*:8080/pass "applications/helo"
/listeners/*:8080/pass: "applications/helo" is not an application (did you mean "hello"?)
$ /listeners/*:8080/pass "applications/"
/listeners/*:8080/pass: "applications/" is not an application (write "applications/NAME")
$ /listeners/*:8080/pass "applications.hello"
/listeners/*:8080/pass: "applications.hello" is not an application (write "applications/NAME")
$ /listeners/*:8080/pass "applications/hello/x"
/listeners/*:8080/pass: "applications/hello/x" is not an application (write "applications/NAME")
$ /listeners/*:8080/pass "routes"
/listeners/*:8080/pass: "routes" is not an application (write "applications/NAME")
$ {"listeners": {"unix:/a/b": {"pass": "applications/x"}}}
/listeners/unix:~1a~1b/pass: "applications/x" is not an application (no application is configured)
$ /listeners/0.0.0.0:8080 {"pass": "applications/hello"}
/listeners/0.0.0.0:8080: "0.0.0.0:8080" is the same address as "*:8080"
""",
)
def test_errors(text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        validate(document_of(text))
    assert str(caught.value) == sentence


def test_two_listeners_with_port_0() -> None:
    document = put(HELLO, "/listeners/*:0", {"pass": "applications/hello"})
    document = put(document, "/listeners/0.0.0.0:0", {"pass": "applications/hello"})
    assert list(validate(document).listeners) == ["*:8080", "*:0", "0.0.0.0:0"]


def test_directories_of_both_kinds() -> None:
    document = application(
        access={"filesystem": ["/a", "/b", "/a"]}, environment={"UNIT_WASM_DIRS": "/c:ro d::/e"}
    )
    found = validate(document).applications["a"]
    assert found.filesystem == ("/a", "/b", "/a")
    assert found.options.dirs == (
        Directory("/a", "/a"),
        Directory("/b", "/b"),
        Directory("/c", "/c", writable=False),
        Directory("d", "/e"),
    )
    twice = application(access={"filesystem": ["/a"]}, environment={"UNIT_WASM_DIRS": "/x::/a:ro"})
    with pytest.raises(ConfigError) as raised:
        validate(twice)
    assert raised.value.pointer == "/applications/a/environment/UNIT_WASM_DIRS"
    assert raised.value.message == (
        '"/x::/a:ro" has a name that a directory of access.filesystem has, too'
    )
