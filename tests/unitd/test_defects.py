"""The defects D1 to D30 of the module that this one replaces: one test for each, named after it.

Those of components that fail are in test_failures.py, where the log is looked at, too.
D31 is that it had no such tests: tests/pure/test_defects.py sees to it that ours are there.

Left to the double of libunit in tests/native, because a real unitd cannot be brought to it at will:

- D11: a call of libunit fails (a port is closed, the router ends, QUIT while waiting for memory).
- D14: an alert with a NUL byte in its text; our log functions take a length.
- D15: ``request_read`` gives fewer bytes than Unit has promised, or fails.
- D20 in part: Unit has no way for trailers; the embedded server's tests have them.
- D29: there are no other threads that call libunit; its waits are tried with the double.
"""

import threading
import time
from collections.abc import Iterator

import pytest

from tests.harness.http import Connection, request
from tests.harness.processes import memory
from tests.harness.unitd import Unit, Unitd, application, note
from tests.unitd.load import burst

MIB = 1 << 20
GUESTS = (
    "echo",
    "env",
    "exit",
    "header-name",
    "hello",
    "outgoing-denied",
    "request-echo",
    "request-info",
    "skip",
    "stdio",
    "trailers",
    "works-after",
)


@pytest.fixture(scope="module")
def shared(unit: Unit) -> Iterator[Unitd]:
    with unit.start() as server:
        server.configure(
            {
                **{name: application(name) for name in GUESTS},
                "mixed": application("mixed", {"CPU_TIMEOUT": "300ms", "MAX_MEMORY": "4M"}),
                "handles": application("many-handles", {"MAX_HANDLES": "100"}),
                "two": application("sleep", {"MAX_EXCHANGES": "2"}),
            },
            max_body_size=64 * MIB,
        )
        for name in GUESTS:
            if name != "exit":
                request(server[name], "POST", "/0", b"x" * 20_000)
        request(server["exit"], "GET", "/ok/done")
        request(server["mixed"])
        request(server["handles"], "GET", "/1")
        request(server["two"], "GET", "/sleep/0")
        yield server


def status_of(address: str, head: bytes) -> int:
    with Connection(address) as client:
        client.send(head + b"Connection: close\r\n\r\n")
        return int(client.read_until(b"\r\n").split()[1])


def lines(address: str, head: bytes) -> list[str]:
    with Connection(address) as client:
        client.send(head + b"Connection: close\r\n\r\n")
        return client.response().body.decode().splitlines()


def survives(server: Unitd, name: str, path: str, status: int) -> None:
    """The request ends with this status; one beside it and one after it are served."""
    with Connection(server[name]) as client, Connection(server["hello"]) as neighbour:
        client.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert neighbour.get().status == 200
        assert client.response().status == status
        assert neighbour.get().status == 200


def test_d01_bytes_that_are_not_utf8(server: Unitd) -> None:
    address = server["request-info"]
    assert status_of(address, b"GET /\xff HTTP/1.1\r\nHost: a\r\n") == 400
    assert status_of(address, b"GET / HTTP/1.1\r\nHost: \xff\r\n") == 400
    shown = lines(address, b"GET / HTTP/1.1\r\nHost: a\r\nX-N: caf\xe9\r\n")
    assert "header x-n: caf\\xe9" in shown


@pytest.mark.parametrize("target", [b'/?q="', b"/<>", b"/a`b", b'/?<">'])
def test_d02_targets_that_a_uri_parser_refuses(server: Unitd, target: bytes) -> None:
    shown = lines(server["request-info"], b"GET %b HTTP/1.1\r\nHost: a\r\n" % target)
    assert shown[3] == f"path-with-query: some {target.decode()}"


def test_d02_control_bytes_in_a_target(server: Unitd) -> None:
    assert status_of(server["request-info"], b"GET /\x01 HTTP/1.1\r\nHost: a\r\n") == 400


@pytest.mark.parametrize("host", [b'a b"<>', b"a/b", b"[", b"a@b", b"\x01"])
def test_d03_host_that_is_no_authority(server: Unitd, host: bytes) -> None:
    status = status_of(server["request-info"], b"GET / HTTP/1.1\r\nHost: %b\r\n" % host)
    assert status in (200, 400)


def test_d04_del_in_a_header_value(server: Unitd) -> None:
    address = server["request-info"]
    assert status_of(address, b"GET / HTTP/1.1\r\nHost: a\r\nX-N: a\x7fb\r\n") in (200, 400)


@pytest.mark.parametrize("path", ["/ok/done", "/err/done"])
def test_d08_exit_after_the_response(server: Unitd, path: str) -> None:
    survives(server, "exit", path, 200)


def test_d10_long_header_name(server: Unitd) -> None:
    survives(server, "header-name", "/255", 200)
    survives(server, "header-name", "/256", 500)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/no/such/folder", "the directory /no/such/folder does not exist"),
        ("/etc/passwd", "/etc/passwd is not a directory"),
        ("folder", '"folder" is not an absolute path'),
    ],
)
def test_d12_missing_directory(server: Unitd, path: str, reason: str) -> None:
    """It is said once, at PUT; what was served goes on."""
    document = {**application("hello"), "access": {"filesystem": ["/", path]}}
    server.refuses("/config/applications/extra", document)
    place = "configuration error: /applications/extra/access/filesystem/1"
    assert server.news.count(f"{place}: {reason} (") == 1
    assert server.ask("GET", "/config/applications/extra").status == 404
    assert request(server["hello"]).body == b"Hello, WASI!\n"


