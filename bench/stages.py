"""Where the instructions of an exchange go, from a file of callgrind, as a Markdown table."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_LINE = re.compile(r"^\s*([\d,]+) \([ \d.]+%\)\s+(\S.*)$")


@dataclass(frozen=True, slots=True)
class _Costs:
    """Instructions by function (``file:name``): of all calls below it, and of its own."""

    inclusive: dict[str, int]
    own: dict[str, int]

    def below(self, part: str) -> int:
        """Return what functions cost whose name ends in ``part``, with all they call."""
        found = (cost for name, cost in self.inclusive.items() if _ends(name, part))
        return max(found, default=0)

    def alone(self, chosen: Callable[[str], bool]) -> int:
        """Return what the chosen functions cost without what they call."""
        return sum(cost for name, cost in self.own.items() if chosen(name))


def _ends(name: str, part: str) -> bool:
    return re.sub(r"( \[.*\])?$", "", name).endswith(part)


def table(title: str, output: Path, exchanges: int) -> str:
    """Return the table.

    Parameters:
        output: what callgrind wrote.
        exchanges: how many ran.
    """
    costs = _Costs(_annotated(output, inclusive=True), _annotated(output, inclusive=False))
    rows = [(name, cost / exchanges) for name, cost in _stages(costs).items()]
    total = sum(cost for _, cost in rows)
    rows.append(("all", total))
    lines = [f"\n| {title} | instructions | share |", "|---|---|---|"]
    lines += [f"| {name} | {cost:,.0f} | {cost / total:.0%} |" for name, cost in rows]
    malloc = costs.alone(lambda name: "malloc.c" in name or "arena.c:" in name) / exchanges
    ours = costs.alone(lambda name: "csrc/" in name) / exchanges
    lines.append(f"\nAmong them: malloc() and free() {malloc:,.0f}; csrc/ {ours:,.0f}.")
    return "\n".join(lines)


def _annotated(output: Path, *, inclusive: bool) -> dict[str, int]:
    """Return what callgrind_annotate prints: cost by function."""
    said = subprocess.run(
        [
            *("callgrind_annotate", "--threshold=100", "--auto=no"),
            *(f"--inclusive={'yes' if inclusive else 'no'}", str(output)),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    costs: dict[str, int] = {}
    for line in said.splitlines():
        if found := _LINE.match(line):
            costs.setdefault(found[2], int(found[1].replace(",", "")))
    return costs


_INSTANTIATE = "wasmtime_component_linker_instantiate_async::{closure#0}"
_CALL = "wasmtime_component_func_call_async::{closure#0}"


def _stages(costs: _Costs) -> dict[str, int]:
    """Return what each stage of an exchange costs; together they are the whole run."""
    stages: dict[str, int] = {}
    stages["store: made, limited"] = costs.below("uw_instance_start")
    imports = costs.below("::instantiate_pre")
    stages["imports: found by name, types compared"] = imports
    stages["instantiation"] = costs.below(_INSTANTIATE) - imports
    host = costs.below("uw_host_sync") + costs.below("uw_host_async") + costs.below("uw_host_drop")
    call = costs.below(_CALL)
    crossing = _crossing(costs)
    stages["guest: its own code, entry of the call"] = call - crossing
    stages["border: values and handles converted"] = crossing - host
    stages["host functions"] = host
    stages["teardown: store, memory restored"] = costs.below("uw_instance_stop")
    whole = costs.below("uw_loopback_run")
    stages["worker, executor, exchange, client"] = whole - sum(stages.values())
    return stages


def _crossing(costs: _Costs) -> int:
    """Return what libwasmtime's entries of host functions cost, with all below them."""
    entry = re.compile(r"DynamicHostFn<.*cabi_entrypoint|::resource_drop|ResourceDrop")
    return sum(
        cost
        for name, cost in costs.inclusive.items()
        if "cabi_entrypoint" in name and entry.search(name) and "'2" not in name
    )
