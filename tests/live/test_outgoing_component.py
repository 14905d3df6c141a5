"""Components that send requests through the embedded server, to real peers."""

import signal
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.harness.components import Components, application, components
from tests.harness.http import Connection, request
from tests.harness.peer import Caller, Silent, keep, peer, together
from tests.live.outgoing_client import server_context

MIB = 1 << 20


def sending(name: str, peer: str, options: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the configuration of a guest that may send requests to 127.0.0.1."""
    made = application(name, {"OUTGOING": "* 127.0.0.0/8", **(options or {})})
    made["environment"]["PEER"] = peer
    return made


def echo(caller: Caller) -> None:
    """Send a chunked body back while it arrives."""
    caller.head()
    caller.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while size := int(caller.until(b"\r\n"), 16):
        caller.send(b"%x\r\n" % size + caller.read(size + 2))
    caller.send(b"0\r\n\r\n")


def test_sixteen_requests_of_one_component_are_on_their_way_at_once() -> None:
    with peer(together(16)) as there:
        guest = sending("outgoing-many", f"http://127.0.0.1:{there.port}")
        with components({"many": guest}) as server:
            answer = request(server["many"], target="/16")
            lines = sorted(answer.body.splitlines())
    assert answer.status == 200
    assert lines == sorted(b"%d: status 200" % number for number in range(16))


def test_a_response_as_the_component_sees_it() -> None:
    heads: list[bytes] = []

    def serve(caller: Caller) -> None:
        heads.append(caller.head())
        caller.send(
            b"HTTP/1.1 207 Many\r\nConnection: close\r\nX-One: 1\r\nx-one: 2\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 9\r\n\r\n"
        )

    with peer(serve) as there:
        guest = sending("outgoing-get", f"http://127.0.0.1:{there.port}")
        with components({"get": guest}) as server, Connection(server["get"]) as client:
            client.send(
                b"GET / HTTP/1.1\r\nhost: a\r\nunit-wasm-hops: 3\r\n"
                b"traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n"
            )
            answer = client.response()
    assert answer.body == (b"status 207\nx-one: 1\nx-one: 2\nhello|closed\ntrailers:\nx-sum: 9\n")
    assert heads == [
        b"GET /asked?q=1 HTTP/1.1\r\nhost: 127.0.0.1:%d\r\nx-from: guest\r\n"
        % there.port
        + b"unit-wasm-hops: 4\r\n"
        b"traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n"
    ]


@pytest.mark.no_asan
def test_an_echo_of_64_mib_keeps_memory_flat() -> None:
    body = bytes(range(256)) * (MIB >> 8)

    def send(server: Components, count: int) -> int:
        """Send that many MiB and return how much memory that took at the most."""
        most = 0
        with Connection(server["echo"]) as client:
            client.send(b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n" % (count * MIB))
            writer = threading.Thread(target=client.send, args=(body * count,))
            writer.start()
            head = client.read_until(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            got = 0
            while size := int(client.read_until(b"\r\n"), 16):
                data = client.read(size + 2)
                assert data[:-2] == (body + body)[got % MIB :][:size]
                got += size
                most = max(most, server.rss())
            writer.join()
            assert got == count * MIB
        return most

    with peer(echo) as there:
        guest = sending("outgoing-echo", f"http://127.0.0.1:{there.port}")
        with components({"echo": guest}, max_body_size=128 * MIB) as server:
            send(server, 4)
            before = server.rss()
            assert send(server, 64) < before + 16 * MIB


def test_a_component_may_send_nothing_unless_it_is_listed() -> None:
    with peer(keep) as there:
        url = f"http://127.0.0.1:{there.port}"
        guests = {
            "none": sending("outgoing-get", url, {"OUTGOING": ""}),
            "other": sending("outgoing-get", url, {"OUTGOING": "https://*.example.test"}),
            "star": sending("outgoing-get", url, {"OUTGOING": "*"}),
            "listed": sending("outgoing-get", url, {"OUTGOING": url}),
        }
        with components(guests) as server:
            said = {name: request(server[name]).body.split(b"\n")[0] for name in guests}
            again = request(server["other"])
            for name in ("other", "star"):
                server.process.wait_for_text(f"{name}: outgoing requests to {url} are ")
            log = server.log
        assert there.connections == 1
    assert said == {
        # handle() itself says it; the guest takes that for a reason to trap.
        "none": b"500 Internal Server Error",
        "other": b"error HTTP-request-denied",
        "star": b"error destination-IP-prohibited",
        "listed": b"status 200",
    }
    assert again.status == 200
    assert (
        log.count(
            f"other: outgoing requests to {url} are denied: UNIT_WASM_OUTGOING has no entry\n"
        )
        == 1
    )
    assert (
        log.count(
            f"star: outgoing requests to {url} are refused: 127.0.0.1 is a private address, "
            "and UNIT_WASM_OUTGOING has no entry for it\n"
        )
        == 1
    )


def test_https_with_a_ca_of_ones_own(tmp_path: Path) -> None:
    authority = trustme.CA()
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(file)
    right = server_context(authority, "localhost")
    wrong = server_context(authority, "other.test")
    options = {"CA_FILE": str(file), "OUTGOING": "https://localhost:* 127.0.0.1 ::1"}
    with peer(keep, right) as one, peer(keep, wrong) as other:
        guests = {
            "right": sending("outgoing-get", f"https://localhost:{one.port}", options),
            "wrong": sending("outgoing-get", f"https://localhost:{other.port}", options),
            "unknown": sending(
                "outgoing-get",
                f"https://localhost:{one.port}",
                {"OUTGOING": options["OUTGOING"]},
            ),
        }
        with components(guests) as server:
            said = {name: request(server[name]).body.split(b"\n")[0] for name in guests}
    assert said == {
        "right": b"status 200",
        "wrong": b"error TLS-certificate-error",
        "unknown": b"error TLS-certificate-error",
    }


def test_a_request_that_goes_round_in_circles_is_ended() -> None:
    with components({"loop": sending("outgoing-get", "http://127.0.0.1:1")}) as server:
        own = server["loop"]
        place = "/config/applications/loop/environment/PEER"
        assert server.ask("PUT", place, own).status == 200
        answer = request(own)
        assert answer.status == 200
        assert answer.body.count(b"status 200") == 16
        assert answer.body.count(b"error loop-detected") == 1


@pytest.mark.parametrize("way", ["client", "component", "server"])
def test_what_ends_an_exchange_ends_its_requests(way: str) -> None:
    silent = Silent()
    options = {} if way == "client" else {"TIMEOUT": "1s"}
    with peer(silent) as there:
        guest = sending("outgoing-get", f"http://127.0.0.1:{there.port}", options)
        with components({"get": guest}) as server:
            with Connection(server["get"]) as client:
                client.send(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
                assert silent.arrived.wait(30)
                if way == "server":
                    server.signal(signal.SIGTERM)
                elif way == "component":
                    assert client.response().status == 504
                else:
                    client.reset()
            assert silent.ended.wait(60)


def test_a_file_of_certificates_that_is_none(tmp_path: Path) -> None:
    document = sending("outgoing-get", "http://127.0.0.1:1", {"CA_FILE": f"{tmp_path}/gone.pem"})
    with components({"get": sending("outgoing-get", "http://127.0.0.1:1")}) as server:
        answer = server.ask("PUT", "/config/applications/get", document)
        assert answer.status == 500
        assert f"the certificates in {tmp_path}/gone.pem cannot be used" in answer.body.decode()
        assert request(server["get"]).status == 200
