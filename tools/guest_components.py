"""What makes components of core modules and of text: a program in JavaScript that stays.

Loading it, and what it compiles at its first job, takes ten times as long as a job.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

HELPER = Path(__file__).resolve().with_name("guest_component.mjs")


class ComponentMaker:
    """Processes of the program, as many as there are jobs at the same time.

    Parameters:
        command: starts one.
    """

    def __init__(self, command: Sequence[str | Path]) -> None:
        self._command = [str(word) for word in command]
        self._idle: list[subprocess.Popen[str]] = []

    def make(self, **job: str | Path) -> str | None:
        """Do a job; return what went wrong, or None.

        Parameters:
            job: as guest_component.mjs has it.
        """
        try:
            process = self._any()
        except OSError as error:
            return f"{self._command[0]} cannot be started: {error}"
        assert process.stdin is not None
        assert process.stdout is not None
        text = json.dumps({name: str(value) for name, value in job.items()})
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(text + "\n")
            process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            process.stdin = None
            _, said = process.communicate()
            return f"it ended with status {process.returncode}:\n{said}"
        # Others may do their jobs with it from now on.
        self._idle.append(process)
        wrong: str | None = json.loads(line).get("error")
        return wrong

    def close(self) -> None:
        """End the processes."""
        while self._idle:
            self._idle.pop().communicate()

    def _any(self) -> subprocess.Popen[str]:
        with contextlib.suppress(IndexError):
            return self._idle.pop()
        pipe = subprocess.PIPE
        return subprocess.Popen(self._command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
