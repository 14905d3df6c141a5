"""Bodies that are not copied between Python and the worker: whose memory, and for how long."""

import pytest

from tests.harness.direct import Call, Client

BYTES = bytes(i * 167 + 13 & 0xFF for i in range(256)) * 4096


def kept(client: Client, call: Call) -> list[tuple[int, memoryview]]:
    """Return what of a body is memory of the worker's, and where it begins; count what came."""
    found: list[tuple[int, memoryview]] = []
    client.worker.turn()
    for news in client.worker.other_news():
        if news.id != call.id:
            continue
        if isinstance(news.body, memoryview):
            found.append((len(call.body), news.body))
        call.body += news.body
        if news.ended:
            call.how = "ended"
        if news.body:
            client.worker.sent(news.id, len(news.body))
    return found


def test_a_large_body_outlives_its_worker() -> None:
    with Client("big-response") as client:
        call = client.start("/1048576/1")
        bodies: list[tuple[int, memoryview]] = []
        while not call.done:
            bodies += kept(client, call)
        assert bytes(call.body) == BYTES
        assert bodies
        # What others write meanwhile goes elsewhere.
        assert client.run("/300000").body != BYTES[:300_000]
    for at, body in bodies:
        assert bytes(body) == BYTES[at : at + len(body)]


def test_a_small_body_is_copied() -> None:
    with Client("big-response") as client:
        call = client.start("/16383/1")
        while not call.done:
            assert kept(client, call) == []
        assert bytes(call.body) == BYTES[:16_383]


def test_memory_of_the_window() -> None:
    """Whole reads of a guest, at most what is left of the body, and nothing beyond the window."""
    with Client("sleep") as client:
        worker = client.worker
        call = client.start("/sleep/60000", method="POST", body=[], finishes=False)
        client.settle()
        memory = worker.room(call.id, 1 << 20)
        assert memory is not None
        assert len(memory) == 2 * 57_232
        memory = worker.room(call.id, 5)
        assert memory is not None
        assert len(memory) == 5
        assert worker.arrived(call.id, 5, False) == 131_072 - 5
        memory = worker.room(call.id, 1 << 20)
        assert memory is not None
        assert worker.arrived(call.id, len(memory), False) == 131_072 - 5 - len(memory)
        memory = worker.room(call.id, 1 << 20)
        assert memory is not None
        assert len(memory) == 131_072 - 5 - 2 * 57_232
        assert worker.arrived(call.id, len(memory), False) == 0
        assert worker.room(call.id, 1 << 20) is None
        client.gone(call)
        assert worker.room(call.id, 1 << 20) is None
        assert worker.arrived(call.id, 1, True) == -1


@pytest.mark.parametrize("last", [False, True])
def test_more_than_there_was_room_for(last: bool) -> None:
    """That cannot be: the body is broken, and nothing is read that is not there."""
    with Client("counter") as client:
        call = client.start("/", method="POST", body=[], finishes=False)
        assert client.worker.room(call.id, 100) is not None
        assert client.worker.arrived(call.id, 1 << 30, last) == -1
        assert client.worker.room(call.id, 100) is None
        client.finish(call)
        assert call.how == "ended"


def test_an_echo_in_memory_of_the_window() -> None:
    with Client("echo") as client:
        call = client.start("/", method="POST", body=[], finishes=False)
        sent = 0
        while not call.done:
            memory = client.worker.room(call.id, len(BYTES) - sent)
            if memory is not None:
                memory[:] = BYTES[sent : sent + len(memory)]
                sent += len(memory)
                client.worker.arrived(call.id, len(memory), sent == len(BYTES))
            kept(client, call)
        assert bytes(call.body) == BYTES
