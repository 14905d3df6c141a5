"""What guests print: bounded in lines as in bytes, and nothing of it steers who reads the log."""

import re

import pytest

from tests.harness.direct import Client
from tests.harness.ids import numbered

TURN = 64
"""UW_LOG_TURN in guest/log.h."""
COST = 128
"""UW_LOG_LINE_COST."""
BUDGET = 64 * 1024

SHOWN = (
    "esc\\x1b[31m cr\\x0dbel\\x07 csi8 \\xc2\\x9b31m nel \\xc2\\x85 ls \\xe2\\x80\\xa8 "
    "ps \\xe2\\x80\\xa9 rlo \\xe2\\x80\\xae rlm \\xe2\\x80\\x8f bom \\xef\\xbb\\xbf "
    "del \\x7f tab \té bad \\xff\\xfe"
)


def stderr(number: int, text: str) -> str:
    return f"6 app: request {number}: stderr: {text}"


def over(number: int, limit: int) -> str:
    return (
        f"4 app: request {number}: what the component prints from here on is left out: "
        f"UNIT_WASM_MAX_LOG_BYTES is {limit}"
    )


# ---- Lines in time ----


@pytest.mark.parametrize("path", ["/lines/1000/10", "/asks/1000/10"])
def test_all_lines_are_logged_a_few_in_each_turn(path: str) -> None:
    with Client("prints") as client:
        call = client.start(path)
        turns = client.lines_by_turn(call)
        assert client.lines == [stderr(1, "x" * 10)] * 1000
        # It may run once with those that are ready, and once with those that come later.
        assert max(turns) <= 2 * TURN
        assert (call.status, bytes(call.body)) == (200, b"printed\n")


def test_whoever_comes_after_one_that_left_lines_behind_runs() -> None:
    with Client("prints", max_exchanges=1) as client:
        for number in (1, 2):
            answer = client.run("/lines/1000/10")
            assert (answer.status, answer.text) == (200, "printed\n")
            assert answer.log == [stderr(number, "x" * 10)] * 1000


def test_a_neighbour_is_answered_while_line_feeds_are_logged() -> None:
    """Each answer takes as many lines of the flood at most as one turn has."""
    with Client("prints", max_log_bytes=1 << 30) as client:
        flood = client.start(f"/lines/{BUDGET}/0")
        client.turn()
        for _ in range(20):
            before = len(client.lines)
            neighbour = client.start("/lines/0/0")
            client.until(lambda neighbour=neighbour: neighbour.done)  # type: ignore[misc]
            assert (neighbour.status, bytes(neighbour.body)) == (200, b"printed\n")
            # It may be interrupted, and then has to wait for a turn or two.
            assert len(client.lines) - before <= 6 * TURN
        client.finish(flood)
        assert client.lines == [stderr(1, "")] * BUDGET


def test_the_client_of_a_guest_that_prints_much_does_not_wait_for_the_log() -> None:
    with Client("prints") as client:
        call = client.start("/lines/5000/0")
        client.until(lambda: call.done)
        assert len(client.lines) < 5000 // 2
        client.finish(call)
        assert client.lines == [stderr(1, "")] * 5000


def test_lines_come_before_the_failure_that_follows_them() -> None:
    with Client("prints") as client:
        answer = client.run("/trap/500/3")
        assert answer.status == 500
        assert answer.log[:-1] == [stderr(1, "xxx")] * 500
        assert answer.log[-1].startswith(
            "3 app: request 1: GET /trap/500/3: the component failed: "
        )


def test_a_guest_that_waits_has_its_lines_logged_meanwhile() -> None:
    with Client("prints") as client:
        call = client.start("/wait/1000/0")
        client.until(lambda: len(client.lines) == 1000)
        client.gone(call)
        assert client.idle
        assert client.lines == [stderr(1, "")] * 1000


def test_a_guest_that_is_put_to_an_end_leaves_lines_behind() -> None:
    with Client("prints") as client:
        call = client.start("/wait/1000/0")
        client.turn()
        logged = len(client.lines)
        assert 0 < logged <= 2 * TURN
        client.gone(call)
        left = 1000 - logged - TURN
        assert client.lines == [
            *[stderr(1, "")] * (logged + TURN),
            f"4 app: request 1: stderr: {left} bytes more are left out: the component was ended "
            "before they were logged",
        ]
        assert client.run("/lines/1/1").log == [stderr(2, "x")]


@pytest.mark.parametrize("size", [0, 10, 100, 1000, 8192, 65535])
def test_who_does_not_ask_is_not_refused(size: int) -> None:
    """With the default of the limit; what is over it is left out, and the guest goes on."""
    with Client("prints") as client:
        answer = client.run(f"/lines/{65536 // (size + 1)}/{size}/40")
        assert (answer.status, answer.text) == (200, "printed\n")
        assert answer.log[-1] == over(1, 1 << 20)
        assert answer.log.count(over(1, 1 << 20)) == 1


