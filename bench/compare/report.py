"""Tables: of a whole run, for the terminal, and the part of README.md between its markers."""

from __future__ import annotations

import re
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from measure import shown

from compare.cases import CASES, HOLDING, ON_TWO_CORES
from compare.results import FOLDER, RAW, Results, newest
from compare.targets import TARGETS, Target

README = Path(__file__).resolve().parents[2] / "README.md"
BEGIN = "<!-- bench: begin -->\n"
END = "<!-- bench: end -->\n"
PAGE = "run.md"
NONE = "No run has been published yet.\n"
LOST = "failed"
_IN_README = {
    "wasmtime": "wasmtime serve",
    "rust": "Unit's Rust module",
    "libunit": "C on libunit",
    "python": "Flask in Unit's Python module",
}
"""What README.md compares with, by its key: as targets call it."""
NOT_MEANT = "-"


def spread(values: list[float]) -> str:
    """Return a median and, in brackets, the smallest and the largest value."""
    text = shown(statistics.median(values))
    if len(values) < 2:
        return text
    return f"{text} ({shown(min(values))} to {shown(max(values))})"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table; the columns behind the first are numbers."""
    rule = ["---", *("---:" for _ in head[1:])]
    return "".join("| " + " | ".join(row) + " |\n" for row in [head, rule, *rows])


# ---- Parts ----


def conditions(results: Results) -> str:
    """Return what the figures were measured on, and how."""
    run, machine = results.run, results.machine
    cores = "one core" if run["server_cores"] == 1 else f"{run['server_cores']} cores"
    where = "the same" if run["shared_cores"] else "the others"
    peers = ", ".join(f"{peer.name} {peer.version}" for peer in results.peers)
    return (
        f"{run['time'][:10]}, commit {run['commit']}, {machine['cores']} cores of "
        f"{machine['cpu']}, Linux {machine['kernel']}. Each server, with all of its processes, "
        f"is pinned to {cores}; the load ({run['load']}) runs on {where}. "
        "Peers take turns in each round; figures are medians, in brackets the smallest and the "
        f"largest. {peers}.\n{_later(results)}"
    )


def _later(results: Results) -> str:
    """Return what of the run was measured later than the rest."""
    return "".join(
        f"\nMeasured {part['time'][:16].replace('T', ' ')} UTC, commit {part['commit']}: "
        f"{', '.join(part['cases'])}.\n"
        for part in results.run.get("parts", [])
    )


def missing(results: Results) -> str:
    """Return which peers were not measured, and why."""
    return "".join(f"- Not measured: {name}: {why}.\n" for name, why in results.missing.items())


def _verdict(target: Target, values: list[float]) -> str:
    if not values:
        return "not measured"
    return "yes" if target.is_met(statistics.median(values)) else "**no**"


def targets(results: Results) -> str:
    """Return the targets, and whether they are met."""
    rows = []
    for target in TARGETS:
        values = target.values(results)
        measured = spread(values) + target.beside(results) if values else NOT_MEANT
        rows.append([target.title, measured, target.bound, _verdict(target, values)])
    return table(["", "measured", "target", "met"], rows)


def _cell(results: Results, case: str, measure: str, peer: str, *, wide: bool = False) -> str:
    if peer in results.lost.get(case, {}):
        return LOST
    values = results.of(case, measure, peer)
    if not values:
        return NOT_MEANT
    return spread(values) if wide else shown(statistics.median(values))


def _rows(results: Results, *, wide: bool) -> Iterator[list[str]]:
    """Each case as a row: what it is, and a cell for each peer."""
    rows = [(f"{case.title}, 1/s", case.key, "rate") for case in (*CASES, *ON_TWO_CORES)]
    rows += [
        ("1,000 sleepers of 100 ms, ms", "sleepers-1000", "took"),
        ("cold start, C guest, ms", "start-cold-hello", "start"),
        ("warm start, C guest, ms", "start-warm-hello", "start"),
        ("cold start, Python guest, ms", "start-cold-hello-py", "start"),
        ("warm start, Python guest, ms", "start-warm-hello-py", "start"),
        ("idle worker, resident, MB", "idle-new", "resident"),
        ("idle worker, private, MB", "idle-new", "private"),
        ("after load, resident, MB", "idle-loaded", "resident"),
    ]
    rows += [
        (f"{n:,} exchange{'s' * (n > 1)} waiting, resident, MB", "waiting", f"mb-{n}")
        for n in HOLDING
    ]
    rows.append((f"after {HOLDING[-1]:,} have waited, resident, MB", "waiting", "mb-kept"))
    for title, case, measure in rows:
        if case in results.values or case in results.lost:
            cells = [_cell(results, case, measure, p.key, wide=wide) for p in results.peers]
            yield [title, *cells]


def rates(results: Results, *, wide: bool) -> str:
    """Return a row for each case and a column for each peer.

    Parameters:
        wide: with the smallest and the largest value.
    """
    return table(["", *(peer.name for peer in results.peers)], list(_rows(results, wide=wide)))


def latencies(results: Results) -> str:
    """Return median and 99th percentile of latency."""
    rows = []
    for case in CASES:
        cells = []
        for peer in results.peers:
            pair = [results.median(case.key, name, peer.key) for name in ("p50", "p99")]
            numbers = [shown(n) for n in pair if n is not None]
            cells.append(" / ".join(numbers) or _cell(results, case.key, "p50", peer.key))
        if case.key in results.values:
            rows.append([case.title, *cells])
    return table(["p50 / p99 in ms", *(peer.name for peer in results.peers)], rows)


def failures(results: Results) -> str:
    """Return what each peer could not do, and what it did instead."""
    names = {peer.key: peer.name for peer in results.peers}
    reasons: dict[tuple[str, str], list[str]] = {}
    for case, lost in results.lost.items():
        for peer, why in lost.items():
            reasons.setdefault((peer, why), []).append(case)
    return "".join(
        f"- {names[peer]}: {why}: {', '.join(cases)}.\n" for (peer, why), cases in reasons.items()
    )


BUSY = 0.95
"""Of its core: from here on the load generator is what is measured, at least in part."""


def limited(results: Results) -> str:
    """Return where the load generator, and not the peer, may have been the limit."""
    lines = []
    for peer in results.peers:
        cases = [
            f"{case.title} ({median:.0%})"
            for case in CASES
            if (median := results.median(case.key, "load", peer.key) or 0.0) >= BUSY
        ]
        if cases:
            lines.append(
                f"- {peer.name}: the load generator used its core up: {'; '.join(cases)}.\n"
            )
    return "".join(lines)


def _compared() -> Iterator[tuple[str, str, str, bool]]:
    """Return title, case, measure and whether more is better of what is compared."""
    for case in (*CASES, *ON_TWO_CORES):
        yield case.title, case.key, "rate", True
    yield "1,000 sleepers", "sleepers-1000", "took", False
    for kind in ("cold", "warm"):
        for guest, name in (("hello", "C"), ("hello-py", "Python")):
            yield f"{kind} start, {name} guest", f"start-{kind}-{guest}", "start", False
    yield "memory of an idle worker", "idle-new", "resident", False
    yield "memory with 1,000 waiting", "waiting", "mb-1000", False
    yield "memory after 1,000 have waited", "waiting", "mb-kept", False


def losses(results: Results) -> str:
    """Return where a peer with a component does better than we do, and how many times."""
    lines = []
    native = ("libunit", "uvicorn", "python", "gunicorn")
    theirs = [peer for peer in results.peers if not peer.ours and peer.key not in native]
    for us in (peer for peer in results.peers if peer.ours):
        for them in theirs:
            lost = []
            for title, case, measure, more in _compared():
                pair = (them.key, us.key) if more else (us.key, them.key)
                values = results.ratios(case, measure, *pair)
                if values and statistics.median(values) > 1:
                    lost.append(f"{title} {shown(statistics.median(values))}")
            if lost:
                text = "; ".join(lost)
                lines.append(f"- {them.name} is better than {us.name}, so many times: {text}.\n")
    return "".join(lines)


# ---- Documents ----


def whole(results: Results) -> str:
    """Return the page of a run, which lies beside its raw file."""
    parts = [
        f"# A run of make bench\n\n{conditions(results)}\nEvery value: [{RAW}]({RAW}).\n",
        "## Targets\n\n" + targets(results),
        "## Requests per second, time and memory\n\n" + rates(results, wide=True),
        "## Latency\n\n" + latencies(results),
    ]
    for title, lines in (
        ("Where we lose", losses(results)),
        ("Where the load was the limit", limited(results)),
        ("What failed", failures(results)),
        ("What was not there", missing(results)),
    ):
        if lines:
            parts.append(f"## {title}\n\n{lines}")
    parts.append("## Plots\n\n" + plots(""))
    return "\n".join(parts)


def plots(folder: str) -> str:
    """Return the plots as Markdown images."""
    names = {
        "rates": "Requests per second by case and peer",
        "throughput": "Throughput by body size",
        "latency": "Latency percentiles of hello",
        "memory": "Memory by exchanges in flight",
    }
    return "".join(f"![{title}]({folder}{name}.svg)\n" for name, title in names.items())


def text(results: Results) -> str:
    """Return what the terminal shows at the end."""
    parts = [targets(results), rates(results, wide=False), failures(results), limited(results)]
    return "\n".join(part for part in parts if part)


def part(results: Results | None, folder: str) -> str:
    """Return what README.md has between its markers: the ratios that matter, in ten lines.

    Parameters:
        folder: the name of the run's.
    """
    if results is None:
        return NONE
    place = f"bench/results/{folder}/"
    run, machine = results.run, results.machine
    peers = ", ".join(
        f"{peer.name} {peer.version}" for peer in results.peers if peer.key in _IN_README
    )
    rows = []
    for target in TARGETS:
        values = target.values(results)
        if values and target.title.partition(" / ")[2] in _IN_README.values():
            rows.append([target.title, spread(values)])
    return (
        f"{run['time'][:10]}, {machine['cores']} cores of {machine['cpu']}; {peers}. [All figures, "
        f"and where we lose]({place}{PAGE}), [every value]({place}{RAW}).\n\n"
        + table(["requests per second", "how many times as many: median, smallest, largest"], rows)
    )


def published(readme: str) -> str | None:
    """Return the name of the folder of the run that README.md shows, None where it shows none."""
    found = re.search(rf"\(bench/results/([^/)]+)/{RAW}\)", readme)
    return found[1] if found else None


def insert(readme: str, between: str) -> str:
    """Return README.md with another part between the markers.

    Raises:
        ValueError: it has not one pair of markers.
    """
    before, begin, rest = readme.partition(BEGIN)
    old, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in old or BEGIN in after:
        raise ValueError("README.md has not one pair of bench markers")
    return before + BEGIN + between + END + after


def main() -> int:
    """``make bench-readme``: put the newest run of bench/results into README.md.

    The pages of all runs are written anew: an earlier version may have written them.
    """
    path = newest()
    if path is None:
        print("bench: bench/results has no run: `make bench` makes one", file=sys.stderr)
        return 1
    for raw in FOLDER.glob(f"*/{RAW}"):
        (raw.parent / PAGE).write_text(whole(Results.read(raw)), encoding="utf-8")
    README.write_text(insert(README.read_text(), part(Results.read(path), path.parent.name)))
    print(f"bench: README.md shows {path.parent.name}; commit bench/results with it")
    return 0


if __name__ == "__main__":
    sys.exit(main())
