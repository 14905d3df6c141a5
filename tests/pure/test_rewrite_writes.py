"""Bytes that a rewritten component writes: wherever they are, whatever they are, in pieces."""

import random
from typing import Any

import pytest

from tests.harness.component_text import STREAMS
from tests.harness.streams_host import Host, answering, both, filled, hosts
from unit_wasm.component.rewrite.packing import PIECE


def _short(text: str) -> str:
    """Return a component that imports nothing but ``blocking-write-and-flush``."""
    for name in ("input-stream.read", "input-stream.blocking-read", "output-stream.write"):
        kind = "$write" if name.endswith("write") else "$read"
        text = text.replace(f'(export "[method]{name}" (func (type {kind})))', "")
    text = text.replace('(alias export $streams "[method]input-stream.read" (func $read))', "")
    text = text.replace("stream.write", "stream.blocking-write-and-flush")
    lowered = "$core-read (canon lower (func $read) (memory $memory) (realloc $realloc))"
    assert lowered in text
    return text.replace(
        f"(core func {lowered})",
        """(core module $no (func (export "read") (param i32 i64 i32)))
        (core instance $no (instantiate $no))
        (alias core export $no "read" (core func $core-read))""",
    )


@pytest.mark.parametrize("size", [1, 7, 16, 111, 112, 113, 300, 4095, 4096])
def test_few_bytes_are_packed_in_the_guests_memory(size: int) -> None:
    """Wherever they are, up to the end of the memory, and nothing of it is changed afterwards."""
    data = random.Random(size).randbytes(65536 - 1000)
    text = _short(filled(data))
    starts = [1000, 1001, 5003, 65536 - size - 200, 65536 - size - 1, 65536 - size]

    def act(host: Host) -> list[Any]:
        results = [host.write(start, size) for start in starts]
        assert host.dump(65536)[1000:] == data
        return results

    name = "blocking-write-and-flush"
    result, calls = both(act, text)
    assert {case & 0xFF for case, _, _ in result} == {0}
    assert calls == [(name, data[start - 1000 :][:size]) for start in starts]


@pytest.mark.parametrize("answer", [None, "error", "closed"])
@pytest.mark.parametrize("at", [988, 992, 1000, 1020, 1112, 1116, 1124, 1128, 1132, 1140])
def test_the_result_may_lie_where_few_bytes_are_packed(at: int, answer: Any) -> None:
    data = bytes(range(128, 256)) * 8
    text = _short(filled(data))
    _, calls = both(lambda host: answering(host, answer).write(1000, 100, at=at), text)
    assert [written for _, written in calls] == [data[:100]]


def test_more_than_few_bytes_are_announced_and_refused() -> None:
    host = hosts(_short(filled(b"\xff" * 5000)))[1]
    host.refuses = "closed"
    result = host.write(1000, 4097)
    assert (result[0] & 0xFF, result[1] & 0xFF, host.announced, host.calls) == (1, 1, [4097], [])
    host = hosts(_short(filled(b"\xff" * 5000)))[1]
    assert isinstance(host.write(1000, 4097), str)
    assert host.calls == []


@pytest.mark.parametrize(
    ("pointer", "size"), [(65_535, 2), (65_536, 1), (65_537, 0), (1, 0xFFFF_FFFF), (0, 65_537)]
)
def test_few_bytes_outside_of_memory(pointer: int, size: int) -> None:
    for host in hosts(_short(STREAMS)):
        assert isinstance(host.write(pointer, size), str)
        assert host.calls == []


@pytest.mark.parametrize("size", [*range(1, 20), 63, 64, 65, 111, 112, 113, 129])
def test_write_carries_a_high_bit_in_any_place(size: int) -> None:
    text = filled(bytes(0xFF if i == 300 else i * 7 & 0x7F for i in range(700)))

    def act(host: Host) -> list[Any]:
        first = max(1300 - size - 1, 1000)
        return [host.write(start, size)[0] & 0xFF for start in range(first, 1302)]

    result, calls = both(act, text)
    assert set(result) == {0}
    assert {len(data) for _, data in calls} == {size}
    assert [data.isascii() for _, data in calls[:3]] == [True, True, False]


@pytest.mark.parametrize("kind", ["ascii", "random", "both"])
@pytest.mark.parametrize("size", [PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 1, 150_000])
def test_write_in_pieces(size: int, kind: str) -> None:
    data = bytearray(random.Random(size).randbytes(size))
    if kind != "random":
        end = size if kind == "ascii" else PIECE
        data[:end] = bytes(byte & 0x7F for byte in data[:end])
    result, calls = both(lambda host: host.write(1000, size), filled(bytes(data)))
    assert (result[0] & 0xFF, calls) == (0, [("write", bytes(data))])


@pytest.mark.parametrize("answer", [None, "error", "closed"])
@pytest.mark.parametrize("at", [1000, 40_000, 60_000, 150_996])
def test_the_result_may_lie_among_pieces(at: int, answer: Any) -> None:
    data = random.Random(at).randbytes(150_000)
    text = filled(data)
    _, calls = both(lambda host: answering(host, answer).write(1000, len(data), at=at), text)
    assert calls == [("write", data)]


@pytest.mark.parametrize(("refuses", "case"), [("closed", 1), ("error", 0)])
def test_what_is_announced_may_be_refused(refuses: str, case: int) -> None:
    host = hosts(filled(b"\xff" * 150_000))[1]
    host.refuses = refuses
    result = host.write(1000, 150_000)
    assert (result[0] & 0xFF, result[1] & 0xFF) == (1, case)
    assert (host.calls, host.announced, host.pieces) == ([], [150_000], [])
