"""Configurations with real components change under load, and survive a restart."""

import json
import signal
import threading
from typing import Any, Self

import pytest

from tests.harness.components import (
    application,
    assert_clean,
    components,
    environment,
)
from tests.harness.http import Connection, request
from tests.harness.server import ServerProcess
from tests.live.conftest import Place

CLIENTS = 64
ANSWERS = (b"Hello, WASI!\n", b"1\n")


class Load:
    """64 connections that ask again and again; every answer is checked.

    Parameters:
        address: of the server.
        count: requests of each connection at the least.
    """

    def __init__(self, address: str, count: int) -> None:
        self.answers: dict[bytes, int] = {}
        self.failures: list[str] = []
        self._address = address
        self._count = count
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._client) for _ in range(CLIENTS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *details: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _client(self) -> None:
        try:
            with Connection(self._address) as client:
                sent = 0
                while sent < self._count or not self._stop.is_set():
                    response = client.get()
                    assert response.status == 200, response
                    sent += 1
                    with self._lock:
                        number = self.answers.get(response.body, 0)
                        self.answers[response.body] = number + 1
        except Exception as error:
            self.failures.append(repr(error))

    @property
    def total(self) -> int:
        """How many answers have come."""
        with self._lock:
            return sum(self.answers.values())

    def wait_for(self, more: int) -> None:
        """Wait until so many more answers have come."""
        goal = self.total + more
        while self.total < goal and not self.failures:
            pass


def hello(name: str) -> dict[str, Any]:
    return application(name)


def test_five_changes_under_load() -> None:
    with components({"app": hello("hello")}) as server:
        with Load(server["app"], 20) as load:
            for name in ("counter", "hello", "counter", "hello", "counter"):
                load.wait_for(200)
                reply = server.ask("PUT", "/config/applications/app", hello(name))
                assert reply.json() == {"success": "Reconfiguration done."}
            load.wait_for(200)
        assert load.failures == []
        assert set(load.answers) == set(ANSWERS)
        assert min(load.answers.values()) > 200
        connections = server.ask("GET", "/status/connections").json()
        # Each client kept its one connection over all changes.
        assert connections["accepted"] == CLIENTS


def test_restart_under_load() -> None:
    with components({"app": hello("hello")}) as server:
        with Load(server["app"], 20) as load:
            for _ in range(3):
                load.wait_for(200)
                reply = server.ask("GET", "/control/applications/app/restart")
                assert reply.json() == {"success": "Ok"}
        assert load.failures == []


def test_refused_changes_under_load() -> None:
    with components({"app": hello("hello")}) as server:
        with Load(server["app"], 20) as load:
            for _ in range(5):
                load.wait_for(100)
                document = {**hello("hello"), "component": "/missing.wasm"}
                assert server.ask("PUT", "/config/applications/app", document).status == 500
        assert load.failures == []
        assert set(load.answers) == {ANSWERS[0]}


def test_guest_under_way_outlives_the_change() -> None:
    with components({"app": hello("works-after")}) as server:
        assert request(server["app"]).body == b"answered\n"
        assert server.ask("PUT", "/config/applications/app", hello("hello")).status == 200
        assert request(server["app"]).body == ANSWERS[0]
        server.process.wait_for_text("worked after the answer")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stop_lets_requests_finish(number: signal.Signals) -> None:
    with components({"sleep": application("sleep")}) as server:
        clients = [Connection(server["sleep"]) for _ in range(CLIENTS)]
        idle = Connection(server["sleep"])
        assert idle.get("/sleep/0").body == b"slept\n"
        for client in clients:
            client.send(b"GET /sleep/300 HTTP/1.1\r\nHost: a\r\n\r\n")
        server.wait_for_numbers("sleep", in_flight=CLIENTS)
        server.signal(number)
        # Nobody waits for a connection that is idle.
        assert idle.rest() == b""
        for client in clients:
            response = client.response()
            assert (response.status, response.body) == (200, b"slept\n")
            assert client.rest() == b""
            client.sock.close()
        idle.sock.close()
        assert server.stop() == 0


def test_state_file(place: Place) -> None:
    state = place.folder / "state.json"
    arguments = ["serve", "--control", place.control, "--state", str(state)]
    document = {
        "listeners": {"127.0.0.1:0": {"pass": "applications/app"}},
        "applications": {"app": hello("hello")},
    }
    with ServerProcess(arguments, environment=environment()) as process:
        assert place.ask("PUT", "/config", document).status == 200
        assert place.ask("PUT", "/config/applications/app", hello("counter")).status == 200
        process.signal(signal.SIGKILL)
        process.wait()
    with ServerProcess(arguments, ready=2, environment=environment()) as process:
        assert request(process.address).body == ANSWERS[1]
        assert json.loads(place.ask("GET", "/config").body)["applications"]["app"] == hello(
            "counter"
        )
        assert process.stop() == 0
        assert_clean(process.log)
