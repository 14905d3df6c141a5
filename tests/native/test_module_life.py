"""The life of the module: setup, ports and their gate, quit; through our double of libunit.

Names with a D and a number are defects of the module that Unit comes with.
"""

import time
from pathlib import Path
from typing import Any

import pytest

import unit_wasm
from tests.harness.components import application, guest
from tests.harness.double import module_info, running, serves, setup
from tests.harness.double_values import NewRequest
from tests.harness.processes import nothing_left_open


def test_what_unit_reads_of_the_module() -> None:
    kind, version, fits = module_info()
    assert (kind, version) == ("wasm-wasi-component", unit_wasm.__version__)
    assert fits


# ---- setup() ----


def refused(document: Any, capfd: pytest.CaptureFixture[str], name: bytes = b"app") -> str:
    """Return what the log says of a configuration that must be refused, and why."""
    module = setup(document, name=name)
    if module.setup_result == 0:
        # A start that fails gives back what setup() has made.
        module.fail("DEFAULT_INIT")
        module.start()
        module.ended()
    assert module.setup_result == -1
    assert module.faults == "", module.faults
    shown = name.decode("utf-8", "replace")
    reasons, alert, _ = module.log.rpartition(f'[alert] application "{shown}" cannot be prepared (')
    assert alert
    # What the log has of it are lines of Unit's, with the application, and nothing else.
    assert all(line.startswith(f"[error] {shown}: ") for line in reasons.splitlines())
    assert capfd.readouterr() == ("", "")
    return reasons


@pytest.mark.parametrize("access", [{}, {"filesystem": []}])
def test_access_that_gives_nothing_d17(access: Any) -> None:
    """Unit's module read a filesystem that was not there."""
    serves({**application("hello"), "access": access})


