"""UNIT_WASM_METRICS_FILE: one file for each process of an application."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.harness.http import request
from tests.harness.processes import wait_until
from tests.harness.unitd import Unit, Unitd, application


@pytest.fixture
def server(unit: Unit) -> Iterator[Unitd]:
    with unit.start() as server:
        yield server


@pytest.fixture
def folder(server: Unitd) -> Path:
    made = server.folder / "metrics"
    made.mkdir()
    # The processes of applications run as another user.
    made.chmod(0o777)
    return made


def options(folder: Path) -> dict[str, str]:
    return {"METRICS_FILE": f"{folder}/unit.prom", "METRICS_INTERVAL": "100ms"}


def total(folder: Path, name: str, sample_name: str = "unit_wasm_requests_total") -> float:
    """Return the sum over the files, as a query of Prometheus makes it."""
    samples = [
        sample
        for path in folder.iterdir()
        if path.suffix == ".prom"
        for family in text_string_to_metric_families(path.read_text())
        for sample in family.samples
        if sample.name == sample_name and sample.labels["application"] == name
    ]
    # No two files may have a sample with the same labels.
    labels = [tuple(sorted(sample.labels.items())) for sample in samples]
    assert len(set(labels)) == len(labels)
    return float(sum(sample.value for sample in samples))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix == ".prom")


def test_two_applications_with_two_processes(server: Unitd, folder: Path) -> None:
    made = {name: application("hello", options(folder), processes=2) for name in ("one", "other")}
    server.configure(made)
    expected = sorted(f"unit.{name}.{pid}.prom" for name in made for pid in server.workers(name))
    assert len(expected) == 4
    wait_until(lambda: names(folder) == expected, "to write four files")
    for _ in range(20):
        assert request(server["one"]).body == b"Hello, WASI!\n"
    wait_until(lambda: total(folder, "one") == 20, "to count 20 requests")
    ended = "unit_wasm_exchange_duration_seconds_count"
    wait_until(lambda: total(folder, "one", ended) == 20, "to count 20 instances")
    assert total(folder, "other") == 0
    assert all(path.stat().st_mode & 0o444 == 0o444 for path in folder.iterdir())
    server.configure({})
    wait_until(lambda: names(folder) == [], "to remove the files")


def test_the_file_of_a_killed_process_goes_with_the_next_one(server: Unitd, folder: Path) -> None:
    server.configure({"hello": application("hello", options(folder))})
    assert request(server["hello"]).status == 200
    pid = server.worker("hello")
    wait_until(lambda: names(folder) == [f"unit.hello.{pid}.prom"], "to write the file")
    server.expect_alerts("exited on signal 9")
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: server.workers("hello") not in ([], [pid]), "to start another")
    fresh = server.worker("hello")
    wait_until(lambda: names(folder) == [f"unit.hello.{fresh}.prom"], "to remove the old file")


def test_a_folder_that_the_process_may_not_write(server: Unitd, folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may change users")
    folder.chmod(0o755)
    server.configure({"hello": application("hello", options(folder), user="nobody")})
    assert request(server["hello"]).body == b"Hello, WASI!\n"
    file = folder / f"unit.hello.{server.worker('hello')}.prom"
    server.wait_for_text(f"hello: the metrics file {file} cannot be written: Permission denied")
    assert names(folder) == []
