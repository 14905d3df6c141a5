"""Raw requests, what is right for each, and by which section: of RFC 9112 where no other is named.

What is right was written from the RFCs, not from what the server did.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One request.

    Parameters:
        name: what is special about it.
        sent: its bytes.
        section: where it is said what is right.
        status: of the response.
        got: what the application sees of it: method, target and body with a space between them.
        closes: the connection ends with the response.
    """

    name: str
    sent: bytes
    section: str
    status: int = 200
    got: bytes = b""
    closes: bool = False


def _get(
    fields: bytes = b"", line: bytes = b"GET / HTTP/1.1", host: bytes = b"Host: a\r\n"
) -> bytes:
    return b"%b\r\n%b%b\r\n" % (line, host, fields)


def _post(fields: bytes, body: bytes = b"", line: bytes = b"POST / HTTP/1.1") -> bytes:
    return _get(fields, line) + body


def _chunked(body: bytes) -> bytes:
    return _post(b"Transfer-Encoding: chunked\r\n", body)


def _line(line: bytes, section: str, got: bytes, name: str = "") -> Case:
    return Case(name or line.decode("latin-1"), _get(line=line), section, 200, got)


_UPGRADE = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"

GOOD = [
    Case("plain", _get(), "3", got=b"GET / "),
    Case("blank lines before it", b"\r\n\r\n" + _get(), "2.2", got=b"GET / "),
    Case("no fields in HTTP/1.0", b"GET / HTTP/1.0\r\n\r\n", "3.2", got=b"GET / ", closes=True),
    # Methods: RFC 9110, section 9.1.
    _line(b"FROB / HTTP/1.1", "RFC 9110, 9.1", b"FROB / "),
    _line(b"get / HTTP/1.1", "RFC 9110, 9.1", b"get / "),
    _line(b"M!#$%&'*+-.^_`|~9 / HTTP/1.1", "RFC 9110, 5.6.2", b"M!#$%&'*+-.^_`|~9 / "),
    # Versions.
    _line(b"GET / HTTP/1.2", "RFC 9110, 6.2", b"GET / "),
    _line(b"GET / HTTP/1.9", "RFC 9110, 6.2", b"GET / "),
    # Targets.
    _line(b"GET http://other HTTP/1.1", "3.2.2", b"GET / "),
    _line(b"GET http://other? HTTP/1.1", "3.2.2", b"GET / "),
    _line(b"GET http://other?x=1 HTTP/1.1", "3.2.2", b"GET /?x=1 "),
    _line(b"GET http://other#x HTTP/1.1", "3.2.2", b"GET / "),
    _line(b"GET http://other/a?b HTTP/1.1", "3.2.2", b"GET /a?b "),
    _line(b"GET HTTP://OTHER/ HTTP/1.1", "RFC 9110, 4.2.3", b"GET / "),
    _line(b"GET https://other/s HTTP/1.1", "3.2.2", b"GET /s "),
    _line(b"GET http://other:/ HTTP/1.1", "RFC 3986, 3.2.3", b"GET / "),
    _line(b"GET http://other:65535/ HTTP/1.1", "RFC 3986, 3.2.3", b"GET / "),
    _line(b"GET http://[::1]:80/ HTTP/1.1", "RFC 3986, 3.2.2", b"GET / "),
    *(
        _line(b"GET %b HTTP/1.1" % target, "3.2.1", b"GET %b " % target)
        for target in (
            b"/http://x@y", b"//other/x", b"/*", b"/a;b=c//..", b"/%", b"/a%00%ff", b'/<>"',
            b"/a?<>\"'",
        )
    ),
    _line(b"OPTIONS * HTTP/1.1", "3.2.4", b"OPTIONS * "),
    _line(b"OPTIONS http://other HTTP/1.1", "3.2.4", b"OPTIONS * "),
    _line(b"OPTIONS http://other/ HTTP/1.1", "3.2.4", b"OPTIONS / "),
    _line(b"OPTIONS http://other?x HTTP/1.1", "3.2.4", b"OPTIONS /?x "),
    # Host.
    Case("Host that is empty", _get(host=b"Host:\r\n"), "3.2", got=b"GET / "),
    Case("Host with blanks", _get(host=b"Host: \t a:80 \t\r\n"), "5.1", got=b"GET / "),
    *(
        Case(f"Host {host.decode()}", _get(host=b"Host: %b\r\n" % host), "3.2", got=b"GET / ")
        for host in (
            b"localhost:8080", b"a_b.example", b"%41", b"a:", b"127.0.0.1", b"[::1]:80",
            b"[2001:db8::1]", b"[::ffff:1.2.3.4]:1",
        )
    ),
    # Lengths.
    Case("length of 0", _post(b"Content-Length: 0\r\n"), "6.3", got=b"POST / "),
    Case("length with zeros", _post(b"Content-Length: 0005\r\n", b"hello"), "6.2",
         got=b"POST / hello"),
    Case("length with blanks", _post(b"Content-Length:\t5 \r\n", b"hello"), "5.1",
         got=b"POST / hello"),
    Case("body of a GET", _get(b"Content-Length: 5\r\n") + b"hello", "6", got=b"GET / hello"),
    Case(
        "body in HTTP/1.0",
        _post(b"Content-Length: 5\r\n", b"hello", b"POST / HTTP/1.0"),
        "6.3",
        got=b"POST / hello",
        closes=True,
    ),
    # Chunks.
    Case("chunks", _chunked(b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"), "7.1", got=b"POST / hello"),
    Case("no chunk", _chunked(b"0\r\n\r\n"), "7.1", got=b"POST / "),
    Case("size with zeros", _chunked(b"0005\r\nhello\r\n000\r\n\r\n"), "7.1", got=b"POST / hello"),
    Case("size with many zeros", _chunked(b"0" * 99 + b"2\r\nab\r\n" + b"0" * 99 + b"\r\n\r\n"),
         "7.1", got=b"POST / ab"),
    Case("sizes of both cases", _chunked(b"a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"), "7.1",
         got=b"POST / 01234567890123456789"),
    Case("extensions", _chunked(b'5;a;b=c ; d="e;\\"\t" \t; f\r\nhello\r\n0;x\r\n\r\n'), "7.1.1",
         got=b"POST / hello"),
    Case("blank before an extension", _chunked(b"5 \t;a\r\nhello\r\n0\r\n\r\n"), "7.1.1",
         got=b"POST / hello"),
    Case("trailers", _chunked(b"5\r\nhello\r\n0\r\nX: y\r\nZ:\r\n\r\n"), "7.1.2",
         got=b"POST / hello"),
    Case("trailers that are none", _chunked(b"0\r\nContent-Length: 7\r\nHost: b\r\n\r\n"), "7.1.2",
         got=b"POST / "),
    Case("coding in capitals", _post(b"Transfer-Encoding: Chunked\r\n", b"0\r\n\r\n"), "7",
         got=b"POST / "),
    Case("coding with blanks", _post(b"Transfer-Encoding: \tchunked \r\n", b"0\r\n\r\n"), "5.1",
         got=b"POST / "),
    Case("coding in a list", _post(b"Transfer-Encoding: , chunked ,\r\n", b"0\r\n\r\n"),
         "RFC 9110, 5.6.1.2",
         got=b"POST / "),
    Case("coding that is promised", _get(b"TE: gzip, trailers\r\n"), "7.4", got=b"GET / "),
    # Upgrade is ignored: RFC 9110, section 7.8.
    Case("Upgrade", _get(_UPGRADE), "RFC 9110, 7.8", got=b"GET / "),
    Case("Upgrade with a length", _post(_UPGRADE + b"Content-Length: 5\r\n", b"hello"),
         "RFC 9110, 7.8",
         got=b"POST / hello"),
    Case("Upgrade with chunks", _post(_UPGRADE + b"Transfer-Encoding: chunked\r\n",
         b"5\r\nhello\r\n0\r\n\r\n"),
         "RFC 9110, 7.8", got=b"POST / hello"),
    Case("Upgrade to a websocket", _get(b"Connection: upgrade\r\nUpgrade: websocket\r\n"),
         "RFC 9110, 7.8",
         got=b"GET / "),
    # Expectations: RFC 9110, section 10.1.1.
    Case("expectation that is unknown", _post(b"Expect: 200-ok\r\nContent-Length: 2\r\n", b"ok"),
         "RFC 9110, 10.1.1", got=b"POST / ok"),
    Case("expectation without a body", _get(b"Expect: 100-continue\r\n"), "RFC 9110, 10.1.1",
         got=b"GET / "),
    # Fields: RFC 9110, section 5.5.
    Case("bytes in a value", _get(b'X: \xff\x80 <>"\t\r\n'), "RFC 9110, 5.5", got=b"GET / "),
    Case("value that is empty", _get(b"X:\r\nY: \t\r\n"), "5.1", got=b"GET / "),
    Case("name of signs", _get(b"!#$%&'*+-.^_`|~9: x\r\n"), "RFC 9110, 5.6.2", got=b"GET / "),
    Case("end of the connection", _get(b"Connection: x, Close\r\n"), "9.6",
         got=b"GET / ", closes=True),
    Case("HTTP/1.0 that would stay", _get(b"Connection: keep-alive\r\n", b"GET / HTTP/1.0"), "9.3",
         got=b"GET / ", closes=True),
]  # fmt: skip


def _bad(name: str, sent: bytes, section: str, status: int = 400) -> Case:
    return Case(name, sent, section, status, closes=True)


def _bad_line(line: bytes, section: str, status: int = 400) -> Case:
    return _bad(line.decode("latin-1"), _get(line=line), section, status)


BAD = [
    # The request line.
    *(
        _bad_line(line, "3")
        for line in (
            b" / HTTP/1.1", b"GET", b"GET /", b"GET  HTTP/1.1", b"GET  / HTTP/1.1",
            b"GET / HTTP/1.1 ",
            b"GET /  HTTP/1.1", b"GET\t/ HTTP/1.1", b"G(T / HTTP/1.1", b"GET / a HTTP/1.1",
            b"G\xc4T / HTTP/1.1",
            b"GET /\x80 HTTP/1.1", b"GET /\x01 HTTP/1.1", b"GET /\x7f HTTP/1.1",
            b"GET /a\tb HTTP/1.1",
        )
    ),
    # Versions: a name of another protocol is none of HTTP.
    *(
        _bad_line(line, "2.3")
        for line in (
            b"GET / http/1.1", b"GET / HTTP/1", b"GET / HTTP/11", b"GET / HTTP/1.1.1",
            b"GET / HTTP/1.10",
            b"GET / HTTPS/1.1", b"GET / RTSP/1.0", b"OPTIONS / RTSP/1.0", b"GET / RTSP/1.1",
            b"SOURCE / ICE/1.0", b"GET / ICE/1.0", b"GET / HTTP/x.1", b"GET / HTTP/1.x",
            b"GET / FOO",
        )
    ),
    _bad("a request of HTTP/0.9", b"GET /\r\n", "2.3"),
    *(
        _bad_line(line, "RFC 9110, 15.6.6", 505)
        for line in (
            b"GET / HTTP/0.9", b"GET / HTTP/2.0", b"GET / HTTP/2.1", b"GET / HTTP/3.0",
            b"GET / HTTP/9.9",
            b"GET / HTTP/0.0",
        )
    ),
    _bad("preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "RFC 9110, 15.6.6", 505),
    # Targets.
    *(
        _bad_line(line, "3.2")
        for line in (
            b"GET * HTTP/1.1", b"POST * HTTP/1.1", b"OPTIONS ** HTTP/1.1", b"OPTIONS *?x HTTP/1.1",
            b"GET a HTTP/1.1", b"GET ?a HTTP/1.1", b"GET #a HTTP/1.1", b"GET other:80 HTTP/1.1",
            b"GET other HTTP/1.1", b"GET ftp://other/ HTTP/1.1", b"GET mailto:x@y HTTP/1.1",
            b"GET http:/other HTTP/1.1", b"GET http:other HTTP/1.1", b"GET httpx://other/ HTTP/1.1",
            b"GET ://other/ HTTP/1.1",
        )
    ),
    *(
        _bad_line(b"GET http://%b HTTP/1.1" % rest, "RFC 9110, 4.2")
        for rest in (
            b"", b"/", b"?x", b":80/", b"user@other/", b"user:pass@other/", b"@other/",
            b"other:x/", b"other:-1/",
            b"other:80:80/", b"other:99999/", b"other:65536/", b"[::1/", b"[::1]x/", b"[12345]/",
            b"[]/",
            b"[fe80::1%25eth0]/", b"[v1.x]/", b"::1/", b"a\\b/", b"a|b/", b"a%zz/", b"a%/",
        )
    ),
    *(
        _bad_line(line, "RFC 9110, 9.3.6")
        for line in (
            b"CONNECT a:80 HTTP/1.1", b"CONNECT / HTTP/1.1", b"CONNECT http://a/ HTTP/1.1",
            b"CONNECT * HTTP/1.1",
            b"CONNECT a HTTP/1.0",
        )
    ),
    # Host.
    *(
        _bad(f"Host {host!r}", _get(host=b"Host: %b\r\n" % host), "3.2")
        for host in (
            b"[12345]", b"[]", b"[::1", b"::1", b"[::1]x", b"[:::]", b"[1.2.3.4]",
            b"[fe80::1%25eth0]", b"[fe80::1%1]",
            b"a b", b"a\tb", b"a,b:x", b"a:b", b"a:-1", b"a:99999", b"a:80:80", b"user@a",
            b"http://a", b"a/b", b"a?b", b"a#b",
            b'a"', b"<a>", b"a\\b", b"a%", b"a%zz", b"\xff", b"b\xc3\xbccher.example",
        )
    ),
    _bad("no Host", _get(host=b""), "3.2"),
    _bad("two Hosts", _get(b"Host: a\r\n"), "3.2"),
    _bad("no Host with an authority", _get(line=b"GET http://a/ HTTP/1.1", host=b""), "3.2"),
    _bad("bad Host with an authority", _get(line=b"GET http://a/ HTTP/1.1", host=b"Host: b/\r\n"),
         "3.2"),
    _bad("bad Host in HTTP/1.0", b"GET / HTTP/1.0\r\nHost: a b\r\n\r\n", "3.2"),
    # Lines.
    _bad("line feeds alone", b"GET / HTTP/1.1\nHost: a\n\n", "2.2"),
    _bad("a line feed alone after a field", b"GET / HTTP/1.1\r\nHost: a\n\r\n", "2.2"),
    _bad("a line feed alone at the end", b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\n", "2.2"),
    _bad("a carriage return alone", b"GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", "2.2"),
    _bad("a carriage return in the line", b"GET /\r HTTP/1.1\r\nHost: a\r\n\r\n", "2.2"),
    _bad("two carriage returns", b"GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", "2.2"),
    _bad("white space before the fields", b"GET / HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n", "2.2"),
    _bad("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100), "3"),
    _bad("a frame of a websocket", b"\x81\x05frame", "3"),
    # Fields.
    _bad("a folded field", _get(b"X: y\r\n z\r\n"), "5.2"),
    _bad("a field folded with a tab", _get(b"X: y\r\n\tz\r\n"), "5.2"),
    _bad("space before the colon", _get(b"X : y\r\n"), "5.1"),
    _bad("tab before the colon", _get(b"X\t: y\r\n"), "5.1"),
    _bad("no colon", _get(b"Xy\r\n"), "5"),
    _bad("no name", _get(b": y\r\n"), "5"),
    _bad("NUL in a value", _get(b"X: y\0z\r\n"), "RFC 9110, 5.5"),
    _bad("control in a value", _get(b"X: y\x0bz\r\n"), "RFC 9110, 5.5"),
    _bad("DEL in a value", _get(b"X: y\x7f\r\n"), "RFC 9110, 5.5"),
    *(
        _bad(f"byte {byte:#04x} in a name", _get(b"X%cy: z\r\n" % byte), "RFC 9110, 5.1")
        for byte in (0, 1, 0x20, 0x22, 0x28, 0x2C, 0x2F, 0x3B, 0x3D, 0x40,
        0x5B, 0x7B, 0x7F, 0x80, 0xC4, 0xFF)
    ),
    # Lengths.
    *(
        _bad(f"length {value!r}", _post(b"Content-Length: %b\r\n" % value, b"hello"), "6.3")
        for value in (
            b"", b"x", b"5x", b"x5", b"-1", b"+5", b"5, 5", b"5,6", b"5 5", b"0x5", b"5.0",
            b"5e0", b'"5"', b"\xb2", b"5;a",
        )
    ),
    _bad("two lengths", _post(b"Content-Length: 1\r\nContent-Length: 2\r\n", b"ab"), "6.3"),
    _bad("the same length twice", _post(b"Content-Length: 1\r\nContent-Length: 1\r\n", b"a"),
         "6.3"),
    _bad("length and coding", _post(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
         b"0\r\n\r\n"), "6.3"),
    _bad("coding and length", _post(b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
         b"0\r\n\r\n"), "6.3"),
    _bad("more than fits", _post(b"Content-Length: 18446744073709551616\r\n"), "6.2", 413),
    _bad("far more than fits", _post(b"Content-Length: 1" + b"0" * 5000 + b"\r\n"), "6.2", 413),
    # Codings.
    *(
        _bad(f"coding {value!r}", _post(b"Transfer-Encoding: %b\r\n" % value, b"0\r\n\r\n"),
             section, status)
        for value, section, status in (
            (b"gzip, chunked", "6.1", 501), (b"identity, chunked", "6.1", 501), (b"x,y , chunked",
            "6.1", 501),
            (b"gzip", "6.3", 400), (b"identity", "6.3", 400), (b"chunked, gzip", "6.3", 400),
            (b"", "6.3", 400),
            (b",", "6.3", 400), (b"chunked, chunked", "6.1", 400), (b"chunked, identity", "6.3",
            400),
            (b"xchunked", "6.3", 400), (b"chunkedx", "6.3", 400), (b"chunked;a=b", "7", 400),
            (b'"chunked"', "6.3", 400),
            (b"chunked chunked", "6.3", 400), (b"\x0bchunked", "6.3", 400),
        )
    ),
    _bad("two codings", _post(b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
         b"0\r\n\r\n"), "6.1", 501),
    _bad("chunked twice", _post(b"Transfer-Encoding: chunked\r\n" * 2, b"0\r\n\r\n"), "6.1"),
    _bad("coding in HTTP/1.0", _post(b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n",
         b"POST / HTTP/1.0"), "6.1"),
    # Chunks.
    *(
        _bad(f"chunk {body!r}", _chunked(body), section)
        for body, section in (
            (b"zz\r\n", "7.1"), (b"\r\n", "7.1"), (b" 1\r\n", "7.1"), (b"-1\r\n", "7.1"),
            (b"+1\r\n", "7.1"), (b"0x1\r\n", "7.1"),
            (b"1 \r\n", "7.1"), (b"1\n", "2.2"), (b"1\ra", "2.2"), (b"f" * 17 + b"\r\n", "7.1"),
            (b"1" + b"0" * 16 + b"\r\n", "7.1"),
            (b"3\r\nabcX", "7.1"), (b"3\r\nabc\n", "2.2"), (b"3\r\nabcd\r\n", "7.1"), (b";a\r\n",
            "7.1"), (b"1,\r\n", "7.1"),
            (b"1;a\n", "2.2"), (b"1;a\rb", "2.2"), (b"1;\0", "7.1.1"), (b'1;a="\n', "7.1.1"),
            (b'1;a="\r\n', "7.1.1"), (b"1;a\x80", "7.1.1"),
            (b"0\r\n x", "7.1.2"), (b"0\r\nx\r\n", "7.1.2"), (b"0\r\nx : y\r\n", "7.1.2"),
            (b"0\r\n: y\r\n", "7.1.2"),
            (b"0\r\nx: y\n", "2.2"), (b"0\r\nx: y\0", "7.1.2"), (b"0\r\nx: y\r\n z\r\n", "5.2"),
            (b"0\r\n\n", "2.2"),
        )
    ),
]  # fmt: skip
