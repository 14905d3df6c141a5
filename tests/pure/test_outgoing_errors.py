"""What a guest is told: every exception is a case of wasi:http's error-code."""

import errno
import re
import socket
import ssl
from pathlib import Path

import h11
import pytest

from unit_wasm.outgoing import errors
from unit_wasm.outgoing.errors import OutgoingError, error_of

C_FILE = Path(__file__).parents[2] / "csrc" / "http/error_code.c"
SOURCES = sorted((Path(errors.__file__).parent).glob("*.py"))


def tls(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "text")
    error.reason = reason
    return error


def certificate() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "text")
    error.verify_message = "certificate has expired"
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OutgoingError("loop-detected"), ("loop-detected", "", 0)),
        (OSError(errno.ECONNREFUSED, "x"), ("connection-refused", "", 0)),
        (ConnectionRefusedError(), ("connection-refused", "", 0)),
        (OSError(errno.ECONNRESET, "x"), ("connection-terminated", "", 0)),
        (BrokenPipeError(errno.EPIPE, "x"), ("connection-terminated", "", 0)),
        (ConnectionResetError(), ("connection-terminated", "", 0)),
        (OSError(errno.ETIMEDOUT, "x"), ("connection-timeout", "", 0)),
        (OSError(errno.ENETUNREACH, "x"), ("destination-IP-unroutable", "", 0)),
        (OSError(errno.EHOSTUNREACH, "x"), ("destination-unavailable", "", 0)),
        (OSError(errno.EMFILE, "x"), ("connection-limit-reached", "", 0)),
        (OSError(errno.EACCES, "not you"), ("internal-error", "not you", 0)),
        (
            socket.gaierror(socket.EAI_NONAME, "x"),
            ("DNS-error", "name or address not found", 0),
        ),
        (
            socket.gaierror(socket.EAI_AGAIN, "x"),
            ("DNS-error", "the name servers did not answer", 0),
        ),
        (socket.gaierror(socket.EAI_FAIL, "Bad things"), ("DNS-error", "bad things", 0)),
        (
            UnicodeError("label too long"),
            ("DNS-error", "the name has an empty label or one that is too long", 0),
        ),
        (certificate(), ("TLS-certificate-error", "certificate has expired", 0)),
        (tls("WRONG_VERSION_NUMBER"), ("TLS-protocol-error", "WRONG_VERSION_NUMBER", 0)),
        (tls("SSLV3_ALERT_HANDSHAKE_FAILURE"), ("TLS-alert-received", "handshake failure", 40)),
        (tls("TLSV1_ALERT_UNKNOWN_CA"), ("TLS-alert-received", "unknown ca", 48)),
        (
            tls("TLSV13_ALERT_CERTIFICATE_REQUIRED"),
            ("TLS-alert-received", "certificate required", 116),
        ),
        (ssl.SSLEOFError(8, "x"), ("connection-terminated", "", 0)),
        (h11.RemoteProtocolError("bad"), ("HTTP-protocol-error", "bad", 0)),
        (
            h11.LocalProtocolError("bad"),
            ("internal-error", "the request cannot be sent: bad", 0),
        ),
        (KeyError("x"), ("internal-error", "KeyError: 'x'", 0)),
    ],
)
def test_errors(error: BaseException, expected: tuple[str, str, int]) -> None:
    found = error_of(error)
    assert (found.code, found.text, found.number) == expected


def test_every_code_is_one_that_the_host_knows() -> None:
    known = set(re.findall(r'"([A-Za-z-]+)"', C_FILE.read_text(encoding="utf-8")))
    used = {
        code
        for path in SOURCES
        for code in re.findall(
            r'"((?:DNS|TLS|HTTP|destination|connection|loop|internal)-[A-Za-z-]+)"',
            path.read_text(encoding="utf-8"),
        )
    }
    assert len(used) > 15
    assert used <= known
