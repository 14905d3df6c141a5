"""What a worker counts: each exchange once, under its status and the way it ended."""

from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.harness.direct import Client
from unit_wasm._native import ffi, lib
from unit_wasm.native.worker import Worker, metrics_text

OK = {"ok": 1}

# A guest, what it is asked, its options, the statuses and the ends.
CASES: list[tuple[str, str, dict[str, Any], dict[str, int], dict[str, int]]] = [
    ("mixed", "/", {}, {"200": 1}, OK),
    ("status-codes", "/404", {}, {"404": 1}, OK),
    ("status-codes", "/599", {}, {"599": 1}, OK),
    ("mixed", "/trap", {}, {"500": 1}, {"trap-unreachable": 1}),
    ("mixed", "/deep", {}, {"500": 1}, {"trap-stack": 1}),
    ("traps", "/memory", {}, {"500": 1}, {"trap-memory": 1}),
    ("traps", "/table/beyond", {}, {"500": 1}, {"trap-table": 1}),
    ("traps", "/table/empty", {}, {"500": 1}, {"trap-table": 1}),
    ("traps", "/table/type", {}, {"500": 1}, {"trap-table": 1}),
    ("traps", "/arithmetic/zero", {}, {"500": 1}, {"trap-arithmetic": 1}),
    ("traps", "/arithmetic/overflow", {}, {"500": 1}, {"trap-arithmetic": 1}),
    ("traps", "/arithmetic/conversion", {}, {"500": 1}, {"trap-arithmetic": 1}),
    # Rewritten its bytes come without that call.
    ("calls-from-realloc", "/", {"rewrite": False}, {"500": 1}, {"trap-other": 1}),
    ("poll-empty", "/", {}, {"500": 1}, {"trap-host": 1}),
    ("many-handles", "/19", {"max_handles": 20}, {"500": 1}, {"trap-host": 1}),
    ("cannot-start", "/", {}, {"500": 1}, {"cannot-start": 1}),
    ("exit", "/err", {}, {"500": 1}, {"exit": 1}),
    ("exit", "/ok/done", {}, {"200": 1}, OK),
    ("mixed", "/wait", {"timeout": 0.02}, {"504": 1}, {"timeout": 1}),
    ("mixed", "/loop", {"cpu_timeout": 0.02}, {"504": 1}, {"cpu-timeout": 1}),
    ("mixed", "/no-set", {}, {"500": 1}, {"no-response": 1}),
    ("mixed", "/error", {}, {"500": 1}, {"error-code": 1}),
    ("mixed", "/later/trap", {}, {"200": 1}, {"trap-unreachable": 1}),
    ("mixed", "/later/return", {}, {"200": 1}, {"bad-response": 1}),
    ("mixed", "/later/drop", {}, {"200": 1}, {"bad-response": 1}),
    ("mixed", "/later/too-long", {}, {"200": 1}, {"bad-response": 1}),
    ("mixed", "/later/too-short", {}, {"200": 1}, {"bad-response": 1}),
    ("big-response", "/1025", {"max_response_bytes": 1024}, {"500": 1}, {"bad-response": 1}),
    ("hello", "/a b", {}, {"400": 1}, {"refused": 1}),
]


@pytest.mark.parametrize(("guest", "path", "options", "responses", "ends"), CASES)
def test_statuses_and_ends(
    guest: str,
    path: str,
    options: dict[str, Any],
    responses: dict[str, int],
    ends: dict[str, int],
) -> None:
    with Client(guest, **options) as client:
        client.run(path)
        counted = client.worker.metrics()
        assert (counted["responses"], counted["ends"]) == (responses, ends)
        client.run(path)
        counted = client.worker.metrics()
        assert counted["responses"] == dict.fromkeys(responses, 2)
        assert counted["ends"] == dict.fromkeys(ends, 2)


