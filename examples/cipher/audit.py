"""What the cipher imports: an audit log, in a file."""

import os

from unit_wasm import host


@host.function
def audit_log(message: str) -> None:
    """Write a line; AUDIT_LOG names the file."""
    with open(os.environ.get("AUDIT_LOG", "audit.log"), "a", encoding="utf-8") as log:
        log.write(f"{message}\n")
