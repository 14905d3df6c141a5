"""What goes wrong in a component: the status, the exact log line, and unharmed neighbours."""

import contextlib
import re
import time
from collections.abc import Iterator

import pytest

from tests.harness.http import Connection, TruncatedError, request
from tests.harness.processes import memory
from tests.harness.server import ROOT
from tests.harness.unitd import Unit, Unitd, application, note

TIME = r" \(\d+\.\d{3} ms, cpu \d+\.\d{3} ms\)"
UNREACHABLE = "the component failed: wasm trap: wasm `unreachable` instruction executed"
NO_SET = "the component returned without calling response-outparam.set"
HOLDS = (
    "the component failed: the exchange holds more than 2097152 bytes of the host's memory "
    "(UNIT_WASM_MAX_HOST_MEMORY)"
)
UNFINISHED = "the component ended without finishing its response body"


@pytest.fixture(scope="module")
def shared(unit: Unit) -> Iterator[Unitd]:
    with unit.start() as server:
        short = {"TIMEOUT": "1s", "CPU_TIMEOUT": "300ms", "MAX_MEMORY": "4M"}
        server.configure(
            {
                "mixed": application("mixed", short),
                "error-code": application("error-code"),
                "exit": application("exit"),
                "hello": application("hello"),
                "narrow": application(
                    "sleep", {"MAX_EXCHANGES": "2", "MAX_QUEUE": "3", "QUEUE_TIMEOUT": "200ms"}
                ),
                "limited": application("sleep", limits={"timeout": 1}),
                "costly": application(
                    "costly",
                    {"MAX_HOST_MEMORY": "2M", "MAX_HANDLES": "100000", "CPU_TIMEOUT": "300ms"},
                ),
            }
        )
        for name in ("mixed", "error-code", "hello", "costly"):
            request(server[name])
        request(server["exit"], "GET", "/ok/done")
        for name in ("narrow", "limited"):
            request(server[name], "GET", "/sleep/0")
        yield server


def expect_line(server: Unitd, name: str, path: str, sentence: str) -> None:
    pattern = re.compile(
        rf"\[error\] .*\b{re.escape(name)}: request \d+: GET {re.escape(path)}: "
        rf"{re.escape(sentence)}{TIME}"
    )
    deadline = time.monotonic() + 10
    while not pattern.search(server.news):
        assert time.monotonic() < deadline, server.news
        time.sleep(0.005)


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/trap", 500, UNREACHABLE),
        ("/no-set", 500, NO_SET),
        ("/error", 500, "the component answered with error-code DNS-timeout"),
        ("/deep", 500, "the component failed: wasm trap: call stack exhausted"),
        ("/hog", 500, UNREACHABLE),
        ("/loop", 504, "the component used up its processor time"),
        ("/wait", 504, "the component did not end in time"),
    ],
)
def test_failure_before_the_head_d5_d6_d7_d13_d21_d22(
    server: Unitd, path: str, status: int, sentence: str
) -> None:
    pid = server.worker("mixed")
    with Connection(server["mixed"]) as client, Connection(server["mixed"]) as neighbour:
        client.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        for _ in range(3):
            assert neighbour.get("/").body == b"hello\n"
        response = client.response()
        assert response.status == status
        assert response.body.startswith(b"%d " % status)
        # The second proves that the worker and the connection survived.
        assert client.get("/").body == b"hello\n"
        assert neighbour.get("/").body == b"hello\n"
    expect_line(server, "mixed", path, sentence)
    assert server.worker("mixed") == pid


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/later/trap", UNREACHABLE),
        ("/later/return", UNFINISHED),
        ("/later/loop", "the component used up its processor time"),
        ("/later/drop", None),
        ("/later/too-long", None),
        ("/later/too-short", None),
    ],
)
def test_failure_after_the_head_d9(server: Unitd, path: str, sentence: str | None) -> None:
    """The connection is cut: never a clean end of a broken body."""
    pid = server.worker("mixed")
    with Connection(server["mixed"]) as client, Connection(server["mixed"]) as neighbour:
        client.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert client.read_until(b"\r\n").startswith(b"HTTP/1.1 200 ")
        assert neighbour.get("/").body == b"hello\n"
        rest = client.rest()
        assert b"begun\n" in rest
        assert not rest.endswith(b"0\r\n\r\n")
        assert len(rest.partition(b"begun\n")[2]) < 4
        assert neighbour.get("/").body == b"hello\n"
    if sentence is not None:
        expect_line(server, "mixed", path, sentence)
    else:
        server.wait_for_text(f"GET {path}: ")
    assert server.worker("mixed") == pid


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/hold/requests/15/60000", 500, HOLDS),
        ("/hold/bodies/20/120000", 500, HOLDS),
        ("/random/262144/1000", 504, "the component used up its processor time"),
    ],
)
def test_costs_of_the_host(server: Unitd, path: str, status: int, sentence: str) -> None:
    """What the host holds and does for a guest has a limit, and its neighbours go on."""
    pid = server.worker("costly")
    with Connection(server["costly"]) as client, Connection(server["costly"]) as neighbour:
        client.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        for _ in range(3):
            assert neighbour.get("/").body == b"costly\n"
        assert client.response().status == status
        assert client.get("/hold/requests/8/60000").body == b"costly\n"
    expect_line(server, "costly", path, sentence)
    assert server.worker("costly") == pid


