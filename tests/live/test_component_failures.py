"""What a client sees, and what the log says, when a guest fails; nobody else notices."""

import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.harness.components import Components, application, components
from tests.harness.http import Connection, TruncatedError, request

# application: its guest, and its options
APPLICATIONS: dict[str, tuple[str, dict[str, str]]] = {
    "trap-before-set": ("trap-before-set", {}),
    "trap-after-set": ("trap-after-set", {}),
    "return-without-set": ("return-without-set", {}),
    "error-code": ("error-code", {}),
    "cpu": ("endless-loop", {"CPU_TIMEOUT": "100ms"}),
    "wall": ("endless-loop", {"TIMEOUT": "100ms"}),
    "sleep": ("sleep", {"TIMEOUT": "100ms"}),
    "memory-hog": ("memory-hog", {"MAX_MEMORY": "4M"}),
    "deep-recursion": ("deep-recursion", {}),
    "body-too-long": ("body-too-long", {}),
    "body-too-short": ("body-too-short", {}),
    "never-finishes": ("never-finishes", {}),
    "exit": ("exit", {}),
    "poll-empty": ("poll-empty", {}),
    "few": ("sleep", {"MAX_EXCHANGES": "1", "QUEUE_TIMEOUT": "100ms", "MAX_QUEUE": "1"}),
    "hello": ("hello", {}),
}

PAGES = {
    500: b"500 Internal Server Error\n",
    503: b"503 Service Unavailable\n",
    504: b"504 Gateway Timeout\n",
}

FAILURES = [
    ("trap-before-set", "/", 500, "the component failed: wasm trap: wasm `unreachable`"),
    ("return-without-set", "/", 500, "the component returned without calling"),
    ("return-without-set", "/drop", 500, "the component returned without calling"),
    ("error-code", "/", 500, "the component answered with error-code internal-error: reason"),
    ("error-code", "/1", 500, "the component answered with error-code DNS-error"),
    ("cpu", "/", 504, "the component used up its processor time"),
    ("wall", "/", 504, "the component did not end in time"),
    ("sleep", "/sleep/60000", 504, "the component did not end in time"),
    ("deep-recursion", "/", 500, "the component failed: wasm trap: call stack exhausted"),
    ("poll-empty", "/", 500, "the component failed"),
    ("exit", "/err", 500, "the component exited"),
]

LOG_LINE = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \[ERROR\] (?P<application>\S+): request (?P<id>\d+): "
    r"(?P<method>\S+) (?P<path>\S+): (?P<cause>.*) "
    r"\(\d+\.\d{3} ms, cpu \d+\.\d{3} ms\)(?P<backtrace>(\n(?!\d{4}-).*)*)"
)


@pytest.fixture(scope="module")
def shared() -> Iterator[Components]:
    applications = {name: application(*item) for name, item in APPLICATIONS.items()}
    with components(applications) as made:
        yield made


@pytest.fixture
def server(shared: Components) -> Iterator[Components]:
    assert request(shared["hello"]).body == b"Hello, WASI!\n"
    with shared.watched():
        yield shared
        # It still serves, also the application that failed.
        assert request(shared["hello"]).body == b"Hello, WASI!\n"


def errors(server: Components, name: str) -> list[re.Match[str]]:
    """Return the error lines of an application, each with its backtrace."""
    return [match for match in LOG_LINE.finditer(server.log) if match["application"] == name]


def wait_for_errors(server: Components, name: str, count: int) -> list[re.Match[str]]:
    server.process.wait_for(lambda log: len(errors(server, name)) >= count, f"to log for {name}")
    found = errors(server, name)
    assert len(found) == count
    return found


@pytest.mark.parametrize(("name", "path", "status", "cause"), FAILURES)
def test_failure_before_the_head(
    server: Components, name: str, path: str, status: int, cause: str
) -> None:
    before = len(errors(server, name))
    failures = server.numbers(name)["failures"]
    with Connection(server[name]) as client:
        for _ in range(2):
            response = client.get(path)
            assert (response.status, response.body) == (status, PAGES[status])
            assert response.field("content-type") == "text/plain; charset=utf-8"
    for match in wait_for_errors(server, name, before + 2)[before:]:
        assert (match["method"], match["path"]) == ("GET", path)
        assert match["cause"].startswith(cause), match["cause"]
        trapped = match["cause"].startswith(("the component failed", "the component exited"))
        assert ("<wasm function" in match["backtrace"]) == trapped, match[0]
    assert server.numbers(name)["failures"] == failures + 2
    assert server.numbers(name)["in_flight"] == 0


