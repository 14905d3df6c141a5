"""Says what this machine lacks before anything is built: ``python3 tools/preflight.py``.

Runs on any Python 3, so it uses nothing that an old one does not know.
"""

import importlib.util
import os
import shutil
import sys
import sysconfig

OLDEST = (3, 11)
NEWEST = (3, 13)


def problems():  # type: ignore[no-untyped-def]
    """Return one sentence for each thing that is missing."""
    version = sys.version_info[:2]
    if not OLDEST <= version <= NEWEST:
        # Nothing else can be judged with the wrong interpreter.
        this = "{} is Python {}.{}".format(sys.executable, *version)
        return [this + ", and unit-wasm needs 3.11, 3.12 or 3.13: run `make PYTHON=python3.12`"]
    found = []
    if importlib.util.find_spec("ensurepip") is None:
        found.append("Python has no ensurepip: install its venv package (python3-venv on Debian)")
    header = os.path.join(sysconfig.get_paths()["include"], "Python.h")
    if not os.path.exists(header):
        found.append("Python's headers are missing: install them (python3-dev on Debian)")
    compiler = os.environ.get("CC", "cc").split()[0]
    if shutil.which(compiler) is None:
        found.append("there is no C compiler `" + compiler + "`: install gcc or clang")
    return found


if __name__ == "__main__":
    missing = problems()  # type: ignore[no-untyped-call]
    for sentence in missing:
        sys.stderr.write("unit-wasm cannot be built here: " + sentence + "\n")
    sys.exit(1 if missing else 0)
