"""wasi:keyvalue: both drafts, on both stores, with everything that can be wrong about them."""

import contextlib
import logging
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.direct import Client
from tests.harness.processes import nothing_left_open
from tests.harness.resp import STORES, RespServer, store
from tests.harness.server import ROOT
from unit_wasm.errors import ConfigError
from unit_wasm.hosting import serve_hosting
from unit_wasm.hosting.keyvalue.functions import MOST_BYTES, open_store
from unit_wasm.hosting.keyvalue.redis import PREFIX
from unit_wasm.hosting.keyvalue.sqlite import SqliteStore
from unit_wasm.hosting.keyvalue.store import Store, StoreError
from unit_wasm.options import Options

LOG = logging.getLogger("unit_wasm.test_keyvalue")
TIMEOUT = 10.0


@contextlib.contextmanager
def served(where: str, *, rewrite: bool = True, **options: object) -> Iterator[Client]:
    """A guest with a store."""
    settings: dict[str, Any] = {"keyvalue": where, "keyvalue_timeout": TIMEOUT, **options}
    with Client("keyvalue", rewrite=rewrite, **settings) as client:
        service = serve_hosting(
            client.worker.host_calls(), client.options, None, name="app", log=LOG
        )
        assert service is not None
        try:
            yield client
        finally:
            service.close()


@pytest.fixture(params=STORES)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with store(request.param, tmp_path) as place:
        yield place


# ---- What there is ----


@pytest.mark.parametrize("rewrite", [True, False])
def test_operations(where: str, rewrite: bool) -> None:
    with served(where, rewrite=rewrite) as client:
        for path, text in (
            ("/1/get/-/a", "none\n"),
            ("/1/set/-/a/hello", "set\n"),
            ("/2/get/default/a", "some: hello\n"),
            ("/2/set/-/a/-", "set\n"),
            ("/1/get/-/a", "some: \n"),
            ("/1/exists/-/a", "yes\n"),
            ("/2/exists/other/a", "no\n"),
            ("/2/delete/-/a", "deleted\n"),
            ("/1/delete/-/a", "deleted\n"),
            ("/2/exists/-/a", "no\n"),
            ("/1/list/-", "\n"),
            ("/1/increment/c/n/5/10", "50\n"),
            ("/2/increment/c/n/-3/1", "47\n"),
            ("/2/get/c/n", "some: 47\n"),
            ("/1/many/m", "some: 1\nnone\nsome: \\xff\nsome: \nnone\nnone\nnone\nsome: \n"),
            ("/1/list/m", "keys: b\n"),
            ("/2/many/m", "some: 1\nnone\nsome: \\xff\nsome: \nnone\nnone\nnone\nsome: \n"),
            ("/2/swap/s/k/v", "none\nswapped\n"),
            ("/2/swap/s/k/w", "some: v\nswapped\n"),
            ("/2/late/s/k/x", "some: w\nset\ncas-failed\nsome: between\nthen swapped\n"),
            ("/2/get/s/k", "some: x\n"),
            ("/2/late/s/none/x", "none\nset\ncas-failed\nsome: between\nthen swapped\n"),
            ("/2/compete/s/z/20", "done\n"),
            ("/2/get/s/z", "some: 20\n"),
            ("/1/big/b/k/0", "same\n"),
            ("/1/big/b/k/100000", "same\n"),
        ):
            answer = client.run(path)
            assert (path, answer.text, answer.log) == (path, text, [])
        for path in ("/1/big/b/k/3000000", "/2/big/b/k/3000000") if rewrite else ():
            answer = client.run(path)
            assert (path, answer.text, answer.log) == (path, "same\n", [])


@pytest.mark.parametrize("draft", [1, 2])
@pytest.mark.parametrize("count", [999, 1000, 1001, 2500])
def test_all_keys_are_listed_in_pages(where: str, draft: int, count: int) -> None:
    with served(where) as client:
        assert client.run(f"/{draft}/fill/f/{count}").text == "filled\n"
        pages = client.run(f"/{draft}/list/f").text.splitlines()
    keys = [page.removeprefix("keys: ").split() for page in pages]
    assert [len(page) for page in keys] == [
        min(1000, count - start) for start in range(0, count, 1000)
    ]
    assert {key for page in keys for key in page} == {f"k{i}" for i in range(count)}


NUMBERS = [
    ("a", "1", "err: other "),
    ("1.5", "1", "err: other "),
    ("9223372036854775806", "1", "9223372036854775807\n"),
    ("9223372036854775807", "1", "err: other "),
    ("-5", "3", "-2\n"),
]


@pytest.mark.parametrize(("value", "delta", "text"), NUMBERS)
def test_numbers(where: str, value: str, delta: str, text: str) -> None:
    with served(where) as client:
        client.run(f"/2/set/-/n/{value}")
        assert client.run(f"/2/increment/-/n/{delta}/1").text.startswith(text)
        assert client.run("/2/get/-/n").text == (
            f"some: {value}\n" if text.startswith("err") else f"some: {text}"
        )


