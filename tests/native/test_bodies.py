"""Bodies in both directions: back-pressure, windows, pieces of any size, clients that go away."""

import pytest

from tests.harness.direct import Client
from tests.harness.exchanges import ALL_BYTES, PATTERN
from unit_wasm.native.types import BODY, END, HEAD, PRESENT_LENGTH, WHOLE

WINDOW = 8192
DATA = bytes(range(256)) * 20

CONTENTS = [pytest.param("", PATTERN, id="text"), pytest.param("/1", ALL_BYTES, id="all bytes")]
"""What big-response is asked for, behind the size, and what it repeats then."""

both_forms = pytest.mark.parametrize("rewrite", [True, False], ids=["rewritten", "as built"])
readers = pytest.mark.parametrize(
    ("guest", "path"),
    [("echo", "/"), ("splice", "/"), ("splice", "/blocking"), ("request-echo", "/")],
)


# ---- The request body ----


@both_forms
@readers
@pytest.mark.parametrize("size", [1, 7, 4096, 100_000])
def test_pieces_of_any_size(guest: str, path: str, size: int, rewrite: bool) -> None:
    data = DATA if size > 1 else DATA[:300]
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    with Client(guest, rewrite=rewrite, body_buffer=WINDOW) as client:
        answer = client.run(path, method="POST", body=pieces)
    assert (answer.status, answer.how, answer.log) == (200, "ended", [])
    assert answer.body.endswith(data)
    assert guest == "request-echo" or answer.body == data


@readers
def test_an_empty_body_and_empty_pieces(guest: str, path: str) -> None:
    with Client(guest) as client:
        for body in (b"", [b"", b""], []):
            answer = client.run(path, method="POST", body=body)
            assert (answer.status, answer.how) == (200, "ended")
        answer = client.run(path, method="POST", body=[b"", b"a", b"", b"b", b""])
        assert answer.body.endswith(b"ab")


def test_a_body_that_ends_late() -> None:
    """The last bytes come before their end is known."""
    with Client("echo") as client:
        call = client.start(method="POST", body=[b"first"], finishes=False)
        client.until(lambda: call.body == b"first")
        client.send(call, b"second")
        client.until(lambda: call.body == b"firstsecond")
        assert not call.done
        client.send(call, last=True)
        client.finish(call)
        assert call.how == "ended"


def test_the_sender_is_stopped_at_the_window() -> None:
    """Until the guest reads, the worker takes no more than its window."""
    with Client("mixed", body_buffer=WINDOW) as client:
        call = client.start("/wait", method="POST", body=[], finishes=False)
        client.settle()
        worker = client.worker
        assert worker.push(call.id, bytes(5000), False) == WINDOW - 5000
        assert worker.push(call.id, bytes(WINDOW - 5001), False) == 1
        assert worker.push(call.id, b"x", False) == 0
        assert call.pulls == 0
        client.gone(call)
        assert worker.push(call.id, b"x", False) == -1


def test_nobody_reads_the_body_of_a_request_that_is_answered() -> None:
    with Client("hello") as client:
        call = client.start(method="POST", body=[], finishes=False)
        client.finish(call)
        assert call.body == b"Hello, WASI!\n"
        assert client.worker.push(call.id, b"x", False) == -1


