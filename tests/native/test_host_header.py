"""Host as the authority or among the headers: the option ``host_header``, in both servers."""

import pytest

from tests.harness.direct import Client
from tests.harness.double import running
from tests.harness.outgoing import asks

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


SENT = [(b"Host", b"a:1"), (b"x-mine", b"2")]

# As they are, and a clone of them, which the component could change.
passed_on = pytest.mark.parametrize("path", ["", "/clone"])


@passed_on
@pytest.mark.parametrize("value", ["keep", "drop"])
def test_a_component_cannot_answer_with_it(path: str, value: str) -> None:
    """What it has of its request is as it was, although the answer has the same headers."""
    seen = "host: a:1\nx-mine: 2\n" if value == "keep" else "x-mine: 2\n"
    with Client("outgoing-passes", host_header=value) as client:
        answer = client.run(f"/answer{path}", headers=SENT)
    assert (answer.status, answer.headers) == (200, [(b"x-mine", b"2")])
    assert answer.text == f"of the request:\n{seen}"


@passed_on
def test_a_component_cannot_send_it_to_another_server(path: str) -> None:
    with Client("outgoing-passes", host_header="keep", outgoing=True) as client:
        call = client.start(f"/request{path}", headers=SENT)
        peer, [asked] = asks(client)
        assert asked.head.headers == [(b"x-mine", b"2")]
        asked.answer(200)
        client.finish(call)
        peer.take()
    assert call.body == b"x-mine: 2\nof the request:\nhost: a:1\nx-mine: 2\n"
