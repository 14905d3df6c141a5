"""A changed configuration is swapped in: no connection is dropped and no request fails."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.harness.http import Connection, request
from tests.live.conftest import Place, configuration


def two_listeners(component: str, place: Place) -> Any:
    document = configuration(component)
    document["listeners"][f"unix:{place.folder}/l.sock"] = {"pass": "applications/a"}
    return document


def apply(place: Place, document: Any) -> None:
    response = place.ask("PUT", "/config", document)
    assert response.json() == {"success": "Reconfiguration done."}


def test_open_connection_gets_the_new_application(place: Place) -> None:
    with (
        place.with_control(place.write(configuration("echo:one"))) as server,
        Connection(server.address) as client,
    ):
        assert client.get().body == b"one GET / "
        apply(place, configuration("echo:two"))
        assert client.get().body == b"two GET / "
        assert server.addresses == [server.address]


def test_request_under_way_ends_with_the_old_application(place: Place) -> None:
    with (
        place.with_control(place.write(configuration("slow:one"))) as server,
        Connection(server.address) as client,
    ):
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
        client.read_until(b"\r\n\r\n")
        apply(place, configuration("echo:two"))
        assert request(server.address).body == b"two GET / "
        assert "closed one" not in place.notes()
        place.gate.touch()
        assert client.read_until(b"0\r\n\r\n") == b"3\r\none\r\n0\r\n\r\n"
        # It was pipelined behind the first, but began after the change.
        assert client.response().body == b"two GET / "
        while "closed one" not in place.notes():
            assert request(server.address).status == 200


def test_unchanged_application_is_kept(place: Place) -> None:
    document = configuration("echo:one")
    with place.with_control(place.write(document)) as server:
        request(server.address)
        document["applications"]["b"] = {"type": "wasm-wasi-component", "component": "echo:b"}
        document["listeners"]["127.0.0.2:0"] = {"pass": "applications/b"}
        apply(place, document)
        server.wait_for(lambda log: log.count("listening on") == 2, "to listen twice")
        assert request(server.address).body == b"b GET / "
        document["settings"]["http"]["max_body_size"] = 3
        apply(place, document)
        assert request(server.address, "POST", "/", b"1234").status == 413
        assert place.ask("GET", "/status/applications/a/worker/total").json() == 1
    assert place.notes() == ["made one", "made b"]


def test_removed_listener_finishes_what_runs(place: Place) -> None:
    path = place.folder / "l.sock"
    with (
        place.with_control(place.write(two_listeners("slow:x", place)), ready=3),
        Connection(f"unix:{path}") as busy,
        Connection(f"unix:{path}") as idle,
    ):
        busy.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        busy.read_until(b"\r\n\r\n")
        apply(place, configuration("slow:x"))
        assert idle.rest() == b""
        assert not path.exists()
        with pytest.raises(FileNotFoundError):
            Connection(f"unix:{path}")
        assert place.ask("GET", "/status/connections/active").json() == 1
        place.gate.touch()
        assert busy.rest() == b"1\r\nx\r\n0\r\n\r\n"
        while place.ask("GET", "/status/connections/active").json() != 0:
            pass
        connections = place.ask("GET", "/status/connections").json()
        assert connections == {"accepted": 2, "active": 0, "idle": 0, "closed": 2}
        assert place.ask("GET", "/status/requests/total").json() == 1


def test_grace_of_a_removed_listener_and_application(place: Place) -> None:
    path = place.folder / "l.sock"
    conf = place.write(two_listeners("slow:x", place))
    with (
        place.with_control(conf, "--grace", "100ms", ready=3) as server,
        Connection(f"unix:{path}") as removed,
        Connection(server.addresses[0]) as kept,
    ):
        for client in (removed, kept):
            client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            client.read_until(b"\r\n\r\n")
        apply(place, configuration("echo:new"))
        assert removed.rest() == b""
        while "cut x" not in place.notes():
            assert request(server.addresses[0]).body == b"new GET / "


def test_same_port_on_another_address(place: Place) -> None:
    with place.with_control(place.write(configuration("echo:one"))) as server:
        port = int(server.address.rpartition(":")[2])
        wide = configuration("echo:one", listen=f"*:{port}")
        del wide["listeners"][f"*:{port}"]
        apply(place, {**wide, "listeners": {}})
        for listen in (f"127.0.0.1:{port}", f"*:{port}", f"127.0.0.1:{port}"):
            apply(place, configuration("echo:one", listen=listen))
            assert request(f"http://127.0.0.1:{port}").body == b"one GET / "
        # Two at once is still an error.
        both = configuration("echo:one", listen=f"127.0.0.1:{port}")
        both["listeners"][f"*:{port}"] = {"pass": "applications/a"}
        response = place.ask("PUT", "/config", both)
        assert response.json()["detail"] == (
            f"/listeners/*:{port}: cannot listen on 0.0.0.0:{port}: the address is already in use"
        )
        assert request(f"http://127.0.0.1:{port}").body == b"one GET / "


def test_changes_under_load(place: Place) -> None:
    stop = threading.Event()
    failures: list[str] = []
    counts = [0] * 8

    def load(index: int) -> None:
        try:
            while not stop.is_set():
                with Connection(server.address) as client:
                    for _ in range(20):
                        response = client.get("/x")
                        if response.status != 200 or not response.body.endswith(b" GET /x "):
                            failures.append(repr(response))
                        counts[index] += 1
        except Exception as error:
            failures.append(repr(error))

    with place.with_control(place.write(configuration("echo:v0"))) as server:
        with ThreadPoolExecutor(8) as pool:
            pool.map(load, range(8))
            try:
                for version in range(1, 21):
                    apply(place, configuration(f"echo:v{version}"))
                    assert request(server.address).body == f"v{version} GET / ".encode()
            finally:
                stop.set()
        assert failures == []
        assert min(counts) > 0
        while len(place.notes()) < 41:
            assert request(server.address).status == 200
    notes = place.notes()
    assert sorted(notes) == sorted(
        [f"made v{version}" for version in range(21)]
        + [f"closed v{version}" for version in range(20)]
    )


def test_changes_at_the_same_time_wait_for_each_other(place: Place) -> None:
    with place.with_control(place.write(configuration("echo:x"))):

        def put(index: int) -> Any:
            document = {"type": "wasm-wasi-component", "component": f"echo:n{index}"}
            return place.ask("PUT", f"/config/applications/n{index}", document).json()

        with ThreadPoolExecutor(10) as pool:
            assert [*pool.map(put, range(10))] == [{"success": "Reconfiguration done."}] * 10
        names = place.ask("GET", "/config/applications").json()
        assert sorted(names) == sorted(["a", *(f"n{index}" for index in range(10))])


def test_state(place: Place) -> None:
    state = place.folder / "state.json"
    with place.with_control("--state", state, ready=1):
        assert not state.exists()
        apply(place, configuration("echo:kept"))
        place.ask("PUT", "/config/applications/a/component", "broken:x")
    assert state.stat().st_mode & 0o777 == 0o600
    with place.fake("--state", state) as server:
        assert request(server.address).body == b"kept GET / "
    other = place.write(configuration("echo:other"))
    with place.fake(other, "--state", state) as server:
        assert request(server.address).body == b"other GET / "
    with place.fake("--state", state) as server:
        assert request(server.address).body == b"other GET / "
    assert sorted(path.name for path in place.folder.iterdir()) == [
        "conf.json",
        "control.sock",
        "fake.log",
        "state.json",
    ]


def test_state_that_cannot_be_written(place: Place) -> None:
    folder = place.folder / "gone"
    folder.mkdir()
    with place.with_control("--state", folder / "state.json", ready=1):
        Path(folder).rmdir()
        response = place.ask("PUT", "/config", configuration("echo:x"))
        assert response.status == 500
        assert response.json() == {
            "error": "Failed to apply new configuration.",
            "detail": f"cannot write the state file {folder}/state.json: No such file or directory",
        }
        assert place.ask("GET", "/config").json() == {"listeners": {}, "applications": {}}
    assert place.notes() == ["made x", "closed x"]
