"""Requests of components whose functions are called: ``load(..., outgoing=...)``."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import unit_wasm
from tests.harness.direct import CACHE, guest_path
from unit_wasm.options import Options

OPTIONS = Options(cache_dir=CACHE, max_exchanges=4)
FETCH = guest_path("calls-fetch")


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        paths.append(self.path)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


paths: list[str] = []


@pytest.fixture
def authority() -> Iterator[str]:
    paths.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_request_goes_where_it_may(authority: str) -> None:
    component = unit_wasm.load(FETCH, outgoing=[f"http://{authority}"], options=OPTIONS)
    with component:
        for _ in range(3):
            assert component.fetch(authority) is None
    assert paths == ["/", "/", "/"]


def test_a_request_is_denied(authority: str) -> None:
    component = unit_wasm.load(FETCH, options=OPTIONS)
    with component, pytest.raises(unit_wasm.Err):
        component.fetch(authority)
    # Elsewhere is denied by the client: the answer, for which the component waits, is an error.
    with unit_wasm.load(FETCH, outgoing=["http://127.0.0.1:1"], options=OPTIONS) as component:
        component.fetch(authority)
    assert paths == []


def test_without_blocking_the_loop(authority: str) -> None:
    async def run() -> None:
        component = await unit_wasm.load_async(
            FETCH, outgoing=[f"http://{authority}"], options=OPTIONS
        )
        async with component:
            await component.fetch(authority)

    asyncio.run(run())
    assert paths == ["/"]
