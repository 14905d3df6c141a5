"""Messages that libunit cannot process, and the lines that it would cut; through the double."""

import pytest

from tests.harness.double import running

BROKEN = "[alert] 10 messages in a row could not be taken: this process ends"


def test_messages_that_fail_d11() -> None:
    with running("hello") as module:
        for _ in range(3):
            module.message("BAD")
            module.message("NEW_PORT")
            assert module.ask().whole
            module.fail("PROCESS_MSG")
            assert module.ask().whole


def test_a_port_that_the_router_does_not_know_yet() -> None:
    """A thread takes requests before the router can say where its port is, and nobody says so."""
    with running("sleep") as module:
        module.message("ASK")
        module.wait(lambda: module.numbers().asked == 3, "asked again")
        module.message("NEW_PORT")
        module.wait(lambda: module.numbers().waiting == 0, "read")
        # It would have been asked for once more meanwhile.
        assert module.ask(b"/sleep/500").whole
        assert module.numbers().asked == 3


def test_a_port_that_nobody_knows() -> None:
    with running("hello") as module:
        module.message("ASK")
        module.message("ASK")
        module.wait(lambda: module.numbers().asked == 4, "asked again")
        assert module.ask().whole


def test_a_message_after_one_that_fails_d11() -> None:
    """It has no notification of its own, and nobody else comes to wake the process."""
    with running("spin") as module:
        module.coalesce()
        for _ in range(5):
            # The process does not look before the guest has used up its quantum.
            number = module.begun(b"/50")
            module.message("BAD")
            module.message("NEW_PORT")
            assert module.done(number).whole
            module.wait(lambda: module.numbers().waiting == 0, "read")


def test_failures_that_do_not_end_d11() -> None:
    """What runs finishes; then the process ends, so that Unit starts another one."""
    with running("sleep", status=1) as module:
        number = module.begun(b"/sleep/300")
        for _ in range(10):
            module.message("BAD")
        assert module.done(number).whole
        assert module.ended() == 1
        assert module.log.splitlines() == [BROKEN]


def test_failures_with_others_between_d11() -> None:
    with running("hello") as module:
        for _ in range(4):
            for _ in range(9):
                module.message("BAD")
            module.wait(lambda: module.numbers().waiting == 0, "read")
            assert module.ask().whole
        assert module.log == ""


def test_a_port_that_cannot_be_read() -> None:
    with running("hello") as module:
        assert module.ask().whole
        module.fail("RECVMSG")
        assert module.ask().whole
        assert module.log.splitlines() == ["[alert] recvmsg() failed: Connection reset by peer"]


# ---- Lines of the log ----


def test_characters_are_not_cut() -> None:
    with running("log") as module:
        # With a number of one digit and of two: each cut would be in the middle for one of them.
        for _ in range(10):
            assert module.ask(b"/6000/1").whole
        module.message("QUIT")
        assert module.ended() == 0
        lines = module.log.splitlines()
        assert len(lines) == 40
        assert "".join(lines).count("\u00e9") == 30_000
        assert "\ufffd" not in module.log


def test_a_neighbour_is_answered_while_line_feeds_are_logged() -> None:
    with running("prints", MAX_LOG_BYTES="1G") as module:
        flood = module.request(b"/lines/65536/0")
        module.wait(lambda: "request 1: stderr: \n" in module.log, "printed")
        assert module.ask(b"/lines/1/1").whole
        before = module.log.partition("request 2: stderr: x\n")[0].count("\n")
        assert before < 65536 // 2
        assert module.done(flood).whole
        module.message("QUIT")
        assert module.ended() == 0
        assert module.log.count("request 1: stderr: \n") == 65536


def test_the_limit_of_what_is_printed() -> None:
    with running("prints", MAX_LOG_BYTES="1K") as module:
        assert module.ask(b"/lines/1000/0").whole
        module.message("QUIT")
        assert module.ended() == 0
        *lines, last = module.log.splitlines()
        assert lines == ["[notice] app: request 1: stderr: "] * 8
        assert last.startswith("[warn] app: request 1: what the component prints from here on is ")


def test_nothing_of_a_guest_steers_who_reads_the_log() -> None:
    with running("prints") as module:
        assert module.ask(b"/raw").whole
        assert module.ask(b"/code").status == 500
        module.message("QUIT")
        assert module.ended() == 0
        assert module.log.count("\n") == 2
        assert all(line.replace("\t", "").isprintable() for line in module.log.splitlines())


def test_names_in_a_backtrace() -> None:
    with running("evil-names") as module:
        assert module.ask().status == 500
        module.message("QUIT")
        assert module.ended() == 0
        lines = module.log.splitlines()
        assert len(lines) == 3
        assert lines[1].lstrip().startswith("0: ")
        assert lines[2].lstrip().startswith("1: ")
        assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize("size", [1, 1800, 1878, 1879, 1900, 4000, 8192, 20_000])
def test_a_long_line_is_whole(size: int) -> None:
    """In pieces that libunit does not cut; each after the first begins with dots."""
    with running("log") as module:
        assert module.ask(f"/{size}".encode()).whole
        module.message("QUIT")
        assert module.ended() == 0
        begin = "app: request 1: stdout: "
        whole = ""
        for line in module.log.splitlines():
            assert len(line) < 1950
            text = line.removeprefix("[notice] ")
            assert text.startswith((begin, "... "))
            whole += text.removeprefix(begin).removeprefix("... ")
        assert whole == "x" * size
        # The worker itself ends a line after 8192 bytes.
        lines = [min(8192, size - at) for at in range(0, size, 8192)]
        pieces = sum(-(-(len(begin) + part) // 1900) for part in lines)
        assert module.log.count("\n") == pieces
