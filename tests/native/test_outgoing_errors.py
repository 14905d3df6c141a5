"""Failures of outgoing requests: responses that are none, and every error-code."""

import pytest

from tests.harness.direct import Client
from tests.harness.outgoing import asks, end, get
from unit_wasm.wit import known_interface, model, type_text

# ---- Bad responses ----


@pytest.mark.parametrize("status", [0, 99, 100, 199, 1000, 65535])
def test_a_status_that_is_none(status: int) -> None:
    client, call, peer, asked = get()
    with client:
        asked.respond(status)
        assert asked.push(b"x") == -1
        assert end(client, call) == "error HTTP-protocol-error\n"
        peer.take()
        assert asked.cancelled


@pytest.mark.parametrize("header", [(b"bad name", b""), (b"", b"x"), (b"x", b"a\0b")])
def test_a_header_that_is_none(header: tuple[bytes, bytes]) -> None:
    client, call, peer, asked = get()
    with client:
        asked.respond(200, [(b"x-good", b"1"), header])
        assert end(client, call) == "error HTTP-protocol-error\n"
        peer.take()
        assert asked.cancelled


def test_headers_at_their_limit() -> None:
    """Each line costs its bytes, with colon and line feed."""
    for size, expected in [
        (1024, "status 200\nx: " + "v" * 1021 + "\n|closed\nno trailers\n"),
        (1025, "error HTTP-response-header-section-size 1025\n"),
        (1 << 20, f"error HTTP-response-header-section-size {1 << 20}\n"),
    ]:
        with Client("outgoing-get", outgoing=True, max_header_bytes=1024) as client:
            call = client.start()
            _, [asked] = asks(client)
            asked.answer(200, [(b"x", b"v" * (size - 3))])
            assert end(client, call) == expected


@pytest.mark.parametrize(
    ("trailer", "expected"),
    [
        ((b"x", b"v" * 1022), "failed HTTP-response-trailer-section-size"),
        ((b"bad name", b""), "failed HTTP-protocol-error"),
    ],
)
def test_trailers_that_are_none(trailer: tuple[bytes, bytes], expected: str) -> None:
    with Client("outgoing-get", outgoing=True, max_header_bytes=1024) as client:
        call = client.start()
        _, [asked] = asks(client)
        asked.respond(200)
        assert asked.push(b"body", True, [trailer]) == -1
        number = " 1025" if b"v" in trailer[1] else ""
        said = expected.removeprefix("failed ") + number
        assert end(client, call) == f"status 200\nbody|{expected}\ntrailers: {said}\n"


# ---- Failures ----


def error_cases() -> dict[str, str]:
    """Return the cases of error-code, with the name of the payload's type where it has one."""
    types = known_interface("wasi:http/types@0.2.12")
    assert types is not None
    (code,) = (each.type for each in types.types if each.name == "error-code")
    assert isinstance(code, model.Variant)
    return {case.name: "" if case.type is None else type_text(case.type) for case in code.cases}


def errors() -> list[tuple[str, str, int, str]]:
    """Return codes with text and number, and what the guest prints of that."""
    plain = [code for code, payload in error_cases().items() if not payload]
    fields = [code for code, payload in error_cases().items() if payload == "field-size-payload"]
    sections = [code for code in error_cases() if code.endswith("-section-size")]
    return [
        *((code, "", 0, code) for code in plain),
        *((code, "not there", 7, code) for code in plain),
        ("DNS-error", "NXDOMAIN", 3, "DNS-error NXDOMAIN 3"),
        ("DNS-error", "", 65535, "DNS-error none 65535"),
        ("DNS-error", "", 65536, "DNS-error none none"),
        ("DNS-error", "", 0, "DNS-error none none"),
        ("TLS-alert-received", "bad certificate", 42, "TLS-alert-received 42 bad certificate"),
        ("TLS-alert-received", "", 255, "TLS-alert-received 255 none"),
        ("TLS-alert-received", "", 256, "TLS-alert-received none none"),
        *(
            (f"HTTP-{m}-body-size", "", 2**64 - 1, f"HTTP-{m}-body-size({2**64 - 1})")
            for m in ("request", "response")
        ),
        *((f"HTTP-{m}-body-size", "", 0, f"HTTP-{m}-body-size") for m in ("request", "response")),
        *((code, "", 2**32 - 1, f"{code} {2**32 - 1}") for code in sections),
        *((code, "", 2**32, f"{code} none") for code in sections),
        *(
            (code, "x-name", 9, f"{code} x-name 9")
            for code in [*fields, "HTTP-request-header-size"]
        ),
        *((code, "", 0, f"{code} none none") for code in fields),
        ("HTTP-request-header-size", "", 0, "HTTP-request-header-size nothing"),
        ("HTTP-response-transfer-coding", "br", 0, "HTTP-response-transfer-coding br"),
        ("HTTP-response-content-coding", "", 0, "HTTP-response-content-coding none"),
        ("internal-error", "why", 0, "internal-error(why)"),
        ("internal-error", "", 0, "internal-error"),
        ("no-such-code", "", 0, "internal-error(no-such-code)"),
        ("no-such-code", "why", 0, "internal-error(why)"),
        ("internal-error", "\u00e9" * 60, 0, "internal-error(" + "\u00e9" * 47 + ")"),
        ("internal-error", "x" * 95, 0, "internal-error(" + "x" * 95 + ")"),
        ("internal-error", "x" * 96, 0, "internal-error(" + "x" * 95 + ")"),
    ]


