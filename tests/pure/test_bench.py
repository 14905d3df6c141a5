"""The tables of `make bench`, README.md's part of them, and what a peer that fails costs."""

import copy
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from compare import report, run
from compare.bench import Bench
from compare.cases import CASES, ON_TWO_CORES
from compare.process import PeerError
from compare.report import BEGIN, END
from compare.results import FOLDER, RAW, PeerInfo, Results
from compare.slots import Slot
from compare.targets import COMPARED, TARGETS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def results() -> Results:
    return Results(
        run={
            "time": "2026-11-21T12:00:00Z",
            "commit": "abc",
            "minutes": 10,
            "whole": True,
            "load": "wrk 4.1.0",
            "server_cores": 1,
            "load_cores": 1,
            "shared_cores": False,
        },
        machine={"cpu": "A processor", "cores": 2, "kernel": "6.1"},
        versions={},
        peers=[
            PeerInfo("embedded", "ours", "0.1", True),
            PeerInfo("wasmtime", "theirs", "48", False),
        ],
        missing={"jco serve": "npm cannot install it"},
    )


def filled(results: Results) -> Results:
    for ours, theirs in ((1000.0, 2000.0), (3000.0, 2000.0), (1500.0, 2000.0)):
        results.add("hello-32", "embedded", rate=ours, p50=1.0, p99=2.0)
        results.add("hello-32", "wasmtime", rate=theirs, p50=1.0, p99=2.5)
    results.add("hello-1", "embedded", rate=123.456)
    results.add("hello-1", "wasmtime", rate=1.0)
    results.lose("hello-1", "wasmtime", "hangs")
    return results


def test_part_of_readme(results: Results) -> None:
    text = report.part(filled(results), "RUN")
    assert text == (
        "2026-11-21, 2 cores of A processor; theirs 48. [All figures, and where we lose]"
        "(bench/results/RUN/run.md), [every value](bench/results/RUN/run.json).\n"
        "\n"
        "| requests per second | how many times as many: median, smallest, largest |\n"
        "| --- | ---: |\n"
        "| hello: embedded / wasmtime serve | 0.75 (0.50 to 1.50) |\n"
    )
    assert report.published(text) == "RUN"
    assert report.part(None, "") == report.NONE


def test_tables_of_a_run(results: Results) -> None:
    rows = report.targets(filled(results)).splitlines()
    assert rows[:2] == ["|  | measured | target | met |", "| --- | ---: | ---: | ---: |"]
    assert len(rows) == 2 + len(TARGETS)
    assert (
        "| hello: embedded / wasmtime serve | 0.75 (0.50 to 1.50) | at least 1.0 | **no** |" in rows
    )
    assert "| hello: embedded / jco serve | - | at least 15 | not measured |" in rows
    assert report.rates(results, wide=False) == (
        "|  | ours | theirs |\n"
        "| --- | ---: | ---: |\n"
        "| hello, 1 connection, 1/s | 123 | failed |\n"
        "| hello, 32 connections, 1/s | 1,500 | 2,000 |\n"
    )
    page = report.whole(results)
    for line in (
        "2026-11-21, commit abc, 2 cores of A processor, Linux 6.1. Each server, with all of its "
        "processes, is pinned to one core; the load (wrk 4.1.0) runs on the others. Peers take "
        "turns in each round; figures are medians, in brackets the smallest and the largest. "
        "ours 0.1, theirs 48.\n",
        "## Where we lose\n\n"
        "- theirs is better than ours, so many times: hello, 32 connections 1.33.\n",
        "## What failed\n\n- theirs: hangs: hello-1.\n",
        "## What was not there\n\n- Not measured: jco serve: npm cannot install it.\n",
        "![Requests per second by case and peer](rates.svg)\n",
        "![Memory by exchanges in flight](memory.svg)\n",
    ):
        assert line in page


def test_a_ratio_has_its_times_beside_it(results: Results) -> None:
    for ours, plain in ((20.0, 30.0), (28.0, 42.0), (21.0, 29.0)):
        results.add("alone", "embedded", hello_us=ours)
        results.add("alone", "plain", hello_us=plain)
    assert (
        "| hello: worker alone / plain C calls | 0.67 (0.67 to 0.72): 21.0 us, plain C 30.0 us "
        "| at most 0.75 | yes |"
    ) in report.targets(results).splitlines()


def test_where_the_load_was_the_limit(results: Results) -> None:
    for ours, theirs in ((0.5, 0.99), (0.97, 0.98), (0.94, 1.0)):
        results.add("hello-32", "embedded", load=ours)
        results.add("hello-32", "wasmtime", load=theirs)
    results.add("hello-1", "wasmtime", load=0.95)
    results.add("echo-0", "wasmtime", load=0.99)
    results.lose("echo-0", "wasmtime", "hangs")
    assert report.limited(results) == (
        "- theirs: the load generator used its core up: hello, 1 connection (95%); "
        "hello, 32 connections (99%).\n"
    )


def test_a_raw_file_is_read_as_it_was_written(results: Results, tmp_path: Path) -> None:
    filled(results).write(tmp_path / RAW)
    assert Results.read(tmp_path / RAW) == results
    (tmp_path / RAW).write_text('{"format": 0}')
    with pytest.raises(ValueError, match="of another format"):
        Results.read(tmp_path / RAW)