def test_waiting_lines_are_bounded_for_who_asks() -> None:
    """check-write says 0 once 1 MiB wait: asking it before each line, none is ever refused."""
    with Client("prints", max_log_bytes=1 << 30) as client:
        answer = client.run("/asks/4000/40")
        assert answer.log == [stderr(1, "x" * 40)] * 4000
        assert answer.text == "printed\n"


# ---- The limit of an exchange ----


def test_the_limit_in_empty_lines() -> None:
    limit = 10 * (1 + COST)
    with Client("prints", max_log_bytes=limit) as client:
        assert client.run("/lines/10/0").log == [stderr(1, "")] * 10
        assert client.run("/lines/11/0").log == [stderr(2, "")] * 10 + [over(2, limit)]
        # Once: what comes later is left out without a word, and the guest goes on.
        answer = client.run("/lines/11/0/50")
        assert answer.log == [stderr(3, "")] * 10 + [over(3, limit)]
        assert (answer.status, answer.text) == (200, "printed\n")


def test_the_limit_in_bytes() -> None:
    with Client("prints", max_log_bytes=20_000) as client:
        answer = client.run("/lines/1/30000/3")
        assert answer.log == [
            stderr(1, "x" * 8192),
            stderr(1, "x" * 8192),
            stderr(1, "x" * (20_000 - 2 * 8192)),
            over(1, 20_000),
        ]
        assert answer.text == "printed\n"


def test_the_limit_is_of_each_exchange() -> None:
    with Client("prints", max_log_bytes=1024) as client:
        for number in range(1, 4):
            assert client.run("/lines/1/1000").log == [
                stderr(number, "x" * 1000),
                over(number, 1024),
            ]


def test_four_writes_of_line_feeds_with_the_defaults() -> None:
    with Client("hostile") as client:
        call = client.start("/log/4/10")
        turns = client.lines_by_turn(call)
        lines = (1 << 20) // (1 + COST)
        assert len(client.lines) == lines + 2
        assert client.lines[:lines] == [stderr(1, "")] * lines
        # Of the line that is over the limit its own bytes are within it.
        assert client.lines[lines:] == [stderr(1, ""), over(1, 1 << 20)]
        assert max(turns) <= 2 * TURN + 1
        assert call.status == 200


# ---- What must not be passed on as it is ----


def test_what_a_guest_prints() -> None:
    with Client("prints") as client:
        assert client.run("/raw").log == [stderr(1, SHOWN)]


def test_the_text_of_an_error_code() -> None:
    with Client("prints") as client:
        lines: list[str] = []
        client.on_line = lambda level, line: lines.append(numbered(line))
        assert client.run("/code").status == 500
    assert len(lines) == 1
    begin = "app: request 1: GET /code: the component answered with error-code internal-error: "
    assert lines[0].startswith(begin + "a\\x0ab esc\\x1b[31m cr\\x0dbel\\x07 csi8 \\xc2\\x9b31m ")
    assert lines[0].replace("\t", "").isprintable()


def test_names_of_functions_in_a_backtrace() -> None:
    with Client("evil-names") as client:
        lines: list[str] = []
        client.on_line = lambda level, line: lines.append(numbered(line))
        assert client.run("/").status == 500
    first, *frames = lines[0].split("\n")
    assert "wasm `unreachable` instruction executed" in first
    evil = (
        "x\\x1b]0;pwned\\x07\\x1b[2J\\x1b[31m\\x0a    7:   0xdead - fake!frame\\x0aERROR forged "
        "line \\xc2\\x9b"
    )
    assert re.fullmatch(rf" +0: +0x[0-9a-f]+ - [^!]+!{re.escape(evil)}", frames[0])
    assert re.fullmatch(r" +1: +0x[0-9a-f]+ - [^!]+!.+", frames[1])
    assert len(frames) == 2
    assert all(line.isprintable() for line in (first, *frames))


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/\u202e\u2066", "/\\xe2\\x80\\xae\\xe2\\x81\\xa6"),
        ("/\x85\x9b", "/\\xc2\\x85\\xc2\\x9b"),
        ("/\u2028é", "/\\xe2\\x80\\xa8é"),
    ],
)
def test_paths_in_the_line_of_a_failure(path: str, shown: str) -> None:
    with Client("return-without-set") as client:
        answer = client.run(path)
    assert answer.log == [
        f"3 app: request 1: GET {shown}: the component returned without calling "
        "response-outparam.set (<times>)"
    ]