@pytest.mark.parametrize("path", ["/", "/0", "/20", "/38"])
def test_error_code(server: Unitd, path: str) -> None:
    with Connection(server["error-code"]) as client:
        response = client.get(path)
        assert (response.status, response.body) == (500, b"500 Internal Server Error\n")
        assert client.get(path).status == 500
    server.wait_for_text(f"GET {path}: the component answered with error-code ")


@pytest.mark.parametrize(
    ("path", "status"),
    [("/ok", 500), ("/err", 500), ("/ok/done", 200), ("/err/done", 200)],
)
def test_exit(server: Unitd, path: str, status: int) -> None:
    pid = server.worker("exit")
    assert request(server["exit"], "GET", path).status == status
    assert request(server["exit"], "GET", "/ok/done").status == 200
    assert server.worker("exit") == pid


@pytest.mark.parametrize("path", ["/ok/begun", "/err/begun"])
def test_exit_in_the_middle(server: Unitd, path: str) -> None:
    with Connection(server["exit"]) as client:
        client.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        status = int(client.read_until(b"\r\n").split()[1])
        assert status == 500 or not client.rest().endswith(b"0\r\n\r\n")
    assert request(server["exit"], "GET", "/ok/done").status == 200


def test_a_hundred_failures_leave_nothing(server: Unitd) -> None:
    pid = server.worker("mixed")
    for path in ("/trap", "/no-set", "/later/drop", "/later/trap"):
        request_quietly(server["mixed"], path)
    before = memory(pid, "RssAnon")
    for _ in range(100):
        for path in ("/trap", "/no-set", "/later/drop", "/later/trap"):
            request_quietly(server["mixed"], path)
    assert server.worker("mixed") == pid
    grown = memory(pid, "RssAnon") - before
    note(f"{grown / 1024:+.0f} KiB")
    assert grown < 4 << 20


def request_quietly(address: str, path: str) -> None:
    with contextlib.suppress(TruncatedError, OSError, ValueError):
        request(address, "GET", path)


