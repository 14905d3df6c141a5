"""The access log of the embedded server: which requests get a line, and when."""

import json
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.harness.http import Connection, request
from tests.harness.server import ServerProcess
from tests.live.conftest import Place, configuration

DONE = {"success": "Reconfiguration done."}
FORM = "$remote_addr $method $request_uri $status $body_bytes_sent"


def logged(place: Place, form: Any = FORM, component: str = "echo:one", **rest: Any) -> Any:
    document = configuration(component, **rest)
    document["access_log"] = {"path": str(place.folder / "access.log"), "format": form}
    return document


def lines(place: Place, count: int, name: str = "access.log") -> list[str]:
    """Wait until there are so many lines, and return them; the test's time limit ends it."""
    path = place.folder / name
    while True:
        found = path.read_text().splitlines() if path.exists() else []
        assert len(found) <= count, found
        if len(found) == count:
            return found


def test_the_default_format(place: Place) -> None:
    document = configuration("echo:one")
    document["access_log"] = "access.log"
    with place.fake(place.write(document)) as server, Connection(server.address) as client:
        client.send(b"GET /a?b HTTP/1.1\r\nHost: a\r\nReferer: r\r\nUser-Agent: u\r\n\r\n")
        assert client.response().body == b"one GET /a?b "
        (line,) = lines(place, 1)
    time = r"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]"
    assert re.fullmatch(rf'127\.0\.0\.1 - - {time} "GET /a\?b HTTP/1\.1" 200 13 "r" "u"', line)


def test_one_line_for_each_request_of_a_connection(place: Place) -> None:
    with place.fake(place.write(logged(place))) as server, Connection(server.address) as client:
        assert client.get("/1").status == 200
        client.send(
            b"POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"
            b"HEAD /3 HTTP/1.1\r\nHost: a\r\n\r\nGET /4 HTTP/1.0\r\n\r\n"
        )
        assert lines(place, 4) == [
            "127.0.0.1 GET /1 200 11",
            "127.0.0.1 POST /2 200 14",
            "127.0.0.1 HEAD /3 200 0",
            "127.0.0.1 GET /4 200 11",
        ]


