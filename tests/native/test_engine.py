"""What an engine says when it cannot be built, and what it does without room for a pool."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.harness.direct import CACHE, Client, guest_path
from tests.harness.processes import nothing_left_open
from unit_wasm.component.prepared import Prepared
from unit_wasm.errors import HostError
from unit_wasm.native.worker import Worker
from unit_wasm.options import Options
from unit_wasm.prepare.compile import compile_component

ROOT = Path(__file__).resolve().parents[2]


def prepared(**options: Any) -> tuple[Prepared, Options]:
    made = Options(cache_dir=CACHE, max_exchanges=16, **options)
    return compile_component(guest_path("hello-wat"), made), made


def refusal(component: Prepared, options: Options) -> str:
    with pytest.raises(HostError) as caught:
        Worker(component, options, name="app", environment={}, log=lambda level, line: None)
    return str(caught.value)


def test_a_compiled_file_that_is_missing(tmp_path: Path) -> None:
    component, options = prepared()
    text = refusal(replace(component, compiled=tmp_path / "none.cwasm"), options)
    assert text.startswith("the component cannot be served: ")
    assert "No such file or directory" in text


@pytest.mark.parametrize("content", [b"", b"damaged", b"\x7fELF" + bytes(5000)])
def test_a_compiled_file_that_is_damaged(content: bytes, tmp_path: Path) -> None:
    component, options = prepared()
    file = tmp_path / "damaged.cwasm"
    file.write_bytes(content)
    assert refusal(replace(component, compiled=file), options).startswith(
        "the component cannot be served: "
    )


def test_a_compiled_file_that_is_cut_short(tmp_path: Path) -> None:
    component, options = prepared()
    file = tmp_path / "short.cwasm"
    file.write_bytes(component.compiled.read_bytes()[:1000])
    assert refusal(replace(component, compiled=file), options).startswith(
        "the component cannot be served: "
    )


def test_a_handler_that_is_not_there() -> None:
    component, options = prepared()
    info = replace(component.info, handler="wasi:http/other@0.2.0")
    assert refusal(replace(component, info=info), options) == (
        "the component cannot be served: the component does not export "
        'wasi:http/other@0.2.0 with a function "handle"'
    )


def test_a_failed_worker_leaves_no_descriptors() -> None:
    component, options = prepared()
    wrong = replace(component, info=replace(component.info, handler="none"))
    refusal(wrong, options)
    with nothing_left_open():
        for _ in range(20):
            refusal(wrong, options)


@pytest.mark.parametrize("pooling", [True, False])
def test_whether_there_is_a_pool(pooling: bool) -> None:
    with Client("hello", pooling=pooling) as client:
        assert client.worker.status()["pooled"] is pooling
        assert client.run().body == b"Hello, WASI!\n"
        assert client.lines == []


LIMITED = """
import re, resource, sys
sys.path.insert(0, sys.argv[1])
resource.setrlimit(resource.RLIMIT_AS, (64 << 30, 64 << 30))
from tests.harness.direct import Client
with Client("hello", max_exchanges=1000) as client:
    print(client.worker.status()["pooled"])
    print(client.run().body)
    print(*(re.sub("about [1-9][0-9]+ have", "about N have", line) for line in client.lines))
"""


@pytest.mark.no_asan
def test_too_little_address_space_for_the_pool() -> None:
    """The sanitizers reserve address space of their own, so that nothing could be limited."""
    result = subprocess.run(
        [sys.executable, "-c", LIMITED, str(ROOT)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        "False",
        repr(b"Hello, WASI!\n"),
        "4 app: no address space for a pool of 1000 instances; instances are allocated on demand, "
        "which is slower, and about N have room at once",
    ]


def test_two_workers_side_by_side() -> None:
    with Client("counter") as one, Client("hello") as other:
        call = one.start()
        assert other.run().body == b"Hello, WASI!\n"
        one.finish(call)
        assert call.body == b"1\n"


def test_a_long_environment() -> None:
    """512 KiB in one variable, and many of them."""
    environment = {"LONG": "v" * (512 << 10), **{f"N{number}": "x" for number in range(500)}}
    with Client("env", environment=environment) as client:
        text = client.run().text
    assert text.startswith("variable: LONG=" + "v" * (512 << 10) + "\nvariable: N0=x\n")
    assert text.count("variable: ") == 501


@pytest.mark.parametrize("pooling", [True, False])
def test_more_instances_at_once_than_slots_that_keep_memory(pooling: bool) -> None:
    """Guests of the second pool wait, are interrupted, and make room for the next ones."""
    with Client("mixed", pooling=pooling, max_exchanges=70, cpu_timeout=0.02) as client:
        for _ in range(2):
            looping = client.worker.loopback(70, parallel=70, path="/loop")
            assert (looping.exchanges, looping.failed) == (0, 70)
    with Client("sleep", pooling=pooling, max_exchanges=70) as client:
        slept = client.worker.loopback(140, parallel=70, path="/sleep/20")
        assert (slept.exchanges, slept.failed) == (140, 0)
