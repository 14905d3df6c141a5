"""The standard streams, whatever their other ends are: closed, full, gone, or not there at all."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator

from unit_wasm.errors import HostError
from unit_wasm.escape import escape

_DESCRIPTORS = (0, 1, 2)


class ReaderGone(Exception):
    """Nobody reads the standard output any more: there is no reason to go on."""


class Output:
    """Where results, messages and the log go.

    What the process was started without is opened on /dev/null: the next socket or file that is
    opened would get that number, and what somebody else writes to it.

    Attributes:
        is_json: messages are objects of JSON, as lines of the log are.
    """

    def __init__(self) -> None:
        with contextlib.suppress(OSError):
            for descriptor in _DESCRIPTORS:
                _occupy(descriptor)
        self.log_stream = LogStream()
        self.is_json = False

    @property
    def is_terminal(self) -> bool:
        """Whether somebody watches the messages."""
        return sys.stderr is not None and sys.stderr.isatty()

    def result(self, line: str) -> None:
        """Write a line of what was asked for to the standard output; see :func:`write`."""
        write(f"{escape(line)}\n")

    def message(self, line: str, level: str = "info") -> None:
        """Write a line beside the results; where that cannot be done, nothing else suffers.

        Parameters:
            level: of a line of JSON.
        """
        text = escape(line)
        if self.is_json:
            # Only a server logs, and it has loaded this already.
            from unit_wasm.log import json_line

            text = json_line(level, line)
        self.log_stream.write(f"{text}\n")

    def finish(self) -> None:
        """Write what is left, so that the interpreter's end finds nothing to fail at.

        Raises:
            ReaderGone: what reads the standard output has ended.
        """
        try:
            if sys.stdout is not None:
                sys.stdout.flush()
        except BrokenPipeError:
            raise ReaderGone from None
        except OSError:
            _forget("stdout")
        try:
            if sys.stderr is not None:
                sys.stderr.flush()
        except OSError:
            _forget("stderr")

    @contextlib.contextmanager
    def progress(self, component: str) -> Iterator[Callable[[str], None]]:
        """Show on a terminal, in one line that is gone at the end, what happens to a component."""

        def show(step: str) -> None:
            if self.is_terminal:
                self.log_stream.write(f"\r\x1b[K{escape(component)}: {step}")

        try:
            yield show
        finally:
            if self.is_terminal:
                self.log_stream.write("\r\x1b[K")


def write(data: str | bytes) -> None:
    """Write to the standard output, now.

    Raises:
        ReaderGone: what reads it has ended.
        HostError: it cannot be written.
    """
    if sys.stdout is None:
        raise HostError("the output cannot be written: standard output is closed")
    try:
        if isinstance(data, bytes):
            sys.stdout.buffer.write(data)
        else:
            sys.stdout.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        raise ReaderGone from None
    except OSError as error:
        _forget("stdout")
        raise HostError(f"the output cannot be written: {error.strerror}") from None


class LogStream(io.TextIOBase):
    """The standard error; where the process was started without, the standard output, or syslog.

    Writing never fails: a server must not end because nobody reads its log.
    """

    def write(self, text: str) -> int:
        stream = sys.stderr if sys.stderr is not None else sys.stdout
        if stream is None:
            _to_system_log(text)
        else:
            with contextlib.suppress(OSError, ValueError):
                stream.write(text)
                stream.flush()
        return len(text)


def is_output(file: object) -> bool:
    """Whether this is the standard output, which may have been closed."""
    return file is not None and file is sys.stdout


def _to_system_log(text: str) -> None:
    import syslog

    syslog.openlog("unit-wasm", syslog.LOG_PID, syslog.LOG_DAEMON)
    for line in text.splitlines():
        if line:
            syslog.syslog(syslog.LOG_NOTICE, line)


def _occupy(descriptor: int) -> None:
    try:
        os.fstat(descriptor)
    except OSError:
        # The lowest that is free, and those below are not.
        os.open(os.devnull, os.O_RDWR)


def _forget(name: str) -> None:
    """Take a stream away whose buffer cannot be written, from the interpreter's end too."""
    setattr(sys, name, None)
