"""Commands: their arguments, standard streams and ends."""

import os
import pty
import select
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from tests.harness.calling import Caller
from unit_wasm.native.call_events import Command, Event, Failure
from unit_wasm.native.calls import WAITING, Instance

PATTERN = bytes(range(256)) * 4096


@pytest.fixture
def caller() -> Iterator[Caller]:
    with Caller("command-cat", timeout=60) as made:
        yield made


def command(caller: Caller, arguments: list[str], *streams: int) -> Instance:
    made = caller.library.instance(command=Command(arguments, (streams[0], streams[1], streams[2])))
    caller.instances.append(made)
    return made


class Pipe:
    """A pipe whose ends are closed with the context, if they still are open."""

    def __init__(self) -> None:
        self.read, self.write = os.pipe()
        self._open = {self.read, self.write}

    def close(self, end: int) -> None:
        self._open.discard(end)
        os.close(end)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for end in [*self._open]:
            self.close(end)


def run(caller: Caller, arguments: list[str], tmp_path: Path, given: bytes = b"") -> object:
    """Run it with files; return how it ended, its output and its errors."""
    (tmp_path / "in").write_bytes(given)
    with (
        open(tmp_path / "in", "rb") as in_,
        open(tmp_path / "out", "wb") as out,
        open(tmp_path / "err", "wb") as err,
    ):
        instance = command(caller, arguments, in_.fileno(), out.fileno(), err.fileno())
        end = caller.finish(instance, caller.begin(instance, "run"))
    return end, (tmp_path / "out").read_bytes(), (tmp_path / "err").read_bytes()


def test_arguments_and_files(caller: Caller, tmp_path: Path) -> None:
    assert run(caller, ["cat"], tmp_path) == (b"\0", b"", b"cat\n")
    assert run(caller, ["cat", "-", "h\u00e9"], tmp_path, b"text") == (
        b"\0",
        b"text",
        "cat\n-\nh\u00e9\n".encode(),
    )
    assert run(caller, [], tmp_path, PATTERN) == (b"\0", PATTERN, b"")
    assert caller.log == []


def test_an_argument_that_is_not_utf8(caller: Caller, tmp_path: Path) -> None:
    end = run(caller, ["cat", os.fsdecode(b"-\xff")], tmp_path)
    assert end == (b"\0", b"", "cat\n-\ufffd\n".encode())


def test_ends(caller: Caller, tmp_path: Path) -> None:
    assert run(caller, ["cat", "fail"], tmp_path) == (b"\x01", b"", b"cat\nfail\n")
    ends = [run(caller, ["cat", how], tmp_path) for how in ("code", "trap")]
    failures = [end[0] for end in ends]  # type: ignore[index]
    assert all(isinstance(failure, Failure) for failure in failures)
    assert [(failure.end, failure.status) for failure in failures] == [
        ("exit", 42),
        ("trap-unreachable", None),
    ]


def test_it_waits_for_its_input_and_goes_on(caller: Caller) -> None:
    with Pipe() as in_, Pipe() as out, Pipe() as err:
        instance = command(caller, [], in_.read, out.write, err.write)
        outcome = caller.settled(instance, caller.begin(instance, "run"))
        for piece in (b"one", b"two"):
            assert isinstance(outcome, Event)
            assert outcome.kind == WAITING
            instance.wait(0.01)
            outcome = caller.settled(instance, instance.go_on())
            assert isinstance(outcome, Event)
            assert outcome.kind == WAITING
            os.write(in_.write, piece)
            instance.wait()
            outcome = caller.settled(instance, instance.go_on())
            assert os.read(out.read, 100) == piece
        in_.close(in_.write)
        assert caller.finish(instance, outcome) == b"\0"


