"""Members that only Unit has a use for, and those of its listeners that we have one for."""

from typing import Any

import pytest

from tests.harness.unit_members import ACCEPTED, BUILT_IN, REFUSED, SOURCES, WRONG_SOURCES
from unit_wasm.config import JsonObject, validate
from unit_wasm.config.proxies import Forwarded, Pattern
from unit_wasm.errors import ConfigError

APPLICATION: JsonObject = {"a": {"type": "wasm-wasi-component", "component": "c.wasm"}}


def listener(**members: Any) -> JsonObject:
    return {
        "listeners": {"*:80": {"pass": "applications/a", **members}},
        "applications": APPLICATION,
    }


def refusal(document: JsonObject) -> str:
    with pytest.raises(ConfigError) as caught:
        validate(document)
    return str(caught.value)


@pytest.mark.parametrize(("document", "warnings"), ACCEPTED + BUILT_IN, ids=repr)
def test_accepted(document: JsonObject, warnings: list[str]) -> None:
    assert validate(document).warnings == tuple(warnings)


@pytest.mark.parametrize(("document", "sentence"), REFUSED, ids=repr)
def test_refused(document: JsonObject, sentence: str) -> None:
    assert refusal(document) == sentence


@pytest.mark.parametrize("routes", [[{}], {"a": []}])
def test_routes_that_do_something(routes: Any) -> None:
    assert refusal({"routes": routes}) == '/routes: "routes" is not supported by this server'
    assert refusal({"upstreams": {"a": {}}}) == (
        '/upstreams: "upstreams" is not supported by this server'
    )


@pytest.mark.parametrize("source", SOURCES, ids=repr)
def test_sources(source: Any) -> None:
    found = validate(listener(client_ip={"source": source, "header": "X-A"})).listeners["*:80"]
    count = len(source) if isinstance(source, list) else 1
    (told,) = found.forwarded
    assert (len(told.source), told.client_ip, told.recursive) == (count, b"x-a", False)


@pytest.mark.parametrize("source", WRONG_SOURCES, ids=repr)
def test_wrong_sources(source: Any) -> None:
    place = "/listeners/*:80/client_ip/source"
    said = refusal(listener(client_ip={"source": source, "header": "a"}))
    assert said.startswith(place)
    if isinstance(source, str):
        assert said == (
            f'{place}: "{source}" does not say which addresses are meant (write 10.0.0.0/8, '
            "192.0.2.1-192.0.2.9, ::1, unix, or one of them behind a !)"
        )


def test_both_in_units_order() -> None:
    found = validate(
        listener(
            client_ip={"source": "10.1.2.3/8", "header": "A", "recursive": True},
            forwarded={"source": "[::1]:1-2", "protocol": "B"},
        )
    )
    assert found.warnings == ()
    assert found.listeners["*:80"].forwarded == (
        Forwarded((Pattern(False, 6, 1, 1, (1, 2)),), b"", b"b", False),
        Forwarded((Pattern(False, 4, 10 << 24, (11 << 24) - 1),), b"a", b"", True),
    )


@pytest.mark.parametrize(
    ("value", "kept"), [(-1, None), (0, 0), (1.5, 1), (511, 511), (2**31 - 1, 2**31 - 1)]
)
def test_backlog(value: Any, kept: int | None) -> None:
    assert validate(listener(backlog=value)).listeners["*:80"].backlog == kept


@pytest.mark.parametrize(
    "members", [{"application": "a/b"}, {"application": "gone", "pass": "applications/a%2Fb"}]
)
def test_the_older_name_of_pass(members: dict[str, Any]) -> None:
    document: JsonObject = {
        "listeners": {"*:80": members},
        "applications": {"a/b": APPLICATION["a"]},
    }
    assert validate(document).listeners["*:80"].application == "a/b"


