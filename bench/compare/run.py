"""``make bench``: measures everything in one run and writes raw file, table and plots.

A whole run goes to a folder of its own in bench/results, named after its time and commit, and can
be published; a quick or partial one goes to build/bench/compare, or, with --into, into a whole one.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import fnmatch
import os
import resource
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from compare import machine, report
from compare.alone import alone
from compare.bench import Bench, say
from compare.cases import CASES, ON_TWO_CORES, Case, by_guest
from compare.load import Generator, generator
from compare.peers import ROOT, Missing, Peer
from compare.peers import found as peers_found
from compare.process import cores
from compare.report import PAGE
from compare.results import FOLDER, RAW, PeerInfo, Results, newest
from compare.unitpeers import found as unit_peers_found

OUTPUT = ROOT / "build" / "bench" / "compare"
QUICK_MINUTES, MINUTES = 4.0, 20.0
LEAST, TIMES = 2, 3
"""Rounds of each case in a whole run, and how many times as many what the targets compare gets."""
ORDER = (
    *("embedded", "module", "wasmtime", "wasmtime-pool", "jco", "rust", "libunit", "uvicorn"),
    *("python", "gunicorn"),
)
IN_UNIT = {"module", "rust", "libunit", "python"}
BUSY = 0.5
"""The load average from which on what else runs here changes the figures."""
FIXED = {
    "alone": 0.02,
    "two-cores": 0.1,
    "waiting": 0.11,
    "start-hello": 0.04,
    "start-hello-py": 0.12,
}
"""The shares of the time of what is beside throughput on one core; `--cases` knows them too."""


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--minutes", type=float, help=f"about how long it takes (default: {MINUTES:.0f})"
    )
    parser.add_argument("--quick", action="store_true", help="few rounds, in about four minutes")
    parser.add_argument("--own-client", action="store_true", help="no wrk, also if it is there")
    parser.add_argument("--cores", type=int, default=1, help="of each server (default: 1)")
    parser.add_argument(
        "--cases",
        nargs="+",
        help=f"only these: keys of cases, {', '.join(FIXED)}; * stands for any letters",
    )
    parser.add_argument("--peers", nargs="+", choices=ORDER, help="only these")
    parser.add_argument("--output", type=Path, help="the folder for the results")
    parser.add_argument(
        "--into",
        metavar="RUN",
        help="put the cases into a run of bench/results, in the place of those that it has; "
        "`newest` is its newest one",
    )
    parser.add_argument("--no-plots", action="store_true", help="draw nothing")
    options = parser.parse_args(given)
    if options.into and (options.peers or not options.cases or options.cores != 1):
        parser.error("--into takes --cases, and neither --peers nor --cores")
    known = [*FIXED, *(case.key for case in CASES)]
    for pattern in options.cases or ():
        if not fnmatch.filter(known, pattern):
            parser.error(f"there is no case {pattern}; there are: {', '.join(known)}")
    return options


def _is_chosen(options: argparse.Namespace, name: str) -> bool:
    patterns: Sequence[str] = ("*",) if options.cases is None else options.cases
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _peers(
    stack: contextlib.ExitStack, wanted: Sequence[str] | None
) -> tuple[list[Peer], dict[str, str]]:
    """Find the peers, and name what is missing."""
    sources: list[Iterable[Peer | Missing]] = [peers_found()]
    if wanted is None or set(wanted) & IN_UNIT:
        sources.append(unit_peers_found(stack))
    peers: list[Peer] = []
    missing: dict[str, str] = {}
    for item in (item for source in sources for item in source):
        if isinstance(item, Missing):
            missing[item.name] = item.why
            say(f"missing: {item.name}: {item.why}")
        elif wanted is None or item.key in wanted:
            peers.append(item)
    return sorted(peers, key=lambda peer: ORDER.index(peer.key)), missing


def _results(
    options: argparse.Namespace,
    peers: Sequence[Peer],
    missing: dict[str, str],
    load: Generator,
    pinned: tuple[frozenset[int], frozenset[int]],
) -> Results:
    return Results(
        run={
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "commit": machine.commit(ROOT),
            "minutes": options.minutes,
            "whole": not (options.quick or options.cases or options.peers),
            "load": load.name,
            "server_cores": len(pinned[0]),
            "load_cores": len(pinned[1]),
            "shared_cores": bool(pinned[0] & pinned[1]),
        },
        machine=machine.machine(),
        versions=machine.versions(),
        peers=[PeerInfo(peer.key, peer.name, peer.version, peer.ours) for peer in peers],
        missing=missing,
    )


def _measure(bench: Bench, options: argparse.Namespace) -> None:
    """Measure everything; what matters least, and takes longest on a slow machine, is last."""
    chosen = [case for case in CASES if _is_chosen(options, case.key)]
    share = {
        name: part * options.minutes * 60
        for name, part in FIXED.items()
        # Without a cache a guest in Python takes most peers longer than a quick run.
        if _is_chosen(options, name) and not (options.quick and name == "start-hello-py")
    }
    if "alone" in share:
        say("worker alone")
        alone(bench.results, 15, share["alone"])
    if chosen:
        groups = list(by_guest(chosen).values())
        _throughput(bench, groups, bench.left - sum(share.values()))
    if "two-cores" in share:
        both = frozenset(sorted(bench.cores | os.sched_getaffinity(0))[:2])
        wide = dataclasses.replace(bench, cores=both, times=1)
        _throughput(wide, list(by_guest(ON_TWO_CORES).values()), share["two-cores"])
    if "waiting" in share:
        bench.waiting(3, share["waiting"])
    for guest, cold, warm in (("hello", 3, 5), ("hello-py", 1, 3)):
        if f"start-{guest}" in share:
            bench.starts(guest, CASES[0], cold, warm, share[f"start-{guest}"])


def _throughput(bench: Bench, groups: Sequence[Sequence[Case]], seconds: float) -> None:
    until = time.monotonic() + seconds
    total = sum(bench.cost(cases) for cases in groups)
    for cases in groups:
        cost = bench.cost(cases)
        left = max(0.0, until - time.monotonic())
        bench.throughput(cases[0].guest, cases, left * cost / total if total else 0.0)
        total -= cost


def _run(name: str) -> Path:
    """Return the folder of a run of bench/results."""
    path = newest() if name == "newest" else FOLDER / name / RAW
    if path is None or not path.is_file():
        raise SystemExit(f"bench: bench/results has no run {name}")
    return path.parent


def _write(results: Results, options: argparse.Namespace) -> Path:
    """Write everything and return its folder."""
    stamp = results.run["time"].replace(":", "").replace("-", "")
    whole = FOLDER / f"{stamp}-{results.run['commit'].rstrip('+')}"
    folder: Path = options.output or (whole if results.run["whole"] else OUTPUT)
    if options.into:
        folder = _run(options.into)
        base = Results.read(folder / RAW)
        base.merge(results)
        results = base
    results.write(folder / RAW)
    (folder / PAGE).write_text(report.whole(results), encoding="utf-8")
    if not options.no_plots:
        # Here, because only the plots need matplotlib.
        from compare import plots

        plots.draw(results, folder)
    return folder


def main(given: Sequence[str] | None = None) -> int:
    """Return the exit status: 1 where there was no peer to measure."""
    options = _arguments(given)
    options.minutes = options.minutes or (QUICK_MINUTES if options.quick else MINUTES)
    if options.into:
        _run(options.into)
    began = time.monotonic()
    # So that the servers are ended too.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    pinned = cores(options.cores)
    with contextlib.ExitStack() as stack:
        peers, missing = _peers(stack, options.peers)
        if not peers:
            say("no peer to measure")
            return 1
        load = generator(own=options.own_client)
        results = _results(options, peers, missing, load, pinned)
        if (busy := results.machine["load_before"]) > BUSY:
            say(f"this machine is busy (load average {busy}): compare ratios at most")
        folder = OUTPUT / "cache"
        folder.mkdir(parents=True, exist_ok=True)
        seconds = options.minutes * 60
        os.sched_setaffinity(0, pinned[1])
        bench = Bench(
            *(results, peers, load, pinned[0], folder, began + seconds),
            grace=60 + seconds,
            least=LEAST if results.run["whole"] else 1,
            times=TIMES if results.run["whole"] else 1,
        )
        _measure(bench, options)
    written = _write(results, options)
    print(report.text(results))
    say(f"took {time.monotonic() - began:.0f} s; everything is in {os.path.relpath(written)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