def test_numbers_without_a_sign(where: str) -> None:
    with served(where) as client:
        assert client.run(f"/1/increment/-/n/{1 << 63}/1").text.startswith("err: other ")
        assert client.run("/1/get/-/n").text == "none\n"
        assert client.run(f"/1/increment/-/n/{(1 << 63) - 1}/1").text == f"{(1 << 63) - 1}\n"


def test_buckets_by_their_names(where: str) -> None:
    longest = "x" * 255
    with served(where) as client:
        assert client.run(f"/1/set/{longest}/k/v").text == "set\n"
        assert client.run(f"/1/set/x{longest}/k/v").text == "err: no-such-store\n"
        assert client.run("/1/set/a:b/k/v").text == "set\n"
        assert client.run("/1/get/a/b:k").text == "none\n"


def test_without_a_store() -> None:
    with Client("keyvalue") as client:
        for draft in (1, 2):
            assert client.run(f"/{draft}/get/-/a").text == "err: access-denied\n"


def test_a_guest_that_opens_until_it_is_refused(tmp_path: Path) -> None:
    """It traps where its handles are out; nothing of it stays, a hundred times."""
    with served(f"sqlite:{tmp_path}/s.db", max_handles=64) as client:
        client.run("/1/set/-/a/b")
        with nothing_left_open():
            for _ in range(100):
                assert client.run("/1/open/-/100").status == 500
                assert client.run("/2/open/-/50").text == "opened\n"
        assert client.run("/1/get/-/a").text == "some: b\n"


# ---- Errors ----


def test_values_that_are_too_large_for_one_answer(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    store = SqliteStore(path, TIMEOUT)
    store.set("default", "most", b"x" * (MOST_BYTES - 5))
    store.set("default", "more", b"x" * (MOST_BYTES - 4))
    with served(f"sqlite:{path}") as client:
        assert client.run("/1/get/-/more").text == (
            f"err: other the answer has more than {MOST_BYTES} bytes\n"
        )
        assert client.run("/1/exists/-/most").text == "yes\n"


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    with served(f"sqlite:{tmp_path}/no/store.db") as client:
        assert client.run("/1/get/-/a").text == (
            "err: other the store has failed: unable to open database file\n"
        )
        (tmp_path / "no").mkdir()
        assert client.run("/1/set/-/a/b").text == "set\n"


def test_each_path_is_one_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for path in (":memory:", "file:a?mode=memory"):
        SqliteStore(Path(path), TIMEOUT).set("default", "a", b"b")
        assert SqliteStore(Path(path), TIMEOUT).get("default", "a") == b"b"
        assert (tmp_path / path).is_file()


def test_a_file_that_is_something_else(tmp_path: Path) -> None:
    (tmp_path / "s.db").write_bytes(b"no database at all" * 100)
    with served(f"sqlite:{tmp_path}/s.db") as client:
        assert client.run("/1/get/-/a").text == (
            "err: other the store has failed: file is not a database\n"
        )


def test_a_file_that_is_replaced(tmp_path: Path) -> None:
    """A worker does not go on with one that is not there any more."""
    path = tmp_path / "s.db"
    with served(f"sqlite:{path}") as client:
        client.run("/1/set/-/a/b")
        for part in tmp_path.iterdir():
            part.unlink()
        assert client.run("/1/get/-/a").text == "none\n"
        assert client.run("/1/set/-/a/c").text == "set\n"
    assert SqliteStore(path, TIMEOUT).get("default", "a") == b"c"


def test_a_file_that_somebody_else_holds(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with served(f"sqlite:{path}", keyvalue_timeout=0.3) as client:
        client.run("/1/set/-/a/b")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        assert client.run("/1/set/-/a/c").text in (
            "err: other the store is busy\n",
            "err: other the store does not answer\n",
        )
        assert 0.25 < time.monotonic() - started < 30
        # Who reads does not wait for who writes.
        assert client.run("/1/get/-/a").text == "some: b\n"
        other.execute("ROLLBACK")
        other.close()
        assert client.run("/1/set/-/a/d").text == "set\n"


def test_a_server_that_is_away_and_back() -> None:
    server = RespServer()
    with served(server.url) as client:
        assert client.run("/1/set/-/a/b").text == "set\n"
        server.stop()
        for _ in range(2):
            assert client.run("/1/get/-/a").text == "err: other the store cannot be reached\n"
        with RespServer(server.port) as again:
            assert client.run("/1/set/-/a/c").text == "set\n"
            assert again.hashes == {b"wasi-keyvalue:default": {b"a": b"c"}}


def test_a_server_that_says_nothing() -> None:
    with RespServer() as server, served(server.url, keyvalue_timeout=0.3) as client:
        assert client.run("/1/set/-/a/b").text == "set\n"
        server.silent.set()
        started = time.monotonic()
        assert client.run("/1/get/-/a").text == "err: other the store does not answer\n"
        assert 0.25 < time.monotonic() - started < 30
        server.silent.clear()
        assert client.run("/1/get/-/a").text == "some: b\n"


def test_a_server_that_takes_no_connection() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        # It is full.
        others = [socket.socket() for _ in range(4)]
        for other in others:
            other.setblocking(False)
            other.connect_ex(listener.getsockname())
        where = f"redis://127.0.0.1:{listener.getsockname()[1]}"
        with served(where, keyvalue_timeout=0.3) as client:
            assert client.run("/1/get/-/a").text == "err: other the store does not answer\n"
        for other in others:
            other.close()


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (b"NOAUTH Authentication required.", "err: access-denied\n"),
        (b"NOPERM this user has no permissions", "err: access-denied\n"),
        (b"WRONGTYPE no hash", "err: other the store says: WRONGTYPE no hash\n"),
        (b"READONLY no writes", "err: other the store"),
    ],
)
def test_a_server_that_refuses(said: bytes, text: str) -> None:
    with RespServer() as server, served(server.url) as client:
        client.run("/1/set/-/a/b")
        server.denies = said
        assert client.run("/1/get/-/a").text.startswith(text)


