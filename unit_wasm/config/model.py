"""What a valid configuration means, as frozen values that can be compared with each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from unit_wasm.config.address import Address
from unit_wasm.options import Options
from unit_wasm.values import dataclass

if TYPE_CHECKING:
    from unit_wasm.config.log_format import AccessLogConfig
    from unit_wasm.config.proxies import Forwarded

DEFAULT_MAX_BODY_SIZE = 8 * 1024 * 1024
"""Bytes of a request body; the same default as in Unit."""


def escape_pointer(name: str) -> str:
    """Return a member name as a part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


@dataclass(frozen=True)
class ListenerConfig:
    """One listener.

    Parameters:
        name: the address as it is written in the document.
        address: the address.
        application: the name of the application that it passes to.
        backlog: connections that the kernel keeps until they are accepted; None: the server's own.
        forwarded: what is believed of proxies in front of it, in this order.
    """

    name: str
    address: Address
    application: str
    backlog: int | None = None
    forwarded: tuple[Forwarded, ...] = ()

    @property
    def pointer(self) -> str:
        """The listener's place in the document."""
        return f"/listeners/{escape_pointer(self.name)}"


@dataclass(frozen=True)
class ApplicationConfig:
    """One application. Two that are equal are served by the same engine across a change.

    Parameters:
        name: its name in the document.
        key: the member that names the component: ``component``, or ``module`` for type ``wasm``.
        component: the path of the component, relative to the server's working directory.
        options: its options.
        environment: the variables that the guest sees.
        filesystem: directories of ``access.filesystem``.
    """

    name: str
    key: str
    component: str
    options: Options
    environment: Mapping[str, str] = field(default_factory=dict)
    filesystem: tuple[str, ...] = ()

    @property
    def pointer(self) -> str:
        """The application's place in the document."""
        return f"/applications/{escape_pointer(self.name)}"


@dataclass(frozen=True)
class HttpSettings:
    """``settings.http``.

    Parameters:
        max_body_size: bytes of a request body; a larger one is answered 413.
        idle_timeout: seconds that a connection may stay open between requests.
        header_read_timeout: seconds from the first byte of a request's head to its last.
        body_read_timeout: seconds between two pieces of a request's body.
        send_timeout: seconds without progress after which a client that does not read is cut.
        server_version: whether the ``server`` field of responses names the version.
    """

    max_body_size: int = DEFAULT_MAX_BODY_SIZE
    idle_timeout: int = 180
    header_read_timeout: int = 30
    body_read_timeout: int = 30
    send_timeout: int = 30
    server_version: bool = True


@dataclass(frozen=True)
class Configuration:
    """A whole valid configuration.

    Parameters:
        listeners: by the address as written.
        applications: by name.
        http: ``settings.http``.
        access_log: ``access_log``, or None.
        warnings: what is accepted and has no effect here, one sentence with its pointer each.
    """

    listeners: Mapping[str, ListenerConfig] = field(default_factory=dict)
    applications: Mapping[str, ApplicationConfig] = field(default_factory=dict)
    http: HttpSettings = field(default_factory=HttpSettings)
    access_log: AccessLogConfig | None = None
    warnings: tuple[str, ...] = ()