def test_the_older_name_of_pass_with_a_name_that_is_none() -> None:
    document: JsonObject = {
        "listeners": {"*:80": {"application": "b"}},
        "applications": APPLICATION,
    }
    assert refusal(document) == (
        '/listeners/*:80/application: "b" is not an application (known here: a)'
    )
    document = {"listeners": {"*:80": {"application": 1}}, "applications": APPLICATION}
    assert refusal(document) == (
        "/listeners/*:80/application: this value must be a string, not an integer number"
    )


LISTENERS: list[tuple[dict[str, Any], str]] = [
    ({"backlog": -2}, "backlog: -2 is out of bounds (allowed: -1 to 2147483647)"),
    ({"backlog": 2**31}, "backlog: 2147483648 is out of bounds (allowed: -1 to 2147483647)"),
    ({"backlog": "1"}, "backlog: this value must be a number, not a string"),
    ({"backlog": True}, "backlog: this value must be a number, not a boolean"),
    ({"client_ip": []}, "client_ip: this value must be an object, not an array"),
    ({"client_ip": {"header": "a"}}, 'client_ip: "source" is missing'),
    ({"client_ip": {"source": []}}, 'client_ip: "header" is missing'),
    (
        {"client_ip": {"source": [], "header": 1}},
        "client_ip/header: this value must be a string, not an integer number",
    ),
    (
        {"client_ip": {"source": [], "header": "a", "recursive": 1}},
        "client_ip/recursive: this value must be a boolean, not an integer number",
    ),
    (
        {"client_ip": {"source": [], "header": "a", "protocol": "b"}},
        'client_ip/protocol: unknown key "protocol" (known here: header, recursive, source)',
    ),
    (
        {"forwarded": {"source": []}},
        'forwarded: neither "client_ip" nor "protocol" is given',
    ),
    ({"forwarded": {"client_ip": "a"}}, 'forwarded: "source" is missing'),
    ({"tls": {}}, 'tls: "tls" is not supported by this server'),
]


@pytest.mark.parametrize(("members", "sentence"), LISTENERS, ids=repr)
def test_wrong_members_of_a_listener(members: dict[str, Any], sentence: str) -> None:
    assert refusal(listener(**members)) == f"/listeners/*:80/{sentence}"


ISOLATION: list[tuple[Any, str | None]] = [
    ({}, None),
    ({"namespaces": {"credential": True, "pid": True, "network": True, "mount": True}}, None),
    ({"namespaces": {"uname": True, "cgroup": True}}, None),
    ({"uidmap": [{"container": 0, "host": 1000, "size": 1}], "gidmap": []}, None),
    ({"rootfs": "/x", "automount": {"language_deps": False, "tmpfs": False}}, None),
    ({"new_privs": False, "cgroup": {"path": "a/b"}}, None),
    ({"namespaces": {"user": True}}, "namespaces/user: unknown key"),
    ({"namespaces": {"pid": 1}}, "namespaces/pid: this value must be a boolean"),
    ({"uidmap": {}}, "uidmap: this value must be an array, not an object"),
    ({"uidmap": [{"container": 0}]}, 'uidmap/0: "host" is missing'),
    ({"cgroup": {}}, 'cgroup: "path" is missing'),
    ({"rootfs": 1}, "rootfs: this value must be a string"),
]


@pytest.mark.parametrize(("isolation", "sentence"), ISOLATION, ids=repr)
def test_isolation(isolation: Any, sentence: str | None) -> None:
    made: Any = {"type": "wasm-wasi-component", "component": "c.wasm", "isolation": isolation}
    document: JsonObject = {"applications": {"a": made}}
    if sentence is None:
        assert len(validate(document).warnings) == bool(isolation)
    else:
        assert refusal(document).startswith(f"/applications/a/isolation/{sentence}")


def test_limits_that_are_only_units() -> None:
    limits: Any = {"timeout": 1, "requests": -1, "shm": 2**40}
    made: Any = {"type": "wasm-wasi-component", "component": "c.wasm", "limits": limits}
    assert validate({"applications": {"a": made}}).warnings == ()
