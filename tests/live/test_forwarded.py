"""``client_ip``, ``forwarded`` and ``backlog`` of the embedded server's listeners."""

import asyncio
import json
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import uvloop

from tests.harness.components import WAYS, application, environment
from tests.harness.forwarded import ROWS, Row, client
from tests.harness.http import Connection, request
from tests.harness.server import ServerProcess
from tests.live.conftest import Place, configuration
from unit_wasm.config.address import Address
from unit_wasm.config.model import ListenerConfig
from unit_wasm.server.listener import Listener
from unit_wasm.server.sockets import BACKLOG, listen

TOLD = {"CLIENT_ADDRESS_HEADER": "x-told"}


@pytest.mark.parametrize("way", WAYS, ids=["direct", "asgi"])
def test_as_unit_does(place: Place, way: str) -> None:
    """Each row is a listener of its own, and is asked twice over one connection."""
    listeners = {
        f"127.0.{index // 200 + 1}.{index % 200 + 1}:0": {
            "pass": "applications/told",
            **row.members,
        }
        for index, row in enumerate(ROWS)
    }
    document = {"listeners": listeners, "applications": {"told": application("request-info", TOLD)}}
    file = Path(place.write(json.dumps(document)))
    with ServerProcess(
        ["serve", file], module=way, environment=environment(), ready=len(ROWS)
    ) as server:
        plain = Row({}, [], "")
        for row, address in zip(ROWS, server.addresses, strict=True):
            wanted = (row.address, row.scheme)
            found = client(address, row, plain, row)
            assert (row, found) == (row, [wanted, ("127.0.0.1", "http"), wanted])
        assert "Traceback" not in server.log


def test_pipelined_requests_have_each_their_client(place: Place) -> None:
    listener = {
        "pass": "applications/told",
        "client_ip": {"source": "127.0.0.1", "header": "x-real-ip"},
    }
    document = {
        "listeners": {"127.0.0.1:0": listener},
        "applications": {"told": application("request-info", TOLD)},
        "access_log": {"path": f"{place.folder}/access.log", "format": "$remote_addr"},
    }
    file = Path(place.write(json.dumps(document)))
    wanted = [f"192.0.2.{number}" for number in range(1, 9)]
    with ServerProcess(["serve", file], environment=environment()) as server:
        with Connection(server.address) as connection:
            connection.send(
                "".join(
                    f"GET / HTTP/1.1\r\nHost: a\r\nX-Real-IP: {address}\r\n\r\n"
                    for address in wanted
                ).encode()
            )
            for address in wanted:
                assert f"header x-told: {address}\n" in connection.response().body.decode()
        assert server.stop() == 0
    assert (place.folder / "access.log").read_text().splitlines() == wanted


def test_an_asgi_application_is_told(place: Place) -> None:
    """The control API and applications of tests; none of ours looks at it yet."""
    document: Any = configuration("echo:x")
    document["listeners"]["127.0.0.1:0"]["forwarded"] = {"source": [], "protocol": "x-proto"}
    with place.fake(place.write(document)) as server:
        assert request(server.address, fields={"x-proto": "https"}).body == b"x GET / "


def test_members_change_while_connections_stay(place: Place) -> None:
    document = {
        "listeners": {"127.0.0.1:0": {"pass": "applications/told"}},
        "applications": {"told": application("request-info", TOLD)},
    }
    file = Path(place.write(json.dumps(document)))
    arguments: list[str | Path] = ["serve", file, "--control", place.control]
    with ServerProcess(arguments, environment=environment(), ready=2) as server:
        row = Row({}, [("x-real-ip", "192.0.2.7")], "")
        believed = {"source": "127.0.0.1", "header": "x-real-ip"}
        assert client(server.address, row) == [("127.0.0.1", "http")]
        reply = place.ask("PUT", "/config/listeners/127.0.0.1:0/client_ip", believed)
        assert reply.json() == {"success": "Reconfiguration done."}
        assert client(server.address, row) == [("192.0.2.7", "http")]
        assert place.ask("DELETE", "/config/listeners/127.0.0.1:0/client_ip").status == 200
        assert client(server.address, row) == [("127.0.0.1", "http")]
        assert len(server.addresses) == 1


def backlog(listener: Listener) -> int:
    """Return the length of a listening socket's queue, as the kernel has it in ``tcp_info``."""
    sacked = 28
    data = listener.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, sacked + 4)
    return int.from_bytes(data[sacked:], sys.byteorder)


def test_backlog() -> None:
    address = Address("127.0.0.1", 0)

    async def measure() -> list[int]:
        listener = Listener(listen(address), address)
        made = ListenerConfig("127.0.0.1:0", address, "a", backlog=7)
        listener.configure(made)
        await listener.open()
        await listener.start()
        found = [backlog(listener)]
        for value in (0, 100, None):
            listener.configure(replace(made, backlog=value))
            found.append(backlog(listener))
        listener.stop()
        return found

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = runner.run(measure())
    most = int(Path("/proc/sys/net/core/somaxconn").read_text())
    assert found == [7, 0, 100, min(BACKLOG, most)]
