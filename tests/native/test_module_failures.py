"""Every call of libunit and of the system that the module makes for a request fails in turn.

Whatever fails: each request is done exactly once, a response that is not whole is never ended as if
it were, other requests are served, and the process goes on (D11). The double and, under the
sanitizers, the memory say the rest.
"""

from collections.abc import Iterator

import pytest

from tests.harness.double import Module, running
from tests.harness.double_values import Answer

# A guest, what it is asked, and the body that it has to answer with.
CASES = {
    "hello": (b"/", b"", b"Hello, WASI!\n"),
    "echo": (b"/", b"x" * 300_000, b"x" * 300_000),
    "headers-many": (b"/100/300", b"", b"many\n"),
    "header-name": (b"/256", b"", b"500 Internal Server Error\n"),
    "events": (b"/3/1", b"", b"data: 0\n\ndata: 1\n\ndata: 2\n\n"),
}
FUNCTIONS = ("RESPONSE_INIT", "ADD_FIELD", "ADD_CONTENT", "SEND", "WRITE", "READ", "CALLOC")


@pytest.fixture(scope="class", params=CASES)
def case(request: pytest.FixtureRequest) -> Iterator[tuple[Module, bytes, bytes, bytes]]:
    with running(request.param) as module:
        yield module, *CASES[request.param]


def ask(module: Module, target: bytes, body: bytes) -> tuple[int, Answer]:
    number = module.request(target, method=b"POST" if body else b"GET", body=body)
    return number, module.done(number)


class TestInTurn:
    @pytest.mark.parametrize("function", FUNCTIONS)
    def test_each_call_fails_in_turn_d11(
        self, case: tuple[Module, bytes, bytes, bytes], function: str
    ) -> None:
        module, target, body, expected = case
        _, good = ask(module, target, body)
        assert good.whole
        assert good.body == expected

        for nth in range(1, 1000):
            module.fail(function, nth)
            number, answer = ask(module, target, body)
            if module.fails(function):
                # The request makes fewer calls: that was the whole turn.
                module.fail(function, 0)
                break
            assert answer.done == 1
            if answer.result == 0:
                # Only a failure before the head leaves can be answered.
                assert function == "READ"
                assert answer.status == 500
            else:
                assert expected.startswith(answer.body)
            assert not answer.content_open
            assert module.trace.count(f"take {number}") == 1
            _, after = ask(module, target, body)
            assert (after.status, after.body) == (good.status, expected)
        else:
            raise AssertionError("it never makes fewer calls")
        assert module.faults == ""


def test_neighbours_are_not_concerned_d11() -> None:
    """Failures hit one request while others are in the middle of theirs."""
    with running("events") as module:
        for function in ("RESPONSE_INIT", "ADD_FIELD", "SEND", "WRITE"):
            neighbours = [module.request(b"/5/20") for _ in range(3)]
            module.wait(lambda: all(module.answer(n).sent for n in neighbours), "begun")  # noqa: B023
            module.fail(function)
            victim = module.request(b"/2/0")
            answers = [module.done(number) for number in [*neighbours, victim]]
            assert sorted(answer.result for answer in answers) == [0, 0, 0, 1]


def test_failures_out_of_shared_memory_d11() -> None:
    """The request that fails is one that has waited; those behind it go on."""
    with running("big-response") as module:
        for _ in range(3):
            module.shared_memory(0)
            numbers = [module.request(b"/60000") for _ in range(3)]
            module.wait(lambda: all(module.answer(n).sent for n in numbers), "begun")  # noqa: B023
            begun = [line.split()[1] for line in module.trace if line.startswith("send")]
            module.wait(lambda: module.ack_wanted, "out of memory")
            module.fail("WRITE")
            module.shared_memory(-1)
            module.message("ACK")
            answers = [module.done(int(number)) for number in begun[-3:]]
            assert [answer.result for answer in answers] == [1, 0, 0]


def test_quit_while_a_failing_response_waits_d11() -> None:
    with running("big-response") as module:
        module.shared_memory(0)
        numbers = [module.request(b"/60000") for _ in range(2)]
        module.wait(lambda: all(module.answer(n).sent for n in numbers), "begun")
        module.fail("WRITE", 5)
        module.message("QUIT")
        module.wait(lambda: not module.fails("WRITE"), "failed")
        module.shared_memory(-1)
        assert module.ended() == 0
        assert sorted(module.answer(number).result for number in numbers) == [0, 1]


def test_no_leak_of_requests() -> None:
    """A thousand failures leave no more than one does; the sanitizer counts the bytes."""
    with running("hello") as module:
        for number in range(1, 1001):
            module.fail(("RESPONSE_INIT", "SEND", "CALLOC", "ADD_FIELD")[number % 4])
            assert module.ask().result == 1
        assert module.ask().whole
        assert module.numbers().requests == 0
