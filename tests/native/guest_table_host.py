"""The rows of the guests that try host functions, and of those that use them wrongly."""

from tests.native.guest_table import OTHER_TYPE, POST, UNREACHABLE, Row, failed, lines, whole

FORBIDDEN = (
    *("connection", "Keep-Alive", "proxy-authenticate", "proxy-authorization"),
    *("proxy-connection", "transfer-encoding", "upgrade", "HOST", "http2-settings"),
)

PASSED_TOO_MUCH = (
    "the component failed: a call passed more than the host takes at once: 131072 items of lists, "
    "with what is in them, or 4 MiB of text"
)


def changes(what: str) -> list[str]:
    """What the guest `fields` says of headers that nobody may change."""
    return [
        f"{what} x-new: immutable",
        f"{what} x-new: invalid-syntax",
        f"{what} x-new: immutable",
        f"{what} x-new: immutable",
        f"{what} x-request: immutable",
    ]


def length_taken(length: str) -> list[str]:
    """What it says of a content-length that is a number."""
    got = f"get content-length: 1 [{length}], has: true"
    return ["append content-length: ok", got, "set content-length: ok", got]


def length_refused() -> list[str]:
    """What it says of one that is none."""
    got = "get content-length: 0, has: false"
    return [
        *("append content-length: invalid-syntax", got),
        *("set content-length: invalid-syntax", got),
    ]


FIELDS = lines(
    "entries of new:",
    "append x-a: ok",
    "append x-b: ok",
    "append X-A: ok",
    "append x-empty: ok",
    "append x-bytes: ok",
    "append with a line end x-a: invalid-syntax",
    "append with a bad name x a: invalid-syntax",
    "entries after append: x-a=1 x-b=2 x-a=3 x-empty= x-bytes=\\x80\\xff",
    "get x-A: 2 [1] [3], has: true",
    "get x-none: 0, has: false",
    "get x a: 0, has: false",
    "set one X-b: ok",
    "set two x-c: ok",
    "set none x-empty: ok",
    "set with a line end x-b: invalid-syntax",
    "set with a bad name : invalid-syntax",
    "entries after set: x-a=1 x-a=3 x-bytes=\\x80\\xff x-b=4 x-c=5 x-c=6",
    "delete X-A: ok",
    "delete x-none: ok",
    "delete x a: invalid-syntax",
    "entries after delete: x-bytes=\\x80\\xff x-b=4 x-c=5 x-c=6",
    "append to clone x-clone: ok",
    "entries of clone: x-bytes=\\x80\\xff x-b=4 x-c=5 x-c=6 x-clone=1",
    "entries of the original: x-bytes=\\x80\\xff x-b=4 x-c=5 x-c=6",
    "get x-clone: 1 [1], has: true",
    *(f"{verb} {name}: forbidden" for name in FORBIDDEN for verb in ("append", "set", "delete")),
    *(f"{verb} {name}: ok" for name in ("te", "trailer") for verb in ("append", "set", "delete")),
    *(f"{verb} content-length: ok" for verb in ("append", "set", "delete")),
    "entries after the forbidden ones:",
    *(line for length in ("7", "0") for line in length_taken(length)),
    *(line for _ in range(2) for line in length_refused()),
    "from-list of two: ok",
    "entries of two: x-good=1 x-good=2",
    "from-list with a forbidden name: forbidden",
    "from-list with a bad name: invalid-syntax",
    "from-list with a bad value: invalid-syntax",
    *changes("request headers"),
    "get X-Request: 1 [of a client], has: true",
    "append to the clone of these x-new: ok",
    "get x-new: 1 [1], has: true",
    *changes("response headers"),
    "get X-Request: 1 [of a response], has: true",
    "append to the clone of these x-new: ok",
    "get x-new: 1 [1], has: true",
)

BAD_BYTES = lines(
    *(
        f"name {what}: invalid-syntax"
        for what in (
            *("with CR LF", "with NUL", "with space", "with colon"),
            *("with letter outside ASCII", "empty"),
        )
    ),
    *(
        f"value with {what}: invalid-syntax"
        for what in ("CR", "LF", "CR LF and header", "NUL", "DEL")
    ),
    "value with tab: ok",
    "value not UTF-8: ok",
    "value empty: ok",
    "kept x-tab: a\\x09b",
    "kept x-high: \\x80\\xff",
    "kept x-empty: ",
)

STDIO = (
    "stdout: a whole line",
    "stdout: a line in two parts",
    "stderr: an error line",
    "stdout: ",
    "stdout: two lines",
    "stdout: in one write",
    "stdout: between",
    "stderr: an error in two parts",
    "stdout: no newline at the end",
)

