"""What the log says of outgoing requests that are refused, and of those that fail."""

import json
import logging
import socket

import pytest
import trustme

from tests.harness.components import application, components
from tests.harness.http import request
from tests.harness.orders import Orders
from tests.harness.peer import Caller, peer
from tests.live.outgoing_client import LOCAL, base, client, names, server_context


def nobody() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
    return port


def end(orders: Orders, *urls: str) -> None:
    for url in urls:
        assert orders.wait(orders.request(url)).failure is not None


def test_a_connection_that_cannot_be_made(caplog: pytest.LogCaptureFixture) -> None:
    one, other = base(nobody()), base(nobody())
    with client() as orders:
        end(orders, f"{one}/a", f"{one}/b", f"{other}/", f"{one}/")
    assert caplog.messages == [
        f"test: outgoing requests to {one} fail: connection-refused",
        f"test: outgoing requests to {other} fail: connection-refused",
    ]
    assert {record.levelname for record in caplog.records} == {"WARNING"}


def test_a_name_that_is_none(caplog: pytest.LogCaptureFixture) -> None:
    resolve = names(a_test="")
    with client(("*",), resolve=resolve) as orders:
        end(orders, "https://a.test/", "https://A.test:443/b")
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("test: outgoing requests to https://a.test fail: DNS-")


def test_tls(caplog: pytest.LogCaptureFixture) -> None:
    context = server_context(trustme.CA(), "127.0.0.1")

    def serve(caller: Caller) -> None:
        raise AssertionError("it was trusted")

    with peer(serve, tls=context) as there, client() as orders:
        url = f"https://127.0.0.1:{there.port}"
        end(orders, url + "/", url + "/b")
    assert len(caplog.messages) == 1
    begin = f"test: outgoing requests to {url} fail: TLS-certificate-error"
    assert caplog.messages[0].startswith(begin)


def test_a_response_that_breaks_off(caplog: pytest.LogCaptureFixture) -> None:
    def serve(caller: Caller) -> None:
        caller.head()
        caller.send(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab")

    with peer(serve) as there, client() as orders:
        end(orders, base(there.port) + "/")
        url = base(there.port)
    assert caplog.messages == [f"test: outgoing requests to {url} fail: HTTP-response-incomplete"]


def test_refused_and_failed_are_told_apart(caplog: pytest.LogCaptureFixture) -> None:
    resolve = names(a_test="10.0.0.1/127.0.0.1/10.0.0.2")
    url = f"http://a.test:{nobody()}"
    with client(("http://*.test:*", "127.0.0.1"), resolve=resolve) as orders:
        end(orders, url, url, url, "http://b.example/")
    assert caplog.messages == [
        f"test: outgoing requests to {url} are refused: 10.0.0.1 is a private address, and "
        "UNIT_WASM_OUTGOING has no entry for it",
        f"test: outgoing requests to {url} fail: connection-refused",
        "test: outgoing requests to http://b.example are denied: UNIT_WASM_OUTGOING has no entry",
    ]


def test_what_is_remembered_is_bounded(caplog: pytest.LogCaptureFixture) -> None:
    with client(("http://a.test",)) as orders:
        for _ in range(2):
            end(orders, *(f"http://h{number}.test/" for number in range(150)))
    assert len(caplog.messages) == len(set(caplog.messages)) == 100


def test_what_a_guest_does_wrong_is_its_own(caplog: pytest.LogCaptureFixture) -> None:
    with client(LOCAL) as orders:
        end(orders, "http://a:b/", "http://user@a/")
        assert orders.wait(orders.request("http://127.0.0.1:1/", hops=b"16")).failure is not None
    assert caplog.messages == []


def test_as_json(caplog: pytest.LogCaptureFixture) -> None:
    url = base(nobody())
    with client(log_json=True) as orders:
        end(orders, url)
    (line,) = map(json.loads, caplog.messages)
    assert (line["level"], line["application"]) == ("warning", "test")
    assert line["message"] == f"outgoing requests to {url} fail: connection-refused"


def test_in_the_log_of_the_server() -> None:
    url = base(nobody())
    denied = application("outgoing-get")
    denied["environment"]["PEER"] = url
    failing = application("outgoing-get", {"OUTGOING": url})
    failing["environment"]["PEER"] = url
    with components({"denied": denied, "failing": failing}) as server:
        for name in ("denied", "failing") * 3:
            request(server[name])
        log = server.log
    assert log.count(f"[WARNING] denied: outgoing requests to {url} are denied: ") == 1
    assert log.count("UNIT_WASM_OUTGOING is empty\n") == 1
    assert (
        log.count(f"[WARNING] failing: outgoing requests to {url} fail: connection-refused\n") == 1
    )


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "unit_wasm.outgoing")