def test_every_error_is_tried() -> None:
    """The variant has no other cases: so the guest's table of their names is right, too."""
    assert {code for code, *_ in errors()} - {"no-such-code"} == error_cases().keys()


def test_errors_instead_of_a_response() -> None:
    with Client("outgoing-get", outgoing=True) as client:
        for code, text, number, said in errors():
            call = client.start()
            _, [asked] = asks(client)
            asked.fail(code, text, number)
            client.finish(call)
            assert bytes(call.body).decode() == f"error {said}\n"


@pytest.mark.parametrize(
    ("code", "said", "whole"),
    [
        ("connection-terminated", "connection-terminated", "connection-terminated"),
        ("HTTP-response-incomplete", "HTTP-response-incomplete", "HTTP-response-incomplete"),
        ("DNS-error", "DNS-error", "DNS-error text 5"),
        ("internal-error", "internal-error(text)", "internal-error(text)"),
    ],
)
def test_an_error_in_the_middle_of_a_body(code: str, said: str, whole: str) -> None:
    """What came before it is read; then the stream fails with it, and so do the trailers."""
    client, call, peer, asked = get()
    with client:
        asked.respond(200)
        asked.push(b"begun")
        asked.fail(code, "text", 5)
        asked.push(b"never", last=True)
        expected = f"status 200\nbegun|failed {said}\ntrailers: {whole}\n"
        assert end(client, call) == expected
        # A failed request is over.
        assert peer.take() == []


def test_an_error_after_the_end_changes_nothing() -> None:
    client, call, _, asked = get()
    with client:
        asked.answer(200, body=b"all")
        asked.fail("connection-terminated")
        assert end(client, call) == "status 200\nall|closed\nno trailers\n"


def test_only_the_first_of_each_counts() -> None:
    client, call, _, asked = get()
    with client:
        assert asked.push(b"before its head") == -1
        asked.respond(201)
        asked.respond(404, [(b"x-second", b"1")])
        asked.push(b"all", last=True)
        assert asked.push(b"more", last=True) == -1
        asked.fail("internal-error")
        asked.fail("internal-error")
        assert end(client, call) == "status 201\nall|closed\nno trailers\n"


def test_a_request_that_nobody_knows() -> None:
    client, call, _, asked = get()
    with client:
        worker = client.worker
        for number in (0, 2**64 - 1, asked.id + 1, asked.id + (1 << 32), 1 << 32):
            worker.outgoing_respond(number, 200, [])
            worker.outgoing_fail(number, "internal-error")
            worker.outgoing_sent(number, 1)
            assert worker.outgoing_push(number, b"x", True) == -1
        asked.answer()
        assert end(client, call) == "status 200\n|closed\nno trailers\n"
        # Its number is not used again.
        asked.fail("internal-error")
        assert asked.push(b"x") == -1
        call = client.start()
        _, [second] = asks(client)
        assert second.id != asked.id
        asked.fail("internal-error")
        second.answer(201)
        client.finish(call)
        assert call.body.startswith(b"status 201\n")