def test_the_queue() -> None:
    with Client("mixed", max_exchanges=1, max_queue=1, queue_timeout=0.02) as client:
        busy, queued, refused = (client.start("/wait") for _ in range(3))
        client.until(lambda: queued.done and refused.done)
        counted = client.worker.metrics()
        assert counted["ends"] == {"queue-full": 1, "queue-timeout": 1}
        assert counted["responses"] == {"503": 2}
        client.gone(busy)
        counted = client.worker.metrics()
        assert counted["ends"] == {"client-gone": 1, "queue-full": 1, "queue-timeout": 1}
        assert counted["responses"] == {"503": 2}
        # Only the one that ran has times.
        assert counted["duration"]["count"] == counted["cpu"]["count"] == 1


def test_a_client_that_goes_in_the_middle_of_its_response() -> None:
    with Client("big-response") as client:
        call = client.start("/1000000", reads=False)
        client.settle()
        assert client.worker.metrics()["responses"] == {}
        client.gone(call)
        counted = client.worker.metrics()
        assert (counted["responses"], counted["ends"]) == ({"200": 1}, {"client-gone": 1})


def test_a_failure_that_comes_first_is_what_counts() -> None:
    """The client goes while the answer to a failure is on its way to it."""
    with Client("mixed") as client:
        client.gone(client.start("/trap"))
        assert client.worker.metrics()["ends"] == {"client-gone": 1}
        call = client.start("/trap")
        client.worker.turn()
        client.gone(call)
        assert client.worker.metrics()["ends"] == {"client-gone": 1, "trap-unreachable": 1}


def test_times() -> None:
    with Client("sleep") as client:
        assert client.worker.metrics()["duration"] == {"count": 0, "seconds": 0.0, "buckets": {}}
        for milliseconds in (1, 20, 20):
            client.run(f"/sleep/{milliseconds}")
        counted = client.worker.metrics()
    assert counted["duration"]["seconds"] >= 0.041
    # Waiting is no processor time, and instances do not wait before they are made. One that waits
    # for a processor meanwhile takes more time than it uses, so these two cannot be compared.
    assert 0 < counted["instantiation"]["seconds"] < counted["duration"]["seconds"] - 0.041
    assert 0 < counted["cpu"]["seconds"] < counted["duration"]["seconds"]
    for name in ("duration", "cpu", "instantiation"):
        assert counted[name]["count"] == sum(counted[name]["buckets"].values()) == 3
    for bound in counted["duration"]["buckets"]:
        assert bound == "more" or float(bound) >= 0.0025


def test_one_whose_client_goes_has_taken_the_time_until_then() -> None:
    with Client("sleep") as client:
        waits = client.start("/sleep/3600000")
        client.settle()
        other = client.start("/sleep/60")
        client.until(lambda: other.done)
        client.gone(waits)
        counted = client.worker.metrics()
    assert counted["duration"]["count"] == 2
    # Its own time is longer than the other one's.
    assert counted["duration"]["seconds"] >= 2 * 0.06


def test_a_guest_that_could_not_start_has_no_instantiation_time() -> None:
    with Client("cannot-start") as client:
        client.run()
        counted = client.worker.metrics()
    assert (counted["instantiation"]["count"], counted["duration"]["count"]) == (0, 1)


# ---- Buckets ----


def test_bounds_of_the_buckets() -> None:
    bounds = [lib.uw_bucket_bound(bucket) for bucket in range(lib.UW_TIME_BUCKETS)]
    steps = [step * 10**power for power in range(2, 11) for step in (10, 25, 50)]
    assert bounds == [*steps[:-2], 2**64 - 1]
    assert (bounds[0], bounds[-2]) == (10**3, 10**11)
    assert lib.uw_bucket_bound(lib.UW_TIME_BUCKETS) == 2**64 - 1


@pytest.mark.parametrize("bucket", range(lib.UW_TIME_BUCKETS))
def test_a_duration_at_the_bound_and_over_it(bucket: int) -> None:
    histogram = ffi.new("uw_histogram_t *")
    bound = lib.uw_bucket_bound(bucket)
    lib.uw_histogram_add(histogram, bound)
    expected = [0] * lib.UW_TIME_BUCKETS
    expected[bucket] = 1
    assert list(histogram.buckets) == expected
    assert histogram.sum == bound
    if bucket != lib.UW_TIME_BUCKETS - 1:
        lib.uw_histogram_add(histogram, bound + 1)
        expected[bucket + 1] = 1
        assert list(histogram.buckets) == expected


