"""Listeners with TLS, which Unit ends: the component learns that it is https, and nothing else."""

import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.http import Connection, Response
from tests.harness.unitd import Unit, Unitd, application

pytestmark = pytest.mark.tls

MIB = 1 << 20

TRANSCRIPT = """\
 * Welcome to the component model in C! *

[Request Info]
REQUEST_PATH = /hello?a=b
METHOD = POST
SCHEME = {scheme}
AUTHORITY = localhost:8443

[Request Headers]
content-length = 7

[Request Data]
xyzabcd"""


def certificate(folder: Path, host: str) -> tuple[Path, bytes]:
    """Return the file of a new certificate for an address, and the bundle with its key."""
    file, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
            *("-subj", "/CN=unit", "-addext", f"subjectAltName=IP:{host}"),
            *("-keyout", key, "-out", file),
        ],
        check=True,
        capture_output=True,
        timeout=30,
    )
    return file, file.read_bytes() + key.read_bytes()


def upload(server: Unitd, name: str, bundle: bytes) -> Response:
    with Connection(server.control) as client:
        client.send(
            f"PUT /certificates/{name} HTTP/1.1\r\nHost: a\r\n"
            f"Content-Length: {len(bundle)}\r\n\r\n".encode()
            + bundle
        )
        return client.response()


class Place:
    """A unitd with one listener with TLS and one without, for each of two applications."""

    def __init__(self, server: Unitd, trusted: Path) -> None:
        self._context = ssl.create_default_context(cafile=trusted)
        self._server = server
        names = {"transcript": "request-echo", "echo": "echo"}
        tls = {"certificate": "mine"}
        server.put(
            "/config",
            {
                "listeners": {
                    self._address(name, secure): {"pass": f"applications/{name}", **more}
                    for secure, more in ((False, {}), (True, {"tls": tls}))
                    for name in names
                },
                "applications": {name: application(guest) for name, guest in names.items()},
                "settings": {"listen_threads": 1, "http": {"max_body_size": 4 * MIB}},
            },
        )

    def secure(self, name: str) -> Connection:
        """Connect with TLS; the certificate is verified."""
        client = Connection(self._address(name, True))
        client.sock = self._context.wrap_socket(client.sock, server_hostname=self._server.host)
        return client

    def plain(self, name: str) -> Connection:
        """Connect without TLS."""
        return Connection(self._address(name, False))

    def _address(self, name: str, secure: bool) -> str:
        number = 2 * ("transcript", "echo").index(name) + secure
        return f"{self._server.host}:{self._server.port + number}"


@pytest.fixture(scope="module")
def shared(unit: Unit) -> Iterator[tuple[Unitd, Place]]:
    with unit.start() as server:
        trusted, bundle = certificate(server.folder, server.host)
        reply = upload(server, "mine", bundle)
        assert reply.body == b'{\r\n\t"success": "Certificate chain uploaded."\r\n}\r\n'
        place = Place(server, trusted)
        for name in ("transcript", "echo"):
            with place.secure(name) as client:
                client.get()
        yield server, place


@pytest.fixture
def place(shared: tuple[Unitd, Place]) -> Iterator[Place]:
    server, place = shared
    with server.watched():
        yield place


def transcript(client: Connection) -> str:
    client.send(
        b"POST /hello?a=b HTTP/1.1\r\nHost: localhost:8443\r\nContent-Length: 7\r\n\r\nxyzabcd"
    )
    response = client.response()
    assert response.status == 200
    return response.body.decode()


def test_d18_scheme_behind_tls(place: Place) -> None:
    """The connection is kept: the second request is on the same one."""
    with place.secure("transcript") as client, place.plain("transcript") as plain:
        for _ in range(3):
            assert transcript(client) == TRANSCRIPT.format(scheme="https")
            assert transcript(plain) == TRANSCRIPT.format(scheme="http")


def test_bodies_behind_tls(place: Place) -> None:
    body = bytes(range(256)) * (MIB // 256)
    with place.secure("echo") as client:
        for size in (0, 1, 16384, 16385, MIB, 7):
            client.send(
                b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % size
                + body[:size]
            )
            response = client.response()
            assert (response.status, response.body) == (200, body[:size])


def test_clients_that_are_no_good(place: Place) -> None:
    """Plain HTTP on the port of TLS is answered by Unit; the next client is served."""
    with place.secure("transcript") as client:
        host, port = client.sock.getpeername()
        with Connection(f"{host}:{port}") as other:
            other.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert b"SCHEME" not in other.rest()
        assert transcript(client) == TRANSCRIPT.format(scheme="https")
