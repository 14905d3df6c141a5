"""What the worker gets of an ASGI scope."""

from typing import Any

import pytest

from unit_wasm.serving.request import Request, checked_host, field_pairs, read_scope

# Lines of a head.
AUTHORITY, TARGET, CLIENT = 2, 3, 4


def _scope(*headers: tuple[bytes, bytes], **changes: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/a b",
        "raw_path": b"/a%20b",
        "query_string": b"",
        "headers": list(headers),
        **changes,
    }


def test_a_request() -> None:
    scope = _scope((b"host", b"Example.TEST:8080"), (b"a", b"1"), query_string=b"x=y")
    assert read_scope(scope) == Request(
        b"GET\nhttp\nexample.test\n/a%20b?x=y\n\nhost\nExample.TEST:8080\na\n1", False
    )


@pytest.mark.parametrize(
    ("client", "server", "address"),
    [
        (("192.0.2.7", 40000), ("127.0.0.1", 80), b"192.0.2.7"),
        (["2001:db8::1", 40000], ["::1", 80], b"2001:db8::1"),
        (None, ("/run/a.sock", None), b"unix:"),
        (None, ("127.0.0.1", 80), b""),
        (None, None, b""),
    ],
)
def test_the_clients_address(client: Any, server: Any, address: bytes) -> None:
    request = read_scope(_scope((b"host", b"a"), client=client, server=server))
    assert request is not None
    assert request.head.split(b"\n")[CLIENT] == address


def test_a_server_that_gives_no_raw_path() -> None:
    request = read_scope(_scope((b"host", b"a"), path="/ü", raw_path=None))
    assert request is not None
    assert request.head.split(b"\n")[TARGET] == "/ü".encode()


@pytest.mark.parametrize(
    ("host", "name"),
    [
        (b"a", b"a"),
        (b" a ", b"a"),
        (b"a:", b"a"),
        (b"[::1]", b"[::1]"),
        (b"[::1]:80", b"[::1]"),
        (b"[::1", None),
        (b"[::1]x", None),
        (b"a:b", None),
        (b":80", None),
        (b"", None),
    ],
)
def test_the_authority(host: bytes, name: bytes | None) -> None:
    request = read_scope(_scope((b"host", host)))
    assert (request and request.head.split(b"\n")[AUTHORITY]) == name


def test_hosts_that_are_missing_or_repeated() -> None:
    assert read_scope(_scope()) is None
    assert read_scope(_scope((b"host", b"a"), (b"host", b"a"))) is None
    request = read_scope(_scope(http_version="1.0"))
    assert request is not None
    assert request.head.split(b"\n")[AUTHORITY] == b"localhost"


@pytest.mark.parametrize(
    ("header", "has_body"),
    [
        ((b"content-length", b"0"), False),
        ((b"content-length", b"1"), True),
        ((b"transfer-encoding", b"chunked"), True),
    ],
)
def test_whether_a_body_follows(header: tuple[bytes, bytes], has_body: bool) -> None:
    request = read_scope(_scope((b"host", b"a"), header))
    assert request is not None
    assert request.has_body is has_body


@pytest.mark.parametrize("header", [(b"a", b"1\nb\n2"), (b"a", b"1\nb"), (b"a\nb", b"1")])
def test_a_line_feed_makes_no_second_field(header: tuple[bytes, bytes]) -> None:
    assert read_scope(_scope((b"host", b"a"), header)) is None


@pytest.mark.parametrize(
    ("host", "name"),
    [(b"A:80", b"a"), (b"", b""), (b":80", b""), (b"a b", None), (b" a", None), (b"[", None)],
)
def test_a_host_that_http_allows(host: bytes, name: bytes | None) -> None:
    assert checked_host(host) == name


def test_fields_as_pairs() -> None:
    assert field_pairs([]) == []
    assert field_pairs([b"a", b"1", b"b", b""]) == [(b"a", b"1"), (b"b", b"")]
