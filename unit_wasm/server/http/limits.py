"""What a connection of a listener may do."""

from __future__ import annotations

from unit_wasm.config.model import HttpSettings
from unit_wasm.options import Options
from unit_wasm.values import dataclass


@dataclass(frozen=True)
class Limits:
    """What a connection of a listener may do.

    Parameters:
        max_header_bytes: bytes of a request's head.
        idle_timeout: seconds between requests.
        header_read_timeout: seconds for a request's head.
        body_read_timeout: seconds between two pieces of a request's body.
        send_timeout: seconds without progress after which a client that does not read is cut.
        server_version: whether the ``server`` field names the version.
        max_body_size: bytes of a request's body; 0 allows none, as in Unit.
    """

    max_header_bytes: int
    idle_timeout: int
    header_read_timeout: int
    body_read_timeout: int
    send_timeout: int
    server_version: bool
    max_body_size: int

    @classmethod
    def of(cls, http: HttpSettings, options: Options) -> Limits:
        """Take the limits from the settings and from the application's options."""
        return cls(max_header_bytes=options.max_header_bytes, **vars(http))
