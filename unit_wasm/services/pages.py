"""Which pages of browsers may call functions: those of this server, and those that are allowed.

A browser lets a page from anywhere send requests to every server that it reaches, also to one of
this machine that nobody else does. What the page cannot do is to leave out who it is: browsers send
``Origin`` with all that may change something. Who is no browser sends none, and is not asked.

A page may also have its own name lead here, and is then of the same origin for the browser. So on
connections within this machine a name has to be ``localhost``, or one that its certificate has
shown to be that of the server. Elsewhere a server may have any name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

from unit_wasm.options.origins import Origin, Pattern, parse_entry
from unit_wasm.services.problems import Answer, problem
from unit_wasm.serving.types import Scope

Fields = tuple[tuple[bytes, bytes], ...]

# What only reads: whoever may not read the answer gains nothing by it.
_READING: Final = ("GET", "HEAD", "OPTIONS")

_PREFLIGHT: Final = (
    (b"access-control-allow-methods", b"GET, POST, DELETE"),
    (b"access-control-allow-headers", b"*"),
)


@dataclass(frozen=True, slots=True)
class Sender:
    """What a request says of the page that it comes from.

    Parameters:
        origin: the field of that name; None: there is none. Of several, all of them.
        host: where the request goes, as it was sent.
        site: the field ``sec-fetch-site``, which pages cannot set; empty: there is none.
        is_local: its connection came from this machine, for all that is known.
    """

    origin: str | None
    host: str
    site: str
    is_local: bool

    @classmethod
    def of(cls, scope: Scope, fields: Mapping[bytes, bytes]) -> Sender:
        """Return what a request of ASGI says, whose fields are joined."""
        origin, site = fields.get(b"origin"), fields.get(b"sec-fetch-site")
        if origin is None and site is None:
            return NO_PAGE
        address = (scope.get("server") or ("127.0.0.1", None))[0]
        return cls(
            None if origin is None else origin.decode("latin-1"),
            fields.get(b"host", b"").decode("latin-1"),
            (site or b"").decode("latin-1"),
            is_loopback(address),
        )


NO_PAGE: Final = Sender(None, "", "", False)
"""Whoever names no page, as all do that are no browsers: nothing else is asked of them."""


def joined(scope: Scope) -> dict[bytes, bytes]:
    """Return the fields of a request, those of one name as one: RFC 9110 section 5.2."""
    pairs = list(scope["headers"])
    fields: dict[bytes, bytes] = dict(pairs)
    if len(fields) == len(pairs):
        return fields
    several: dict[bytes, list[bytes]] = {}
    for name, value in pairs:
        several.setdefault(name, []).append(value)
    return {name: b", ".join(values) for name, values in several.items()}


class Pages:
    """The pages that may call.

    Parameters:
        allowed: entries of ``UNIT_WASM_ORIGINS``.
    """

    def __init__(self, allowed: Sequence[str]) -> None:
        parsed = [parse_entry(entry) for entry in allowed]
        self._allowed = [entry for entry in parsed if isinstance(entry, Pattern)]
        self._all = "*" in allowed
        # Whoever keeps an answer is to keep one for each origin.
        self._vary: Fields = ((b"vary", b"origin"),) if allowed else ()

    def may_call(self, sender: Sender, *, strict: bool = False) -> bool:
        """Tell whether a request comes from a page that may call, or from no page at all.

        Parameters:
            strict: names of this server are never enough without a certificate.
        """
        if sender.site == "same-origin":
            # Browsers say so only where nobody else can have the name.
            return True
        if sender.origin is None:
            return sender.site not in ("cross-site", "same-site") or self._all
        return self._is_allowed(sender.origin) or _is_own(sender, strict or sender.is_local)

    def _is_allowed(self, origin: str) -> bool:
        if self._all:
            return True
        scheme, _, authority = origin.lower().partition("://")
        if scheme not in ("http", "https"):
            return False
        found = Origin.of(scheme, authority)
        return found is not None and any(
            entry.matches(found.scheme, found.host, found.port) for entry in self._allowed
        )

    def refusal(self, method: str, sender: Sender) -> Answer | None:
        """Return what a page is answered that may not call."""
        if sender is NO_PAGE or method in _READING or self.may_call(sender):
            return None
        origin = sender.origin or "another server"
        detail = f"it is of {origin}; UNIT_WASM_ORIGINS allows pages of other servers"
        return problem("foreign-page", detail)

    def fields(self, method: str, sender: Sender) -> Fields:
        """Return what lets a page read the answer, where it is one that is allowed."""
        origin = sender.origin
        if not self._vary or origin is None or not self._is_allowed(origin):
            return self._vary
        allowed = (
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-expose-headers", b"*"),
        )
        return (*self._vary, *allowed, *(_PREFLIGHT if method == "OPTIONS" else ()))


def is_loopback(address: str) -> bool:
    """Tell whether only this machine reaches an address.

    Parameters:
        address: without a port; of a Unix socket, its path, which no browser reaches.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return found.is_loopback


def _is_own(sender: Sender, strict: bool) -> bool:
    origin, host = str(sender.origin).lower(), sender.host.lower()
    if origin == f"https://{host}":
        return True
    return origin == f"http://{host}" and (not strict or _leads_here(host))


def _leads_here(host: str) -> bool:
    """Tell whether nobody else can decide where a host leads: an address, or ``localhost``."""
    name = host.rpartition("]")[0].lstrip("[") if host[:1] == "[" else host.partition(":")[0]
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
