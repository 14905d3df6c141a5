"""Compiling has limits of time and memory, because a component can make it take any of both."""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.harness.component_text import assemble
from tests.harness.direct import guest_path
from tests.harness.processes import wait_until
from unit_wasm.errors import ComponentError, HostError
from unit_wasm.options import Options
from unit_wasm.prepare import compiler
from unit_wasm.prepare.compile import compile_component

ROOT = Path(__file__).resolve().parents[2]

# The sanitizers make libwasmtime's compiler slow, and have nothing to find in it.
pytestmark = pytest.mark.no_asan


def bomb(folder: Path, loops: int) -> Path:
    """Hello, with a core module more: nested loops, and a br_table that leads to each of them."""
    labels = " ".join(map(str, range(loops)))
    nested = f"{'loop ' * loops} local.get 0 br_table {labels} {'end ' * loops}"
    module = assemble(f"(component (core module (func (param i32) {nested})))")
    file = folder / "bomb.wasm"
    # What follows the eight bytes of magic and version is sections.
    file.write_bytes(guest_path("hello-wat").read_bytes() + module[8:])
    return file


def test_a_component_that_takes_too_long(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(ComponentError) as caught:
        compile_component(
            bomb(tmp_path, 30_000), Options(cache_dir=tmp_path / "cache", compile_timeout=3.0)
        )
    assert time.monotonic() - started < 15
    assert str(caught.value) == (
        "the component takes more than 3s to compile "
        "(make it smaller, or raise UNIT_WASM_COMPILE_TIMEOUT (--compile-timeout))"
    )
    assert children() == []
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_component_that_takes_too_much_memory(tmp_path: Path) -> None:
    with pytest.raises(ComponentError) as caught:
        compile_component(
            bomb(tmp_path, 20_000), Options(cache_dir=tmp_path / "cache", compile_memory=64 << 20)
        )
    assert str(caught.value) == (
        "the component takes more than 64MiB of memory to compile "
        "(make it smaller, or raise UNIT_WASM_COMPILE_MEMORY (--compile-memory))"
    )
    assert children() == []


def test_the_limits_are_no_part_of_the_key(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    compile_component(guest_path("hello-wat"), Options(cache_dir=folder))
    options = Options(cache_dir=folder, compile_timeout=1.0, compile_memory=64 << 20)
    assert compile_component(guest_path("hello-wat"), options).cached


def test_a_compiler_that_is_killed(tmp_path: Path) -> None:
    """By the kernel, where memory is out; with its output still open in a process of others."""
    held = []

    def kill(step: str) -> None:
        if step == "compiling":
            (child,) = children()
            held.append(os.open(f"/proc/{child}/fd/1", os.O_WRONLY))
            os.kill(child, signal.SIGKILL)

    try:
        with pytest.raises(HostError) as caught:
            compile_component(bomb(tmp_path, 30_000), Options(cache_dir=tmp_path / "cache"), kill)
    finally:
        assert len(held) == 1
        os.close(held[0])
    assert str(caught.value) == (
        "the compiler was killed by signal 9 (out of memory?) "
        "(give this machine, or this service, more memory)"
    )


def test_a_compiler_that_gets_no_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As libwasmtime says it, before it ends the process; it never stands still in a backtrace."""
    monkeypatch.setenv("RUST_BACKTRACE", "1")
    environments = []

    def end(step: str) -> None:
        if step == "compiling":
            (child,) = children()
            environments.append(Path(f"/proc/{child}/environ").read_bytes().split(b"\0"))
            with open(f"/proc/{child}/fd/2", "w") as said:
                said.write("it panicked: ThreadPoolBuildError { kind: WouldBlock }\nnote: x\n")
            os.kill(child, signal.SIGABRT)

    with pytest.raises(HostError) as caught:
        compile_component(bomb(tmp_path, 30_000), Options(cache_dir=tmp_path / "cache"), end)
    assert str(caught.value) == (
        "the compiler gets no thread "
        "(let this process have more memory (ulimit -v, -d) or processes (ulimit -u))"
    )
    (environment,) = environments
    assert [each for each in environment if each.startswith(b"RUST_")] == [b"RUST_BACKTRACE=0"]


def test_whoever_asks_may_give_up(tmp_path: Path) -> None:
    class GivenUpError(Exception):
        """Raised by the one who is told of the steps."""

    def give_up(step: str) -> None:
        if step == "compiling":
            raise GivenUpError

    with pytest.raises(GivenUpError):
        compile_component(bomb(tmp_path, 30_000), Options(cache_dir=tmp_path / "cache"), give_up)
    assert children() == []


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    """A server that is killed leaves no compiler behind."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from unit_wasm.prepare.compile import compile_component\n"
        "from unit_wasm.options import Options\n"
        "compile_component(sys.argv[2], Options(cache_dir=Path(sys.argv[3])),\n"
        "    lambda step: print(step, flush=True))\n"
    )
    command = [sys.executable, "-c", script, str(ROOT), str(bomb(tmp_path, 30_000))]
    with subprocess.Popen([*command, str(tmp_path / "cache")], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert any(line == b"compiling\n" for line in parent.stdout)
        (compiler,) = children(parent.pid)
        parent.kill()
    wait_until(lambda: not Path(f"/proc/{compiler}").exists(), "for the compiler to end")


LIMITED = """
import os, resource, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from unit_wasm.errors import HostError
from unit_wasm.options import Options
from unit_wasm.prepare.compile import compile_component
component, limit, value = Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
compile_component(component, Options(cache_dir=Path(sys.argv[5])))
if limit == "open":
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    held = [os.open("/dev/null", os.O_RDONLY)]
    while held[-1] != 63:
        held.append(os.dup(held[0]))
    for number in held[-value:]:
        os.close(number)
else:
    resource.setrlimit(resource.RLIMIT_FSIZE, (value, value))
try:
    compile_component(component, Options(cache_dir=Path(sys.argv[5]) / "second"))
    print("compiled")
except HostError as error:
    print(error)
"""


def limited(folder: Path, limit: str, value: int) -> str:
    """Return what comes of compiling hello where the system allows no more."""
    command: list[str | Path] = [sys.executable, "-c", LIMITED, ROOT, guest_path("hello-wat")]
    command += [limit, str(value), folder / "cache"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.removesuffix("\n")


def test_files_that_may_not_grow(tmp_path: Path) -> None:
    hint = "(raise the limit of the size of files (RLIMIT_FSIZE, ulimit -f))"
    size = guest_path("hello-wat").stat().st_size
    refused = f"{sys.executable} cannot be run to compile: File too large {hint}"
    assert limited(tmp_path, "size", 0) == refused
    assert limited(tmp_path, "size", size) == refused
    # It can be told what to do now, and has no room for what it makes.
    assert limited(tmp_path, "size", size + 16384) == (
        f"the component cannot be compiled: File too large {hint}"
    )
    assert limited(tmp_path, "size", 1 << 30) == "compiled"


def test_no_file_may_be_opened(tmp_path: Path) -> None:
    """Three files in memory, and the pipes of a process: fewer are not enough."""
    hint = "(raise the limit of open files (RLIMIT_NOFILE, ulimit -n))"
    refused = f"{sys.executable} cannot be run to compile: Too many open files {hint}"
    outcomes = [limited(tmp_path, "open", left) for left in (1, 3, 12)]
    assert outcomes == [refused, refused, "compiled"]


def test_a_system_without_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the compiler itself has is part of its limit then."""
    limits: list[tuple[int, int]] = []

    class Nowhere:
        def __init__(self, path: str) -> None:
            assert path == "/proc/self/status"

        def read_text(self, **_: str) -> str:
            raise FileNotFoundError

    monkeypatch.setattr(compiler, "Path", Nowhere)
    monkeypatch.setattr(resource, "getrlimit", lambda which: (1 << 40, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", lambda which, values: limits.append(values))
    compiler._limit_memory(64 << 20)
    assert limits == [(64 << 20, resource.RLIM_INFINITY), (0, 0)]


def children(pid: int | None = None) -> list[int]:
    """Return the processes that all threads of a process have started."""
    tasks = Path(f"/proc/{pid or os.getpid()}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]
