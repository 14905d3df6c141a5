"""Which pages may call functions."""

import pytest

from unit_wasm.errors import ConfigError
from unit_wasm.options import Options
from unit_wasm.services.pages import NO_PAGE, Pages, Sender, is_loopback, joined

ALLOWED = ("https://app.example", "https://*.b.example:8443", "http://[::1]:9000")


def sender(
    origin: str | None, host: str = "localhost", site: str = "", *, is_local: bool = True
) -> Sender:
    return Sender(origin, host, site, is_local)


@pytest.mark.parametrize(
    ("sent", "may"),
    [
        (sender(None), True),
        (sender(None, "a.example"), True),
        (sender(None, ""), True),
        (sender(None, site="none"), True),
        (sender(None, site="cross-site"), False),
        (sender(None, site="same-site"), False),
        (sender("https://z.example", site="same-origin"), True),
        (sender("https://z.example", site="cross-site"), False),
        (sender("http://localhost"), True),
        (sender("HTTP://LOCALHOST"), True),
        (sender("http://localhost", "localhost:80"), False),
        (sender("http://a.localhost:1", "a.localhost:1"), True),
        (sender("http://10.0.0.1:1", "10.0.0.1:1"), True),
        (sender("http://[::1]:1", "[::1]:1"), True),
        (sender("http://a.example", "a.example"), False),
        (sender("http://a.example", "a.example", is_local=False), True),
        (sender("http://b.example", "a.example", is_local=False), False),
        (sender("https://a.example", "a.example"), True),
        (sender("http://localhost.a.example", "localhost.a.example"), False),
        (sender("http://127.0.0.1.a.example", "127.0.0.1.a.example"), False),
        (sender("http://", "", is_local=True), False),
        (sender("null"), False),
        (sender(""), False),
        (sender("http://localhost, http://localhost"), False),
        (sender("file://localhost"), False),
    ],
)
def test_without_others(sent: Sender, may: bool) -> None:
    pages = Pages(())
    assert pages.may_call(sent) is may
    refused = pages.refusal("POST", sent)
    assert (refused is None) is may
    assert refused is None or refused.status == 403
    assert pages.refusal("GET", sent) is None
    assert pages.refusal("HEAD", sent) is None
    assert pages.refusal("OPTIONS", sent) is None
    assert (pages.refusal("PUT", sent) is None) is may
    assert pages.fields("POST", sent) == ()


def test_a_name_is_never_enough_where_it_is_to_be_strict() -> None:
    sent = sender("http://a.example", "a.example", is_local=False)
    assert not Pages(()).may_call(sent, strict=True)
    assert Pages(("http://a.example",)).may_call(sent, strict=True)


@pytest.mark.parametrize(
    ("origin", "may"),
    [
        ("https://app.example", True),
        ("https://app.example:443", True),
        ("HTTPS://APP.example", True),
        ("http://app.example", False),
        ("https://app.example:444", False),
        ("https://a.app.example", False),
        ("https://app.example.z", False),
        ("https://x.b.example:8443", True),
        ("https://b.example:8443", False),
        ("https://x.b.example", False),
        ("http://[::1]:9000", True),
        ("http://[::1]", False),
        ("https://app.example/", False),
        ("https://z@app.example", False),
        ("https://app.example, https://z.example", False),
        ("ftp://app.example", False),
        ("null", False),
        ("", False),
    ],
)
def test_with_others(origin: str, may: bool) -> None:
    pages = Pages(ALLOWED)
    sent = sender(origin, "a.example")
    assert pages.may_call(sent) is may
    readable = (b"access-control-allow-origin", origin.encode())
    for method in ("GET", "POST", "OPTIONS"):
        fields = pages.fields(method, sent)
        assert fields[0] == (b"vary", b"origin")
        assert (readable in fields) is may
        assert len(fields) == (1 if not may else 5 if method == "OPTIONS" else 3)
    assert pages.fields("POST", sender(None)) == ((b"vary", b"origin"),)


@pytest.mark.parametrize("origin", ["null", "https://z.example", "vscode-webview://x"])
def test_with_all(origin: str) -> None:
    pages = Pages(("*",))
    assert pages.may_call(sender(origin))
    assert pages.may_call(sender(None, site="cross-site"))
    readable = (b"access-control-allow-origin", origin.encode())
    assert pages.fields("POST", sender(origin))[1] == readable


@pytest.mark.parametrize(
    ("address", "is_it"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("/run/unit.sock", False),
        ("unix:@name", False),
        ("", False),
    ],
)
def test_loopback(address: str, is_it: bool) -> None:
    assert is_loopback(address) is is_it


ORIGIN = (b"origin", b"https://a")


def said(*fields: tuple[bytes, bytes], **scope: object) -> Sender:
    """Return what a request of ASGI says."""
    whole = {"headers": list(fields), **scope}
    return Sender.of(whole, joined(whole))


def test_what_a_request_of_asgi_says() -> None:
    host, site = (b"host", b"a.example"), (b"sec-fetch-site", b"none")
    found = said(host, ORIGIN, (b"origin", b"https://b"), site, server=("10.0.0.1", 80))
    assert found == Sender("https://a, https://b", "a.example", "none", is_local=False)
    assert said(ORIGIN, server=("/run/s", None)) == sender("https://a", "", is_local=False)
    assert said(site) == sender(None, "", "none")
    # A server that does not say it may be any.
    assert said(ORIGIN).is_local
    assert said(ORIGIN, server=None).is_local


def test_who_names_no_page_is_not_looked_at() -> None:
    assert said() is NO_PAGE
    assert said((b"host", b"a.example"), server=("127.0.0.1", 80)) is NO_PAGE
    for strict in (False, True):
        assert Pages(()).may_call(NO_PAGE, strict=strict)


def test_fields_of_one_name_are_one() -> None:
    pairs = [(b"a", b"1"), (b"b", b"2")]
    assert joined({"headers": pairs}) == {b"a": b"1", b"b": b"2"}
    assert joined({"headers": iter([*pairs, (b"a", b"3")])}) == {b"a": b"1, 3", b"b": b"2"}


@pytest.mark.parametrize("entry", ["10.0.0.0/8", "app.example", "https://", "null", ""])
def test_what_is_no_origin(entry: str) -> None:
    with pytest.raises(ConfigError, match='origins is ".*", which is not a list of origins or'):
        Options(origins=(entry,))
