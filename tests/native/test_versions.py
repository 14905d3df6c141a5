"""Versions of what a component imports: as judged before it compiles, and when it is linked."""

from pathlib import Path

import pytest

from tests.harness.direct import Client
from unit_wasm.errors import ComponentError

HELLO = Path(__file__).resolve().parents[2] / "examples" / "hello" / "hello.wat"


def hello(folder: Path, version: str) -> Path:
    """Write `hello` with another version of each interface that it imports."""
    before, export, after = HELLO.read_text(encoding="utf-8").rpartition('(export "wasi:')
    assert before.count("@0.2.0") > 1
    path = folder / "hello.wat"
    path.write_text(before.replace("@0.2.0", f"@{version}") + export + after)
    return path


@pytest.mark.parametrize("rewrite", [True, False])
@pytest.mark.parametrize("version", ["0.2.0", "0.2.99"])
def test_each_0_2_is_served(version: str, rewrite: bool, tmp_path: Path) -> None:
    with Client(hello(tmp_path, version), rewrite=rewrite) as client:
        assert client.prepared.fronted is rewrite
        assert client.run().text == "Hello, WASI!\n"


@pytest.mark.parametrize("rewrite", [True, False])
@pytest.mark.parametrize(
    ("version", "why"),
    [
        ("0.2.0-rc.1", "the component imports wasi:.*@0.2.0-rc.1.*, which the host does not"),
        ("0.2.99-a", "the component imports wasi:.*@0.2.99-a.*, which the host does not"),
        ("0.20.0", "the component imports wasi:.*@0.20.0.*, which the host does not"),
        ("0.3.0", "the component is built for WASI 0.3 .it imports wasi:.*@0.3.0"),
    ],
)
def test_no_other_one_is(version: str, why: str, rewrite: bool, tmp_path: Path) -> None:
    with pytest.raises(ComponentError, match=why):
        Client(hello(tmp_path, version), rewrite=rewrite)
