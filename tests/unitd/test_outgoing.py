"""Components that send requests from inside a real Unit."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.harness.http import Connection, request
from tests.harness.peer import Caller, Silent, keep, peer, together
from tests.harness.unitd import Unit, application


def sending(name: str, target: str, outgoing: str = "* 127.0.0.0/8", **more: Any) -> dict[str, Any]:
    variables = {"PEER": target, "PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere"}
    return application(name, {"OUTGOING": outgoing}, environment=variables, **more)


def first_line(address: str) -> bytes:
    return request(address).body.split(b"\n")[0]


def test_requests_of_a_component(unit: Unit) -> None:
    with peer(together(16)) as there, unit.start() as server:
        url = f"http://127.0.0.1:{there.port}"
        server.configure({"many": sending("outgoing-many", url)})
        for _ in range(2):
            lines = sorted(request(server["many"], target="/16").body.splitlines())
            assert lines == sorted(b"%d: status 200" % number for number in range(16))


def test_each_worker_has_its_own_client(unit: Unit) -> None:
    with peer(keep) as there, unit.start() as server:
        guest = sending("outgoing-get", f"http://127.0.0.1:{there.port}", processes=3)
        server.configure({"get": guest})
        for _ in range(30):
            assert first_line(server["get"]) == b"status 200"


def test_what_is_not_listed(unit: Unit) -> None:
    with peer(keep) as there, unit.start() as server:
        url = f"http://127.0.0.1:{there.port}"
        server.configure(
            {
                "other": sending("outgoing-get", url, "https://*.example.test"),
                "star": sending("outgoing-get", url, "*"),
                "listed": sending("outgoing-get", url, url),
            }
        )
        assert first_line(server["other"]) == b"error HTTP-request-denied"
        assert first_line(server["star"]) == b"error destination-IP-prohibited"
        assert first_line(server["listed"]) == b"status 200"
        denied = f"other: outgoing requests to {url} are denied: UNIT_WASM_OUTGOING has no entry"
        assert denied in server.news
        assert there.connections == 1


def test_what_fails_and_what_is_denied_is_logged_once(unit: Unit) -> None:
    """Port 1 is nobody's."""
    url = "http://127.0.0.1:1"
    with unit.start() as server:
        server.configure(
            {
                "failing": sending("outgoing-get", url, url),
                "denied": sending("outgoing-get", url, ""),
            }
        )
        for _ in range(3):
            assert first_line(server["failing"]) == b"error connection-refused"
            assert request(server["denied"]).status == 500
        denied = f"denied: outgoing requests to {url} are denied: UNIT_WASM_OUTGOING is empty\n"
        server.wait_for_text(denied)
        fails = f"failing: outgoing requests to {url} fail: connection-refused\n"
        assert (server.news.count(denied), server.news.count(fails)) == (1, 1)


def test_a_file_of_certificates_that_is_none(unit: Unit) -> None:
    with unit.start() as server:
        server.configure({"hello": application("hello")})
        guest = sending("outgoing-get", "http://127.0.0.1:1")
        guest["environment"]["UNIT_WASM_CA_FILE"] = f"{server.folder}/gone.pem"
        said = f"the certificates in {server.folder}/gone.pem cannot be used"
        server.refuses("/config/applications/get", guest, said)
        assert request(server["hello"]).status == 200


def trailing(caller: Caller) -> None:
    """Answer one request after the other, each with a header and two trailers."""
    while caller.head():
        caller.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nx-their: 1\r\n\r\n")
        caller.send(b"5\r\nhello\r\n0\r\nx-sum: %b\r\nx-more: 2\r\n\r\n" % (b"v" * 300))


def test_what_a_guest_looks_at_outlives_what_it_was_taken_from(unit: Unit) -> None:
    """As tests/native/test_module_outgoing.py, with the real client and the real router."""
    shown = b"x-sum: %b\nx-more: 2\n" % (b"v" * 300)
    with peer(trailing) as there, unit.start() as server:
        guest = sending("outgoing-views", f"http://127.0.0.1:{there.port}")
        server.configure({"views": guest, "hello": application("hello")})
        for target, body in (
            ("/request-out", 2 * b"x-out: 1\n"),
            ("/response-out", 2 * b"x-out: 2\n"),
            ("/answered", 2 * b"x-out: 3\n"),
            ("/sent", 2 * b"x-out: 1\n"),
            ("/response", 2 * b"x-their: 1\n"),
            ("/trailers", b"hello|closed\n" + 2 * shown),
            ("/passed", b"hello|closed\n" + shown),
        ):
            for _ in range(3):
                answer = request(server["views"], target=target)
                assert (answer.status, answer.body) == (200, body)
            assert request(server["hello"]).status == 200
        assert (answer.field("x-sum"), answer.field("x-more")) == ("v" * 300, "2")


def test_a_worker_that_ends_ends_its_requests(unit: Unit) -> None:
    silent = Silent()
    with peer(silent) as there, unit.start() as server:
        guest = sending("outgoing-get", f"http://127.0.0.1:{there.port}")
        guest["environment"]["UNIT_WASM_TIMEOUT"] = "1s"
        server.configure({"get": guest})
        with Connection(server["get"]) as client:
            client.send(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            assert silent.arrived.wait(30)
            assert client.response().status == 504
            assert silent.ended.wait(30)


@pytest.mark.skipif(os.getuid() != 0, reason="changing root and user takes root")
def test_another_root_and_user(unit: Unit) -> None:
    """Python and what it imports are out of reach for the worker: it needs none of it."""
    with peer(keep) as there, unit.start() as server:
        root = Path(server.folder) / "root"
        root.mkdir()
        isolation = {
            "rootfs": str(root),
            "automount": {"language_deps": False, "procfs": False, "tmpfs": False},
        }
        guest = sending(
            "outgoing-get",
            f"http://127.0.0.1:{there.port}",
            isolation=isolation,
            user="nobody",
        )
        server.configure({"get": guest})
        assert first_line(server["get"]) == b"status 200"
        # Names: without a hosts file and name servers there are none, and that is an error.
        guest["environment"]["PEER"] = "http://name.invalid:80"
        server.configure({"get": guest})
        assert first_line(server["get"]).startswith(b"error DNS-error")