@pytest.mark.parametrize(
    "access",
    [
        {"filesystem": [1]},
        {"filesystem": [None]},
        {"filesystem": [["/tmp"]]},
        {"filesystem": "/tmp"},
        {"filesystem": 1},
        {"filesystem": {"a": "/tmp"}},
        {"filesystem": {}},
        {"filesystem": None},
        {"other": []},
        [],
        1,
        None,
    ],
)
def test_access_of_another_shape_d17(access: Any, capfd: pytest.CaptureFixture[str]) -> None:
    said = refused({**application("hello"), "access": access}, capfd)
    assert "/applications/app/access" in said


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/nowhere/at/all", "the directory /nowhere/at/all does not exist (make the directory"),
        (__file__, f"{__file__} is not a directory (make the directory"),
        ("tmp", '"tmp" is not an absolute path (begin it with "/")'),
    ],
)
def test_directory_that_is_not_there_d12_d17(
    path: str, reason: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is said at once, and not by each request."""
    document = {**application("hello"), "access": {"filesystem": ["/", path]}}
    said = refused(document, capfd)
    assert f"configuration error: /applications/app/access/filesystem/1: {reason}" in said


def test_directory_below_another_root(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Unit changes the root after setup(); the paths are those of then."""
    # The double changes no root: what its worker opens has to be there under both.
    data, other = tmp_path / "data", tmp_path / "other"
    for path in (data, other, tmp_path / str(data).lstrip("/")):
        path.mkdir(parents=True)
    rooted = {**application("hello"), "isolation": {"rootfs": str(tmp_path)}}
    serves({**rooted, "access": {"filesystem": [str(data)]}})
    said = refused({**rooted, "access": {"filesystem": [str(other)]}}, capfd)
    assert f"{other} does not exist below the application's root {tmp_path}" in said


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"component": "/nowhere.wasm"}, "/nowhere.wasm"),
        ({"component": 1}, "/applications/app/component"),
        ({"component": "a\0b"}, "component"),
        ({"component": str(guest("core-module"))}, "component"),
        ({"environment": {"UNIT_WASM_TIMEOUT": "soon"}}, "UNIT_WASM_TIMEOUT"),
        ({"environment": {"UNIT_WASM_NO_SUCH": "1"}}, "UNIT_WASM_NO_SUCH"),
        ({"environment": {"A": 1}}, "/applications/app/environment"),
        ({"environment": [1.5, True, False, None, -3, {"a": []}]}, "environment"),
    ],
)
def test_configuration_that_is_wrong(
    change: Any, place: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert place in refused({**application("hello"), **change}, capfd)


@pytest.mark.parametrize("document", [{}, [], "text", 1, None])
def test_configuration_of_another_shape(document: Any, capfd: pytest.CaptureFixture[str]) -> None:
    assert "/applications/app" in refused(document, capfd)


@pytest.mark.parametrize("value", [b"\xff", b"a\xc3"])
def test_configuration_that_is_not_utf8(value: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    refused({**application("hello"), "component": value}, capfd)


@pytest.mark.parametrize(
    "name",
    ["an app", 'quo"ted', "back\\slash", "line\nend", "caf\u00e9", "\u2603\U0001f600", "\x7f"],
)
def test_names_and_values_arrive_as_they_are(name: str) -> None:
    document = application("env")
    document["environment"]["NAME"] = f"<{name}>"
    module = setup(document, name=name.encode())
    assert module.setup_result == 0, module.log
    module.start()
    module.message("READY")
    answer = module.ask()
    module.message("QUIT")
    assert module.ended() == 0
    assert answer.whole
    assert f"<{name}>".encode() in answer.body


def test_a_configuration_that_was_refused_leaves_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    refused({}, capfd)
    serves(application("hello"))


# ---- start() ----


@pytest.mark.parametrize(
    ("function", "nth"),
    [("DEFAULT_INIT", 1), ("INIT", 1), ("EPOLL_CREATE", 1), ("EPOLL_CTL", 1)]
    + [("IOCTL", 1), ("IOCTL", 2), ("EPOLL_CTL", 2), ("EPOLL_CTL", 3)],
)
def test_start_fails_d11(function: str, nth: int) -> None:
    """Each call that start() makes before the loop: it returns, and holds nothing any more."""
    serves(application("hello"))
    with nothing_left_open():
        module = setup(application("hello"))
        module.fail(function, nth)
        module.start()
        assert module.ended() == -1
        assert not module.fails(function), module.log
        assert " failed" in module.log or function == "INIT"
        assert module.faults == "", module.faults
    serves(application("hello"))


@pytest.mark.parametrize("nth", [4, 5])
def test_others_or_the_shared_port_cannot_be_watched_d11(nth: int) -> None:
    """Without requests a process is of no use: it ends, and Unit starts another."""
    module = setup(application("hello"))
    module.fail("EPOLL_CTL", nth)
    module.start()
    module.message("READY")
    assert module.ended() == 1
    assert "[alert] epoll_ctl() failed: " in module.log
    module.check()


def test_nothing_is_read_before_the_process_is_ready() -> None:
    with running("hello", ready=False) as module:
        number = module.request()
        module.asleep()
        assert not module.answer(number).taken
        assert module.numbers().turns <= 3
        module.message("READY")
        assert module.done(number).whole


def test_nobody_asks_in_vain() -> None:
    """An idle process sleeps."""
    with running("hello") as module:
        assert module.ask().whole
        turns = module.numbers().turns
        module.asleep(naps=6)
        assert module.numbers().turns <= turns + 1


def test_an_interrupted_wait() -> None:
    with running("hello") as module:
        for _ in range(3):
            module.fail("EPOLL_WAIT")
            assert module.ask().whole
            assert module.ask().whole


# ---- The limit of exchanges in flight ----


def test_the_limit_closes_the_shared_port() -> None:
    """What waits there can go to another process; the wait costs next to no processor time."""
    with running("sleep", MAX_EXCHANGES="2") as module:
        numbers = [module.request(path) for path in (*[b"/sleep/1000"] * 2, *[b"/sleep/1"] * 3)]
        module.wait(lambda: module.answer(numbers[1]).taken, "two taken")
        began = time.monotonic()
        module.turned(30)
        assert time.monotonic() - began >= 0.25
        assert module.numbers().waiting == 3
        assert [module.done(number).body for number in numbers] == [b"slept\n"] * 5


def test_requests_over_the_limit_that_come_together() -> None:
    """libunit may deliver more than there is room for: they wait in the module."""
    with running("sleep", MAX_EXCHANGES="2") as module:
        numbers = module.together([NewRequest(b"/sleep/50")] * 5)
        late = module.request(b"/sleep/1")
        module.wait(lambda: module.answer(numbers[4]).taken, "all taken")
        assert not module.answer(late).taken
        assert [module.done(number).whole for number in [*numbers, late]] == [True] * 6


def test_the_queue_is_full() -> None:
    with running("sleep", MAX_EXCHANGES="1", MAX_QUEUE="1") as module:
        numbers = module.together([NewRequest(b"/sleep/100")] * 3)
        assert [module.done(number).status for number in numbers] == [200, 200, 503]


def test_fifty_sleep_at_once() -> None:
    with running("sleep") as module:
        begin = time.monotonic()
        numbers = [module.request(b"/sleep/200") for _ in range(50)]
        assert all(module.done(number).whole for number in numbers)
        # One after the other they would take ten seconds.
        assert time.monotonic() - begin < 8


# ---- Quit ----


def test_quit_of_an_idle_process() -> None:
    with running("hello") as module:
        assert module.ask().whole
        module.message("QUIT")
        assert module.ended() == 0
        # The router has to see the last responses before the process ends.
        assert module.numbers().lingered == 20000
        assert module.trace[-3:] == ["quit", "linger", "end 0"]


@pytest.mark.parametrize("message", ["QUIT", "QUIT_LATER", "CLOSED"])
def test_quit_lets_what_runs_end(message: str) -> None:
    with running("sleep") as module:
        numbers = [module.request(b"/sleep/200") for _ in range(3)]
        module.wait(lambda: module.answer(numbers[2]).taken, "taken")
        module.message(message)
        assert module.ended() == 0
        for number in numbers:
            answer = module.answer(number)
            assert answer.whole
            assert answer.body == b"slept\n"
            # NGINX Unit closes what is active, which must not end it.
            assert answer.closed == (message == "QUIT")


@pytest.mark.parametrize("message", ["QUIT", "QUIT_LATER"])
def test_a_request_after_quit(message: str) -> None:
    """It stays in the shared port, for another process."""
    with running("sleep") as module:
        first = module.begun(b"/sleep/200")
        module.message(message)
        module.wait(lambda: module.numbers().waiting == 0, "quitting")
        second = module.request(b"/sleep/1")
        assert module.ended() == 0
        assert module.answer(first).whole
        assert not module.answer(second).taken


def test_quit_before_ready() -> None:
    with running("hello", ready=False) as module:
        module.message("QUIT")
        assert module.ended() == 0


def test_quit_twice() -> None:
    with running("sleep") as module:
        number = module.begun(b"/sleep/100")
        module.message("QUIT_LATER")
        module.message("QUIT")
        assert module.ended() == 0
        assert module.answer(number).whole


def test_quit_in_the_last_request_done() -> None:
    """As for limits.requests: the ports go while the module is inside request_done()."""
    with running("big-response") as module:
        module.shared_memory(0)
        number = module.request(b"/60000")
        module.wait(lambda: module.ack_wanted, "out of memory")
        module.message("QUIT_LATER")
        module.shared_memory(-1)
        module.message("ACK")
        assert module.ended() == 0
        assert module.answer(number).whole
        assert module.trace.index("quit") > module.trace.index(f"done {number} 0")


def test_quit_while_responses_wait_for_memory() -> None:
    """Nobody acknowledges any more: they try again. Their guests have ended long ago."""
    with running("big-response") as module:
        module.shared_memory(0)
        numbers = [module.request(b"/40000") for _ in range(2)]
        module.wait(lambda: all(module.answer(n).sent for n in numbers), "begun")
        module.message("QUIT")
        module.wait(lambda: "quit" in module.trace, "quitting")
        began = time.monotonic()
        module.turned(12)
        assert time.monotonic() - began >= 0.04
        module.shared_memory(-1)
        assert module.ended() == 0
        assert [len(module.answer(n).body) for n in numbers] == [40_000] * 2
        assert all(module.answer(n).whole for n in numbers)


def test_the_grace_is_over() -> None:
    """Five seconds after quit, what still runs is cut."""
    with running("sleep") as module:
        number = module.begun(b"/sleep/60000")
        begin = time.monotonic()
        module.message("QUIT")
        assert module.ended() == 0
        assert 4.5 < time.monotonic() - begin < 15
        answer = module.answer(number)
        assert (answer.done, answer.result, answer.sent) == (1, 1, False)
        assert module.numbers().turns < 50


# ---- What else must not happen ----


def test_alert_with_a_zero_byte_d14() -> None:
    """Bytes of the guest reach the log escaped, whatever they are."""
    with running("log") as module:
        assert module.ask(b"/bytes").whole
    assert "\\x00" in module.log
    assert "\0" not in module.log


def test_nothing_is_printed_d30(capfd: pytest.CaptureFixture[str]) -> None:
    """Neither by the module nor by the guest: all of it goes to the log."""
    with running("stdio") as module:
        assert module.ask().whole
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")
    assert module.log != ""
