"""Changing a document by path: Unit's rules, and never the document that was given."""

import copy
from collections.abc import Callable

import pytest

from unit_wasm.config import tree
from unit_wasm.config.document import JsonValue
from unit_wasm.config.tree import NotAllowedError, NotFoundError

DOCUMENT: JsonValue = {
    "listeners": {"*:8080": {"pass": "applications/a"}},
    "applications": {"a/b": {"list": ["x", "y"], "deep": [{"k": 1}]}},
}
BEFORE = copy.deepcopy(DOCUMENT)


@pytest.fixture(autouse=True)
def _document_stays_as_it_was() -> object:
    yield
    assert DOCUMENT == BEFORE


@pytest.mark.parametrize(
    ("path", "segments"),
    [
        ("", []),
        ("/", []),
        ("//", []),
        ("/a", ["a"]),
        ("/a/", ["a"]),
        ("/a%2Fb/%2a:8080", ["a/b", "*:8080"]),
        ("/%C3%A4", ["ä"]),
        ("/100%", ["100%"]),
    ],
)
def test_split(path: str, segments: list[str]) -> None:
    assert tree.split_path(path) == segments


@pytest.mark.parametrize("path", ["///", "/a//b", "//a", "/a//", "/%FF"])
def test_split_refuses(path: str) -> None:
    with pytest.raises(NotFoundError):
        tree.split_path(path)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("", DOCUMENT),
        ("/", DOCUMENT),
        ("/listeners/*:8080/pass", "applications/a"),
        ("/listeners/%2A%3A8080/", {"pass": "applications/a"}),
        ("/applications/a%2Fb/list/1", "y"),
        ("/applications/a%2Fb/deep/0/k", 1),
    ],
)
def test_get(path: str, value: JsonValue) -> None:
    assert tree.get(DOCUMENT, path) == value


MISSING = [
    "/x",
    "/listeners/x/pass",
    "/listeners/*:8080/pass/x",
    "/applications/a%2Fb/list/3",
    "/applications/a%2Fb/list/-1",
    "/applications/a%2Fb/list/x",
    "/applications/a%2Fb/list/²",
    "/applications/a%2Fb/list/99999999999999999999",
    "/listeners//",
]


@pytest.mark.parametrize("path", [*MISSING, "/applications/a%2Fb/list/2"])
@pytest.mark.parametrize(
    "operation",
    [
        tree.get,
        tree.delete,
        lambda document, path: tree.post(document, path, 1),
        lambda document, path: tree.put(document, path + "/deeper", 1),
    ],
    ids=["get", "delete", "post", "put below"],
)
def test_nothing_there(path: str, operation: Callable[[JsonValue, str], JsonValue]) -> None:
    with pytest.raises(NotFoundError):
        operation(DOCUMENT, path)


@pytest.mark.parametrize("path", [path for path in MISSING if path != "/x"])
def test_put_needs_a_parent(path: str) -> None:
    with pytest.raises(NotFoundError):
        tree.put(DOCUMENT, path, 1)


def test_put() -> None:
    assert tree.put(DOCUMENT, "/", 5) == 5
    assert tree.put(DOCUMENT, "", {}) == {}
    changed = tree.put(DOCUMENT, "/listeners/*:8080/pass", "new")
    assert tree.get(changed, "/listeners") == {"*:8080": {"pass": "new"}}
    added = tree.put(DOCUMENT, "/listeners/%5B::1%5D:80", {})
    assert tree.get(added, "/listeners") == {"*:8080": {"pass": "applications/a"}, "[::1]:80": {}}
    path = "/applications/a%2Fb/list"
    assert tree.get(tree.put(DOCUMENT, path + "/0", "z"), path) == ["z", "y"]
    assert tree.get(tree.put(DOCUMENT, path + "/2", "z"), path) == ["x", "y", "z"]
    assert tree.get(tree.put(DOCUMENT, path + "/0/", "z"), path) == ["z", "y"]


def test_post() -> None:
    path = "/applications/a%2Fb/list"
    assert tree.get(tree.post(DOCUMENT, path, ["z"]), path) == ["x", "y", ["z"]]
    assert tree.post([], "", 1) == [1]


@pytest.mark.parametrize("path", ["/listeners", "/listeners/*:8080/pass", "/"])
def test_post_needs_an_array(path: str) -> None:
    with pytest.raises(NotAllowedError):
        tree.post(DOCUMENT, path, 1)


def test_delete() -> None:
    assert tree.delete(DOCUMENT, "/") == {}
    assert tree.get(tree.delete(DOCUMENT, "/listeners/*:8080"), "/listeners") == {}
    path = "/applications/a%2Fb/list"
    assert tree.get(tree.delete(DOCUMENT, path + "/0"), path) == ["y"]
    assert tree.get(tree.delete(DOCUMENT, "/applications/a%2Fb/deep/0/k"), "/applications") == {
        "a/b": {"list": ["x", "y"], "deep": [{}]}
    }