def test_d13_instance_that_cannot_start(server: Unitd) -> None:
    """A limit that only shows at run time fails one request."""
    survives(server, "handles", "/1000", 500)


def test_d16_long_body_is_not_kept_in_memory(server: Unitd) -> None:
    pid = server.worker("skip")
    before = memory(pid, "RssAnon")
    body = b"x" * (32 * MIB)
    assert request(server["skip"], "POST", "/", body).body == b"%d\n" % len(body)
    assert memory(pid, "VmHWM") - before < 48 * MIB
    assert memory(pid, "RssAnon") - before < 4 * MIB


@pytest.mark.parametrize(
    "access", [{}, {"filesystem": [1]}, {"filesystem": [None]}, {"filesystem": [{}]}, 1, []]
)
def test_d17_shape_of_access(server: Unitd, access: object) -> None:
    server.expect_alerts("cannot be prepared", "failed to apply new conf")
    document = {**application("hello"), "access": access}
    reply = server.ask("PUT", "/config/applications/extra", document)
    assert reply.status in (200, 400, 500), reply.body
    if reply.status == 200:
        assert server.ask("DELETE", "/config/applications/extra").status == 200
    assert "exited on signal" not in server.news
    assert "Traceback" not in server.news


def test_d18_scheme_without_tls(server: Unitd) -> None:
    """With TLS it is https: test_tls.py."""
    assert lines(server["request-info"], b"GET / HTTP/1.1\r\nHost: a\r\n")[1] == "scheme: HTTP"


def test_d19_host_keeps_its_port(server: Unitd) -> None:
    shown = lines(server["request-info"], b"GET / HTTP/1.1\r\nHost: Example.org:8080\r\n")
    assert shown[2] == "authority: some Example.org:8080"


def test_d20_trailers_do_no_harm(server: Unitd) -> None:
    """Unit cannot send them; the response is whole without."""
    assert request(server["trailers"], "POST", "/", b"x").status == 200


def test_d21_spinning_guests_do_not_stop_the_process(server: Unitd) -> None:
    spinning = [Connection(server["mixed"]) for _ in range(8)]
    for client in spinning:
        client.send(b"GET /loop HTTP/1.1\r\nHost: localhost\r\n\r\n")
    started = time.monotonic()
    assert request(server["mixed"]).body == b"hello\n"
    note(f"beside eight loops: {(time.monotonic() - started) * 1000:.0f} ms")
    assert [client.response().status for client in spinning] == [504] * 8
    for client in spinning:
        client.sock.close()


def test_d22_limit_of_handles(server: Unitd) -> None:
    survives(server, "handles", "/90", 200)
    survives(server, "handles", "/200", 500)


def test_d23_limit_of_concurrency(server: Unitd) -> None:
    tally, took = burst(server["two"], 10, "/sleep/50")
    assert tally.statuses == {200: 10}
    assert took > 0.2


def test_d24_environment_of_unitd(server: Unitd) -> None:
    shown = request(server["env"]).body.decode()
    assert "variable: " not in shown


def test_d25_outgoing_requests(server: Unitd) -> None:
    assert "denied" in request(server["outgoing-denied"]).body.decode()


def test_d26_directories(unit: Unit) -> None:
    """Those of the configuration, and others only by an option."""
    with unit.start() as server:
        document = application("filesystem-denied", access={"filesystem": ["/tmp"]})
        server.configure({"files": document})
        assert request(server["files"]).body == b"directories: 1\n"


def test_d27_compiled_once(unit: Unit) -> None:
    """The second time it comes from the cache, and the workers do not compile at all."""
    with unit.start() as server:
        document = application("echo-py", processes=4)
        server.configure({"a": document})
        started = time.monotonic()
        server.put("/config/applications/b", document)
        took = time.monotonic() - started
        assert request(server["a"]).status == 200
        note(f"an 18 MB component with four processes from the cache: {took:.2f} s")
        assert took < 2
        for pid in server.workers("a"):
            assert memory(pid, "RssAnon") < 40 * MIB


def test_d28_work_after_the_response(server: Unitd) -> None:
    with Connection(server["works-after"]) as client:
        started = time.monotonic()
        for _ in range(3):
            assert client.get().status == 200
        assert time.monotonic() - started < 0.5
    time_limit = time.monotonic() + 5
    while server.news.count("worked after the answer") < 3:
        assert time.monotonic() < time_limit
        time.sleep(0.01)


def test_d29_writes_do_not_block(unit: Unit) -> None:
    """A client that does not read takes all shared memory, and the others go on."""
    with unit.start() as server:
        server.configure({"big": application("big-response", limits={"shm": 10 * MIB})})
        with Connection(server["big"]) as stalled:
            stalled.send(b"GET /30000000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            stalled.read(1000)
            for _ in range(20):
                assert request(server["big"], "GET", "/500").status == 200
            reader = threading.Thread(target=stalled.read_until, args=(b"\r\n0\r\n\r\n",))
            reader.start()
            assert len(request(server["big"], "GET", "/5000000").body) == 5_000_000
            reader.join()


def test_d30_http_versions(server: Unitd) -> None:
    """Nothing of ours is written to the output of a guest."""
    assert status_of(server["stdio"], b"GET / HTTP/1.0\r\nHost: a\r\n") == 200
    assert "ersion" not in server.news
