"""wasi:config, wasi:logging and wasi:keyvalue in a real Unit, whose processes share a store."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.http import Connection, TruncatedError, request
from tests.harness.processes import wait_until
from tests.harness.redis import redis_server, redis_url, server_program
from tests.harness.unitd import Unit, Unitd, application
from unit_wasm.hosting.keyvalue.functions import open_store

TIMES = 10_000
EACH = 250
"""Increments of one request."""

WORKERS = 4

LONG = {"TIMEOUT": "120s", "CPU_TIMEOUT": "60s"}


@pytest.fixture(params=["sqlite", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where workers, who are another user, keep values."""
    if request.param == "redis":
        if server_program() is None:
            pytest.skip("neither valkey-server nor redis-server is installed")
        with redis_server(tmp_path) as port:
            yield redis_url(port)
        return
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/tmp"):
            with contextlib.suppress(PermissionError):
                folder.chmod(folder.stat().st_mode | 0o055)
    tmp_path.chmod(0o777)
    yield f"sqlite:{tmp_path}/store.db"


def keeping(where: str, **more: Any) -> dict[str, Any]:
    options = {
        "KEYVALUE": where,
        "KEYVALUE_TIMEOUT": "60s",
        "TIMEOUT": "120s",
        "CPU_TIMEOUT": "60s",
    }
    variables = {"PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere"}
    return application("keyvalue", options, environment=variables, **more)


def together(server: Unitd, target: str, count: int, threads: int) -> None:
    """Send the same request so often, from some threads; all have to be answered."""
    faults: list[bytes] = []
    left = list(range(count))

    def send() -> None:
        with contextlib.suppress(IndexError):
            while True:
                left.pop()
                with Connection(server["kv"]) as client:
                    client.sock.settimeout(120.0)
                    answer = client.get(target)
                if answer.status != 200 or answer.body.startswith(b"err"):
                    faults.append(answer.body)

    senders = [threading.Thread(target=send) for _ in range(threads)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert faults == []


def test_values_and_lines_of_the_configuration(unit: Unit, tmp_path: Path) -> None:
    file = tmp_path / "values.json"
    file.write_text('{"b": "file"}')
    with unit.start() as server:
        options = {"CONFIG_a": "entry", "WASI_CONFIG": str(file)}
        server.configure(
            {"config": application("config", options), "logging": application("logging")}
        )
        assert request(server["config"]).body == (
            b"store: b=file\nstore: a=entry\nruntime: b=file\nruntime: a=entry\n"
        )
        assert request(server["logging"]).body == b"logged"
        server.wait_for_text("log: critical: app: last\n")
        for line in ("[notice]", "[warn]", "[error]"):
            assert line in server.news
        # What the file says is looked at by each start.
        file.write_text('{"b": "changed"}')
        server.restart("config")
        wait_until(
            lambda: b"b=changed" in request(server["config"]).body, "for the restarted application"
        )


def test_four_workers_count_exactly(unit: Unit, store: str) -> None:
    with unit.start() as server:
        server.configure({"kv": keeping(store, processes=WORKERS)})
        assert request(server["kv"], target="/1/set/-/a/b").body == b"set\n"
        together(server, f"/1/increment/c/n/1/{EACH}", WORKERS * TIMES // EACH, 2 * WORKERS)
        total = WORKERS * TIMES
        assert request(server["kv"], target="/2/get/c/n").body == b"some: %d\n" % total
        # It is kept, whoever asks.
        server.restart("kv")
        assert request(server["kv"], target="/2/get/c/n").body == b"some: %d\n" % total
    kept = open_store(store, 5.0)
    assert kept.get("default", "a") == b"b"
    kept.close()


def test_a_killed_worker_loses_nothing_that_was_committed(unit: Unit, store: str) -> None:
    with unit.start() as server:
        server.configure({"kv": keeping(store, processes=2)})
        server.expect_alerts("exited on signal 9", "sendmsg(")
        told = 0
        for _ in range(5):
            for _ in range(20):
                answer = request(server["kv"], target="/1/increment/c/n/1/1").body
                assert int(answer) > told
                told = int(answer)
            for pid in server.workers("kv"):
                os.kill(pid, signal.SIGKILL)
            wait_until(lambda: _is_there(server), "for new workers")
        assert request(server["kv"], target="/1/get/c/n").body == b"some: %d\n" % told
        assert told == 100


def _is_there(server: Unitd) -> bool:
    try:
        return request(server["kv"], target="/1/exists/c/n").body == b"yes\n"
    except (OSError, TruncatedError):
        return False


def test_a_store_that_is_away(unit: Unit) -> None:
    with unit.start() as server:
        server.configure(
            {
                "kv": keeping("redis://127.0.0.1:1"),
                "file": keeping("sqlite:/nowhere/store.db"),
                "denied": keeping("sqlite:/etc/unit-wasm-store.db"),
            }
        )
        for _ in range(2):
            away = b"err: other the store cannot be reached\n"
            assert request(server["kv"], target="/1/get/-/a").body == away
            for name in ("file", "denied"):
                assert request(server[name], target="/1/get/-/a").body == (
                    b"err: other the store has failed: unable to open database file\n"
                )


def test_buckets_until_they_are_refused(unit: Unit, store: str) -> None:
    """Nothing of them stays in the worker."""
    with unit.start() as server:
        server.configure({"kv": keeping(store)})
        request(server["kv"], target="/1/set/-/a/b")
        pid = server.worker("kv")
        before = len(os.listdir(f"/proc/{pid}/fd"))
        for _ in range(100):
            assert request(server["kv"], target="/1/open/-/1100").status == 500
        assert request(server["kv"], target="/1/get/-/a").body == b"some: b\n"
        assert len(os.listdir(f"/proc/{pid}/fd")) == before
        assert server.worker("kv") == pid
