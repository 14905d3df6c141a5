"""What a run was measured on: nothing that names the machine or a place on it."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from pathlib import Path

from unit_wasm.native.library import wasmtime_library


def _row(path: str, name: str) -> str:
    try:
        found = re.search(rf"^{name}\s*:\s*(.+)$", Path(path).read_text(), re.MULTILINE)
    except OSError:
        return "unknown"
    return found[1].strip() if found else "unknown"


def machine() -> dict[str, object]:
    """Return processor, cores, memory and kernel."""
    kib = re.match(r"\d+", _row("/proc/meminfo", "MemTotal"))
    return {
        "cpu": _row("/proc/cpuinfo", "model name"),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(int(kib[0]) / 1e6, 1) if kib else None,
        "kernel": platform.release().partition("-")[0],
        "load_before": round(os.getloadavg()[0], 2),
    }


def versions() -> dict[str, str]:
    """Return the versions of what every peer shares, or what only we use."""
    return {"python": platform.python_version(), "wasmtime_library": wasmtime_library().version}


def commit(root: Path) -> str:
    """Return the commit of the sources, with ``+`` where files were changed since."""
    try:
        head = _git(root, "rev-parse", "--short=12", "HEAD")
        return head + ("+" if _git(root, "status", "--porcelain", "-uno") else "")
    except (OSError, subprocess.SubprocessError):
        return "unknown"


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True, timeout=20
    ).stdout.strip()
