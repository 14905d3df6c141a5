"""Writes what follows from the WIT of WASI: ``python tools/bindgen.py [--check]``.

1. unit_wasm/wit/data/*.json: interfaces, types and functions of WASI, in a format of our own, from
   the WIT files of the pinned npm package.
2. csrc/wasi/gen/: from that data, the rows of the host's functions with the code that reads their
   arguments and makes their results.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bindgen_c import formatted, packages_in_c
from bindgen_rows import Ids, read_rows
from bindgen_wit import package_data, read_wit
from guest_toolchains import WIT_PACKAGES, WIT_VERSION, Toolchains

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "unit_wasm" / "wit" / "data"
GENERATED = ROOT / "csrc" / "wasi" / "gen"
ROWS = ROOT / "tools" / "bindgen.toml"
IDS = ROOT / "tools" / "bindgen_ids.json"


def data_files() -> dict[Path, str]:
    """Return the files of data that are made from WIT files."""
    toolchains = Toolchains(ROOT / "build" / "toolchains", print)
    interfaces = read_wit(toolchains.wit(WIT_VERSION, "full"), WIT_VERSION)
    return {
        DATA / f"{name}.json": package_data(f"wasi:{name}", interfaces) for name in WIT_PACKAGES
    }


def c_files() -> dict[Path, str]:
    """Return the C files that are made from the data, which has to be as it should be.

    And the ids of their rows, among which are those of rows that are new.
    """
    program, style = Path(sys.executable).with_name("clang-format"), ROOT / ".clang-format"
    ids = Ids(json.loads(IDS.read_text(encoding="utf-8")))
    files = {
        GENERATED / name: formatted(text, program, style)
        for name, text in packages_in_c(read_rows(ROWS), ids).items()
    }
    return {**files, IDS: json.dumps(ids.known, indent=1) + "\n"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, or say which are not as they should be."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args(arguments).check
    changed = sum(_write(path, text, check) for path, text in data_files().items())
    changed += sum(_write(path, text, check) for path, text in c_files().items())
    return 1 if check and changed else 0


def _write(path: Path, text: str, check: bool) -> bool:
    """Write a file, and return whether it was another one."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    print(f"{'differs' if check else 'written'}: {path.relative_to(ROOT)}")
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return True


if __name__ == "__main__":
    sys.exit(main())
