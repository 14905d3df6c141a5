"""A ``unitd`` that only describes itself, and files that say what a module says."""

import shlex
import sys
from pathlib import Path

import unit_wasm
from unit_wasm.native import worker as native

# As NGINX Unit 1.35.0 prints it, but for the folders.
_HELP = """
unit options:

  --version            print unit version and configure options

  --no-daemon          run unit in non-daemon mode

  --control ADDRESS    set address of control API socket
                       default: "unix:/run/control.unit.sock"

  --control-mode MODE  set mode of the control API socket
                       default: 0600

  --pid FILE           set pid filename
                       default: "/run/unit.pid"

  --log FILE           set log filename
                       default: "/var/log/unit.log"

  --{modules_option} DIR     set modules directory name
                       default: "{modules}"

  --modules DIR        [deprecated] synonym for --modulesdir
  --state DIR          [deprecated] synonym for --statedir

  --user USER          set non-privileged processes to run as specified user
                       default: "{user}"

  --group GROUP        set non-privileged processes to run as specified group
                       default: user's primary group

"""


def fake_unitd(
    folder: Path,
    version: str = "1.35.0",
    *,
    configured: str = " --prefix=/usr --openssl",
    modules: Path | None = None,
    user: str = "nobody",
    modules_option: str = "modulesdir",
) -> Path:
    """Write the program and return it; its modules directory is made too."""
    modules = modules or folder / "modules"
    modules.mkdir(exist_ok=True)
    text = _HELP.format(modules=modules, user=user, modules_option=modules_option)
    described = f"unit version: {version}\nconfigured as ./configure{configured}\n"
    return script(
        folder / "unitd",
        f"""case "$1" in
--version) printf %s {shlex.quote(described)} >&2 ;;
--help) printf %s {shlex.quote(text)} ;;
*) exit 1 ;;
esac
""",
    )


def script(path: Path, text: str) -> Path:
    """Write a shell script that may be run."""
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


def fake_module(path: Path, **changes: str) -> Path:
    """Write a file that says what a module for Unit 1.35.0 says, with changes."""
    fields = {
        "unit": "13500",
        "debug": "0",
        "type": "wasm-wasi-component",
        "version": unit_wasm.__version__,
        "digest": native.sources_digest(),
        "python": sys.executable,
        # Any file that everybody may read.
        "libpython": "/etc/passwd",
    }
    fields.update(changes)
    note = "".join(f"{name}={value}\n" for name, value in fields.items())
    path.write_bytes(b"\x7fELF\2\1\1\0 code \0unit_wasm module\n" + note.encode() + b"\0more\0")
    return path