def test_queue_is_full(server: Unitd) -> None:
    """Two run; the others wait in Unit or in the queue of the worker."""
    clients = [Connection(server["narrow"]) for _ in range(8)]
    for client in clients:
        client.send(b"GET /sleep/100 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    statuses = [client.response().status for client in clients]
    for client in clients:
        client.sock.close()
    assert statuses.count(200) + statuses.count(503) == 8
    assert statuses.count(200) >= 2


def test_limits_timeout_ends_the_guest_too(server: Unitd) -> None:
    """Unit answers 503 by itself; `limits.timeout` is the time limit of the guest as well."""
    started = time.monotonic()
    response = request(server["limited"], "GET", "/sleep/60000")
    assert response.status in (503, 504)
    assert time.monotonic() - started < 5
    server.wait_for_text("GET /sleep/60000: the component did not end in time")


# ---- What is refused by PUT ----


@pytest.fixture(scope="module")
def changing(unit: Unit) -> Iterator[Unitd]:
    with unit.start() as server:
        server.configure({"hello": application("hello")})
        request(server["hello"])
        yield server


REFUSED = {
    "core-module": "this is a core WebAssembly module",
    "no-handler": "wasi:http/incoming-handler",
    "command": "wasi:http/incoming-handler",
    "wasi03": "0.3",
    "unknown-import": "acme:kv/store@1.0.0",
    "unknown-function": "",
}


@pytest.mark.parametrize("name", REFUSED)
def test_component_that_cannot_be_served(changing: Unitd, name: str) -> None:
    with changing.watched(restarts=True):
        reasons = ("/applications/bad/component", REFUSED[name])
        changing.refuses("/config/applications/bad", application(name), *reasons)
        assert 'application "bad" cannot be prepared' in changing.news
        assert "Traceback" not in changing.news
        assert request(changing["hello"]).body == b"Hello, WASI!\n"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"component": "/no/such/file.wasm"}, "/applications/bad/component: "),
        ({"component": str(ROOT / "README.md")}, "/applications/bad/component: "),
        ({"component": "/dev/null"}, "/applications/bad/component: "),
        ({"component": ""}, "/applications/bad/component: "),
        ({"environment": {"UNIT_WASM_TIMEOUTS": "1"}}, 'unknown option "UNIT_WASM_TIMEOUTS"'),
        ({"environment": {"UNIT_WASM_TIMEOUT": "soon"}}, "/environment/UNIT_WASM_TIMEOUT"),
        ({"environment": {"UNIT_WASM_MAX_EXCHANGES": "0"}}, "/UNIT_WASM_MAX_EXCHANGES"),
        ({"access": {"filesystem": [1]}}, "/applications/bad/access/filesystem"),
    ],
)
def test_configuration_that_is_refused(
    changing: Unitd, change: dict[str, object], reason: str
) -> None:
    with changing.watched(restarts=True):
        changing.expect_alerts('application "bad" cannot be prepared', "failed to apply new conf")
        document = {**application("hello"), **change}
        response = changing.ask("PUT", "/config/applications/bad", document)
        # What Unit itself checks is answered 400.
        assert response.status in (400, 500), response.body
        assert response.status == 400 or reason in changing.news
        assert "Traceback" not in changing.news
        assert "exited on signal" not in changing.news
        assert request(changing["hello"]).body == b"Hello, WASI!\n"


@pytest.mark.parametrize("access", [{}, {"filesystem": []}, {"filesystem": ["/tmp"]}])
def test_access_that_is_taken(changing: Unitd, access: object) -> None:
    with changing.watched(restarts=True):
        document = {**application("hello"), "access": access}
        response = changing.ask("PUT", "/config/applications/good", document)
        assert response.status == 200, response.body
        assert "access/filesystem" not in changing.news
        assert changing.ask("DELETE", "/config/applications/good").status == 200


def test_warnings_are_true(changing: Unitd) -> None:
    """The embedded server ignores what Unit does not."""
    with changing.watched(restarts=True):
        document = {**application("hello"), "working_directory": "/tmp", "user": "root"}
        response = changing.ask("PUT", "/config/applications/good", document)
        assert response.status == 200, response.body
        assert "no effect" not in changing.news
        assert changing.ask("DELETE", "/config/applications/good").status == 200
