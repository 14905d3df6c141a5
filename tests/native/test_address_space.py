"""Little address space, and a system that refuses memory: requests wait, none is answered 500."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
MIB = 1 << 20
GIB = 1 << 30

# The sanitizers reserve address space of their own, so that nothing could be limited.
pytestmark = pytest.mark.no_asan

PROGRAM = """
import json, resource, sys
sys.path.insert(0, sys.argv[1])
from tests.harness.direct import Client
asked = json.loads(sys.argv[2])

def limit():
    resource.setrlimit(getattr(resource, asked["limit"]), (asked["bytes"],) * 2)

if asked["limit"] == "RLIMIT_AS":
    limit()
with Client(asked["guest"], **{"max_exchanges": 1000, **asked["options"]}) as client:
    if asked["limit"] == "RLIMIT_DATA":
        status = open("/proc/self/status").read()
        asked["bytes"] += int(status.split("VmData:")[1].split()[0]) << 10
        limit()
    before = len(client.lines)
    answers = []
    for count in asked["counts"]:
        calls = [client.start(asked["path"]) for _ in range(count)]
        client.settle()
        waiting = client.worker.status()["queued"]
        if asked["later"]:
            calls += [client.start(asked["path"]) for _ in range(asked["later"])]
        client.finish(*calls)
        answers.append([call.status for call in calls])
    print(json.dumps({
        "waiting": waiting,
        "reservation": client.prepared.reservation,
        "pooled": client.worker.status()["pooled"],
        "answers": answers,
        "bodies": sorted({call.body.decode() for call in calls}),
        "lines": client.lines[before:],
        "duration": client.worker.metrics()["duration"],
        "first": client.lines[:before],
    }))
"""


def run(
    guest: str,
    path: str,
    counts: list[int],
    limit: int,
    of: str = "RLIMIT_AS",
    later: int = 0,
    **options: Any,
) -> dict[str, Any]:
    """Run requests, so many at once, in a process of its own with that limit.

    Parameters:
        later: requests that come to these when they have begun, or wait.
    """
    asked = {
        "guest": guest,
        "path": path,
        "counts": counts,
        "later": later,
        "limit": of,
        "bytes": limit,
        "options": options,
    }
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(ROOT), json.dumps(asked)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.mark.parametrize("pooling", [True, False])
@pytest.mark.parametrize("limit", [600 * MIB, 1 * GIB, 3 * GIB, 8 * GIB, 20 * GIB])
def test_ten_at_once(limit: int, pooling: bool) -> None:
    found = run("sleep", "/sleep/50", [1, 10, 40], limit, pooling=pooling)
    assert found["answers"] == [[200], [200] * 10, [200] * 40]
    assert sorted(found["lines"]) == []
    assert not found["pooled"]
    assert found["reservation"] <= 256 * MIB


def test_where_there_is_room_memories_reserve_what_they_may_have() -> None:
    for most in (64 * MIB, 256 * MIB):
        assert run("hello", "/", [1], 20 * GIB, max_memory=most)["reservation"] == most
    # A pool of one or two fits.
    found = run("hello", "/", [2], 20 * GIB, max_exchanges=2)
    assert (found["reservation"], found["pooled"], found["first"]) == (4 * GIB, True, [])


def test_the_queue_is_as_long_as_elsewhere() -> None:
    found = run("sleep", "/sleep/1000", [40], 2 * GIB, max_queue=3)
    statuses = found["answers"][0]
    assert sorted(set(statuses)) == [200, 503]
    assert found["waiting"] == 3
    refused = statuses.count(503)
    assert [line for line in found["lines"] if "too many requests wait" in line] == found["lines"]
    assert len(found["lines"]) == refused


def test_who_waits_for_room_and_who_waits_for_a_place_are_one_queue() -> None:
    """Those that found no room come first; those that come when all places are taken follow."""
    found = run("sleep", "/sleep/100", [20], 2 * GIB, later=20, max_exchanges=20)
    assert (found["answers"], found["lines"]) == ([[200] * 40], [])


def test_the_wait_is_as_long_as_elsewhere() -> None:
    found = run("sleep", "/sleep/300", [40], 2 * GIB, queue_timeout=0.05)
    assert sorted(set(found["answers"][0])) == [200, 503]
    assert all("no instance became free in time" in line for line in found["lines"])


def test_room_for_none() -> None:
    found = run("hello", "/", [3], 160 * MIB)
    assert found["answers"] == [[503] * 3]
    assert sorted(found["lines"]) == [
        f"3 app: request {number}: GET /: there is no room for an instance: no address space "
        "or memory is left for an instance (<times>)"
        for number in (1, 2, 3)
    ]
    assert found["duration"]["count"] == 3
    assert found["duration"]["seconds"] < 60


@pytest.mark.parametrize("guest", ["hello", "hello-py"])
def test_small_and_large_guests_with_little(guest: str) -> None:
    found = run(guest, "/", [1, 30], 1 * GIB)
    assert found["answers"] == [[200], [200] * 30]
    assert found["bodies"] == ["Hello, WASI!\n"]


def test_a_memory_that_outgrows_its_reservation() -> None:
    found = run("memory-hog", "/", [3], 1 * GIB, max_memory=100 * MIB)
    assert found["reservation"] < 100 * MIB
    assert found["answers"] == [[200] * 3]
    (body,) = found["bodies"]
    assert 99 * MIB < int(body.removeprefix("bytes: ")) <= 100 * MIB


def test_more_memory_allowed_than_there_is_address_space() -> None:
    found = run("sleep", "/sleep/20", [20], 2 * GIB, max_memory=4 * GIB)
    assert found["answers"] == [[200] * 20]


@pytest.mark.parametrize("pooling", [True, False])
@pytest.mark.parametrize("memory", [24 * MIB, 60 * MIB, 150 * MIB])
def test_memory_that_the_system_refuses(memory: int, pooling: bool) -> None:
    """As vm.overcommit_memory does: what is served at once has room, and the others wait."""
    found = run("sleep", "/sleep/50", [40, 200, 1], memory, of="RLIMIT_DATA", pooling=pooling)
    assert found["answers"] == [[200] * 40, [200] * 200, [200]]
    assert found["lines"] == []


@pytest.mark.parametrize("guest", ["sleep", "hello-py"])
def test_memory_that_the_system_refuses_while_guests_grow(guest: str) -> None:
    """As vm.overcommit_memory and vm.max_map_count do: the address space is there, no memory is."""
    found = run(guest, "/sleep/50", [40], 24 * MIB, of="RLIMIT_DATA", pooling=False)
    statuses = found["answers"][0]
    assert 200 in statuses
    assert set(statuses) <= {200, 503}
