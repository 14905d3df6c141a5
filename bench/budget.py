"""Instructions of one exchange, counted by valgrind, against the budget in budget.json.

Counts hardly depend on what else the machine does, so that a change which costs a few percent is
seen where a clock shows nothing. A figure is the difference between a run of many exchanges and a
run of few, divided by the number of exchanges between them: start and end of the process fall out.

What it counts depends on the compiler and its flags (csrc/), on the C library and on libwasmtime:
budget.json says what its figures were counted with, and where something else is here, what is over
the budget is told and is no fault. It does not depend on the processor: valgrind shows one of its
own, with AVX2, to every program, unless the real one has less. ``--update`` writes budget.json
anew, ``--profile`` prints where the instructions of an exchange go.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import measure
from stages import table

from unit_wasm.component.rewrite.digest import rewrite_digest
from unit_wasm.native.library import wasmtime_library
from unit_wasm.native.settings import settings_text
from unit_wasm.native.worker import engine_digest
from unit_wasm.options import Options
from unit_wasm.prepare.compile import compile_component
from unit_wasm.unit.sources import sources

BUDGET = Path(__file__).with_name("budget.json")
FOLDER = measure.OUTPUT / "budget"
PROGRAM = FOLDER / "instructions"
TOLERANCE = 0.05
"""A count may be so much above its budget. Two runs of the same code differ by less than 0.005."""

# The C library would fill and copy large blocks by an instruction that counts once for each byte.
ENVIRONMENT = {
    "GLIBC_TUNABLES": "glibc.cpu.x86_rep_stosb_threshold=1000000000:"
    "glibc.cpu.x86_rep_movsb_threshold=1000000000"
}


@dataclass(frozen=True, slots=True)
class Case:
    """An exchange whose instructions are counted.

    Parameters:
        body: bytes of the request's body, each of them ``byte``.
        few, many: exchanges of the two runs.
    """

    name: str
    guest: str
    method: str
    body: int
    byte: int
    few: int
    many: int


CASES = (
    Case("hello", "hello", "GET", 0, 0, 100, 300),
    Case("echo of 64 KiB, text", "echo", "POST", 65_536, 0x78, 20, 60),
    Case("echo of 64 KiB, no text", "echo", "POST", 65_536, 0xE9, 20, 60),
)


def main() -> int:
    """Count, compare or update; returns the exit status."""
    parser = argparse.ArgumentParser(description="Count the instructions of one exchange.")
    parser.add_argument("--update", action="store_true", help="write the figures to budget.json")
    parser.add_argument("--profile", action="store_true", help="print where they go")
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.prepare:
        prepare()
        return 0
    if shutil.which("valgrind") is None:
        print("budget: there is no valgrind: install it (it counts instructions)", file=sys.stderr)
        return 1
    build()
    prepare_under_valgrind()
    if wanted.profile:
        for case in CASES:
            print(table(case.name, profile(case), case.many))
        return 0
    counts = {case.name: count(case) for case in CASES}
    if wanted.update:
        update(counts)
        return 0
    return compare(counts)


# ---- What is counted ----


def build() -> None:
    """Compile bench/instructions.c with the data plane, as the extension is compiled."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder = measure.ROOT / "csrc"
    flags = ("-std=c11", "-D_GNU_SOURCE", "-O3", "-g", "-Wall", "-Wextra", "-Werror", "-pthread")
    files = [measure.ROOT / "bench" / "instructions.c", *sources(folder, "instructions")]
    subprocess.run(["cc", *flags, f"-I{folder}", "-o", PROGRAM, *files, "-ldl"], check=True)


def settings(case: Case) -> Path:
    """Return where the settings of a case are."""
    return FOLDER / f"{case.guest}.settings"


def prepare() -> None:
    """Compile the guests for a processor that valgrind can show, which has less than the real one.

    The compiler is a process of its own, which valgrind does not show anything to.
    """
    # valgrind has no room for the addresses of a thousand instances.
    options = Options(cache_dir=FOLDER / "cache", max_exchanges=4, target_cpu="x86-64-v3")
    for case in CASES:
        prepared = compile_component(measure.GUESTS / f"{case.guest}.wasm", options)
        text = settings_text(prepared, options, name=case.guest, environment={})
        settings(case).write_bytes(text)


