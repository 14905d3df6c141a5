"""Reads the C sources for faults without running them: ``python tools/analyze.py [FILE...]``.

clang-tidy goes over csrc/ with the checks of .clang-tidy; any finding is a failure. The commands
that it works by are written to build/compile_commands.json, where clangd looks for them, too:
``python tools/analyze.py --commands`` writes them and does nothing else.

Files of the Unit module are read with the headers of the tests' double of libunit, so that no Unit
is needed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ROOT / "build" / "compile_commands.json"
FLAGS = (
    *("-std=c11", "-D_GNU_SOURCE", "-pthread", "-Icsrc", "-Itests/double/include"),
    # What unit_wasm.unit.build gives to the module.
    *('-DUW_PYTHON="python3"', '-DUW_VERSION="0"', '-DUW_MODULE_TYPE="wasm-wasi-component"'),
    f"-I{sysconfig.get_path('include')}",
)


def sources() -> Iterator[Path]:
    """Return every C source of the data plane."""
    yield from sorted((ROOT / "csrc").rglob("*.c"))


def write_commands() -> None:
    """Write compile_commands.json (the JSON Compilation Database of clang's tools)."""
    commands: list[dict[str, Any]] = [
        {
            "directory": str(ROOT),
            "file": str(path),
            "arguments": ["cc", *FLAGS, "-c", str(path.relative_to(ROOT))],
        }
        for path in sources()
    ]
    COMMANDS.parent.mkdir(exist_ok=True)
    COMMANDS.write_text(json.dumps(commands, indent=1) + "\n", encoding="utf-8")


def analyze(path: Path) -> str:
    """Return what clang-tidy finds in a file; an empty string where it finds nothing."""
    command = [
        str(Path(sys.executable).parent / "clang-tidy"),
        "--quiet",
        "-p",
        str(COMMANDS.parent),
        str(path),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    # Its summary of suppressed warnings goes to stderr also where all is well.
    return done.stdout + done.stderr if done.returncode != 0 else ""


def main(arguments: Sequence[str]) -> int:
    """Write the commands, read the files and print what was found; return the exit status."""
    write_commands()
    if list(arguments) == ["--commands"]:
        return 0
    files = [Path(name).resolve() for name in arguments] or list(sources())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [text for text in pool.map(analyze, files) if text]
    for text in found:
        print(text, file=sys.stderr)
    print(f"{len(files)} files, findings in {len(found)}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
