"""What a client gets from the embedded server's HTTP/1.1, byte for byte where it matters."""

import re
import socket
from collections.abc import Iterator

import pytest

from tests.harness.http import Connection, Response, TruncatedError, request
from tests.harness.server import ServerProcess
from tests.live.conftest import Place, configuration, new_place
from tests.live.raw_requests import BAD
from unit_wasm import __version__

CLOSED = b""


@pytest.fixture(scope="module")
def shared() -> Iterator[ServerProcess]:
    with new_place() as place, place.fake(place.write(configuration("echo:hi"))) as process:
        yield process


@pytest.fixture
def server(shared: ServerProcess) -> Iterator[ServerProcess]:
    """One server for all tests that only talk to it; each proves that it still serves."""
    yield shared
    assert "Traceback" not in shared.log
    assert request(shared.address).body == b"hi GET / "


def test_response_head(server: ServerProcess) -> None:
    with Connection(server.address) as client:
        client.send(b"GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n")
        head = client.read_until(b"\r\n\r\n")
        assert re.fullmatch(
            rb"HTTP/1\.1 200 OK\r\n"
            rb"server: unit-wasm/" + re.escape(__version__.encode()) + rb"\r\n"
            rb"date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n"
            rb"content-length: 12\r\n\r\n",
            head,
        )
        assert client.read(12) == b"hi GET /a?b "


def test_fields_of_the_application_replace_ours(place: Place) -> None:
    with place.fake(place.write(configuration("fields:x", server_version=False))) as process:
        response = request(process.address)
        assert response.fields == (
            ("content-length", "1"),
            ("server", "guest"),
            ("date", "now"),
            ("connection", "close"),
        )


def test_server_version_off(place: Place) -> None:
    with place.fake(place.write(configuration("echo:x", server_version=False))) as process:
        assert request(process.address).field("server") == "unit-wasm"


def test_keep_alive_and_pipelining(server: ServerProcess) -> None:
    with Connection(server.address) as client:
        for index in range(3):
            assert client.get(f"/{index}").body == f"hi GET /{index} ".encode()
        post = b"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
        get = b"GET /g HTTP/1.1\r\nHost: x\r\n\r\n"
        client.send(post + get + post)
        assert client.response().body == b"hi POST /p abc"
        assert client.response().body == b"hi GET /g "
        assert client.response().body == b"hi POST /p abc"


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_request_in_pieces(server: ServerProcess, size: int) -> None:
    data = (
        b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3\r\nabc\r\n4;ext=1\r\ndefg\r\n0\r\nTrailer: t\r\n\r\n"
        b"GET /after HTTP/1.1\r\nHost: x\r\n\r\n"
    )
    with Connection(server.address) as client:
        for start in range(0, len(data), size):
            client.send(data[start : start + size])
        assert client.response().body == b"hi POST /x abcdefg"
        assert client.response().body == b"hi GET /after "


