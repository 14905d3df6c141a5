"""Guests with a world of their own, in a file of WIT beside them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from guest_toolchains import PINS, Toolchains, run

_TRANSPILE = "@bytecodealliance/jco-transpile"
_JCO = "@bytecodealliance/jco"

WORLD_TOOLS = {
    "c-world": ("ziglang", _TRANSPILE),
    "python-world": ("componentize-py",),
    "python-more": ("componentize-py", _JCO),
    "js-world": (_JCO,),
}
WORLD_OPTIONS: dict[str, tuple[str, ...]] = {
    "c-world": (
        *("-target", "wasm32-freestanding", "-nostdlib", "-Os"),
        *("-fno-builtin", "-Wall", "-Wextra", "-Werror", "-Wl,--no-entry"),
    ),
    "python-world": ("--quiet", "componentize"),
    "python-more": ("--quiet", "componentize"),
    # Nothing of WASI: it only computes.
    "js-world": ("--disable", "clocks", "random", "stdio", "http", "fetch-event"),
}

C_WORLDS = {
    "adder-c": "python-host/made-of-c/adder",
    "cipher-c": "cipher/made-of-c/cipher",
    "key-value": "key-value/keys",
    **{f"composed-{part}": f"composed/{part}" for part in ("adder", "calculator", "command")},
}
"""Examples whose world is called like their file, by what their guests are called."""


class WorldGuest(Protocol):
    """What of a guest matters here; see ``guests.Guest``."""

    @property
    def source(self) -> Path: ...

    @property
    def more(self) -> tuple[Path, ...]: ...

    @property
    def wasi(self) -> str: ...


def build_c_world(guest: WorldGuest, tools: Toolchains, scratch: Path, output: Path) -> None:
    """C with a world that is called as it is, in WIT beside it, and without a library of C."""
    core, wit = scratch / "core.wasm", guest.more[0]
    run(
        f"zig cc (ziglang {PINS['ziglang']})",
        [*tools.zig(), "cc", *WORLD_OPTIONS["c-world"], "-o", core, guest.source],
        env=tools.zig_environment(),
        cwd=scratch,
    )
    world = guest.source.stem
    tools.make_component(action="embed", core=core, wit=wit, world=world, output=output)


def build_python_world(guest: WorldGuest, tools: Toolchains, scratch: Path, output: Path) -> None:
    """Python with a world of its own, in a file of WIT beside it."""
    app = scratch / "app"
    app.mkdir()
    shutil.copy(guest.source, app / "app.py")
    (scratch / "venv" / "lib" / "site-packages").mkdir(parents=True)
    command: list[str | Path] = [tools.componentize_py(), "--wit-path", guest.more[0]]
    run(
        f"componentize-py {PINS['componentize-py']}",
        [*command, *WORLD_OPTIONS["python-world"], "--python-path", app, "--output", output, "app"],
        cwd=scratch,
        env={**os.environ, "VIRTUAL_ENV": str(scratch / "venv")},
    )


def build_python_more(guest: WorldGuest, tools: Toolchains, scratch: Path, output: Path) -> None:
    """Python with a world that is more than that of WASI, in a file of that name beside it."""
    wit, world = scratch / "wit", guest.more[0]
    shutil.copytree(tools.wit(guest.wasi, "full"), wit)
    with (wit / "world.wit").open("a", encoding="utf-8") as file:
        file.write(world.read_text(encoding="utf-8"))
    app = scratch / "app"
    app.mkdir()
    shutil.copy(guest.source, app / "app.py")
    (scratch / "venv" / "lib" / "site-packages").mkdir(parents=True)
    command: list[str | Path] = [tools.componentize_py(), "--wit-path", wit, "--world", world.stem]
    run(
        f"componentize-py {PINS['componentize-py']}",
        [*command, *WORLD_OPTIONS["python-more"], "--python-path", app, "--output", output, "app"],
        cwd=scratch,
        env={**os.environ, "VIRTUAL_ENV": str(scratch / "venv")},
    )


def build_js_world(guest: WorldGuest, tools: Toolchains, _scratch: Path, output: Path) -> None:
    """JavaScript with a world of its own, in a file of that name beside it."""
    wit = guest.more[0]
    run(
        f"jco {PINS[_JCO]}",
        [*tools.jco(), "componentize", guest.source, "--wit", wit, *WORLD_OPTIONS["js-world"]]
        + ["--world-name", wit.stem, "--out", output],
    )


Builder = Callable[[WorldGuest, Toolchains, Path, Path], None]

WORLD_BUILDERS: Mapping[str, Builder] = {
    "c-world": build_c_world,
    "python-world": build_python_world,
    "python-more": build_python_more,
    "js-world": build_js_world,
}
