"""Responses on their way out of the module, through our double of libunit.

Names with a D and a number are defects of the module that Unit comes with.
"""

from collections.abc import Iterator

import pytest

from tests.harness.double import Module, running
from tests.harness.double_values import NewRequest

PATTERN = b"0123456789abcdef"


def pattern(size: int) -> bytes:
    return (PATTERN * (size // 16 + 1))[:size]


@pytest.fixture(scope="class")
def big() -> Iterator[Module]:
    with running("big-response") as made:
        yield made


@pytest.fixture(scope="class")
def headers_many() -> Iterator[Module]:
    with running("headers-many") as made:
        yield made


class TestMessages:
    """How a response is cut into messages."""

    def test_a_small_response_is_one_message(self, big: Module) -> None:
        answer = big.ask_at_once(b"/500")
        number = len(big.answers())
        assert answer.whole
        assert answer.status == 200
        assert answer.headers[-1] == (b"content-length", b"500")
        assert answer.body == pattern(500)
        assert answer.parts == (500,)
        assert [line for line in big.trace if line.split()[1] == str(number)] == [
            f"take {number}",
            f"init {number} 200",
            f"send {number} 500",
            f"done {number} 0",
        ]

    def test_one_message_has_1024_bytes_at_the_most(self, big: Module) -> None:
        """And it never takes shared memory, which libunit might have to wait for."""
        parts = {}
        for size in range(800, 1024):
            answer = big.ask_at_once(f"/{size}".encode())
            assert answer.whole
            assert answer.body == pattern(size)
            assert not answer.head_shared
            parts[size] = answer.parts
        largest = max(size for size, found in parts.items() if found == (size,))
        assert parts == {
            size: (size,) if size <= largest else (0, size) for size in range(800, 1024)
        }

    @pytest.mark.parametrize("size", [0, 1, 1024, 1025, 16384, 16385, 65535, 65536])
    def test_bytes_and_length(self, big: Module, size: int) -> None:
        answer = big.ask(f"/{size}".encode())
        assert answer.whole
        assert answer.body == pattern(size)
        assert sum(answer.parts) == size

    @pytest.mark.parametrize("size", [0, 9, 10, 99, 100, 12_345, 65_536])
    def test_a_length_is_added(self, big: Module, size: int) -> None:
        answer = big.ask_at_once(f"/{size}".encode())
        assert answer.headers == (
            (b"content-type", b"text/plain"),
            (b"content-length", b"%d" % size),
        )
        assert answer.body == pattern(size)

    def test_length_is_not_known_when_the_head_leaves(self, big: Module) -> None:
        answer = big.ask(b"/1000000")
        assert answer.whole
        assert answer.body == pattern(1_000_000)
        assert answer.header(b"content-length") is None

    def test_no_message_is_empty(self, big: Module) -> None:
        number = big.request(b"/1000000")
        big.done(number)
        assert f"write {number} 0" not in big.trace

    def test_head_has_no_body(self, big: Module) -> None:
        for size in (0, 500, 1_000_000):
            answer = big.ask(f"/{size}".encode(), method=b"HEAD")
            assert answer.whole
            assert answer.body == b""
            # What GET would say; without it Unit would make it a chunked response.
            assert answer.header(b"content-length") == str(size).encode()


class TestHeaders:
    """Response headers, byte by byte."""

    @pytest.mark.parametrize(
        ("count", "size"), [(0, 0), (1, 0), (1, 5), (10, 50), (17, 20), (40, 1), (100, 300)]
    )
    def test_all_of_them_in_order(self, headers_many: Module, count: int, size: int) -> None:
        answer = headers_many.ask_at_once(f"/{count}/{size}".encode())
        assert answer.whole
        assert answer.status == 200
        assert answer.body == b"many\n"
        expected = [(f"x-{index}".encode(), b"v" * size) for index in range(count)]
        assert list(answer.headers) == [*expected, (b"content-length", b"5")]

    def test_a_head_takes_shared_memory_only_when_it_must(self, headers_many: Module) -> None:
        """The size that libunit allocates counts, and it counts each field."""
        for size in range(200):
            answer = headers_many.ask_at_once(f"/10/{size}".encode())
            text = sum(len(name) + len(value) for name, value in answer.headers)
            # What libunit would need at least, and the room for any Content-Length.
            needed = 24 + len(answer.headers) * 18 + text
            assert answer.head_shared == (needed + 19 > 1024), size
            assert answer.whole


class TestStatus:
    """Status codes, and bodies that must not be there."""

    @pytest.mark.parametrize("method", [b"GET", b"HEAD"])
    def test_statuses_without_a_body(self, method: bytes) -> None:
        """And those that say a length which they may not have."""
        lengths = {
            b"/204": None,
            b"/204/5": None,
            b"/205": b"0",
            b"/205/5": b"0",
            b"/304": None,
            b"/304/5": b"5",
        }
        with running("no-body") as module:
            for path, length in lengths.items():
                answer = module.ask(path, method=method)
                assert answer.whole
                assert answer.status == int(path[1:4])
                assert answer.body == b""
                assert answer.header(b"content-length") == length

    @pytest.mark.parametrize(("method", "size"), [(b"GET", 3), (b"GET", 20_000), (b"HEAD", 3)])
    def test_the_guests_length_is_not_doubled(self, method: bytes, size: int) -> None:
        with running("own-length") as module:
            answer = module.ask(f"/{size}".encode(), method=method)
            assert answer.headers == ((b"content-length", b"%d" % size),)
            assert answer.body == (pattern(size) if method == b"GET" else b"")
            assert answer.whole

    def test_a_length_beside_the_guests_fields(self) -> None:
        with running("echo") as module:
            answer = module.ask_at_once(
                method=b"POST", body=b"abc", headers=[(b"Content-Type", b"text/x-mine")]
            )
            assert answer.headers == (
                (b"content-type", b"text/x-mine"),
                (b"content-length", b"3"),
            )


def test_status_codes() -> None:
    with running("status-codes") as module:
        for status in (200, 299, 404, 500, 599):
            answer = module.ask(f"/{status}".encode())
            assert answer.whole
            assert answer.status == status


def test_header_name_of_255_bytes() -> None:
    with running("header-name") as module:
        answer = module.ask_at_once(b"/255")
        assert answer.whole
        assert answer.status == 200
        assert answer.headers == (
            (b"n" * 255, b"value"),
            (b"set-cookie", b"a=1"),
            (b"set-cookie", b"b=2; Path=/"),
            (b"content-length", b"6"),
        )


@pytest.mark.parametrize("size", [256, 300, 511, 512])
def test_header_name_of_256_bytes_d10(size: int) -> None:
    """It becomes 0 or 44 bytes in libunit: never hand it over."""
    with running("header-name") as module:
        number = module.request(f"/{size}".encode())
        answer = module.done(number)
        assert answer.whole
        assert (answer.status, answer.body) == (500, b"500 Internal Server Error\n")
        assert f"[error] app: request {number}: the component answered with a" in module.log
        assert module.ask(b"/1").status == 200


@pytest.mark.parametrize(
    ("guest", "cause"),
    [
        ("trap-before-set", "the component failed"),
        ("return-without-set", "the component returned without calling response-outparam.set"),
        ("error-code", ""),
    ],
)
def test_no_response_d5_d6_d7(guest: str, cause: str) -> None:
    with running(guest) as module:
        for _ in range(2):
            answer = module.ask(b"/x")
            assert answer.whole
            assert (answer.status, answer.body) == (500, b"500 Internal Server Error\n")
        assert f"app: request 2: GET /x: {cause}" in module.log


@pytest.mark.parametrize("guest", ["trap-after-set", "never-finishes"])
def test_broken_body_d9(guest: str) -> None:
    """Never a clean end of what is not whole; only this request is concerned."""
    with running(guest) as module:
        for _ in range(2):
            answer = module.ask()
            assert answer.done == 1
            assert (answer.status, answer.result) in ((200, 1), (500, 0))
            assert answer.result == 1 or b"partial" not in answer.body


def test_trap_after_the_answer_d8() -> None:
    with running("exit") as module:
        answer = module.ask(b"/err/done")
        assert answer.whole
        assert answer.status == 200
        assert module.ask(b"/ok/done").whole


def test_the_client_need_not_wait_for_the_guest_d28() -> None:
    """The request is done when its response is whole; the guest goes on, also at quit."""
    with running("works-after") as module:
        answer = module.ask()
        assert answer.whole
        assert "worked after the answer" not in module.log
    assert "worked after the answer" in module.log


class TestEvents:
    def test_each_event_leaves_at_once(self) -> None:
        with running("events") as module:
            number = module.request(b"/3/50")
            module.wait(lambda: module.answer(number).body == b"data: 0\n\n", "one event")
            assert not module.answer(number).done
            answer = module.done(number)
            assert answer.whole
            assert answer.body == b"data: 0\n\ndata: 1\n\ndata: 2\n\n"
            assert [part for part in answer.parts if part] == [9, 9, 9]


class TestNoSharedMemory:
    """Non-blocking writes: who has no memory waits, and nobody else."""

    def test_the_response_waits_and_the_others_do_not(self) -> None:
        with running("big-response") as module:
            module.shared_memory(3)
            number = module.request(b"/100000")
            module.wait(lambda: module.ack_wanted, "out of memory")
            assert module.answer(number).body == pattern(3 * 16384)
            assert [module.ask(b"/700").whole for _ in range(10)] == [True] * 10
            assert not module.answer(number).done
            # Memory without an acknowledgement changes nothing, as in libunit.
            module.shared_memory(1)
            assert module.ask(b"/1").whole
            assert len(module.answer(number).body) == 3 * 16384
            module.message("ACK")
            module.wait(lambda: len(module.answer(number).body) == 4 * 16384, "one more chunk")
            module.shared_memory(-1)
            module.message("ACK")
            answer = module.done(number)
            assert answer.whole
            assert answer.body == pattern(100_000)
            assert module.numbers().blocked == 0

    def test_they_keep_their_order(self) -> None:
        with running("big-response") as module:
            module.shared_memory(0)
            numbers = [module.request(b"/60000") for _ in range(4)]
            module.wait(lambda: all(module.answer(n).sent for n in numbers), "all have begun")
            module.wait(lambda: module.ack_wanted, "out of memory")
            for chunks in (1, 2, 3, 1, 4, 2, -1):
                module.shared_memory(chunks)
                module.message("ACK")
                module.wait(
                    lambda: (
                        (module.numbers().waiting == 0 and module.ack_wanted)
                        or all(module.answer(n).done for n in numbers)
                    ),
                    "the next ones",
                )
            # First come, first served, also where memory is free before it is acknowledged.
            begun = [line.split()[1] for line in module.trace if line.startswith("send")]
            served = [
                line.split()[1]
                for line in module.trace
                if line.startswith("write") and not line.endswith(" 0")
            ]
            assert list(dict.fromkeys(served)) == begun
            for number in numbers:
                answer = module.done(number)
                assert answer.whole
                assert answer.body == pattern(60_000)
            assert module.numbers().blocked == 0

    def test_a_long_head_waits_too(self) -> None:
        """libunit would wait for the memory of a head, and let nobody else run (D29)."""
        with running("mixed") as small:
            assert small.ask().whole
        with running("headers-many") as module:
            module.shared_memory(0)
            # The first one finds out: until then nobody can know.
            first = module.request(b"/100/100")
            module.wait(lambda: module.numbers().blocked == 1, "waiting in libunit")
            module.shared_memory(1)
            assert module.done(first).whole

    def test_a_long_head_behind_a_waiting_body(self) -> None:
        with running("big-response") as module:
            module.shared_memory(0)
            first = module.request(b"/60000")
            module.wait(lambda: module.ack_wanted, "out of memory")
            # An answer of our own, whose head is short, and many others.
            assert module.ask(b"/\xff").status == 400
            module.shared_memory(-1)
            module.message("ACK")
            assert module.done(first).whole

    def test_the_guest_has_room_again(self) -> None:
        """A window that was full wakes its guest, whatever the order of things is."""
        with running("big-response", BODY_BUFFER="4KiB") as module:
            module.shared_memory(0)
            number = module.request(b"/200000")
            module.wait(lambda: module.ack_wanted, "out of memory")
            acknowledged = 0
            while not module.answer(number).done:
                module.wait(
                    lambda: module.ack_wanted or module.answer(number).done > 0, "no memory"
                )
                module.shared_memory(1)
                module.message("ACK")
                acknowledged += 1
                module.wait(lambda: module.numbers().waiting == 0, "acknowledged")
                assert acknowledged < 1000
            assert module.answer(number).whole
            assert module.answer(number).body == pattern(200_000)

    def test_a_broken_response_does_not_wait_for_memory(self) -> None:
        with running("big-response", TIMEOUT="200ms") as module:
            module.shared_memory(0)
            number = module.request(b"/1000000")
            answer = module.done(number)
            assert (answer.status, answer.result) == (200, 1)
            assert module.ask(b"/10").whole
            # The acknowledgement comes for somebody who has gone.
            module.shared_memory(-1)
            module.message("ACK")
            assert module.ask(b"/100000").whole

    def test_a_body_whose_guest_has_ended(self) -> None:
        with running("big-response") as module:
            module.shared_memory(0)
            numbers = [module.request(b"/20000") for _ in range(3)]
            module.wait(lambda: module.ack_wanted, "out of memory")
            module.wait(lambda: all(module.answer(n).sent for n in numbers), "all begun")
            module.shared_memory(-1)
            module.message("ACK")
            for number in numbers:
                assert module.done(number).body == pattern(20_000)


def test_together_with_neighbours() -> None:
    """What fails has its answer, and its neighbours have theirs."""
    with running("mixed") as module:
        good = module.together([NewRequest(b"/"), NewRequest(b"/trap"), NewRequest(b"/")])
        assert [module.done(number).status for number in good] == [200, 500, 200]