def test_head(server: ServerProcess) -> None:
    with Connection(server.address) as client:
        client.send(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.response("HEAD").field("content-length") == "10"
        assert client.get("/").body == b"hi GET / "


def head_of(size: int) -> bytes:
    """Return a request whose head has exactly this many bytes."""
    start = b"GET / HTTP/1.1\r\nHost: a\r\nX: "
    return start + b"x" * (size - len(start) - 4) + b"\r\n\r\n"


def test_header_limit(server: ServerProcess) -> None:
    with Connection(server.address) as client:
        client.send(head_of(65536))
        assert client.response().status == 200
        client.send(head_of(65536) + head_of(65536))
        assert [client.response().status, client.response().status] == [200, 200]
    with Connection(server.address) as client:
        client.send(head_of(65537))
        assert client.response().status == 431
        assert client.rest() == CLOSED


@pytest.mark.parametrize(
    "unended",
    [
        b"GET / HTTP/1.1\r\nX: ",
        b"GET / HTTP/1.1\r\n",
        b"GET /",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nX: ",
    ],
)
def test_head_without_end(server: ServerProcess, unended: bytes) -> None:
    many = b"A: b\r\n" * 50_000 if unended.endswith(b"\r\n") else b"a" * 300_000
    with Connection(server.address) as client:
        client.send(unended + many)
        statuses = [client.response().status for _ in range(unended.count(b"GET"))]
        assert statuses[-1] == 431
        assert client.rest() == CLOSED


def test_header_limit_is_the_option(place: Place) -> None:
    document = configuration("echo:hi")
    document["applications"]["a"]["environment"] = {"UNIT_WASM_MAX_HEADER_BYTES": "1K"}
    with place.fake(place.write(document)) as process, Connection(process.address) as client:
        client.send(head_of(1024))
        assert client.response().status == 200
        client.send(head_of(1025))
        assert client.response().status == 431


@pytest.mark.parametrize("protocol", ["websocket", "h2c"])
def test_upgrade_is_ignored(server: ServerProcess, protocol: str) -> None:
    upgrade = f"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: {protocol}\r\n".encode()
    post = b"POST /u HTTP/1.1\r\nHost: a\r\n%bContent-Length: 5\r\n\r\nhello" % upgrade
    with Connection(server.address) as client:
        client.send(post + b"GET /after HTTP/1.1\r\nHost: a\r\n\r\n")
        response = client.response()
        assert (response.body, response.field("connection")) == (b"hi POST /u hello", None)
        assert client.response().body == b"hi GET /after "
    with Connection(server.address) as client:
        client.send(b"GET /u HTTP/1.1\r\nHost: a\r\n%b\r\n\x81\x05frame" % upgrade)
        assert client.response().body == b"hi GET /u "
        # It is told that its frame is no request.
        assert client.response().status == 400
        assert client.rest() == CLOSED


def test_fault_after_a_request_does_not_disturb_it(place: Place) -> None:
    with place.fake(place.write(configuration("slow:done"))) as process:
        with Connection(process.address) as client:
            client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n\xff\xff\xff\r\n\r\n")
            client.read_until(b"\r\n\r\n")
            place.gate.touch()
            assert client.read_until(b"0\r\n\r\n") == b"4\r\ndone\r\n0\r\n\r\n"
            assert client.response().status == 400
            assert client.rest() == CLOSED
        assert request(process.address).body == b"done"


def test_fault_in_a_body_after_the_head_was_sent_cuts(place: Place) -> None:
    with place.fake(place.write(configuration("head:x"))) as process:
        with Connection(process.address) as client:
            client.send(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            client.read_until(b"\r\n\r\n")
            client.send(b"zz\r\n")
            assert client.rest() == CLOSED
        # Served after the application was told that its client has gone.
        assert request(process.address).status == 200
    assert place.notes() == ["made x", "disconnected x"]


def test_short_body(place: Place) -> None:
    with place.fake(place.write(configuration("echo:hi"))) as process:
        with Connection(process.address) as client:
            client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
            client.sock.shutdown(socket.SHUT_WR)
            assert client.rest() == CLOSED
        assert request(process.address).status == 200
    assert place.notes() == ["made hi", "disconnected hi"]


def test_application_that_fails(place: Place) -> None:
    with place.fake(place.write(configuration("raise:x"))) as process:
        for _ in range(2):
            assert request(process.address, "POST", "/", b"abc").status == 500
        process.wait_for_text("RuntimeError: fake failure x")


def test_application_that_fails_after_its_head(place: Place) -> None:
    with place.fake(place.write(configuration("cut:x"))) as process:
        for _ in range(2):
            with Connection(process.address) as client:
                client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                with pytest.raises(TruncatedError):
                    client.response()


def test_an_older_client_sees_that_a_response_broke_off(place: Place) -> None:
    """The end of the connection would be taken for that of the body."""
    with place.fake(place.write(configuration("cut:x"))) as process:
        for _ in range(2):
            with Connection(process.address) as client:
                client.send(b"GET / HTTP/1.0\r\n\r\n")
                with pytest.raises(ConnectionResetError):
                    client.read_until(b"never")


# The size of bodies


def post(client: Connection, body: bytes, *, chunked: bool) -> Response:
    head = b"POST / HTTP/1.1\r\nHost: a\r\n"
    if chunked:
        head += b"Transfer-Encoding: chunked\r\n\r\n"
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    else:
        head += b"Content-Length: %d\r\n\r\n" % len(body)
    client.send(head + body)
    return client.response()


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("limit", [1, 100_000])
def test_body_limit(place: Place, limit: int, chunked: bool) -> None:
    with place.fake(place.write(configuration("echo:x", max_body_size=limit))) as process:
        with Connection(process.address) as client:
            body = b"b" * limit
            assert post(client, body, chunked=chunked).body == b"x POST / " + body
            response = post(client, body + b"b", chunked=chunked)
            assert (response.status, response.body) == (413, b"413 Content Too Large\n")
            assert response.field("connection") == "close"
            assert client.rest() == CLOSED
        assert request(process.address).status == 200


def test_body_limit_of_0_allows_none(place: Place) -> None:
    with place.fake(place.write(configuration("echo:x", max_body_size=0))) as process:
        assert request(process.address, "POST", "/", b"").status == 200
        assert request(process.address, "POST", "/", b"1").status == 413


def test_default_body_limit(server: ServerProcess) -> None:
    with Connection(server.address) as client:
        limit = 8 * 1024 * 1024
        assert len(post(client, b"x" * limit, chunked=False).body) == limit + 10
        client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % (limit + 1))
        # At once: the body was not sent.
        assert client.response().status == 413


def test_large_refused_body_still_gets_its_response(place: Place) -> None:
    with place.fake(place.write(configuration("echo:x", max_body_size=10))) as process:
        for chunked in (False, True):
            with Connection(process.address) as client:
                assert post(client, b"b" * 3_000_000, chunked=chunked).status == 413


def test_nothing_is_left_after_bad_clients(server: ServerProcess) -> None:
    request(server.address)
    before = server.descriptors()
    for case in BAD:
        with Connection(server.address) as client:
            client.send(case.sent)
            client.rest()
    for data in (b"", b"GET", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"):
        with Connection(server.address) as client:
            client.send(data)
    server.wait_for_descriptors(before)
