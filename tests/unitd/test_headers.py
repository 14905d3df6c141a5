"""Request and response heads: what Unit lets through must do no harm."""

from collections.abc import Iterator

import pytest

from tests.harness.http import Connection, request
from tests.harness.unitd import Unit, Unitd, application

GUESTS = (
    "bad-header-bytes",
    "body-too-long",
    "body-too-short",
    "echo",
    "header-name",
    "headers-many",
    "hello",
    "request-info",
)


@pytest.fixture(scope="module")
def shared(unit: Unit) -> Iterator[Unitd]:
    with unit.start() as server:
        server.configure({name: application(name) for name in GUESTS})
        for name in GUESTS:
            request(server[name])
        yield server


def info(address: str, head: bytes) -> list[str]:
    with Connection(address) as client:
        client.send(head + b"Connection: close\r\n\r\n")
        response = client.response()
    assert response.status == 200, response
    return response.body.decode().splitlines()


def test_request_as_the_guest_sees_it(server: Unitd) -> None:
    lines = info(
        server["request-info"],
        b"PATCH /a%20b/../c?x=%ff&y HTTP/1.1\r\nHost: Some.Host:81\r\nX-Twice: 1\r\n"
        b"Accept: a\r\nx-twice: \xe9\xff\r\nTE: trailers\r\nKeep-Alive: 5\r\n",
    )
    assert lines[:4] == [
        "method: patch",
        "scheme: HTTP",
        "authority: some Some.Host:81",
        "path-with-query: some /a%20b/../c?x=%ff&y",
    ]
    # libunit may bring repeated names together.
    twice = [line for line in lines if "x-twice" in line]
    assert twice == ["header x-twice: 1", "header x-twice: \\xe9\\xff"]
    assert sorted(set(lines[4:]) - set(twice)) == [
        "header accept: a",
        "header te: trailers",
    ]


def test_forwarded_headers_pass_through(server: Unitd) -> None:
    """No one but the proxy before Unit makes such headers, and no one changes them."""
    lines = info(
        server["request-info"],
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1, 192.0.2.2\r\n"
        b"X-Forwarded-Proto: https\r\nForwarded: for=192.0.2.1\r\n",
    )
    assert lines[1] == "scheme: HTTP"
    assert lines[4:] == [
        "header x-forwarded-for: 192.0.2.1, 192.0.2.2",
        "header x-forwarded-proto: https",
        "header forwarded: for=192.0.2.1",
    ]
    plain = info(server["request-info"], b"GET / HTTP/1.1\r\nHost: a\r\n")
    assert plain[4:] == []


@pytest.mark.parametrize("count", [1, 10, 30, 200])
def test_many_response_headers(server: Unitd, count: int) -> None:
    """Above 1024 bytes a head needs shared memory."""
    with Connection(server["headers-many"]) as client:
        for size in (0, 1, 90, 4000 // count, 50_000 // count - 40):
            response = client.get(f"/{count}/{size}")
            assert response.status == 200
            assert response.body == b"many\n"
            mine = [(name, value) for name, value in response.fields if name.startswith("x-")]
            assert mine == [(f"x-{index}", "v" * size) for index in range(count)]


def test_heads_around_the_plain_limit(server: Unitd) -> None:
    with Connection(server["headers-many"]) as client:
        for size in range(700, 1100):
            response = client.get(f"/1/{size}")
            assert (response.field("x-0"), response.body) == ("v" * size, b"many\n")


def test_header_name_of_255_bytes(server: Unitd) -> None:
    with Connection(server["header-name"]) as client:
        response = client.get("/255")
        assert response.status == 200
        assert response.field("n" * 255) == "value"


@pytest.mark.parametrize("size", [256, 300, 512, 5000])
def test_header_name_that_unit_cannot_carry(server: Unitd, size: int) -> None:
    with Connection(server["header-name"]) as client:
        response = client.get(f"/{size}")
        assert (response.status, response.body) == (500, b"500 Internal Server Error\n")
        client.send(b"HEAD /%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % size)
        assert client.response("HEAD").status == 500
        assert client.get("/10").body == b"named\n"
    server.wait_for_text("answered with a header name of more than 255 bytes")


def test_repeated_set_cookie(server: Unitd) -> None:
    response = request(server["header-name"], "GET", "/3")
    cookies = [value for name, value in response.fields if name == "set-cookie"]
    assert cookies == ["a=1", "b=2; Path=/"]


def test_bytes_that_http_forbids(server: Unitd) -> None:
    with Connection(server["bad-header-bytes"]) as client:
        client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        head = client.read_until(b"\r\n\r\n").lower()
        assert b"\r\ny: b" not in head
        assert b"\r\ny:" not in head
        lines = client._body(_response(head)).decode().splitlines()
        assert "value with CR LF and header: invalid-syntax" in lines
        assert "value with CR: invalid-syntax" in lines
        assert "value with NUL: invalid-syntax" in lines
        assert client.get().status == 200


def _response(head: bytes):  # type: ignore[no-untyped-def]
    from tests.harness.http import Response

    fields = tuple(
        (name, value.strip())
        for name, _, value in (x.partition(":") for x in head.decode("latin-1").split("\r\n")[1:])
    )
    return Response(200, "", fields, b"")


@pytest.mark.parametrize("guest", ["body-too-long", "body-too-short"])
def test_wrong_content_length_on_a_kept_connection(server: Unitd, guest: str) -> None:
    """What follows must never be taken for a part of another response."""
    for _ in range(3):
        with Connection(server[guest]) as client:
            client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            data = client.read_until(b"\r\n\r\n")
            status = int(data.split()[1])
            if status == 500:
                assert client._body(_response(data.lower())) == b"500 Internal Server Error\n"
                assert client.get().status == 500
                continue
            # The head was out: then the connection is cut before the body is whole.
            assert len(client.rest()) < 10
    assert request(server["hello"]).body == b"Hello, WASI!\n"


@pytest.mark.parametrize(
    "head",
    [
        b"GET /\xff HTTP/1.1\r\nHost: a\r\n",
        b'GET /?q=" HTTP/1.1\r\nHost: a\r\n',
        b"GET /<> HTTP/1.1\r\nHost: a\r\n",
        b"GET /`{}|\\^ HTTP/1.1\r\nHost: a\r\n",
        b'GET / HTTP/1.1\r\nHost: a b"<>\r\n',
        b"GET / HTTP/1.1\r\nHost: \xff\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-N: caf\xe9\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-N: a\x7fb\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-N: a\x01b\r\n",
        b"M&M / HTTP/1.1\r\nHost: a\r\n",
        b"GET /\x01 HTTP/1.1\r\nHost: a\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-N:\r\n",
        b"GET / HTTP/1.1\r\n",
        b"GET / HTTP/1.0\r\n",
    ],
)
def test_strange_requests(server: Unitd, head: bytes) -> None:
    with Connection(server["request-info"]) as client:
        client.send(head + b"Connection: close\r\n\r\n")
        status = int(client.read_until(b"\r\n").split()[1])
        assert status in (200, 400)
    assert request(server["request-info"]).status == 200


def test_long_request_head(server: Unitd) -> None:
    value = b"v" * 7000
    lines = info(
        server["request-info"],
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X-%d: %b\r\n" % (i, value) for i in range(4)),
    )
    assert [line for line in lines if line.startswith("header x-")] == [
        f"header x-{index}: {value.decode()}" for index in range(4)
    ]