# ---- The text format ----


def families(*workers: Worker) -> dict[str, Any]:
    text = metrics_text(workers).decode()
    assert text.endswith("\n")
    found = {family.name: family for family in text_string_to_metric_families(text)}
    assert text.count("# HELP ") == text.count("# TYPE ") == len(found)
    return found


def test_as_prometheus_reads_it() -> None:
    with Client("mixed", max_exchanges=7) as client:
        for path in ("/", "/", "/trap"):
            client.run(path)
        waiting = client.start("/wait")
        client.settle()
        found = families(client.worker)
        counted = client.worker.metrics()
        client.gone(waiting)

    def values(name: str, label: str | None = None) -> Any:
        samples = found[name].samples
        assert all(sample.labels["application"] == "app" for sample in samples)
        if label is None:
            (sample,) = samples
            assert list(sample.labels) == ["application"]
            return sample.value
        return {sample.labels[label]: sample.value for sample in samples}

    assert values("unit_wasm_requests") == 4
    assert values("unit_wasm_responses", "code") == {"200": 2, "500": 1}
    ends = values("unit_wasm_exchanges_ended", "end")
    assert len(ends) == lib.UW_ENDS
    assert {end: count for end, count in ends.items() if count} == {"ok": 2, "trap-unreachable": 1}
    gauges = ("exchanges_in_flight", "exchanges_queued", "exchanges_limit", "component_cached")
    assert [values(f"unit_wasm_{name}") for name in gauges[:3]] == [1, 0, 7]
    assert values("unit_wasm_component_cached") in (0, 1)
    assert values("unit_wasm_pool_in_use") == 1
    for name, key in (
        ("exchange_duration", "duration"),
        ("exchange_cpu", "cpu"),
        ("instantiation", "instantiation"),
    ):
        check_histogram(found[f"unit_wasm_{name}_seconds"], counted[key])
    assert len(found) == 11


def check_histogram(family: Any, counted: dict[str, Any]) -> None:
    assert family.type == "histogram"
    buckets = [sample for sample in family.samples if sample.name.endswith("_bucket")]
    (total,) = (sample.value for sample in family.samples if sample.name.endswith("_count"))
    (seconds,) = (sample.value for sample in family.samples if sample.name.endswith("_sum"))
    assert (total, seconds) == (counted["count"], pytest.approx(counted["seconds"], abs=1e-12))
    assert len(buckets) == lib.UW_TIME_BUCKETS
    assert (buckets[-1].labels["le"], buckets[-1].value) == ("+Inf", total)
    before = 0.0
    for sample in buckets:
        bound = sample.labels["le"]
        key = "more" if bound == "+Inf" else f"{float(bound):g}"
        # Each counts those before it, too.
        assert sample.value - before == counted["buckets"].get(key, 0)
        before = sample.value


def test_families_of_several_workers_stay_together() -> None:
    with Client("hello") as one, Client("mixed") as other:
        one.run()
        found = families(one.worker, other.worker)
        assert [sample.value for sample in found["unit_wasm_requests"].samples] == [1, 0]
    assert metrics_text([]).count(b"\n") == 22


@pytest.mark.parametrize(
    "name", ['quo"ted', "back\\slash", "line\nend", "caf\u00e9 \u2603", 'x{y="z"} 1', "\\n", ""]
)
def test_any_name_of_an_application(name: str) -> None:
    with Client("hello") as client:
        worker = Worker(
            client.prepared, client.options, name=name, environment={}, log=lambda *_: None
        )
        found = families(worker)
        worker.close()
    for family in found.values():
        assert {sample.labels["application"] for sample in family.samples} <= {name}
    assert len(found["unit_wasm_requests"].samples) == 1
