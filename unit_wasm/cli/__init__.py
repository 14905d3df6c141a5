"""The command line: ``unit-wasm serve``, ``compile``, ``inspect`` and the commands around Unit.

The only package that prints and ends the process. Each command imports what it needs when it runs,
so that it starts as fast as what it does allows.
"""

from __future__ import annotations

import errno
import gc
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unit_wasm.server.types import ApplicationFactory

__all__ = ["main"]


def main(
    argv: Sequence[str] | None = None, *, application_factory: ApplicationFactory | None = None
) -> int:
    """Run a command; see :func:`unit_wasm.cli.program.main`."""
    # What is imported stays: to look through it for garbage takes longer than some imports. The
    # commands let the collector go on, and the server when it has started.
    gc.disable()
    try:
        from unit_wasm.cli import program

        return program.main(argv, application_factory=application_factory)
    except KeyboardInterrupt:
        # Before there is anything that could be ended.
        return _interrupted()
    except Exception as error:
        out = _out_of(error)
        if out is None:
            raise
        # Printing needs memory, too.
        os.write(2, b"unit-wasm: host error: %b\n" % out)
        return 1
    finally:
        gc.enable()


_MEMORY = b"memory is out, or what this process may take of it (ulimit -v)"
_FILES = b"too many files are open, or this process may open too few (ulimit -n)"


def _out_of(error: BaseException | None) -> bytes | None:
    """Say what there was none of: libraries and threads that need some say it in their own way."""
    while error is not None:
        number = getattr(error, "errno", None)
        text = str(error) if isinstance(error, ImportError | RuntimeError) else ""
        if isinstance(error, MemoryError) or number == errno.ENOMEM:
            return _MEMORY
        if "failed to map segment" in text or "can't start new thread" in text:
            return _MEMORY
        if number in (errno.EMFILE, errno.ENFILE) or text.endswith(": Too many open files"):
            return _FILES
        error = error.__cause__ or error.__context__
    return None


def _interrupted() -> int:
    """End as a program does that leaves Ctrl-C to the system: shells see why."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.raise_signal(signal.SIGINT)
    return 128 + signal.SIGINT
