"""The option ``client_address_header``: who says where a request comes from, and who cannot."""

import pytest

from tests.harness.direct import Client
from tests.harness.double import running

FORGED = [
    (b"x-forwarded-for", b"203.0.113.9"),
    (b"X-Real-IP", b"203.0.113.1"),
    (b"x-real-ip", b"203.0.113.2"),
    (b"X-REAL-IP", b""),
    (b"x-real-ipv6", b"other"),
]


def headers(text: bytes) -> list[str]:
    return [line for line in text.decode().splitlines() if line.startswith("header ")]


@pytest.mark.parametrize("rewrite", [True, False])
def test_the_header_is_ours(rewrite: bool) -> None:
    with Client("request-info", rewrite=rewrite, client_address_header="X-Real-Ip") as client:
        for address in (b"192.0.2.7", b"2001:db8::1", b"unix:"):
            answer = client.run(headers=FORGED, client=address)
            assert headers(answer.body) == [
                "header x-forwarded-for: 203.0.113.9",
                "header x-real-ipv6: other",
                f"header x-real-ip: {address.decode()}",
            ]


def test_nobody_knows_the_address() -> None:
    """The client's own header is no better than none."""
    with Client("request-info", client_address_header="x-real-ip") as client:
        answer = client.run(headers=FORGED, client=b"")
        assert headers(answer.body) == [
            "header x-forwarded-for: 203.0.113.9",
            "header x-real-ipv6: other",
        ]


def test_the_option_is_off() -> None:
    with Client("request-info") as client:
        answer = client.run(headers=FORGED)
        assert headers(answer.body) == [
            f"header {name.decode().lower()}: {value.decode()}" for name, value in FORGED
        ]


def test_the_limit_is_for_what_the_client_sends() -> None:
    with Client("request-info", client_address_header="a", max_header_bytes=1024) as client:
        most = [(b"b", b"x" * 1023)]
        answer = client.run(headers=most, client=b"192.0.2.7")
        assert headers(answer.body)[1:] == ["header a: 192.0.2.7"]
        assert client.run(headers=[*most, (b"a", b"y" * 5000)]).status == 200
        assert client.run(headers=[(b"b", b"x" * 1024)]).status == 431


def test_the_unit_module() -> None:
    with running("request-info", CLIENT_ADDRESS_HEADER="X-Real-IP") as module:
        for address in (b"192.0.2.7", b"2001:db8::1", b"unix:", b"1" * 255):
            answer = module.ask(remote=address, headers=FORGED)
            assert answer.whole
            assert headers(answer.body) == [
                "header x-forwarded-for: 203.0.113.9",
                "header x-real-ipv6: other",
                f"header x-real-ip: {address.decode()}",
            ]
        assert b"x-real-ip:" not in module.ask(remote=b"", headers=FORGED).body