REQUEST_SETTERS = lines(
    "set-method 0 : ok, now 0",
    "set-method 1 : ok, now 1",
    "set-method 2 : ok, now 2",
    "set-method 3 : ok, now 3",
    "set-method 4 : ok, now 4",
    "set-method 5 : ok, now 5",
    "set-method 6 : ok, now 6",
    "set-method 7 : ok, now 7",
    "set-method 8 : ok, now 8",
    "set-method 9 PURGE: ok, now 9 PURGE",
    "set-method 9 bad\\x0amethod: err, now 9 PURGE",
    "set-method 9 : err, now 9 PURGE",
    "set-scheme some 0 : ok, now 0",
    "set-scheme some 1 : ok, now 1",
    "set-scheme some 2 ws: ok, now ws",
    "set-scheme some 2 1a: err, now ws",
    "set-scheme none 0 : ok, now none",
    "set-path-with-query /a?b=c: ok, now /a?b=c",
    "set-path-with-query : ok, now ",
    "set-path-with-query /\\xc3\\xbc: ok, now /ü",
    "set-path-with-query /a b: err, now /ü",
    "set-path-with-query /a#b: err, now /ü",
    "set-path-with-query /a\\x0ab: err, now /ü",
    "set-path-with-query none: ok, now none",
    "set-authority example.com: ok, now example.com",
    "set-authority example.com:8443: ok, now example.com:8443",
    "set-authority [::1]:80: ok, now [::1]:80",
    "set-authority [::]: ok, now [::]",
    "set-authority 127.0.0.1: ok, now 127.0.0.1",
    "set-authority example.com:99999: err, now 127.0.0.1",
    "set-authority example.com:: err, now 127.0.0.1",
    "set-authority a b: err, now 127.0.0.1",
    "set-authority user@example.com: err, now 127.0.0.1",
    "set-authority : err, now 127.0.0.1",
    "set-authority none: ok, now none",
    "append to headers: immutable",
    "has x-set: yes",
    "body: ok err",
    "connect-timeout: none, ok 0, ok 1, ok 18446744073709551614, ok none",
    "first-byte-timeout: none, ok 0, ok 1, ok 18446744073709551614, ok none",
    "between-bytes-timeout: none, ok 0, ok 1, ok 18446744073709551614, ok none",
)

HOST = [
    whole("fields", "/", FIELDS, request={"headers": [(b"X-Request", b"of a client")]}),
    whole("bad-header-bytes", "/", BAD_BYTES),
    failed(
        "bad-header-bytes",
        "/name-not-utf8",
        "the component failed: invalid utf-8 sequence of 1 bytes from index 2",
    ),
    # 1 and N bytes and 32 for each field count against the limit; see test_limits.py for others.
    whole(
        "fields-limit",
        "/clone/991",
        "2\n",
        options={"max_header_bytes": 1024 + 36},
        request={
            "headers": [(b"x-r", b"1")],
        },
    ),
    whole(
        "poll-twice",
        "/",
        lines(
            "same, ready: 0 1",
            "two, both ready: 0 1",
            "two, first ready: 0",
            "two, second ready: 1",
            "two, second soon: 1",
            "same, was waited for: 0 1",
            "never: not ready",
        ),
    ),
    whole(
        "zero-length",
        "/",
        "\0\0\0"
        + lines(
            "read 0: ok 0 []",
            "skip 0: ok 0",
            "read 2: ok 2 [01]",
            "blocking-skip 3: ok 3",
            "blocking-read 2: ok 2 [56]",
            "skip 1: ok 1",
            "read 0 at the end: closed",
            "blocking-skip 1 at the end: closed",
            "write 0: ok",
            "blocking-write-and-flush 0: ok",
            "write-zeroes 0: ok",
            "blocking-write-zeroes-and-flush 0: ok",
            "flush: ok",
            "blocking-write-zeroes-and-flush 3: ok",
        ),
        request={**POST, "body": b"0123456789"},
    ),
    whole("stdio", "/", "printed\n", output=STDIO),
    whole(
        "env",
        "/",
        lines(
            "variable: FOO=bar",
            "variable: EMPTY=",
            "variable: EQUALS=a=b",
            "variable: UMLAUT=ü",
            "cwd: none",
            "terminal-stdin: none",
            "terminal-stdout: none",
            "terminal-stderr: none",
        ),
        environment={"FOO": "bar", "EMPTY": "", "EQUALS": "a=b", "UMLAUT": "ü"},
    ),
    whole(
        "random",
        "/",
        lines(
            "get-random-bytes 0: 0 bytes, same",
            "get-random-bytes 16: 16 bytes, differ",
            "get-random-bytes 65536: 65536 bytes, differ",
            "get-insecure-random-bytes 16: 16 bytes, differ",
            "get-random-u64: differ",
            "get-insecure-random-u64: differ",
            "insecure-seed: ok",
        ),
    ),
    whole("random", "/65537", "get-random-bytes 65537: 65537 bytes, differ\n"),
    failed(
        "random",
        "/262145",
        "the component failed: 262145 random bytes are more than one call may ask for (limit "
        "262144)",
    ),
    whole("poll-many", "/1", "1\n"),
    whole("poll-many", "/5000", "5000\n"),
    # Without ours, bounds of libwasmtime: handles of one store, and bytes that one call carries.
    failed(
        "poll-many",
        "/100000",
        "the component failed: cannot allocate another handle: store handle limit exceeded",
        guarded=PASSED_TOO_MUCH,
    ),
    failed(
        "poll-many",
        "/5000000",
        "the component failed: too much data is being copied between the host and the guest: fuel "
        "allocated for hostcalls has been exhausted",
        guarded=PASSED_TOO_MUCH,
    ),
    whole("log", "/0", "printed\n"),
    whole(
        "log", "/bytes", "printed\n", output=("stdout: \\x1b[31mred\\x0d\\x7f\t\\x00 é \\xff end",)
    ),
    whole("log", "/8192", "printed\n", output=("stdout: " + "x" * 8192,)),
    whole("log", "/8193", "printed\n", output=("stdout: " + "x" * 8192, "stdout: x")),
    whole(
        "log",
        "/200000",
        "printed\n",
        output=(*["stdout: " + "x" * 8192] * 24, "stdout: " + "x" * 3392),
    ),
    whole("request-setters", "/", REQUEST_SETTERS),
    whole(
        "stdin",
        "/",
        lines(
            "ready: yes",
            "read: closed",
            "blocking-read: closed",
            "skip: closed",
            "blocking-skip: closed",
        ),
    ),
    whole(
        "error-text",
        "/",
        lines(
            "to-debug-string: HTTP-response-body-size(5)",
            "http-error-code: HTTP-response-body-size(5)",
            "filesystem-error-code: none",
        ),
    ),
    failed(
        "exit-with-code",
        "/",
        "the component exited: the component called exit with code 42",
    ),
    # It exits with success when all is as it should be, and traps otherwise.
    failed(
        "timezone", "/", "the component returned without calling response-outparam.set", trace=False
    ),
    whole(
        "outgoing-denied",
        "/",
        "handle: HTTP-request-denied\n",
        warns=("outgoing requests to https://example.com are denied: UNIT_WASM_OUTGOING is empty",),
    ),
    whole("filesystem-denied", "/", "directories: 0\n"),
    whole(
        "sockets-denied",
        "/",
        lines(
            *(
                f"{name}: access-denied"
                for name in (
                    *("create-tcp-socket ipv4", "create-tcp-socket ipv6"),
                    *("create-udp-socket ipv4", "create-udp-socket ipv6"),
                    "resolve-addresses",
                )
            )
        ),
    ),
    whole("many-handles", "/14", "14\n", options={"max_handles": 16}),
]

