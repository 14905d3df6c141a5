"""descriptor.read and descriptor.write: whatever the bytes are, and however many."""

import random
from pathlib import Path

import pytest

from tests.harness.files_guest import CREATE, READ, WRITE, files, opened, quoted

MOST = 57232
"""What one call moves at the most: UW_READ_MAX in csrc/http/body.h."""


def _shown(data: bytes) -> str:
    return "".join(
        chr(byte) if 0x20 <= byte < 0x7F and byte != 0x5C else f"\\x{byte:02x}" for byte in data
    )


@pytest.mark.parametrize("rewrite", [True, False], ids=["rewritten", "as built"])
@pytest.mark.parametrize("size", [1, 111, 112, 113, 4096, MOST - 1, MOST, MOST + 1, 200_000])
def test_bytes_at_a_place(tmp_path: Path, size: int, rewrite: bool) -> None:
    for data in (random.Random(size).randbytes(size), b"a" * size):
        with files(tmp_path, rewrite=rewrite) as guest:
            assert guest.client.prepared.rewritten is rewrite
            written = min(size, MOST)
            kept = b"\0" * 3 + data[:written]
            assert guest.run(
                opened("new", CREATE, READ | WRITE),
                f"write 9 3 {quoted(data)}",
                f"read 9 {size + 3} 0",
                f"read 9 {size} 3",
                f"read 9 5 {size + 3}",
            ) == [
                "ok",
                f"ok {written}",
                # What is not there any more has been asked for, or only what fits is here.
                _read(kept, size + 3),
                _read(kept[3:], size),
                "ok end ",
            ]
            assert (tmp_path / "new").read_bytes() == kept
            (tmp_path / "new").unlink()


def _read(data: bytes, length: int) -> str:
    found = data[: min(length, MOST)]
    return f"ok {'more' if len(data) > len(found) else 'end'} {_shown(found)}"
