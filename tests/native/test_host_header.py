"""Host as the authority or among the headers: the option ``host_header``, in both servers."""

from __future__ import annotations

import pytest

from tests.harness.direct import Client
from tests.harness.double import running

PATH = "/a?b"
HEADERS = [(b"X-Before", b"1"), (b"HOST", b" Example.com:8080\t"), (b"X-After", b"2")]


def shown(authority: str, *headers: str) -> str:
    lines = ["method: get", "scheme: HTTP", f"authority: some {authority}"]
    lines += [f"path-with-query: some {PATH}", *(f"header {header}" for header in headers)]
    return "".join(f"{line}\n" for line in lines)


DROPPED = shown("Example.com:8080", "x-before: 1", "x-after: 2")
KEPT = shown("example.com", "x-before: 1", "host: Example.com:8080", "x-after: 2")


@pytest.mark.parametrize(("value", "expected"), [("", DROPPED), ("drop", DROPPED), ("keep", KEPT)])
def test_the_option(value: str, expected: str) -> None:
    with Client("request-info", host_header=value) as client:
        for _ in range(2):
            answer = client.run(PATH, authority="example.com", headers=HEADERS)
            assert (answer.status, answer.text, answer.log) == (200, expected, [])


@pytest.mark.parametrize(("value", "expected"), [("drop", DROPPED), ("keep", KEPT)])
def test_the_option_in_unit(value: str, expected: str) -> None:
    with running("request-info", HOST_HEADER=value) as module:
        for _ in range(2):
            answer = module.ask(PATH.encode(), server_name=b"example.com", headers=HEADERS)
            assert (answer.status, answer.body.decode()) == (200, expected)


@pytest.mark.parametrize("size", [1, 100, 5000, 30_000])
def test_a_host_of_any_length_leaves_the_rest_as_it_was(size: int) -> None:
    """The text that holds the parts of the request grows, and moves, for it."""
    with Client("request-info") as client:
        for path in ("/", "/" + "p" * 6000):
            host = b"h" * size + b":1"
            answer = client.run(path, method="PURGE", scheme="https", headers=[(b"Host", host)])
            assert answer.text == (
                f"method: other PURGE\nscheme: HTTPS\nauthority: some {host.decode()}\n"
                f"path-with-query: some {path}\n"
            )


def test_without_one_the_authority_is_that_of_the_server() -> None:
    with Client("request-info") as client:
        for headers in ([], [(b"Host", b"")], [(b"Host", b" \t")]):
            answer = client.run(PATH, authority="localhost", headers=headers)
            assert answer.text == shown("localhost")


@pytest.mark.parametrize(
    "host",
    [b"a:b", b":80", b"[::1]a", b"[::1]:a", b"a b", b"a@b", b"a/", b"a:1:2", b"\xff", b"a\0"],
)
def test_one_that_is_no_host(host: bytes) -> None:
    with Client("request-info") as client:
        answer = client.run(PATH, headers=[(b"Host", host)])
        assert (answer.status, answer.body) == (400, b"400 Bad Request\n")
        assert client.run(PATH).status == 200


def test_it_counts_against_the_limit() -> None:
    with Client("request-info", max_header_bytes=1024) as client:
        for size, status in ((1020, 200), (1021, 431)):
            answer = client.run(headers=[(b"Host", b"h" * size)])
            assert answer.status == status


def test_a_component_cannot_pass_it_on_in_either_case() -> None:
    """The guest answers with the headers of its request."""
    for value in ("keep", "drop"):
        with Client("outgoing-views", host_header=value) as client:
            answer = client.run("/request", headers=[(b"Host", b"a:1"), (b"x-mine", b"2")])
            host = "host: a:1\n" if value == "keep" else ""
            assert answer.text == 2 * f"{host}x-mine: 2\n"
            assert b"host" not in dict(answer.headers or ())