def test_a_part_that_was_measured_later(results: Results) -> None:
    """It replaces its cases whole, and the page says so."""
    filled(results)
    results.lose("hello-32", "wasmtime", "hangs")
    part = copy.deepcopy(results)
    part.run = {**part.run, "time": "2026-11-22T08:30:00Z", "commit": "def", "whole": False}
    part.values, part.lost = {}, {}
    part.add("hello-32", "embedded", rate=4000.0)
    part.add("hello-32", "wasmtime", rate=1000.0)
    part.add("flask", "embedded", rate=3.0)
    results.merge(part)
    assert results.ratios("hello-32", "rate", "embedded", "wasmtime") == [4.0]
    assert results.of("hello-32", "p50", "embedded") == []
    assert results.of("hello-1", "rate", "embedded") == [123.46]
    assert results.of("flask", "rate", "embedded") == [3.0]
    assert results.lost == {"hello-1": {"wasmtime": "hangs"}}
    assert results.run["commit"] == "abc"
    assert "\nMeasured 2026-11-22 08:30 UTC, commit def: flask, hello-32.\n" in report.whole(
        results
    )


def test_a_part_that_does_not_fit(results: Results) -> None:
    other = copy.deepcopy(results)
    other.machine["cpu"] = "Another processor"
    with pytest.raises(ValueError, match="another machine: cpu"):
        results.merge(other)
    less = copy.deepcopy(results)
    del less.peers[1:]
    with pytest.raises(ValueError, match="peers that are not here: wasmtime"):
        results.merge(less)
    assert "parts" not in results.run


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--cases", "hello-2"], "there is no case hello-2; there are: alone, two-cores, "),
        (["--into", "newest"], "--into takes --cases"),
        (["--into", "newest", "--cases", "alone", "--peers", "embedded"], "--into takes --cases"),
    ],
)
def test_wrong_arguments(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run.main(arguments)
    assert said in capsys.readouterr().err


def test_insert() -> None:
    readme = f"a\n{BEGIN}old\n{END}b\n"
    assert report.insert(readme, "new\n") == f"a\n{BEGIN}new\n{END}b\n"
    for bad in ("a\n", readme + readme, f"{BEGIN}{BEGIN}{END}"):
        with pytest.raises(ValueError, match="one pair of bench markers"):
            report.insert(bad, "new\n")


def test_readme_shows_the_run_that_it_names() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    folder = report.published(readme)
    shown = Results.read(FOLDER / folder / RAW) if folder else None
    assert report.insert(readme, report.part(shown, folder or "")) == readme


def test_published_runs_have_all_their_files() -> None:
    for raw in FOLDER.glob(f"*/{RAW}"):
        results = Results.read(raw)
        assert results.run["whole"]
        assert (raw.parent / report.PAGE).read_text(encoding="utf-8") == report.whole(results)
        names = {path.name for path in raw.parent.iterdir()}
        assert names == {RAW, report.PAGE} | {
            f"{name}.svg" for name in ("latency", "memory", "rates", "throughput")
        }


def test_each_case_has_a_key_of_its_own() -> None:
    every = [*CASES, *ON_TWO_CORES]
    assert len({case.key for case in every}) == len(every) == len(CASES) + 5


class FakeSlot:
    """A slot without a process."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.peer = SimpleNamespace(name=key)
        self.stopped = 0

    def stop(self) -> None:
        self.stopped += 1


def test_a_peer_that_fails_loses_its_cell_and_no_other(results: Results) -> None:
    bench = Bench(results, [], cast(Any, None), frozenset(), ROOT, until=float("inf"))
    good, bad = FakeSlot("embedded"), FakeSlot("wasmtime")
    rounds: list[str] = []

    def measure(slot: Slot) -> dict[str, float]:
        rounds.append(slot.key)
        if slot.key == "wasmtime" and len(rounds) > 2:
            raise PeerError("has ended")
        return {"rate": float(len(rounds))}

    bench.turns("case", cast(Any, [good, bad]), 3, measure, until=float("inf"))
    assert rounds == ["embedded", "wasmtime", "embedded", "wasmtime", "embedded"]
    assert results.of("case", "rate", "embedded") == [1.0, 3.0, 5.0]
    assert results.of("case", "rate", "wasmtime") == []
    assert results.lost == {"case": {"wasmtime": "has ended"}}
    assert (good.stopped, bad.stopped) == (0, 1)


def test_the_least_is_measured_when_the_time_is_over(results: Results) -> None:
    rounds = []
    bench = Bench(results, [], cast(Any, None), frozenset(), ROOT, until=float("inf"))

    def measure(_slot: Slot) -> dict[str, float]:
        rounds.append(1)
        return {}

    bench.turns("case", cast(Any, [FakeSlot("embedded")]), 9, measure, until=0.0, least=6)
    assert len(rounds) == 6


def test_the_cases_of_the_targets_get_more_rounds() -> None:
    known = {case.key: case for case in CASES}
    assert set(COMPARED) <= set(known)
    peer = cast(Any, SimpleNamespace(serves=lambda guest: guest == "hello"))
    bench = Bench(cast(Any, None), [peer], cast(Any, None), frozenset(), ROOT, until=0.0, times=3)
    hello = [known["hello-1"], known["hello-32"]]
    assert round(bench.cost(hello), 6) == round(1.2 + 3 * 1.2, 6)
    assert bench.cost([known["echo-0"]]) == 0


def test_nothing_is_begun_when_the_time_is_over(results: Results) -> None:
    bench = Bench(results, [], cast(Any, None), frozenset(), ROOT, until=float("-inf"))
    bench.turns("case", cast(Any, [FakeSlot("embedded")]), 3, lambda _: {"rate": 1.0}, until=0.0)
    assert results.values == {}
    assert results.lost == {"case": {"embedded": "no time was left"}}
