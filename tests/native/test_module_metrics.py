"""The metrics file of a process of Unit, in which no Python runs."""

import os
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.harness.components import application
from tests.harness.double import Module, running, setup

PID = os.getpid()


def metered(guest: str, path: Path) -> AbstractContextManager[Module]:
    return running(guest, METRICS_FILE=str(path), METRICS_INTERVAL="100ms")


def samples(file: Path) -> dict[str, float]:
    """Return the samples by name; responses and ends by their label."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(file.read_text()):
        for sample in family.samples:
            labels = dict(sample.labels)
            assert (labels.pop("application"), labels.pop("pid")) == ("app", str(PID))
            if sample.value and "le" not in labels:
                found["/".join((sample.name, *labels.values()))] = sample.value
    return found


def wait_for(module: Module, file: Path, **expected: int) -> None:
    """Wait until the file says this; names are those of samples without the prefix."""

    def is_there() -> bool:
        if not file.exists():
            return False
        found = samples(file)
        return all(found.get("unit_wasm_" + name, 0) == value for name, value in expected.items())

    module.wait(is_there, f"in the metrics file: {expected}")


def test_what_is_in_it(tmp_path: Path) -> None:
    file = tmp_path / f"unit.app.{PID}.prom"
    with metered("mixed", tmp_path / "unit.prom") as module:
        wait_for(module, file, requests_total=0)
        for path in (b"/", b"/trap", b"/no-set"):
            module.ask(path)
        wait_for(module, file, requests_total=3, exchanges_in_flight=0)
        found = samples(file)
        assert {name: value for name, value in found.items() if "ended" in name} == {
            "unit_wasm_exchanges_ended_total/ok": 1,
            "unit_wasm_exchanges_ended_total/trap-unreachable": 1,
            "unit_wasm_exchanges_ended_total/no-response": 1,
        }
        assert found["unit_wasm_responses_total/200"] == 1
        assert found["unit_wasm_responses_total/500"] == 2
        assert found["unit_wasm_exchange_duration_seconds_count"] == 3
        assert list(tmp_path.iterdir()) == [file]
    assert list(tmp_path.iterdir()) == []


def test_a_head_that_unit_cannot_carry_is_a_500(tmp_path: Path) -> None:
    file = tmp_path / f"unit.app.{PID}.prom"
    with metered("header-name", tmp_path / "unit") as module:
        assert module.ask(b"/256").status == 500
        wait_for(module, file, requests_total=1, exchanges_in_flight=0)
        module.wait(
            lambda: samples(file).get("unit_wasm_responses_total/500") == 1, "counted as 500"
        )
        assert samples(file)["unit_wasm_exchanges_ended_total/bad-response"] == 1


def test_a_client_that_is_gone_counts_as_that(tmp_path: Path) -> None:
    """libunit does not take the answer."""
    file = tmp_path / f"unit.app.{PID}.prom"
    with metered("hello", tmp_path / "unit") as module:
        module.fail("ADD_FIELD")
        assert not module.ask().whole
        wait_for(module, file, **{"requests_total": 1, "exchanges_ended_total/client-gone": 1})


def test_an_idle_process_writes_it_and_does_little_else(tmp_path: Path) -> None:
    file = tmp_path / f"unit.app.{PID}.prom"
    with metered("hello", tmp_path / "unit") as module:
        wait_for(module, file, requests_total=0)
        turns = module.numbers().turns
        before = file.stat().st_mtime_ns
        module.wait(lambda: file.stat().st_mtime_ns > before + 300_000_000, "written again")
        # A turn for each of three or four writes, and one more for a timer that moved.
        assert module.numbers().turns - turns < 20


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with metered("hello", tmp_path / "no" / "unit") as module:
        module.wait(lambda: "cannot be written" in module.log, "in the log")
        assert module.ask().whole
        why = f"the metrics file {tmp_path}/no/unit.app.{PID}.prom cannot be written"
        assert module.log.count(f"[warn] app: {why}: No such file or directory\n") == 1


@pytest.mark.parametrize("value", ["", "a\0b"])
def test_a_path_that_is_none(value: str) -> None:
    document = application("hello", {"METRICS_FILE": value})
    module = setup(document)
    assert module.setup_result != 0
    place = "/applications/app/environment/UNIT_WASM_METRICS_FILE"
    assert f"[error] app: configuration error: {place}: " in module.log