@both_forms
@pytest.mark.parametrize("unit", [PATTERN, ALL_BYTES], ids=["text", "all bytes"])
def test_a_large_body_goes_through_a_small_window(unit: bytes, rewrite: bool) -> None:
    data = unit * ((1 << 20) // len(unit))
    with Client("echo", rewrite=rewrite, body_buffer=WINDOW) as client:
        call = client.start(method="POST", body=data)
        client.finish(call)
        assert call.body == data
        assert call.pulls >= len(data) // WINDOW - 1


def test_an_answer_before_the_body_and_reading_after_it() -> None:
    with Client("answers-early") as client:
        call = client.start(method="POST", body=[], finishes=False)
        client.until(lambda: call.done)
        assert call.body == b"early\n"
        assert not client.idle
        client.worker.push(call.id, b"x" * 10, False)
        client.worker.push(call.id, b"y", True)
        client.finish(call)
        assert client.lines == ["6 app: request 1: stderr: read 11 bytes after the answer"]


@pytest.mark.parametrize("guest", ["hello", "works-after"])
def test_the_end_of_a_guest_that_left_bytes_unread_is_told(guest: str) -> None:
    """Once, whether it ends together with its response or later; nobody asks for it."""
    with Client(guest) as client:
        calls = [client.start(method="POST", body=[], finishes=False) for _ in range(3)]
        client.until(lambda: all(call.done for call in calls))
        client.until(lambda: len(client.over) == 3)
        assert client.idle
        assert sorted(client.over) == [call.id for call in calls]
        assert client.worker.push(calls[0].id, b"x", False) == -1
        client.settle()
        assert len(client.over) == 3


def test_nothing_is_told_of_a_guest_whose_request_was_there() -> None:
    with Client("hello") as client:
        calls = [client.start(method="POST", body=b"12345"), client.start(method="POST", body=b"")]
        calls.append(client.start())
        client.finish(*calls)
        client.settle()
        assert client.over == []


def test_a_client_that_goes_is_not_told() -> None:
    """Where the guest is ended with it, whoever asked for that has no need to know."""
    with Client("works-after") as client:
        call = client.start(method="POST", body=[], finishes=False)
        client.until(lambda: call.done)
        client.gone(call)
        client.until(lambda: client.idle)
        client.settle()
        assert client.over == []


# ---- The response body ----


@both_forms
@pytest.mark.parametrize(("path", "unit"), CONTENTS)
def test_a_slow_reader_stops_the_guest(path: str, unit: bytes, rewrite: bool) -> None:
    """What the guest has written is never more than the window ahead of the client."""
    size = 40 * WINDOW
    with Client("big-response", rewrite=rewrite, body_buffer=WINDOW) as client:
        call = client.start(f"/{size}{path}", reads=False)
        confirmed = 0
        client.settle()
        while not call.done:
            assert len(call.body) - confirmed == WINDOW, "the guest fills the window and stops"
            client.read(call, 1000)
            confirmed += 1000
            client.settle()
            if len(call.body) < size:
                assert len(call.body) == confirmed + WINDOW
        assert call.body == unit * (size // len(unit))


def test_one_byte_at_a_time_is_read() -> None:
    with Client("big-response", body_buffer=4096) as client:
        call = client.start("/5000", reads=False)
        client.settle()
        assert len(call.body) == 4096
        while not call.done:
            client.read(call, 1)
            client.settle()
        assert len(call.body) == 5000


def test_confirming_more_than_there_is_does_no_harm() -> None:
    with Client("big-response", body_buffer=WINDOW) as client:
        call = client.start(f"/{3 * WINDOW}", reads=False)
        client.settle()
        client.worker.sent(call.id, 1 << 40)
        client.settle()
        assert len(call.body) == 2 * WINDOW
        client.worker.sent(call.id, 2**63)
        client.worker.sent(12345, 1)
        client.settle()
        assert len(call.body) == 3 * WINDOW
        # The guest waits for its last bytes to leave.
        assert not call.done
        client.worker.sent(call.id, 1)
        client.finish(call)
        assert call.how == "ended"


def test_a_guest_that_asks_again_and_again_for_room() -> None:
    with Client("spin", body_buffer=WINDOW) as client:
        call = client.start("/0/write", reads=False)
        client.until(lambda: len(call.body) == WINDOW)
        client.settle(20)
        assert len(call.body) == WINDOW
        client.read(call)
        client.finish(call)
        assert (call.how, len(call.body)) == ("ended", WINDOW)


def test_a_small_answer_comes_whole_and_with_its_length() -> None:
    with Client("hello") as client:
        call = client.start()
        client.finish(call)
        assert call.adds_length
    with Client("big-response", body_buffer=WINDOW) as client:
        call = client.start(f"/{WINDOW + 1}")
        client.finish(call)
        assert not call.adds_length


@pytest.mark.parametrize("size", [3, 20_000])
def test_no_length_is_added_to_the_guests_own(size: int) -> None:
    with Client("own-length") as client:
        call = client.start(f"/{size}")
        client.finish(call)
        assert (len(call.body), call.adds_length) == (size, False)
        assert call.headers == [(b"content-length", b"%d" % size)]


@pytest.mark.parametrize(
    ("path", "length"),
    [
        *(("/200", None), ("/200/5", b"5"), ("/204", None), ("/204/5", None)),
        *(("/205", b"0"), ("/205/5", b"0"), ("/304", None), ("/304/5", b"5")),
    ],
)
def test_no_body_for_head(path: str, length: bytes | None) -> None:
    with Client("no-body") as client:
        call = client.start(path, method="HEAD")
        client.finish(call)
        assert (call.status, call.adds_length) == (int(path[1:4]), False)
        assert dict(call.headers or ()).get(b"content-length") == length
        assert call.body == b""


def test_a_large_body_for_head_is_not_kept() -> None:
    with Client("big-response", body_buffer=WINDOW) as client:
        answer = client.run("/10000000", method="HEAD", reads=False)
        assert (answer.status, answer.body, answer.how) == (200, b"", "ended")


# ---- Clients that go away ----


def check_alive(client: Client) -> None:
    assert client.idle
    assert client.worker.status()["failures"] == 0
    assert client.lines == []


def run_all(client: Client) -> None:
    """Run what was started to its end, without taking news; one turn is short."""
    while not client.idle:
        client.worker.turn()


def test_gone_before_the_guest_runs() -> None:
    with Client("echo") as client:
        for _ in range(3):
            client.gone(client.start(method="POST", body=b"x"))
        check_alive(client)
        assert client.worker.status()["cancelled"] == 3
        assert client.run(method="POST", body=b"alive").body == b"alive"


def test_gone_in_the_middle_of_the_request_body() -> None:
    with Client("echo") as client:
        call = client.start(method="POST", body=[b"part"], finishes=False)
        client.until(lambda: call.body == b"part")
        client.gone(call)
        check_alive(client)
        assert client.run(method="POST", body=b"alive").body == b"alive"


def test_gone_in_the_middle_of_the_response_body() -> None:
    with Client("big-response", body_buffer=WINDOW) as client:
        call = client.start("/1000000", reads=False)
        client.settle()
        client.gone(call)
        client.gone(call)
        check_alive(client)
        assert len(client.run("/1000000").body) == 1_000_000


def test_gone_while_the_guest_sleeps_or_loops() -> None:
    with Client("mixed") as client:
        calls = [client.start(path) for path in ("/wait", "/loop", "/wait", "/loop")]
        client.turn()
        for call in calls:
            client.gone(call)
        check_alive(client)
        assert client.run().body == b"hello\n"


def test_gone_while_its_news_are_read() -> None:
    """The news of an exchange are at hand when it is ended: later ones are still delivered."""
    with Client("big-response") as client:
        worker = client.worker
        numbers = [client.start("/20000").id for _ in range(4)]
        run_all(client)
        seen = []
        for news in worker.news():
            seen.append(news.id)
            worker.gone(news.id)
            if news.id == numbers[0]:
                worker.gone(numbers[2])
        assert seen == [numbers[0], numbers[1], numbers[3]]
        assert list(worker.news()) == []
        assert len(client.run("/20000").body) == 20000


ANSWER = b"content-type: text/plain\r\ncontent-length: 13\r\n\r\nHello, WASI!\n"


def test_whole_answers_come_together() -> None:
    """Small ones are over when the turn is: there is no other news, and going changes nothing."""
    with Client("hello") as client:
        worker = client.worker
        first, second = client.start().id, client.start(method="HEAD").id
        run_all(client)
        worker.gone(first)
        rows, text, more = worker.answers()
        bodiless = ANSWER[:24] + b"\r\n\r\n"
        assert [*rows] == [
            (first, len(ANSWER), 26, 13, 200, 0, HEAD | BODY | END | WHOLE),
            (second, len(bodiless), 26, 0, 200, 0, HEAD | END),
        ]
        assert (text, more) == (ANSWER + bodiless, False)
        assert [*worker.answers()[0]] == []
        assert worker.status()["cancelled"] == 0


@pytest.mark.parametrize(("method", "body"), [("GET", b"012"), ("HEAD", b"")])
def test_a_whole_answer_with_the_guests_own_length(method: str, body: bytes) -> None:
    with Client("own-length") as client:
        number = client.start("/3", method=method).id
        run_all(client)
        rows, text, more = client.worker.answers()
        head = b"content-length: 3\r\n"
        what = HEAD | END | (BODY if body else 0)
        size = len(head) + 2 + len(body)
        assert [*rows] == [(number, size, len(head), len(body), 200, PRESENT_LENGTH, what)]
        assert (text, more) == (head + b"\r\n" + body, False)


@pytest.mark.parametrize(
    ("size", "whole"), [(0, True), (9, True), (10, True), (8192, True), (8193, False)]
)
def test_how_large_a_whole_answer_may_be(size: int, whole: bool) -> None:
    with Client("big-response") as client:
        number = client.start(f"/{size}").id
        run_all(client)
        rows, text, more = client.worker.answers()
        assert ([row[0] for row in rows], more) == (([number], False) if whole else ([], True))
        head = b"content-type: text/plain\r\ncontent-length: %d\r\n\r\n" % size
        assert (text.startswith(head), len(text)) == (whole, (len(head) + size) * whole)
        news = [*client.worker.news()]
        assert [(item.id, len(item.body)) for item in news] == ([] if whole else [(number, size)])


def test_more_answers_than_are_kept_at_once() -> None:
    with Client("big-response") as client:
        calls = [client.start("/8000") for _ in range(12)]
        run_all(client)
        rows, text, more = client.worker.answers()
        assert (len([*rows]), text.count(b"\r\n\r\n"), more) == (8, 8, True)
        client.finish(*calls[8:])
        assert {len(call.body) for call in calls[8:]} == {8000}


def test_a_number_that_was_used_means_nothing_later() -> None:
    with Client("mixed") as client:
        old = client.start("/")
        client.finish(old)
        call = client.start("/wait", method="POST", body=[], finishes=False)
        client.settle()
        assert old.id != call.id
        client.worker.gone(old.id)
        client.worker.sent(old.id, 1)
        assert client.worker.push(old.id, b"x", True) == -1
        for number in (0, 1 << 32, (1 << 64) - 1, old.id + (1 << 40), call.id + 1, call.id + 64):
            client.worker.gone(number)
        assert client.worker.status()["in_flight"] == 1
        client.gone(call)


def test_a_worker_that_is_closed_in_the_middle() -> None:
    client = Client("mixed", max_exchanges=2)
    for path in ("/wait", "/loop", "/", "/wait"):
        client.start(path, method="POST", body=b"x")
    client.turn()
    client.worker.close()
    client.worker.close()
    with pytest.raises(ValueError, match="the worker is closed"):
        client.worker.turn()