OTHER_IMPORT = "the component failed: the component imports {} with another type than WASI's"
WRONG_TYPES = [
    failed("wrong-types", "/", "the component failed: type mismatch: expected u32, found result"),
    failed("wrong-waiting", "/", "the component failed: type mismatch: expected u32, found result"),
    # Bytes and strings are the same to the host: the call works, and the guest traps itself.
    failed("wrong-string", "/", UNREACHABLE, output=("stdout: a string",)),
    failed("wrong-list", "/", OTHER_TYPE),
    failed("wrong-param", "/", OTHER_TYPE),
    failed("wrong-result", "/", "the component failed: type mismatch: expected string, found u64"),
    failed("no-result", "/", OTHER_IMPORT.format("get-random-u64")),
    failed("too-few-params", "/", OTHER_IMPORT.format("get-random-bytes")),
    failed("too-many-params", "/", OTHER_IMPORT.format("get-random-u64")),
    failed(
        "wrong-handler", "/", "the component failed: expected 1 argument(s), got 2", trace=False
    ),
]
HOST += WRONG_TYPES

COOKIES = [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2; Path=/")]
MIXED = [
    Row("mixed", "/", b"hello\n"),
    Row(
        "events",
        "/3/1",
        b"data: 0\n\ndata: 1\n\ndata: 2\n\n",
        headers=[(b"content-type", b"text/event-stream")],
    ),
    *(
        Row("header-name", f"/{size}", b"named\n", headers=[(b"n" * size, b"value"), *COOKIES])
        for size in (1, 255, 256, 8000)
    ),
]

HANDLER = "build it for the wasi:http/proxy world"
NOT_SERVABLE = {
    "core-module": "this is a core WebAssembly module, not a component (make a component of it, "
    "for example with `wasm-tools component new`)",
    "no-handler": f"the component does not export wasi:http/incoming-handler@0.2.x ({HANDLER})",
    "command": "the component is a command (it exports wasi:cli/run@0.2.0 and no "
    "wasi:http/incoming-handler) (`unit-wasm run` runs it)",
    "wasi03": "the component is built for WASI 0.3 (it exports wasi:http/handler@0.3.0) (build it "
    "for WASI 0.2, the wasi:http/proxy world)",
    "unknown-import": "the component imports acme:kv/store@1.0.0, which the host does not provide "
    "(compose it with a component that exports acme:kv/store@1.0.0, with `unit-wasm compose`)",
    "unknown-function": "the component imports the function [method]output-stream.write-twice of "
    "wasi:io/streams@0.2.0, which the host does not provide (an interface of WASI 0.2 has other "
    "functions, or a newer 0.2.x added some)",
}
