"""Builds the test guests and the examples: ``python tools/guests.py [--list] [NAME...]``.

Each becomes build/guests/NAME.wasm. A guest is built only if the key of what it is made from (its
sources, the pinned tools, the recipe) differs from the key that its file was built with. Missing
toolchains are installed into build/toolchains on first use; C guests need neither the Python nor
the JavaScript one.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import functools
import hashlib
import inspect
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from guest_components import HELPER
from guest_toolchains import PINS, RECIPE_OF_WIT, Toolchains, ToolError, run, services_wit
from guest_worlds import C_WORLDS, WORLD_BUILDERS, WORLD_OPTIONS, WORLD_TOOLS

ROOT = Path(__file__).resolve().parent.parent
GUESTS = ROOT / "tests" / "guests"
EXAMPLES = ROOT / "examples"
OUTPUT = ROOT / "build" / "guests"
SCRATCH = OUTPUT / ".scratch"
C_HEADERS = EXAMPLES / "request-echo" / "c"
# A stack of 128 KiB: zig asks for 16 MiB, which every instance would then have to reserve.
C_STACK = "-Wl,-z,stack-size=131072"
C_FLAGS = ("-target", "wasm32-wasi", "-mexec-model=reactor", "-std=gnu17", "-Os", "-s", C_STACK)
C_WARNINGS = ("-Wall", "-Wextra", "-Werror")


@dataclass(frozen=True)
class Guest:
    """One guest: how it is built and from what.

    Parameters:
        name: of the file in build/guests, without ``.wasm``.
        kind: which recipe: ``c``, ``services``, ``wat``, ``python``, ``c-world``,
            ``python-world``, ``python-packages``, ``js``, ``js-world`` or ``js-fetch``.
        source: the main file.
        more: other files that it is made from.
        wasi: the version of WASI that it is built against.
    """

    name: str
    kind: str
    source: Path
    more: tuple[Path, ...] = ()
    wasi: str = "0.2.0"

    @property
    def form(self) -> str:
        """Of the WIT files that its tools need."""
        return "proxy" if self.kind == "js-fetch" else "full"

    def key(self) -> str:
        """The SHA-256 over everything that decides what the built file is."""
        digest = hashlib.sha256(f"{self.kind}\0{self.wasi}\0{_recipe(self.kind)}".encode())
        for path in (self.source, *self.more):
            content = path.read_bytes()
            digest.update(f"\0{path.name} {len(content)}\0".encode() + content)
        return digest.hexdigest()


@functools.cache
def _recipe(kind: str) -> str:
    """What decides how a kind is built: tools, options, and the functions that use them."""
    pins = [f"{package} {PINS[package]}" for package in TOOLS[kind]]
    functions = [inspect.getsource(part) for part in (BUILDERS[kind], *RECIPE_OF_WIT)]
    helper = (
        HELPER.read_text(encoding="utf-8") if kind in ("c", "c-world", "services", "wat") else ""
    )
    services = [services_wit()] if kind == "services" else []
    return "\0".join([*pins, *OPTIONS[kind], *functions, helper, *services])


NPM_TOOLS = "@bytecodealliance/jco-transpile"
NPM_JCO = "@bytecodealliance/jco"
TOOLS = {
    "c": ("ziglang", NPM_TOOLS, NPM_JCO),
    "services": ("ziglang", NPM_TOOLS, NPM_JCO),
    "wat": (NPM_TOOLS,),
    "python": ("componentize-py", NPM_JCO),
    "python-packages": ("componentize-py", NPM_JCO),
    "js": (NPM_JCO,),
    "js-fetch": (NPM_JCO,),
    **WORLD_TOOLS,
}
OPTIONS: dict[str, tuple[str, ...]] = {
    "c": (*C_FLAGS, *C_WARNINGS),
    "services": (*C_FLAGS, *C_WARNINGS),
    "wat": (),
    "python": ("--quiet", "--world", "proxy", "componentize"),
    "python-packages": ("--quiet", "--world", "proxy", "componentize"),
    "js": ("--disable", "fetch-event", "--world-name", "proxy"),
    "js-fetch": ("--world-name", "proxy"),
    **WORLD_OPTIONS,
}


def all_guests() -> dict[str, Guest]:
    """Every guest by name, found by where its source is."""
    guests = [
        Guest("hello-wat", "wat", EXAMPLES / "hello" / "hello.wat"),
        *_c_guests(),
        *(Guest(path.stem, "wat", path) for path in sorted((GUESTS / "wat").glob("*.wat"))),
        *_python_guests(),
        *_js_guests(),
    ]
    by_name = {guest.name: guest for guest in guests}
    if len(by_name) != len(guests):
        raise ToolError("two guests have the same name")
    return by_name


def _c_guests() -> Iterator[Guest]:
    folder = GUESTS / "c"
    shared = (folder / "guest.c", folder / "guest.h", folder / "wasi_more.h")
    headers = (C_HEADERS / "wasi_http.h",)
    yield Guest("request-echo", "c", C_HEADERS / "request_echo.c", headers)
    parts = {
        "files/script.h": (folder / "wasi_files.h", *sorted((folder / "files").iterdir())),
        "sockets/program.h": (folder / "sockets.h", *sorted((folder / "sockets").iterdir())),
        "sending.h": (folder / "sending.c", folder / "sending.h"),
        "services.h": (folder / "services.h",),
        "wasi_files.h": (folder / "wasi_files.h",),
    }
    for name, place in C_WORLDS.items():
        source = EXAMPLES / f"{place}.c"
        yield Guest(name, "c-world", source, (next(source.parent.glob("*.wit")),))
    for source in sorted(folder.glob("*.c")):
        if source.name not in ("guest.c", "sending.c"):
            text = source.read_text(encoding="utf-8")
            used = [name for name in parts if f'#include "{name}"' in text]
            more = [path for name in used for path in parts[name]]
            kind = "services" if "services.h" in used else "c"
            yield Guest(source.stem, kind, source, (*shared, *more, *headers))
    # 0.2.12 is the newest WASI 0.2: the same source, so that only the import names differ.
    yield Guest("hello-0212", "c", folder / "hello.c", (*shared, *headers), "0.2.12")


def _python_guests() -> Iterator[Guest]:
    yield Guest(
        "request-echo-py", "python", EXAMPLES / "request-echo" / "python" / "app.py", (), "0.2.12"
    )
    adder = EXAMPLES / "python-host" / "made-of-python"
    yield Guest("adder-py", "python-world", adder / "app.py", (adder / "adder.wit",))
    cipher = EXAMPLES / "cipher" / "made-of-python"
    yield Guest("cipher-py", "python-world", cipher / "app.py", (cipher / "cipher.wit",))
    for source in sorted((GUESTS / "python").glob("*/app.py")):
        kinds = (".py", ".txt", ".wit")
        more = [path for path in sorted(source.parent.iterdir()) if path.suffix in kinds]
        more.remove(source)
        kind = "python-packages" if more else "python"
        kind = "python-more" if [path.suffix for path in more] == [".wit"] else kind
        yield Guest(f"{source.parent.name}-py", kind, source, tuple(more), "0.2.12")


def _js_guests() -> Iterator[Guest]:
    words = EXAMPLES / "functions"
    yield Guest("words-js", "js-world", words / "words.js", (words / "words.wit",))
    for source in sorted((GUESTS / "js").glob("*.js")):
        if source.stem.startswith("fetch-"):
            # jco's fetch style exports this version of incoming-handler, whatever it is given
            yield Guest(f"{source.stem}-js", "js-fetch", source, (), "0.2.10")
        else:
            yield Guest(f"{source.stem}-js", "js", source, (), "0.2.12")


def build_c(guest: Guest, tools: Toolchains, scratch: Path, output: Path) -> None:
    """C: zig compiles and links a core module, jco-transpile makes it a component."""
    core = scratch / "core.wasm"
    sources = [guest.source, *(path for path in guest.more if path.suffix == ".c")]
    version = f'-DWASI_VERSION="{guest.wasi}"'
    includes = [f"-I{C_HEADERS}", f"-I{GUESTS / 'c'}"]
    run(
        f"zig cc (ziglang {PINS['ziglang']})",
        [*tools.zig(), "cc", *OPTIONS["c"], version, *includes, "-o", core, *sources],
        env=tools.zig_environment(),
        cwd=scratch,
    )
    wit = tools.wit(guest.wasi, "full")
    tools.make_component(action="embed", core=core, wit=wit, world="guest", output=output)


def build_services(guest: Guest, tools: Toolchains, scratch: Path, output: Path) -> None:
    """C with the world of services: the same, with more WIT."""
    core, wit = scratch / "core.wasm", scratch / "wit"
    shutil.copytree(tools.wit(guest.wasi, "full"), wit)
    with (wit / "world.wit").open("a", encoding="utf-8") as file:
        file.write(services_wit())
    sources = [guest.source, *(path for path in guest.more if path.suffix == ".c")]
    includes = [f"-I{C_HEADERS}", f"-I{GUESTS / 'c'}"]
    run(
        f"zig cc (ziglang {PINS['ziglang']})",
        [*tools.zig(), "cc", *OPTIONS["services"], *includes, "-o", core, *sources],
        env=tools.zig_environment(),
        cwd=scratch,
    )
    tools.make_component(action="embed", core=core, wit=wit, world="services", output=output)


def build_wat(guest: Guest, tools: Toolchains, _scratch: Path, output: Path) -> None:
    """Component text: assembled without being validated, so that wrong guests can be built too."""
    tools.make_component(action="parse", text=guest.source, output=output)


def build_python(guest: Guest, tools: Toolchains, scratch: Path, output: Path) -> None:
    """Python: componentize-py packs CPython and a folder with nothing but the guest."""
    app = scratch / "app"
    app.mkdir()
    shutil.copy(guest.source, app / "app.py")
    # It would also pack the packages of the virtualenv at hand: give it an empty one.
    (scratch / "venv" / "lib" / "site-packages").mkdir(parents=True)
    wit = tools.wit(guest.wasi, "full")
    command: list[str | Path] = [tools.componentize_py(), "--wit-path", wit, *OPTIONS["python"]]
    run(
        f"componentize-py {PINS['componentize-py']}",
        [*command, "--python-path", app, "--output", output, "app"],
        cwd=scratch,
        env={**os.environ, "VIRTUAL_ENV": str(scratch / "venv")},
    )


def build_python_packages(guest: Guest, tools: Toolchains, scratch: Path, output: Path) -> None:
    """Python with more files, and the packages of PyPI's that its requirements.txt pins."""
    app = scratch / "app"
    app.mkdir()
    for path in (guest.source, *guest.more):
        shutil.copy(path, app / path.name)
    tools.pip_install(app / "requirements.txt", app)
    (scratch / "venv" / "lib" / "site-packages").mkdir(parents=True)
    wit = tools.wit(guest.wasi, "full")
    command: list[str | Path] = [tools.componentize_py(), "--wit-path", wit]
    run(
        f"componentize-py {PINS['componentize-py']}",
        [*command, *OPTIONS["python-packages"], "--python-path", app, "--output", output, "app"],
        cwd=scratch,
        env={**os.environ, "VIRTUAL_ENV": str(scratch / "venv")},
    )


