"""The limits of memory and of table elements are sums, whatever memories and tables there are."""

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.harness.direct import Client
from tests.harness.growing import LOOP, MEMORY, OBJECTS, TABLE, growing, numbers
from unit_wasm.errors import ComponentError
from unit_wasm.native.limits import limits_of

MIB = 1 << 20
PAGE = 64 << 10
_OWN = 1
"""Pages of hello.wat's own memory, which nobody grows."""


@pytest.fixture
def component(tmp_path: Path) -> Any:
    """Write components, each into a file of its own."""
    counter = itertools.count()

    def write(modules: Sequence[str]) -> Path:
        path = tmp_path / f"{next(counter)}.wat"
        path.write_text(growing(modules))
        return path

    return write


@pytest.mark.parametrize("pooling", [True, False])
@pytest.mark.parametrize("begins", ["1", "0 9999", "3"])
def test_small_memories_together_have_what_is_allowed(
    component: Any, begins: str, pooling: bool
) -> None:
    """These are counted: whoever comes first gets all that is left."""
    path = component([MEMORY.format(begins)] * 3)
    least = int(begins.split()[0])
    with Client(path, max_memory=4 * MIB, pooling=pooling) as client:
        for _ in range(3):
            answer = client.run()
            assert answer.status == 200
            assert numbers(answer.text) == [4 * MIB // PAGE - _OWN - 2 * least, least, least]


@pytest.mark.parametrize("pooling", [True, False])
def test_large_memories_together_have_what_is_allowed(component: Any, pooling: bool) -> None:
    """libwasmtime's pool has one limit for each: that with which all of them keep it."""
    path = component([MEMORY.format("8"), MEMORY.format("1 10"), MEMORY.format("1")])
    with Client(path, max_memory=8 * MIB, pooling=pooling) as client:
        limits = limits_of(client.prepared.info, client.options)
        assert not limits.own_memories
        for _ in range(3):
            sizes = numbers(client.run().text)
            # That of hello.wat has its share, too.
            assert sizes == [(128 - 10) // 3, 10, (128 - 10) // 3]


@pytest.mark.parametrize("pooling", [True, False])
def test_bytes_that_are_no_text_when_no_memory_is_left(tmp_path: Path, pooling: bool) -> None:
    """What the rewrite packs them in was there before the guest took all."""
    text = growing([MEMORY.format("1")])
    # Each digit has its highest bit set.
    digit = "(i32.const 48) (i32.rem_u"
    assert text.count(digit) == 1
    path = tmp_path / "bytes.wat"
    path.write_text(text.replace(digit, "(i32.const 176) (i32.rem_u"))
    with Client(path, max_memory=4 * MIB, pooling=pooling) as client:
        for _ in range(3):
            answer = client.run()
            assert answer.status == 200
            assert bytes(byte & 0x7F for byte in answer.body) == b"0000000063"
            assert min(answer.body) >= 0x80


def test_a_large_memory_beside_which_little_is_left(component: Any) -> None:
    """What is left for each of the others is less than the first begins with: they are counted."""
    path = component([MEMORY.format("100"), MEMORY.format("1"), MEMORY.format("1")])
    with Client(path, max_memory=8 * MIB) as client:
        assert limits_of(client.prepared.info, client.options).own_memories
        assert numbers(client.run().text) == [125, 1, 1]


def test_one_large_memory_has_all_of_it() -> None:
    with Client("memory-hog", max_memory=8 * MIB) as client:
        size = int(client.run().text.removeprefix("bytes: "))
        assert 8 * MIB - MIB < size <= 8 * MIB


@pytest.mark.parametrize("pooling", [True, False])
@pytest.mark.parametrize(
    ("pages", "what"),
    # hello.wat has one page of its own.
    [(4991, "312MiB"), (4096, "256.0625MiB")],
)
def test_more_memory_at_the_beginning_than_is_allowed(
    component: Any, pages: int, what: str, pooling: bool
) -> None:
    path = component([MEMORY.format(pages)])
    with pytest.raises(ComponentError) as caught:
        Client(path, pooling=pooling)
    assert caught.value.message == (
        f"an instance of the component begins with {what} of memory, and UNIT_WASM_MAX_MEMORY "
        "allows 256MiB"
    )
    assert caught.value.hint == "raise UNIT_WASM_MAX_MEMORY (--max-memory)"


def test_what_begins_with_all_that_is_allowed(component: Any) -> None:
    path = component([MEMORY.format("60"), MEMORY.format("3")])
    with Client(path, max_memory=4 * MIB) as client:
        assert numbers(client.run().text) == [60, 3]


def test_twenty_memories_do_not_take_twenty_times_the_limit(component: Any) -> None:
    path = component([MEMORY.format("1")] * 20)
    with Client(path, max_memory=64 * MIB) as client:
        assert sum(numbers(client.run().text)) == 1024 - _OWN


# ---- Tables ----


@pytest.mark.parametrize("pooling", [True, False])
@pytest.mark.parametrize("pages", [1, 8])
def test_tables_together_have_what_is_allowed(component: Any, pages: int, pooling: bool) -> None:
    modules = [TABLE.format("10"), TABLE.format("5 20"), TABLE.format("1"), MEMORY.format(pages)]
    with Client(component(modules), max_table_elements=1020, pooling=pooling) as client:
        for _ in range(2):
            assert numbers(client.run().text)[:3] == [500, 20, 500]


def test_a_table_beside_which_others_may_not_grow(component: Any) -> None:
    """libwasmtime has one limit for all tables, which the first needs: the second would have it."""
    path = component([TABLE.format("800 800"), TABLE.format("1")])
    with pytest.raises(ComponentError) as caught:
        Client(path, max_table_elements=1000)
    assert str(caught.value).startswith(
        "an instance of the component has tables of 1600 elements, and "
        "UNIT_WASM_MAX_TABLE_ELEMENTS allows 1000"
    )
    with Client(path, max_table_elements=1600) as client:
        assert numbers(client.run().text) == [800, 800]


def test_a_table_of_200_000_elements(component: Any) -> None:
    path = component([TABLE.format("200000 200000")])
    with pytest.raises(ComponentError) as caught:
        Client(path)
    assert caught.value.message == (
        "an instance of the component has tables of 200000 elements, and "
        "UNIT_WASM_MAX_TABLE_ELEMENTS allows 100000"
    )
    assert caught.value.hint == "raise UNIT_WASM_MAX_TABLE_ELEMENTS (--max-table-elements)"
    with Client(path, max_table_elements=200_000) as client:
        assert numbers(client.run().text) == [200_000]


def test_more_core_instances_than_are_allowed(component: Any) -> None:
    path = component([TABLE.format("1")] * 3)
    with pytest.raises(ComponentError) as caught:
        Client(path, max_instances=4)
    assert caught.value.message == (
        "an instance of the component is made of 5 core instances, and UNIT_WASM_MAX_INSTANCES "
        "allows 4"
    )


# ---- Objects that are collected ----


@pytest.mark.parametrize("pooling", [True, False])
@pytest.mark.parametrize("pages", [1, 8])
def test_objects_count_as_memory(component: Any, pages: int, pooling: bool) -> None:
    path = component([OBJECTS.format("20"), MEMORY.format(pages)])
    with Client(path, max_memory=8 * MIB, pooling=pooling) as client:
        assert client.run().status == 200
    path = component([OBJECTS.format("200"), MEMORY.format(pages)])
    with Client(path, max_memory=8 * MIB, pooling=pooling) as client:
        answer = client.run()
        assert answer.status == 500
        assert "GC heap out of memory" in answer.log[0]
    with Client(path, max_memory=128 * MIB, pooling=pooling) as client:
        assert client.run().status == 200


@pytest.mark.parametrize("parallel", [33, 64, 70])
def test_guests_with_objects_have_two_places_in_the_pool(component: Any, parallel: int) -> None:
    """One for their memory and one for their objects: none is told that the pool is full."""
    with Client(component([LOOP.format("8")]), max_exchanges=200, cpu_timeout=0.02) as client:
        assert not limits_of(client.prepared.info, client.options).own_memories
        calls = [client.start() for _ in range(parallel)]
        client.finish(*calls)
        assert [call.status for call in calls] == [504] * parallel
