"""Each part of what is done to a component can be left out alone, to see what it brings."""

import random

import pytest

from tests.harness.direct import CACHE, Client, guest_path
from tests.harness.double import running
from tests.harness.double_values import NewRequest
from unit_wasm.component.inspect import inspect
from unit_wasm.component.rewrite.merge import merge
from unit_wasm.native.limits import limits_of
from unit_wasm.options import Options
from unit_wasm.prepare.compile import compile_component

DATA = random.Random(1).randbytes(100_000)
TOO_MANY = "a call passed more than the host takes at once: 131072 items of lists, with what"


@pytest.mark.parametrize(
    ("without", "rewritten", "fronted"),
    [
        ("nothing", True, True),
        ("bytes", False, True),
        ("front", True, False),
        ("guard", True, True),
        ("merge", True, True),
    ],
)
def test_one_part_is_left_out(without: str, rewritten: bool, fronted: bool) -> None:
    options = Options(without=without, cache_dir=CACHE)
    prepared = compile_component(guest_path("echo"), options)
    assert (prepared.rewritten, prepared.fronted) == (rewritten, fronted)
    assert list(prepared.notes()) == []
    with Client("echo", without=without) as client:
        answer = client.run(method="POST", body=DATA)
        assert (answer.status, answer.body, answer.log) == (200, DATA, [])


def test_core_modules_become_one() -> None:
    """The guest and its shim are, and what fills the shim's table later is not."""
    counts = {}
    for without in ("nothing", "merge"):
        info = compile_component(guest_path("echo"), Options(without=without, cache_dir=CACHE)).info
        counts[without] = info.core_instances + info.added
    assert counts["nothing"] == counts["merge"] - 1


def test_of_what_is_linked_dynamically_one_module_is_left() -> None:
    """And the one that fills the table of its shim."""
    data = guest_path("hello-py").read_bytes()
    assert inspect(data).core_instances == 14
    assert inspect(merge(data)).core_instances == 2


@pytest.mark.parametrize(
    ("without", "why"),
    [("guard", "total size of fields exceeds limit"), ("bytes", TOO_MANY), ("front", TOO_MANY)],
)
def test_without_the_guard_the_host_is_called(without: str, why: str) -> None:
    with Client("hostile", without=without) as client:
        (line,) = client.run("/fromlist/50000/1").log
        assert f"the component failed: {why}" in line


def test_without_memories_of_our_own_a_small_one_is_of_the_pool() -> None:
    for without, own in (("nothing", True), ("small-memory", False)):
        with Client("echo", without=without) as client:
            assert limits_of(client.prepared.info, client.options).own_memories is own
            answer = client.run(method="POST", body=DATA)
            assert (answer.status, answer.body, answer.log) == (200, DATA, [])


def test_without_batches_a_small_answer_is_told_by_itself() -> None:
    for without, together in (("nothing", True), ("batch", False)):
        with Client("hello", without=without) as client:
            number = client.start().id
            while not client.idle:
                client.worker.turn()
            rows, _, more = client.worker.answers()
            assert ([row[0] for row in rows], more) == ([number] * together, not together)
            assert client.run().status == 200


@pytest.mark.no_asan  # as in test_module_batches
@pytest.mark.parametrize("without", ["nothing", "batch"])
def test_without_batches_the_router_is_told_of_each_answer(without: str) -> None:
    """Eight acknowledgements leave together, and as many answers with one call, or each alone."""
    calls = set()
    with running("hello", WITHOUT=without) as module:
        for _ in range(100):
            before = module.numbers().sends
            numbers = module.together([NewRequest() for _ in range(8)])
            assert all(module.done(number).whole for number in numbers)
            calls.add(module.numbers().sends - before)
            if 2 in calls:
                break
    # Where the machine is busy, a head may leave before its body.
    assert 2 in calls if without == "nothing" else min(calls) == 9
