"""The command line: ``unit-wasm serve``, ``compile``, ``inspect`` and the commands around Unit.

The only package that prints and ends the process. Each command imports what it needs when it runs,
so that it starts as fast as what it does allows.
"""

from __future__ import annotations

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
        if not _is_out(error):
            raise
        # Printing needs memory, too.
        os.write(2, _OUT)
        return 1
    finally:
        gc.enable()


_OUT = b"unit-wasm: host error: memory is out, or what this process may take of it (ulimit -v)\n"


def _is_out(error: BaseException | None) -> bool:
    """Whether there was no memory: libraries and threads that need some say it in their own way."""
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        if isinstance(error, ImportError | OSError | RuntimeError):
            text = str(error)
            if any(said in text for said in ("failed to map segment", "can't start new thread")):
                return True
            if getattr(error, "errno", None) == 12:
                return True
        error = error.__cause__ or error.__context__
    return False


def _interrupted() -> int:
    """End as a program does that leaves Ctrl-C to the system: shells see why."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.raise_signal(signal.SIGINT)
    return 128 + signal.SIGINT
