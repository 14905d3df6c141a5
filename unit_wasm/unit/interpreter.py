"""The interpreter that a module runs, asked what it has."""

from __future__ import annotations

import json
import subprocess

from unit_wasm.errors import HostError
from unit_wasm.unit.note import Installation, Note

_SECONDS = 20.0

# As the module runs it: neither this folder nor this user's variables say what is imported.
_ASK = (
    *("-I", "-c"),
    "import json, sys, unit_wasm\n"
    "import unit_wasm.native as native\n"
    # An older one has a module there.
    "if hasattr(native, '__path__'):\n"
    "    import unit_wasm.native.worker as native\n"
    "digest = getattr(native, 'sources_digest', str)()\n"
    "print(json.dumps([unit_wasm.__version__, digest, [sys.executable, "
    "sys.prefix + '/pyvenv.cfg', *sys.path, *unit_wasm.__path__]]))",
)


def ask_interpreter(note: Note) -> Installation:
    """Run the interpreter of a module.

    Raises:
        HostError: it cannot be run, or has no unit_wasm.
    """
    hint = "put it back, or build the module with the Python that is there now"
    try:
        done = subprocess.run(
            [note.python, *_ASK],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd="/",
            timeout=_SECONDS,
            check=False,
        )
    except OSError as error:
        raise HostError(f"{note.python} cannot be run: {error.strerror}", hint=hint) from error
    except subprocess.TimeoutExpired as error:
        raise HostError(
            f"{note.python} takes more than {_SECONDS:.0f} s to import unit_wasm"
        ) from error
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").splitlines()
        reason = lines[-1] if lines else f"exit status {done.returncode}"
        raise HostError(f"{note.python} cannot import unit_wasm: {reason}", hint=hint)
    version, digest, places = json.loads(done.stdout)
    return Installation(note.python, version, digest, tuple(places))
