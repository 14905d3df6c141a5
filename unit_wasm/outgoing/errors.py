"""Why an outgoing request failed, as a case of wasi:http's ``error-code``.

Every exception that resolving, connecting, TLS, sockets and h11 raise becomes one of these here.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl

import h11


class OutgoingError(Exception):
    """The end of a request that the guest is told about.

    Parameters:
        code: a case of ``error-code`` in wasi:http/types.
        text: its payload where it has a text (rcode, alert-message, the message of internal-error).
        number: its payload where it has a number (alert-id, a size).
    """

    def __init__(self, code: str, text: str = "", number: int = 0) -> None:
        super().__init__(f"{code}: {text}" if text else code)
        self.code = code
        self.text = text
        self.number = number


_ERRNO = {
    errno.ECONNREFUSED: "connection-refused",
    errno.ECONNRESET: "connection-terminated",
    errno.ECONNABORTED: "connection-terminated",
    errno.EPIPE: "connection-terminated",
    errno.ETIMEDOUT: "connection-timeout",
    errno.ENETUNREACH: "destination-IP-unroutable",
    errno.EADDRNOTAVAIL: "destination-IP-unroutable",
    errno.EHOSTUNREACH: "destination-unavailable",
    errno.EHOSTDOWN: "destination-unavailable",
    errno.ENETDOWN: "destination-unavailable",
    errno.EMFILE: "connection-limit-reached",
    errno.ENFILE: "connection-limit-reached",
}

# RFC 8446 section 6 and RFC 5246 section 7.2. OpenSSL names the alert but not its number.
_ALERTS = {
    "close_notify": 0,
    "unexpected_message": 10,
    "bad_record_mac": 20,
    "record_overflow": 22,
    "handshake_failure": 40,
    "no_certificate": 41,
    "bad_certificate": 42,
    "unsupported_certificate": 43,
    "certificate_revoked": 44,
    "certificate_expired": 45,
    "certificate_unknown": 46,
    "illegal_parameter": 47,
    "unknown_ca": 48,
    "access_denied": 49,
    "decode_error": 50,
    "decrypt_error": 51,
    "protocol_version": 70,
    "insufficient_security": 71,
    "internal_error": 80,
    "inappropriate_fallback": 86,
    "user_cancelled": 90,
    "no_renegotiation": 100,
    "missing_extension": 109,
    "unsupported_extension": 110,
    "certificate_unobtainable": 111,
    "unrecognized_name": 112,
    "bad_certificate_status_response": 113,
    "bad_certificate_hash_value": 114,
    "unknown_psk_identity": 115,
    "certificate_required": 116,
    "no_application_protocol": 120,
}
_ALERT = re.compile(r"(?:SSLV3|TLSV1|TLSV13)_ALERT_(\w+)")


def error_of(error: BaseException) -> OutgoingError:
    """Return what the guest is told about an exception."""
    if isinstance(error, OutgoingError):
        return error
    if isinstance(error, ssl.SSLError):
        return _tls_error(error)
    if isinstance(error, socket.gaierror):
        return OutgoingError("DNS-error", _name_error(error))
    if isinstance(error, UnicodeError):
        return OutgoingError("DNS-error", "the name has an empty label or one that is too long")
    if isinstance(error, h11.RemoteProtocolError):
        return OutgoingError("HTTP-protocol-error", str(error))
    if isinstance(error, h11.LocalProtocolError):
        return OutgoingError("internal-error", f"the request cannot be sent: {error}")
    if isinstance(error, OSError):
        return _system_error(error)
    return OutgoingError("internal-error", f"{type(error).__name__}: {error}")


def _name_error(error: socket.gaierror) -> str:
    if error.errno in (socket.EAI_NONAME, socket.EAI_NODATA):
        return "name or address not found"
    if error.errno == socket.EAI_AGAIN:
        return "the name servers did not answer"
    return str(error.strerror or error).lower()


def _tls_error(error: ssl.SSLError) -> OutgoingError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return OutgoingError("TLS-certificate-error", error.verify_message)
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return OutgoingError("connection-terminated")
    match = _ALERT.fullmatch(error.reason or "")
    if match is None:
        return OutgoingError("TLS-protocol-error", error.reason or "")
    name = match[1].lower()
    return OutgoingError("TLS-alert-received", name.replace("_", " "), _ALERTS.get(name, 0))


def _system_error(error: OSError) -> OutgoingError:
    code = _ERRNO.get(error.errno or 0)
    if code is not None:
        return OutgoingError(code)
    # asyncio raises some of these without a number.
    if isinstance(error, ConnectionRefusedError):
        return OutgoingError("connection-refused")
    if isinstance(error, ConnectionError):
        return OutgoingError("connection-terminated")
    return OutgoingError("internal-error", str(error.strerror or error))
