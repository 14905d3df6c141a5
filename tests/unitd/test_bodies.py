"""Bodies in both directions: from Unit's memory and from its temporary files."""

import random
from collections.abc import Iterator

import pytest

from tests.harness.exchanges import (
    ALL_BYTES,
    ECHOES,
    HEAD,
    MIB,
    PATTERN,
    answer_with_each_status,
    answer_without_bodies,
    stream_through,
)
from tests.harness.http import Connection, request
from tests.harness.processes import memory
from tests.harness.unitd import Unit, Unitd, application, note

GUESTS = (*ECHOES, "answers-early", "big-response", "no-body", "skip", "splice", "status-codes")


@pytest.fixture(scope="module")
def shared(unit: Unit) -> Iterator[Unitd]:
    with unit.start() as server:
        server.configure(
            # With one segment of shared memory it cannot be most of what a worker uses.
            {name: application(name, limits={"shm": 10 * MIB}) for name in GUESTS},
            max_body_size=64 * MIB,
            chunked_transform=True,
        )
        for name in GUESTS:
            # What is opened once is opened now, before descriptors are counted.
            request(server[name], "POST", "/", b"x" * 20_000)
        yield server


# Unit keeps up to 16384 bytes in memory and writes more to a file.
@pytest.mark.parametrize("size", [0, 1, 16383, 16384, 16385, 100_000, MIB])
@pytest.mark.parametrize("name", ECHOES)
def test_echo(server: Unitd, name: str, size: int) -> None:
    body = random.Random(size).randbytes(size)
    with Connection(server[name]) as client:
        for _ in range(2):
            client.send(HEAD + b"Content-Length: %d\r\n\r\n" % size + body)
            response = client.response()
            assert (response.status, response.body) == (200, body)


@pytest.mark.parametrize("path", ["/", "/blocking"])
@pytest.mark.parametrize("size", [16384, 16385, 300_000])
def test_splice(server: Unitd, path: str, size: int) -> None:
    body = random.Random(size).randbytes(size)
    assert request(server["splice"], "POST", path, body).body == body


@pytest.mark.parametrize("path", ["/", "/poll"])
@pytest.mark.parametrize("size", [0, 16384, 16385, MIB])
def test_body_that_is_counted_and_not_copied(server: Unitd, path: str, size: int) -> None:
    response = request(server["skip"], "POST", path, b"x" * size)
    assert response.body == b"%d\n" % size


@pytest.mark.slow
@pytest.mark.parametrize("name", ["echo", "splice"])
def test_64_mib_go_through(server: Unitd, name: str) -> None:
    pid = server.worker(name)
    before = memory(pid)
    stream_through(server[name], 64)
    # This counts the memory that it shares with Unit, too.
    peak = memory(pid, "VmHWM") - before
    note(f"{name}: {peak / MIB:+.1f} MiB")
    assert peak < 16 * MIB


@pytest.mark.slow
@pytest.mark.parametrize(("path", "piece"), [("", PATTERN), ("/1", ALL_BYTES)])
def test_64_mib_response(server: Unitd, path: str, piece: bytes) -> None:
    response = request(server["big-response"], "GET", f"/{64 * MIB}{path}")
    assert len(response.body) == 64 * MIB
    assert response.body == piece * (64 * MIB // len(piece))


def test_body_over_the_limit(server: Unitd) -> None:
    with Connection(server["echo"]) as client:
        client.send(HEAD + b"Content-Length: %d\r\n\r\n" % (64 * MIB + 1))
        assert client.response().status == 413


@pytest.mark.parametrize("size", [0, 5, 16384, 16385, 300_000])
def test_chunked_request(server: Unitd, unit: Unit, size: int) -> None:
    body = random.Random(size).randbytes(size)
    chunks = b"".join(
        b"%x\r\n%b\r\n" % (len(part), part)
        for part in (body[start : start + 9_999] for start in range(0, size, 9_999))
    )
    if size > 16385 and unit.version < (1, 36):
        pytest.skip("Unit 1.35.0 refuses long bodies in chunks")
    with Connection(server["echo"]) as client:
        client.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n")
        response = client.response()
        assert (response.status, response.body) == (200, body)


def test_expect_continue(server: Unitd) -> None:
    """Unit sends no 100; a client that goes on by itself after a while is served."""
    with Connection(server["echo"]) as client:
        client.send(HEAD + b"Expect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        client.send(b"body")
        response = client.response()
        if response.status == 100:
            response = client.response()
        assert (response.status, response.body) == (200, b"body")


def test_head(server: Unitd) -> None:
    with Connection(server["no-body"]) as client:
        for path in ("/200", "/404"):
            client.send(b"HEAD %b HTTP/1.1\r\nHost: localhost\r\n\r\n" % path.encode())
            assert client.response("HEAD").status == int(path[1:])
        response = client.get("/200")
        assert (response.status, response.body) == (200, b"a body\n")
    with Connection(server["big-response"]) as client:
        for size in (0, 5, 100_000):
            client.send(b"HEAD /%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % size)
            response = client.response("HEAD")
            assert response.status == 200
            assert response.field("content-length") == str(size)


def test_statuses_without_a_body(server: Unitd) -> None:
    with Connection(server["no-body"]) as client:
        answer_without_bodies(client)


def test_answer_before_the_body_was_read(server: Unitd) -> None:
    with Connection(server["answers-early"]) as client:
        for size in (5, 100_000):
            client.send(HEAD + b"Content-Length: %d\r\n\r\n" % size + b"x" * size)
            assert client.response().body == b"early\n"


def test_status_codes(server: Unitd) -> None:
    with Connection(server["status-codes"]) as client:
        answer_with_each_status(client)
        for status in (100, 199, 600, 999):
            assert client.get(f"/{status}").status == 500