def test_keys_of_others_that_are_no_text() -> None:
    with RespServer() as server, served(server.url) as client:
        server.hashes[f"{PREFIX}default".encode()] = {b"\xff": b"1", b"a": b"2"}
        assert client.run("/1/list/-").text == "keys: a\n"


def test_entries_of_others_in_a_file(tmp_path: Path) -> None:
    """The command line of SQLite keeps a text as a text, a number as a number."""
    file = tmp_path / "s.db"
    with served(f"sqlite:{file}") as client:
        client.run("/1/set/-/a/b")
        with contextlib.closing(sqlite3.connect(file)) as database, database:
            add = "INSERT INTO entries (bucket, key, value) VALUES ('default', "
            for entry in ("'t', 'text')", "'n', 41)", "x'7A', x'31')", "CAST(x'FF' AS TEXT), 'x')"):
                database.execute(add + entry)
        for path, text in (
            ("/1/get/-/t", "some: text\n"),
            ("/2/get/-/n", "some: 41\n"),
            ("/2/increment/-/n/1/1", "42\n"),
            ("/2/swap/-/t/v", "some: text\nswapped\n"),
            ("/1/get/-/t", "some: v\n"),
            ("/1/list/-", "keys: a t n\n"),
        ):
            answer = client.run(path)
            assert (path, answer.text, answer.log) == (path, text, [])


@pytest.mark.parametrize(
    ("text", "good"),
    [
        *(("sqlite:/a", True), ("sqlite:a b", True), ("redis://host", True)),
        *(("redis://[::1]:6379/15", True), ("redis://:secret@host:1", True)),
        *(("sqlite:", False), ("redis:", False), ("redis://", False), ("memory:", False)),
        *(("redis://host:a", False), ("redis://host/x", False), ("redis://a b", False)),
        *(("redis://host?a=b", False), ("postgres://host", False), ("sqlite", False)),
    ],
)
def test_how_a_store_is_named(text: str, good: bool) -> None:
    environment = {"UNIT_WASM_KEYVALUE": text}
    if good:
        assert Options.from_environment(environment)[0].keyvalue == text
        open_store(text, 1.0).close()
        return
    with pytest.raises(ConfigError, match="which is not a store"):
        Options.from_environment(environment)


# ---- Several at once ----


COUNT = """
import sys
from unit_wasm.hosting.keyvalue.functions import open_store

store = open_store(sys.argv[1], 60.0)
for _ in range(500):
    store.increment("c", "n", 1)
store.close()
"""


def test_four_processes_count_exactly(where: str) -> None:
    """From the first moment on, when there is no file yet."""
    processes = [subprocess.Popen([sys.executable, "-c", COUNT, where], cwd=ROOT) for _ in range(4)]
    assert [process.wait(60) for process in processes] == [0] * 4
    assert open_store(where, TIMEOUT).get("c", "n") == b"2000"


def test_guests_of_one_worker_count_exactly(where: str) -> None:
    with served(where) as client:
        calls = [client.start("/1/increment/c/n/1/50") for _ in range(8)]
        calls += [client.start("/2/compete/c/m/10") for _ in range(4)]
        client.finish(*calls)
        assert client.run("/1/get/c/n").text == "some: 400\n"
        assert client.run("/1/get/c/m").text == "some: 40\n"


def _commit_for_ever(path: str, pipe: int) -> None:
    store = SqliteStore(Path(path), 60.0)
    while True:
        os.write(pipe, b"%d\n" % store.increment("c", "n", 1))


def test_who_is_killed_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    for _ in range(3):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            with contextlib.suppress(BaseException):
                _commit_for_ever(str(path), writing)
            os._exit(1)
        os.close(writing)
        with open(reading, "rb") as said:
            for _ in range(50):
                assert said.readline()
            os.kill(child, 9)
            os.waitpid(child, 0)
            lines = said.read().splitlines(keepends=True)
        known = [int(line) for line in lines if line.endswith(b"\n")]
        store: Store = SqliteStore(path, TIMEOUT)
        value = store.get("c", "n")
        assert value is not None
        assert not known or int(value) - known[-1] in (0, 1)


def test_store_errors_have_their_case() -> None:
    assert StoreError("a").case == 2
    assert (StoreError("", 1).case, str(StoreError("", 1))) == (1, "")