def build_js(guest: Guest, tools: Toolchains, scratch: Path, output: Path) -> None:
    """JavaScript: jco packs StarlingMonkey and the guest."""
    form = "proxy" if guest.kind == "js-fetch" else "full"
    wit = tools.wit(guest.wasi, form)
    run(
        f"jco {PINS[NPM_JCO]}",
        [*tools.jco(), "componentize", guest.source, "--wit", wit, *OPTIONS[guest.kind]]
        + ["--out", output],
        cwd=scratch,
    )


KINDS = (
    *("js", "js-world", "python-packages", "python", "python-world", "js-fetch"),
    *("python-more", "services", "c", "c-world", "wat"),
)
"""By how long one takes."""

BUILDERS: dict[str, Callable[[Guest, Toolchains, Path, Path], None]] = {
    "c": build_c,
    "services": build_services,
    "wat": build_wat,
    "python": build_python,
    "python-packages": build_python_packages,
    "js": build_js,
    "js-fetch": build_js,
    **WORLD_BUILDERS,
}


def is_current(guest: Guest) -> bool:
    """Whether build/guests has this guest, built from what is in the tree now."""
    try:
        built_with = (OUTPUT / f"{guest.name}.key").read_text(encoding="ascii")
    except OSError:
        return False
    return built_with == guest.key() and (OUTPUT / f"{guest.name}.wasm").exists()


