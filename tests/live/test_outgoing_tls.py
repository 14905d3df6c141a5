"""The client of outgoing requests over TLS, with certificates that the tests make."""

import ssl
from pathlib import Path

import pytest
import trustme

from tests.harness.orders import Failure
from tests.harness.peer import Caller, keep, peer
from tests.live.outgoing_client import answered, client, names, server_context
from unit_wasm.errors import ConfigError
from unit_wasm.outgoing.dial import tls_context

NAMES = names(a_example_test="127.0.0.1", b_example_test="127.0.0.1")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


def failure(
    url: str, context: ssl.SSLContext, ca_file: Path | None, **changes: object
) -> Failure | None:
    tls = tls_context(ca_file)
    for name, value in changes.items():
        setattr(tls, name, value)
    with peer(keep, context) as server, client(resolve=NAMES, tls=tls) as orders:
        return orders.wait(orders.request(url.replace("PORT", str(server.port)))).failure


def test_a_peer_with_a_certificate_of_the_file(authority: trustme.CA, ca_file: Path) -> None:
    context = server_context(authority, "a.example.test", "127.0.0.1")
    with (
        peer(keep, context) as server,
        client(resolve=NAMES, tls=tls_context(ca_file)) as orders,
    ):
        for host in ("a.example.test", "A.Example.Test.", "127.0.0.1"):
            sent = orders.request(f"https://{host}:{server.port}/")
            assert answered(orders.wait(sent)) == (200, b"ok")
        # The second way to write the name is the same origin.
        assert server.connections == 2


def test_the_systems_roots_stay(ca_file: Path) -> None:
    own, both = tls_context(None), tls_context(ca_file)
    assert both.cert_store_stats()["x509"] == own.cert_store_stats()["x509"] + 1
    assert both.verify_mode == ssl.CERT_REQUIRED
    assert both.check_hostname


def test_a_certificate_for_another_name(authority: trustme.CA, ca_file: Path) -> None:
    context = server_context(authority, "a.example.test")
    found = failure("https://b.example.test:PORT/", context, ca_file)
    assert found is not None
    assert found[0] == "TLS-certificate-error"
    assert "Hostname mismatch" in found[1]


def test_a_certificate_without_the_address(authority: trustme.CA, ca_file: Path) -> None:
    found = failure("https://127.0.0.1:PORT/", server_context(authority, "a.example.test"), ca_file)
    assert found is not None
    assert found[0] == "TLS-certificate-error"
    assert "IP address mismatch" in found[1]


@pytest.mark.parametrize("with_other_root", [True, False])
def test_a_certificate_of_an_unknown_root(ca_file: Path, with_other_root: bool) -> None:
    context = server_context(trustme.CA(), "a.example.test")
    found = failure("https://a.example.test:PORT/", context, ca_file if with_other_root else None)
    assert found is not None
    assert found[0] == "TLS-certificate-error"


def test_an_expired_certificate(authority: trustme.CA, ca_file: Path) -> None:
    context = server_context(authority, "a.example.test", expired=True)
    found = failure("https://a.example.test:PORT/", context, ca_file)
    assert found == ("TLS-certificate-error", "certificate has expired", 0)


def test_a_peer_without_tls(ca_file: Path) -> None:
    def serve(caller: Caller) -> None:
        caller.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        caller.rest()

    tls = tls_context(ca_file)
    with peer(serve) as server, client(resolve=NAMES, tls=tls) as orders:
        sent = orders.wait(orders.request(f"https://a.example.test:{server.port}/"))
    assert sent.failure is not None
    assert sent.failure[0] == "TLS-protocol-error"


def test_a_peer_that_ends_the_handshake(ca_file: Path) -> None:
    def serve(caller: Caller) -> None:
        caller.read(1)

    tls = tls_context(ca_file)
    with peer(serve) as server, client(resolve=NAMES, tls=tls) as orders:
        sent = orders.wait(orders.request(f"https://a.example.test:{server.port}/"))
    assert sent.failure == ("connection-terminated", "", 0)


def test_a_peer_that_never_ends_the_handshake(ca_file: Path) -> None:
    def serve(caller: Caller) -> None:
        caller.rest()

    tls = tls_context(ca_file)
    with peer(serve) as server, client(resolve=NAMES, tls=tls) as orders:
        url = f"https://a.example.test:{server.port}/"
        assert orders.wait(orders.request(url, connect=0.2)).failure == (
            "connection-timeout",
            "",
            0,
        )


def test_a_peer_with_another_version(authority: trustme.CA, ca_file: Path) -> None:
    context = server_context(authority, "a.example.test")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    found = failure(
        "https://a.example.test:PORT/",
        context,
        ca_file,
        minimum_version=ssl.TLSVersion.TLSv1_3,
    )
    assert found == ("TLS-alert-received", "protocol version", 70)


def test_a_peer_that_wants_our_certificate(authority: trustme.CA, ca_file: Path) -> None:
    context = server_context(authority, "a.example.test")
    context.verify_mode = ssl.CERT_REQUIRED
    # In 1.3 the alert comes after the handshake, and may be lost with the connection.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    found = failure("https://a.example.test:PORT/", context, ca_file)
    assert found == ("TLS-alert-received", "handshake failure", 40)


@pytest.mark.parametrize("text", ["", "no certificate\n", None])
def test_a_file_without_certificates(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigError, match=f"^the certificates in {path} cannot be used: "):
        tls_context(path)


def test_large_bodies_over_tls(authority: trustme.CA, ca_file: Path) -> None:
    size = 8 << 20

    def serve(caller: Caller) -> None:
        caller.head()
        body = caller.read(size)
        caller.send(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size)
        caller.send(body)

    body = bytes(range(256)) * (size >> 8)
    context = server_context(authority, "a.example.test")
    tls = tls_context(ca_file)
    with (
        peer(serve, context) as server,
        client(resolve=NAMES, tls=tls, window=65536) as orders,
    ):
        url = f"https://a.example.test:{server.port}/"
        sent = orders.request(url, method=b"POST", body=body)
        orders.read_all(sent)
        assert sent.failure is None
        assert bytes(sent.body) == body