@pytest.mark.parametrize(
    ("name", "path", "start", "cause"),
    [
        ("trap-after-set", "/", b"partial\n", "the component failed: wasm trap"),
        ("never-finishes", "/", b"partial\n", "the component dropped the response body"),
        ("cpu", "/after", b"looping\n", "the component used up its processor time"),
        ("wall", "/after", b"looping\n", "the component did not end in time"),
        ("exit", "/err/begun", b"", "the component exited"),
    ],
)
def test_failure_in_the_body(
    server: Components, name: str, path: str, start: bytes, cause: str
) -> None:
    """The client gets a status, or a response whose end is missing; never a whole one."""
    before = len(errors(server, name))
    for _ in range(2):
        with Connection(server[name]) as client:
            client.send(b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % path.encode())
            try:
                response = client.response()
            except TruncatedError as error:
                assert b"0\r\n\r\n" not in error.received
                assert error.received in (b"", b"%x\r\n%b\r\n" % (len(start), start))
            else:
                assert response.status in (500, 504)
                assert response.body == PAGES[response.status]
    for match in wait_for_errors(server, name, before + 2)[before:]:
        assert match["cause"].startswith(cause), match["cause"]


@pytest.mark.parametrize(("name", "length"), [("body-too-long", 15), ("body-too-short", 5)])
def test_body_of_another_length(server: Components, name: str, length: int) -> None:
    """``content-length: 10`` is kept or the response is visibly broken."""
    for _ in range(2):
        with Connection(server[name]) as client:
            client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            try:
                response = client.response()
            except TruncatedError as error:
                assert len(error.received) < 10
            else:
                assert (response.status, response.body) == (500, PAGES[500]) or (
                    len(response.body) == 10 and length > 10
                )
    server.process.wait_for_text(f"{name}: request 2: ")


def test_memory_limit(server: Components) -> None:
    response = request(server["memory-hog"])
    assert response.status == 200
    size = int(response.body.removeprefix(b"bytes: "))
    assert 3 << 20 <= size <= 4 << 20


def test_exit_after_the_answer_is_no_failure(server: Components) -> None:
    for path in ("/ok/done", "/ok/begun"):
        response = request(server["exit"], "GET", path)
        assert response.status in (200, 500)
    assert request(server["exit"], "GET", "/ok/done").status == 200
    assert request(server["exit"], "GET", "/err/done").status == 200


@pytest.mark.no_asan
def test_queue_is_full(server: Components) -> None:
    clients = [Connection(server["few"]) for _ in range(3)]
    for index, client in enumerate(clients):
        client.send(b"GET /sleep/2000 HTTP/1.1\r\nHost: a\r\n\r\n")
        # One runs, one waits; each is there before the next one comes.
        server.wait_for_numbers("few", requests=index + 1)
    started = time.monotonic()
    assert clients[2].response().body == PAGES[503]
    assert clients[1].response().body == PAGES[503]
    assert time.monotonic() - started < 2.0
    assert clients[0].response().body == b"slept\n"
    for client in clients:
        client.sock.close()
    causes = [match["cause"] for match in wait_for_errors(server, "few", 2)]
    assert causes == ["too many requests wait for an instance", "no instance became free in time"]


@pytest.mark.parametrize(
    ("name", "path"),
    [("cpu", "/"), ("sleep", "/sleep/60000"), ("trap-before-set", "/"), ("deep-recursion", "/")],
)
def test_neighbours_are_unharmed(server: Components, name: str, path: str) -> None:
    """64 other clients are answered while a guest fails again and again."""
    ended = threading.Event()

    def fail() -> None:
        while not ended.is_set():
            request(server[name], "GET", path)

    def neighbour(_: int) -> set[bytes]:
        with Connection(server["hello"]) as client:
            return {client.get().body for _ in range(20)}

    with ThreadPoolExecutor(65) as pool:
        failing = pool.submit(fail)
        try:
            bodies = [*pool.map(neighbour, range(64))]
        finally:
            ended.set()
    assert bodies == [{b"Hello, WASI!\n"}] * 64
    failing.result()


@pytest.mark.no_asan
def test_neighbours_in_the_same_application(server: Components) -> None:
    """A guest that loops gives way to the others of its worker."""
    with Connection(server["cpu"]) as looping:
        looping.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        clients = [Connection(server["cpu"]) for _ in range(8)]
        for client in clients:
            client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert {client.response().status for client in clients} == {504}
        assert looping.response().status == 504
        for client in clients:
            client.sock.close()