def prepare_under_valgrind() -> None:
    """Compile for the processor that valgrind shows, which has fewer features than the real one."""
    stamp = FOLDER / "prepared"
    depends = hashlib.sha256(
        repr((wasmtime_library(), rewrite_digest(), engine_digest(), valgrind_version())).encode()
    )
    for case in CASES:
        depends.update((measure.GUESTS / f"{case.guest}.wasm").read_bytes())
    depends.update((measure.ROOT / "unit_wasm/native/settings.py").read_bytes())
    if stamp.is_file() and stamp.read_text(encoding="ascii") == depends.hexdigest():
        return
    # The cache knows the real processor only.
    shutil.rmtree(FOLDER / "cache", ignore_errors=True)
    # A child of this process is what compiles.
    valgrind = ["valgrind", "--quiet", "--tool=none", "--trace-children=yes"]
    subprocess.run([*valgrind, sys.executable, __file__, "--prepare"], check=True)
    stamp.write_text(depends.hexdigest(), encoding="ascii")


# ---- Counting ----

_COUNTED = re.compile(r"Collected : (\d+)")


def run(case: Case, exchanges: int, output: str) -> int:
    """Run so many exchanges under callgrind and return all instructions of the process."""
    done = subprocess.run(
        [
            *("valgrind", "--tool=callgrind", f"--callgrind-out-file={output}"),
            *(
                PROGRAM,
                settings(case),
                case.method,
                "/",
                str(case.body),
                str(case.byte),
                str(exchanges),
            ),
        ],
        env=os.environ | ENVIRONMENT,
        capture_output=True,
        text=True,
    )
    found = _COUNTED.search(done.stderr)
    if done.returncode != 0 or found is None:
        raise SystemExit(f"budget: {case.name}: it could not be counted:\n{done.stderr}")
    return int(found[1])


def count(case: Case) -> int:
    """Return the instructions of one exchange."""
    few, many = (run(case, exchanges, "/dev/null") for exchanges in (case.few, case.many))
    return round((many - few) / (case.many - case.few))


def profile(case: Case) -> Path:
    """Run a case's many exchanges and return the file that callgrind made."""
    output = FOLDER / f"{case.guest}.callgrind"
    run(case, case.many, str(output))
    return output


# ---- The budget ----


def valgrind_version() -> str:
    """Return what valgrind calls itself."""
    done = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def counted_with() -> dict[str, str]:
    """Return what the figures depend on, beside our own sources."""
    compiler = subprocess.run(["cc", "--version"], capture_output=True, text=True, check=True)
    return {
        "machine": platform.machine(),
        "compiler": compiler.stdout.splitlines()[0],
        "libc": " ".join(platform.libc_ver()),
        "valgrind": valgrind_version(),
        "wasmtime": wasmtime_library().version,
    }


def update(counts: dict[str, int]) -> None:
    """Write the budget."""
    document = {"counted_with": counted_with(), "instructions": counts}
    BUDGET.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"{BUDGET.name}: {', '.join(f'{name} {value:,}' for name, value in counts.items())}")


def compare(counts: dict[str, int]) -> int:
    """Print the figures beside the budget; returns 1 when one is too high, and can be compared."""
    document: dict[str, Any] = json.loads(BUDGET.read_text(encoding="utf-8"))
    budget: dict[str, int] = document["instructions"]
    over = []
    for name, value in counts.items():
        change = value / budget[name] - 1
        print(f"{name:<24} {value:>9,} instructions, budget {budget[name]:>9,} ({change:+.1%})")
        if change > TOLERANCE:
            over.append(name)
    here = counted_with()
    differs = [key for key, value in document["counted_with"].items() if here.get(key) != value]
    if differs:
        print(f"budget: it was counted with {differences(document, differs)}: nothing is judged")
        return 0
    if over:
        print(
            f"budget: over by more than {TOLERANCE:.0%}: {', '.join(over)}. Find what costs "
            "(`make budget ARGS=--profile`), or, where it is worth it, "
            "`make budget ARGS=--update` and say why in the commit.",
            file=sys.stderr,
        )
    return 1 if over else 0


def differences(document: dict[str, Any], keys: Sequence[str]) -> str:
    """Return what the budget was counted with, where that is not what is here."""
    return ", ".join(f"{key} {document['counted_with'][key]}" for key in keys)


if __name__ == "__main__":
    sys.exit(main())