def test_requests_that_are_refused(place: Place) -> None:
    document = logged(place, FORM + ' "$request_line"', max_body_size=1)
    with place.fake(place.write(document)) as server:
        for head, status in (
            (b"GET /\x01 HTTP/1.1\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nHost: a\r\nX: %b\r\n\r\n" % (b"x" * 70_000), 431),
            (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n", 413),
            # The framing of the body is broken while the application reads it.
            (b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n", 400),
        ):
            with Connection(server.address) as client:
                client.send(head)
                if head.startswith(b"PUT"):
                    client.send(b"ab\r\n")
                assert client.response().status == status
        assert lines(place, 5) == [
            '127.0.0.1 - - 400 16 "-"',
            '127.0.0.1 - - 400 16 "-"',
            '127.0.0.1 - - 431 36 "-"',
            '127.0.0.1 POST / 413 22 "POST / HTTP/1.1"',
            '127.0.0.1 PUT / 400 16 "PUT / HTTP/1.1"',
        ]


def test_a_response_that_breaks_off(place: Place) -> None:
    with place.fake(place.write(logged(place, component="cut:x"))) as server:
        with Connection(server.address) as client:
            client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert b"half" in client.rest()
        # "half" as a chunk, without the last one.
        assert lines(place, 1) == ["127.0.0.1 GET / 200 9"]


def test_an_application_that_fails(place: Place) -> None:
    with place.fake(place.write(logged(place, component="raise:x"))) as server:
        assert request(server.address).status == 500
        assert lines(place, 1) == ["127.0.0.1 GET / 500 26"]


def test_a_client_that_goes_away(place: Place) -> None:
    """Before there is a response, and in the middle of it."""
    document = logged(place, component="echo:x")
    document["applications"]["b"] = {"type": "wasm-wasi-component", "component": "slow:x"}
    document["listeners"]["127.0.0.2:0"] = {"pass": "applications/b"}
    with place.fake(place.write(document), ready=2) as server:
        first, second = server.addresses
        with Connection(first) as client:
            client.send(b"POST /half HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na")
        assert lines(place, 1) == ["127.0.0.1 POST /half 499 0"]
        with Connection(second) as client:
            client.send(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            assert client.sock.recv(12) == b"HTTP/1.1 200"
        place.gate.touch()
        assert lines(place, 2)[1] == "127.0.0.1 GET /slow 200 0"


def test_a_unix_socket_and_json(place: Place) -> None:
    form = {"from": "$remote_addr", "agent": "$header_user_agent", "id": "$request_id"}
    document = logged(place, form)
    socket = f"unix:{place.folder}/l.sock"
    document["listeners"] = {socket: {"pass": "applications/a"}}
    hostile = '","x":"\\'
    with place.fake(place.write(document)) as server, Connection(server.address) as client:
        client.send(f"GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: {hostile}\r\n\r\n".encode())
        assert client.response().status == 200
        found = json.loads(lines(place, 1)[0])
    assert re.fullmatch("[0-9a-f]{32}", found.pop("id"))
    assert found == {"from": "unix:", "agent": hostile}


def test_a_client_cannot_write_lines_of_its_own(place: Place) -> None:
    with place.fake(place.write(logged(place, '"$header_x" $status'))) as server:
        with Connection(server.address) as client:
            client.send(b'GET / HTTP/1.1\r\nHost: a\r\nX: a" 200\tb\xff\x85\\\r\n\r\n')
            assert client.response().status == 200
        lines(place, 1)
        assert (place.folder / "access.log").read_bytes() == (
            b'"a\\x22 200\\x09b\\xFF\\x85\\x5C" 200\n'
        )


# ---- Changes and rotation ----


def put(place: Place, target: str, value: Any) -> None:
    response = place.ask("PUT", target, value)
    assert (response.status, response.json()) == (200, DONE)


def test_changes(place: Place) -> None:
    one, other = place.folder / "access.log", place.folder / "other.log"
    with (
        place.with_control(place.write(configuration("echo:one"))) as server,
        Connection(server.address) as client,
    ):
        client.get("/0")
        before = server.descriptors()
        put(place, "/config/access_log", str(one))
        put(place, "/config/access_log", {"path": str(one), "format": "$request_uri"})
        client.get("/1")
        put(place, "/config/access_log/path", str(other))
        client.get("/2")
        put(place, "/config/access_log/if", "$arg_log")
        client.get("/3")
        client.get("/4?log=1")
        # The file is kept where only the format changes, and requests go on in it.
        put(place, "/config/access_log/format", {"u": "$uri"})
        client.get("/5?log=1")
        assert place.ask("DELETE", "/config/access_log").json() == DONE
        client.get("/6?log=1")
        assert lines(place, 1) == ["/1"]
        assert lines(place, 3, "other.log") == ["/2", "/4?log=1", '{"u":"/5"}']
        server.wait_for_descriptors(before)


def test_a_file_that_cannot_be_opened_changes_nothing(place: Place) -> None:
    document = logged(place)
    with place.with_control(place.write(document)) as server:
        before = server.descriptors()
        missing = f"{place.folder}/no/access.log"
        response = place.ask("PUT", "/config/access_log", missing)
        assert (response.status, response.json()) == (
            500,
            {
                "error": "Failed to apply new configuration.",
                "detail": f"/access_log: cannot write the access log {missing}: "
                "No such file or directory",
            },
        )
        # And one that can be opened, where something else fails.
        bad = {**document, "access_log": f"{place.folder}/new.log"}
        bad["applications"] = {"a": {"type": "wasm-wasi-component", "component": "broken:x"}}
        assert place.ask("PUT", "/config", bad).status == 500
        server.wait_for_descriptors(before)
        assert place.ask("GET", "/config").json() == document
        request(server.address)
        assert lines(place, 1) == ["127.0.0.1 GET / 200 10"]


def rotate(place: Place, server: ServerProcess, path: Path) -> None:
    path.rename(path.with_suffix(".1"))
    server.signal(signal.SIGUSR1)
    while not path.exists():
        pass


def test_rotation(place: Place) -> None:
    path = place.folder / "access.log"
    with place.fake(place.write(logged(place))) as server, Connection(server.address) as client:
        client.get("/1")
        rotate(place, server, path)
        client.get("/2")
        assert lines(place, 1) == ["127.0.0.1 GET /2 200 11"]
        assert lines(place, 1, "access.1") == ["127.0.0.1 GET /1 200 11"]
        path.unlink()
        path.mkdir()
        server.signal(signal.SIGUSR1)
        server.wait_for_text("cannot be opened again, the old file goes on: Is a directory")
        assert client.get("/3").status == 200


def test_the_signal_without_an_access_log(place: Place) -> None:
    with place.fake(place.write(configuration("echo:one"))) as server:
        server.signal(signal.SIGUSR1)
        assert request(server.address).status == 200
        assert server.stop() == 0


@pytest.mark.parametrize("grace", ["0s", "5s"])
def test_what_ends_with_the_server_is_logged(place: Place, grace: str) -> None:
    document = logged(place, component="slow:x")
    with (
        place.fake(place.write(document), "--grace", grace) as server,
        Connection(server.address) as client,
    ):
        client.send(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        assert client.sock.recv(12) == b"HTTP/1.1 200"
        server.signal(signal.SIGTERM)
        if grace != "0s":
            place.gate.touch()
        assert server.wait() == 0
        # One chunk and the last one; or nothing but the head.
        assert lines(place, 1) == [f"127.0.0.1 GET /slow 200 {11 if grace != '0s' else 0}"]