def test_a_full_pipe_keeps_it_waiting(caller: Caller) -> None:
    with Pipe() as in_, Pipe() as out, Pipe() as err:
        instance = command(caller, [], in_.read, out.write, err.write)
        received = bytearray()

        def feed() -> None:
            left = memoryview(PATTERN)
            while left:
                left = left[os.write(in_.write, left) :]
            in_.close(in_.write)

        def drain() -> None:
            while piece := os.read(out.read, 1000):
                received.extend(piece)

        threads = [threading.Thread(target=feed), threading.Thread(target=drain)]
        threads[0].start()
        outcome = caller.settled(instance, caller.begin(instance, "run"))
        # Until the pipe is full nobody reads.
        while not is_full(out):
            instance.wait(0.05)
            outcome = caller.settled(instance, instance.go_on())
        instance.wait(0.05)
        assert instance.go_on() == Event(WAITING)
        threads[1].start()
        assert caller.finish(instance, outcome) == b"\0"
        out.close(out.write)
        for thread in threads:
            thread.join(30)
        assert received == PATTERN


def is_full(pipe: Pipe) -> bool:
    """Whether no byte has room in a pipe."""
    return not select.select([], [pipe.write], [], 0)[1]


def test_nobody_reads_its_output(caller: Caller) -> None:
    """The stream is closed, which the command answers with a failure."""
    with Pipe() as in_, Pipe() as out, Pipe() as err:
        os.write(in_.write, b"text")
        in_.close(in_.write)
        out.close(out.read)
        instance = command(caller, [], in_.read, out.write, err.write)
        assert caller.finish(instance, caller.begin(instance, "run")) == b"\x01"


def test_streams_that_are_closed(caller: Caller) -> None:
    with Pipe() as out, Pipe() as err:
        unused = os.dup(0)
        os.close(unused)
        instance = command(caller, [], unused, out.write, err.write)
        assert caller.finish(instance, caller.begin(instance, "run")) == b"\x01"


def test_input_that_is_a_directory(tmp_path: Path) -> None:
    """The error of the stream has the code that the error of a file would have."""
    with Caller("command-directory") as caller, Pipe() as out, Pipe() as err, Pipe() as in_:
        directory = os.open(tmp_path, os.O_RDONLY)
        try:
            instance = command(caller, [], directory, out.write, err.write)
            assert caller.finish(instance, caller.begin(instance, "run")) == b"\0"
        finally:
            os.close(directory)
        in_.close(in_.write)
        other = command(caller, [], in_.read, out.write, err.write)
        assert caller.finish(other, caller.begin(other, "run")) == b"\x01"


def test_a_terminal_is_told(caller: Caller) -> None:
    main, other = pty.openpty()
    try:
        with Pipe() as in_, Pipe() as err:
            in_.close(in_.write)
            instance = command(caller, ["cat"], in_.read, other, err.write)
            assert caller.finish(instance, caller.begin(instance, "run")) == b"\0"
            assert os.read(err.read, 100) == b"cat\ntty\n"
    finally:
        os.close(main)
        os.close(other)


def test_input_from_a_terminal(caller: Caller) -> None:
    main, other = pty.openpty()
    try:
        with Pipe() as out, Pipe() as err:
            instance = command(caller, [], other, out.write, err.write)
            os.write(main, b"a line\n\x04")
            assert caller.finish(instance, caller.begin(instance, "run")) == b"\0"
            assert os.read(out.read, 100) == b"a line\n"
    finally:
        os.close(main)
        os.close(other)


def test_a_signal_ends_its_waiting(caller: Caller) -> None:
    class Interrupted(Exception):
        pass

    def interrupt(number: int, frame: object) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGUSR1, interrupt)
    timer = threading.Timer(0.05, lambda: os.kill(os.getpid(), signal.SIGUSR1))
    try:
        with Pipe() as in_, Pipe() as out, Pipe() as err:
            instance = command(caller, [], in_.read, out.write, err.write)
            outcome = caller.settled(instance, caller.begin(instance, "run"))
            timer.start()
            with pytest.raises(Interrupted):
                caller.finish(instance, outcome)
            instance.close()
    finally:
        timer.cancel()
        signal.signal(signal.SIGUSR1, before)


def test_another_instance_of_it_is_no_command(caller: Caller, tmp_path: Path) -> None:
    """What a slot had is not what the next one has."""
    assert run(caller, ["cat"], tmp_path, b"text") == (b"\0", b"text", b"cat\n")
    caller.instances.pop().close()
    instance = caller.instance()
    assert caller.call(instance, "run") == b"\0"
    assert caller.log == []