def build(guest: Guest, tools: Toolchains) -> None:
    """Builds one guest; nothing of it is visible in build/guests before it is complete."""
    started = time.monotonic()
    key = guest.key()
    with tempfile.TemporaryDirectory(prefix=f"{guest.name}-", dir=SCRATCH) as folder:
        scratch = Path(folder)
        (scratch / "work").mkdir()
        output = scratch / "out.wasm"
        try:
            BUILDERS[guest.kind](guest, tools, scratch / "work", output)
        except ToolError as error:
            raise ToolError(f"cannot build {guest.name}: {error}") from error
        if not output.exists():
            raise ToolError(f"cannot build {guest.name}: its {guest.kind} tools wrote no file")
        (scratch / "key").write_text(key, encoding="ascii")
        size = output.stat().st_size
        # The key goes last: a file without its key is built again.
        (OUTPUT / f"{guest.name}.key").unlink(missing_ok=True)
        os.replace(output, OUTPUT / f"{guest.name}.wasm")
        os.replace(scratch / "key", OUTPUT / f"{guest.name}.key")
    say(f"built {guest.name} ({size / 1024:,.1f} KiB) in {time.monotonic() - started:.1f} s")


def say(line: str) -> None:
    """One line of progress."""
    print(f"guests: {line}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def exclusive() -> Iterator[None]:
    """Only one process builds at a time; the lock goes with the process that holds it."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with open(OUTPUT / ".lock", "w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another build")
            fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(SCRATCH, ignore_errors=True)  # of a build that was killed
        SCRATCH.mkdir()
        try:
            yield
        finally:
            shutil.rmtree(SCRATCH, ignore_errors=True)


def build_all(guests: Sequence[Guest], more: Collection[str] = ()) -> None:
    """Builds those that are not current, and installs ``more`` packages meanwhile.

    Raises:
        ToolError: a toolchain is missing or failed; guests that were built before it stay.
    """
    if all(is_current(guest) for guest in guests):
        return
    with exclusive(), Toolchains(ROOT / "build" / "toolchains", say) as tools:
        stale = [guest for guest in guests if not is_current(guest)]
        # Those that take longest first, so that no processor is idle at the end.
        stale.sort(key=lambda guest: KINDS.index(guest.kind))
        with tools.installing({*_packages(stale), *more}):
            for version, form in sorted({(guest.wasi, guest.form) for guest in stale}):
                tools.wit(version, form)
            _build(stale, tools)


def _packages(guests: Sequence[Guest]) -> Iterator[str]:
    """What is installed to build these; of jco most need the WIT files only."""
    for kind in {guest.kind for guest in guests}:
        yield from (name for name in TOOLS[kind] if name != NPM_JCO or kind.startswith("js"))


def _build(guests: Sequence[Guest], tools: Toolchains) -> None:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        building = [pool.submit(build, guest, tools) for guest in guests]
        try:
            for done in building:
                done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    parser = argparse.ArgumentParser(description="Builds the test guests and the examples.")
    parser.add_argument("names", metavar="NAME", nargs="*", help="only these (default: all)")
    parser.add_argument("--list", action="store_true", help="print the names and build nothing")
    options = parser.parse_args(arguments)
    try:
        guests = all_guests()
        if unknown := [name for name in options.names if name not in guests]:
            raise ToolError(f"there is no guest {unknown[0]}; --list shows all")
        chosen = [guests[name] for name in options.names] or list(guests.values())
        if options.list:
            print("\n".join(guest.name for guest in chosen))
            return 0
        # What tests need beside, which install nothing.
        build_all(chosen, () if options.names else ("pyright",))
        if not options.names:
            Toolchains(ROOT / "build" / "toolchains", say).pyright()
    except ToolError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
