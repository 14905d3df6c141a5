"""The plots of a run, as SVG. The only file that needs matplotlib."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import ticker
from matplotlib.figure import Figure

from compare.cases import CONNECTIONS, HOLDING, SIZES
from compare.results import PeerInfo, Results

# Okabe and Ito's colours, which also those can tell apart who do not see all colours; a marker of
# its own for each peer besides.
STYLES = {
    "embedded": ("#0072B2", "o"),
    "module": ("#D55E00", "s"),
    "wasmtime": ("#009E73", "^"),
    "jco": ("#CC79A7", "v"),
    "rust": ("#E69F00", "P"),
    "libunit": ("#444444", "D"),
    "uvicorn": ("#56B4E9", "X"),
    "wasmtime-pool": ("#7B5EA7", "<"),
    "python": ("#8C6D31", ">"),
    "gunicorn": ("#B5179E", "*"),
}
OURS_WIDTH, THEIRS_WIDTH = 2.6, 1.4
SETTINGS = {
    "svg.fonttype": "none",
    # Makes the identifiers in the file the same each time.
    "svg.hashsalt": "unit_wasm",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "axes.axisbelow": True,
    "axes.titlesize": 11,
    "legend.frameon": False,
}


def _plain(value: float, _position: object = None) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def _style(peer: PeerInfo) -> dict[str, Any]:
    colour, marker = STYLES[peer.key]
    width = OURS_WIDTH if peer.ours else THEIRS_WIDTH
    return {
        "color": colour,
        "marker": marker,
        "linewidth": width,
        "markersize": 7 if peer.ours else 6,
        "zorder": 4 if peer.ours else 3,
        "label": peer.name,
    }


def _error(values: Sequence[float], median: float) -> tuple[float, float]:
    return median - min(values), max(values) - median


def _line(
    axes: Any, results: Results, peer: PeerInfo, points: Sequence[tuple[float, str, str, float]]
) -> None:
    """Draw medians with their spread.

    Parameters:
        points: x, case, measure, and what values are multiplied with.
    """
    xs, ys, low, high = [], [], [], []
    for x, case, measure, factor in points:
        values = [value * factor for value in results.of(case, measure, peer.key)]
        median = results.median(case, measure, peer.key)
        if median is not None:
            below, above = _error(values, median * factor)
            xs.append(x)
            ys.append(median * factor)
            low.append(below)
            high.append(above)
    if xs:
        axes.errorbar(xs, ys, yerr=[low, high], capsize=2, elinewidth=1, **_style(peer))


def _legend(figure: Any, axes: Sequence[Any]) -> None:
    """One legend below all panels."""
    handles: dict[str, Any] = {}
    for each in axes:
        for handle, label in zip(*each.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    figure.legend(
        handles.values(),
        handles.keys(),
        loc="outside lower center",
        ncols=min(4, max(1, len(handles))),
    )


def _names(peers: Sequence[PeerInfo], are_shown: bool) -> list[str]:
    return [peer.name if are_shown else "" for peer in peers]


def _bars(axes: Any, results: Results, case: str, peers: Sequence[PeerInfo]) -> float:
    """Draw a bar for each peer and return the largest value."""
    most = 0.0
    for row, peer in enumerate(peers):
        median = results.median(case, "rate", peer.key)
        if median is None:
            why = "failed" if peer.key in results.lost.get(case, {}) else "does not apply"
            axes.text(0, row, f" {why}", va="center", color="#767676", fontsize=9)
            continue
        below, above = _error(results.of(case, "rate", peer.key), median)
        axes.barh(row, median, color=STYLES[peer.key][0], height=0.68, xerr=[[below], [above]])
        axes.text(median + above, row, f"  {_plain(median)}", va="center", fontsize=9)
        most = max(most, median + above)
    return most


def rates(results: Results) -> Any:
    """Requests per second of the small cases, as bars."""
    cases = {
        "hello-32": "hello\n32 connections",
        "headers-20": "20 headers\neach way",
        "json-py": "JSON of 1 KiB\nPython guest",
        "json-js": "JSON of 1 KiB\nJavaScript guest, bindings",
        "fetch-json-js": "JSON of 1 KiB\nJavaScript guest, fetch event",
        "flask": "Flask\na template",
    }
    shown = {case: title for case, title in cases.items() if case in results.values}
    figure = Figure(figsize=(11, 4.2 * math.ceil(len(shown) / 4)), layout="constrained")
    panels = figure.subplots(math.ceil(len(shown) / 4), 4, squeeze=False).flatten()
    peers = list(reversed(results.peers))
    for axes in panels[len(shown) :]:
        axes.set_axis_off()
    for axes, (case, title) in zip(panels, shown.items(), strict=False):
        most = _bars(axes, results, case, peers)
        axes.set_title(title)
        axes.set_ylim(-0.6, len(peers) - 0.4)
        axes.set_yticks(range(len(peers)), _names(peers, axes in panels[::4]))
        # Room for the number behind the longest bar.
        axes.set_xlim(0, most * 1.4 or 1)
        axes.xaxis.set_major_locator(ticker.MaxNLocator(3))
        axes.xaxis.set_major_formatter(ticker.FuncFormatter(_plain))
        axes.grid(axis="y", visible=False)
    figure.supxlabel("requests per second: more is better", fontsize=10)
    return figure


def throughput(results: Results) -> Any:
    """Bytes per second by body size."""
    figure = Figure(figsize=(11, 4.8), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    sizes = [size for size in SIZES if size]
    titles = {"echo": "echo: the request body sent back", "response": "response body"}
    for axes, (kind, title) in zip(panels, titles.items(), strict=True):
        for peer in results.peers:
            points = [(size, f"{kind}-{size}", "rate", size / 1e6) for size in sizes]
            _line(axes, results, peer, points)
        axes.set_title(title)
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        axes.set_xticks(sizes, [SIZES[size] for size in sizes])
        axes.minorticks_off()
        axes.yaxis.set_major_formatter(ticker.FuncFormatter(_plain))
        axes.set_xlabel("body size")
    panels[0].set_ylabel("MB/s of body: more is better")
    _legend(figure, panels)
    return figure


def latency(results: Results) -> Any:
    """Median, 90th and 99th percentile of hello, by the number of connections."""
    figure = Figure(figsize=(11, 4.2), layout="constrained")
    panels = figure.subplots(1, len(CONNECTIONS))
    peers = list(reversed(results.peers))
    for axes, count in zip(panels, CONNECTIONS, strict=True):
        for row, peer in enumerate(peers):
            found = [results.median(f"hello-{count}", p, peer.key) for p in ("p50", "p90", "p99")]
            points = [value for value in found if value is not None]
            if len(points) == 3:
                colour = STYLES[peer.key][0]
                axes.plot([points[0], points[2]], [row, row], color=colour, linewidth=3, alpha=0.5)
                for value, marker in zip(points, ("o", "|", ">"), strict=True):
                    axes.plot(value, row, marker=marker, color=colour, markersize=9, mew=2)
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(ticker.FuncFormatter(_plain))
        axes.set_title(f"{count} connection{'s' * (count > 1)}")
        axes.set_yticks(range(len(peers)), _names(peers, axes is panels[0]))
        axes.set_ylim(-0.6, len(peers) - 0.4)
    figure.supxlabel(
        "milliseconds to the answer of hello: dot = median, bar = 90 %, triangle = 99 %; "
        "further left is better",
        fontsize=10,
    )
    return figure


def memory(results: Results) -> Any:
    """Memory of the worker by exchanges in flight, whole and what it has grown."""
    figure = Figure(figsize=(11, 4.6), layout="constrained")
    panels = figure.subplots(1, 2)
    for peer in results.peers:
        _line(panels[0], results, peer, [(n, "waiting", f"mb-{n}", 1) for n in HOLDING])
        idle = results.median("waiting", "mb-0", peer.key)
        grown = [(n, results.median("waiting", f"mb-{n}", peer.key)) for n in HOLDING[1:]]
        points = [(n, (most - idle) * 1000 / n) for n, most in grown if most and idle]
        if points:
            panels[1].plot(*zip(*points, strict=True), **_style(peer))
    for axes, title, unit, counts in (
        (panels[0], "the worker's resident memory", "MB: less is better", HOLDING),
        (panels[1], "grown since idle, for each exchange", "KB: less is better", HOLDING[1:]),
    ):
        axes.set_title(title)
        axes.set_xscale("log")
        axes.set_xticks(counts, [f"{count:,}" for count in counts])
        axes.minorticks_off()
        axes.set_ylim(bottom=0)
        axes.set_ylabel(unit)
        axes.set_xlabel("exchanges that wait in a guest at once")
    _legend(figure, panels)
    return figure


PLOTS: dict[str, Callable[[Results], Any]] = {
    "rates": rates,
    "throughput": throughput,
    "latency": latency,
    "memory": memory,
}


def draw(results: Results, folder: Path, kind: str = "svg") -> None:
    """Write all plots.

    Parameters:
        kind: ``svg``, or ``png`` to look at them.
    """
    with mpl.rc_context(SETTINGS):
        for name, plot in PLOTS.items():
            metadata = {"Date": None} if kind == "svg" else {}
            plot(results).savefig(folder / f"{name}.{kind}", metadata=metadata, dpi=90)


if __name__ == "__main__":
    raw = Path(sys.argv[1])
    draw(Results.read(raw), raw.parent, sys.argv[2] if len(sys.argv) > 2 else "svg")
