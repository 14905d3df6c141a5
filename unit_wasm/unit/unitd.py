"""The ``unitd`` of this machine, as it describes itself with ``--version`` and ``--help``."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from unit_wasm.errors import ConfigError, HostError

_SECONDS = 10.0
_VERSION = re.compile(r"^unit version: (\d+)\.(\d+)\.(\d+)\S*$", re.MULTILINE)
_CONFIGURED = re.compile(r"^configured as \./configure(.*)$", re.MULTILINE)
_OPTION = re.compile(r"^  --(\w+) [A-Z].*\n +default: \"(.*)\"$", re.MULTILINE)

# Packages of FreeUnit have their own name for it.
_NAMES = ("unitd", "freeunitd")

# A shell of an ordinary user often leaves these out of PATH.
_SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")


@dataclass(frozen=True, slots=True)
class Unitd:
    """A ``unitd`` and its defaults.

    Parameters:
        path: the program.
        number: its version as a number, e.g. 13500.
        options: what its source tree was configured with.
        modules: the folder whose ``*.unit.so`` it finds when it starts.
        control: where its control API listens, e.g. ``unix:/run/control.unit.sock``.
        log: its log file.
        user: whom its processes run as, applications too unless they name a user.
    """

    path: Path
    number: int
    options: tuple[str, ...]
    modules: Path
    control: str
    log: str
    user: str

    @property
    def debug(self) -> bool:
        """Whether it was configured with ``--debug``; modules must be built alike."""
        return "--debug" in self.options


def find_unitd(given: str | None) -> Unitd:
    """Find ``unitd`` and ask it what it is.

    Parameters:
        given: the program; ``unitd``, or else ``freeunitd``, is looked for in PATH and the
            system's folders where it is None.

    Raises:
        ConfigError: there is none, or what was given is none.
        HostError: it does not run.
    """
    path = _path(given)
    # Unit writes the version to standard error, and the rest to standard output.
    described = _ask(path, "--version")
    version = _VERSION.search(described)
    configured = _CONFIGURED.search(described)
    defaults = dict(_OPTION.findall(_ask(path, "--help")))
    # Units before 1.30 call it --modules.
    modules = defaults.get("modulesdir") or defaults.get("modules")
    if version is None or configured is None or modules is None:
        raise ConfigError(
            f"{path} does not describe itself as unitd does",
            hint="name the unitd of NGINX Unit or FreeUnit",
        )
    major, minor, patch = (int(part) for part in version.groups())
    return Unitd(
        path=path,
        number=major * 10000 + minor * 100 + patch,
        options=_words(configured[1]),
        modules=Path(modules),
        control=defaults.get("control", ""),
        log=defaults.get("log", ""),
        user=defaults.get("user", ""),
    )


def _path(given: str | None) -> Path:
    if given is not None:
        if os.path.isdir(given) or not os.access(given, os.X_OK):
            raise ConfigError(f"{given} is not a program that this user may run")
        return Path(given).absolute()
    system = os.pathsep.join(_SYSTEM_FOLDERS)
    for name in _NAMES:
        found = shutil.which(name) or shutil.which(name, path=system)
        if found is not None:
            return Path(found).absolute()
    raise ConfigError("no unitd or freeunitd is in PATH", hint="name it with --unitd")


def _ask(path: Path, question: str) -> str:
    try:
        done = subprocess.run(
            [path, question],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_SECONDS,
            check=False,
        )
    except OSError as error:
        raise HostError(f"{path} cannot be run: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise HostError(f"{path} {question} takes more than {_SECONDS:.0f} s") from error
    return done.stdout.decode(errors="replace")


def _words(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError:
        # Unit prints the options as they came, without the quotes of a shell.
        return tuple(text.split())
