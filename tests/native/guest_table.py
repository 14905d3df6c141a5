"""What every test guest answers: the rows of test_guests.py.

A row is one request with its exact result. Failures name their sentence in the log alone: status,
page and the rest of the line follow from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.harness.direct import ERROR_PAGE, TEXT
from tests.harness.exchanges import ALL_BYTES

Headers = list[tuple[bytes, bytes]]

_REASONS = {
    400: b"400 Bad Request\n",
    500: b"500 Internal Server Error\n",
    504: b"504 Gateway Timeout\n",
}
UNREACHABLE = "the component failed: wasm trap: wasm `unreachable` instruction executed"
CHILDREN = "the component failed: resource has children"
OTHER_TYPE = "the component failed: an argument has another type than WASI's"
BACKTRACE = "\n<backtrace>"


@dataclass(frozen=True)
class Row:
    """One request of a guest and its result.

    Parameters:
        fails: the sentence in the log, or None; then the status is 500 unless it is given.
        guarded: the same where what calls pass is bounded, if that is another one.
        trace: whether a backtrace follows it.
        output: what the guest prints: ``stderr: text``.
        warns: what the log says of the application.
        request: for Client.start().
    """

    guest: str
    path: str = "/"
    body: bytes = b""
    status: int = 200
    headers: Headers = field(default_factory=lambda: TEXT)
    how: str = "ended"
    fails: str | None = None
    guarded: str | None = None
    trace: bool = True
    output: tuple[str, ...] = ()
    warns: tuple[str, ...] = ()
    request: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    def log(self, *, guarded: bool) -> list[str]:
        """Return the lines of the log."""
        lines = [f"6 app: request 1: {text}" for text in self.output]
        lines += [f"4 app: {text}" for text in self.warns]
        fails = self.guarded if guarded and self.guarded is not None else self.fails
        if fails is not None:
            method = self.request.get("method", "GET")
            trace = BACKTRACE if self.trace else ""
            lines.append(f"3 app: request 1: {method} {self.path}: {fails} (<times>){trace}")
        return lines


def whole(guest: str, path: str, text: str | bytes, **more: Any) -> Row:
    """A good answer."""
    return Row(guest, path, text.encode() if isinstance(text, str) else text, **more)


def failed(guest: str, path: str, why: str, *, status: int = 500, **more: Any) -> Row:
    """A failure before the head has left: a page of ours."""
    page = _REASONS[status]
    return Row(guest, path, page, status, ERROR_PAGE, fails=why, **more)


def cut(guest: str, path: str, text: bytes, why: str, **more: Any) -> Row:
    """A failure after the head has left."""
    return Row(guest, path, text, how="cut", fails=why, **more)


def lines(*texts: str) -> str:
    return "".join(text + "\n" for text in texts)


POST = {"method": "POST"}
BYTES = bytes(range(256)) * 3
WHOLE = {**POST, "body": BYTES}
TYPED = {**WHOLE, "headers": [(b"content-type", b"application/x-test")]}

HELLO = [
    whole(guest, "/", "Hello, WASI!\n")
    for guest in ("hello", "hello-0212", "hello-wat", "hello-py", "hello-js")
]
HELLO.append(
    whole(
        "fetch-hello-js",
        "/",
        "Hello, WASI!\n",
        headers=[(b"content-type", b"text/plain"), (b"content-length", b"13")],
    )
)

ECHO = [
    whole(guest, "/", BYTES, request=TYPED, headers=[(b"content-type", b"application/x-test")])
    for guest in ("echo", "echo-py", "echo-js")
]


def transcript(language: str) -> str:
    return lines(
        f" * Welcome to the component model in {language}! *",
        "",
        "[Request Info]",
        "REQUEST_PATH = /hello?a=b",
        "METHOD = POST",
        "SCHEME = http",
        "AUTHORITY = localhost",
        "",
        "[Request Headers]",
        "host = localhost:8080",
        "x-repeated = 1",
        "x-repeated = 2",
        "",
        "[Request Data]",
    )


TRANSCRIPT = [
    whole(
        guest,
        "/hello?a=b",
        transcript(language) + "xyzabcd",
        request={
            **POST,
            "body": b"xyzabcd",
            "headers": [
                (b"Host", b"localhost:8080"),
                (b"X-Repeated", b"1"),
                (b"Connection", b"close"),
                (b"x-repeated", b"2"),
            ],
        },
        options={"host_header": "keep"},
    )
    for guest, language in (("request-echo", "C"), ("request-echo-py", "Python"))
]

MESSAGES = [
    *HELLO,
    *ECHO,
    *TRANSCRIPT,
    whole(
        "request-info",
        "/p%20q?x=%C3%A9&y=é",
        lines(
            "method: other PURGE",
            "scheme: HTTPS",
            "authority: some Example.com:8443",
            "path-with-query: some /p%20q?x=%C3%A9&y=\\xc3\\xa9",
            "header x-bytes: \\x80\\xff\\x09\\x5c",
            "header x-empty: ",
        ),
        request={
            "method": "PURGE",
            "scheme": "https",
            "authority": "example.com",
            "headers": [
                (b"Host", b"Example.com:8443"),
                (b"Transfer-Encoding", b"chunked"),
                (b"X-Bytes", b"\x80\xff\t\\"),
                (b"Keep-Alive", b"1"),
                (b"x-empty", b""),
            ],
        },
    ),
    *(
        whole(
            "request-info",
            "/",
            lines(
                f"method: {method.lower()}",
                "scheme: HTTP",
                "authority: some localhost",
                "path-with-query: some /",
            ),
            request={"method": method},
        )
        for method in (*("GET", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"),)
    ),
    whole("counter", "/", "1\n"),
    whole("traces", "/3", "0\n"),
    whole("sleep", "/sleep/20", "slept\n"),
    whole("spin", "/20", "spun\n"),
    whole("compute", "/", "78498\n"),
    whole("big-response", "/0", b""),
    whole("own-length", "/17", b"0123456789abcdef0", headers=[(b"content-length", b"17")]),
    whole("big-response", "/1000003", (b"0123456789abcdef" * 62501)[:1000003]),
    whole("big-response", "/1000003/1", (ALL_BYTES * 3907)[:1000003]),
    whole("skip", "/", "768\n", request=WHOLE),
    whole("skip", "/poll", "768\n", request=WHOLE),
    whole("skip", "/", "0\n"),
    whole("splice", "/", BYTES, request=WHOLE),
    whole("splice", "/blocking", BYTES, request=WHOLE),
    Row(
        "headers-many",
        "/3/5",
        b"many\n",
        headers=[(b"x-%d" % number, b"vvvvv") for number in range(3)],
    ),
    *(
        Row("status-codes", f"/{status}", b"ok %d\n" % status, status)
        for status in (200, 201, 299, 300, 404, 418, 500, 599)
    ),
    # The body is closed, so that the guest's write fails, and it traps.
    *(
        failed(
            "status-codes",
            f"/{status}",
            f"the component failed: the component answered with status {status}, which is not "
            "between 200 and 599",
        )
        for status in (100, 103, 199, 600, 999)
    ),
    *(whole("status-codes", f"/{status}", "err 200\n") for status in (0, 99, 1000, 65535)),
]

ORDER = [
    whole(
        "answers-early",
        "/",
        "early\n",
        request=WHOLE,
        output=("stderr: read 768 bytes after the answer",),
    ),
    whole("works-after", "/", "answered\n", output=("stderr: worked after the answer",)),
    whole(
        "body-once",
        "/",
        lines(
            "incoming-request.consume: ok err",
            "incoming-body.stream: ok err",
            "outgoing-response.body: ok err",
            "outgoing-body.write: ok err",
            "incoming-body.stream after drop: err",
            "outgoing-body.write after drop: err",
        ),
    ),
    *(
        failed("child-outlives", path, CHILDREN)
        for path in ("/pollable", "/stream", "/finish-request", "/body", "/finish")
    ),
    # Headers are fields of their own, as in wasmtime: they outlive their message.
    *(
        whole("child-outlives", path, "not trapped\n")
        for path in ("/", "/headers", "/response-headers")
    ),
    whole(
        "trailers",
        "/",
        lines("body: 768 bytes", "no trailers", "again: taken"),
        request=WHOLE,
        headers=[(b"trailer", b"x-first, x-second")],
    ),
]

FAILURES = [
    failed("trap-before-set", "/", UNREACHABLE),
    # The head had not left: the client gets a status and not half an answer.
    failed("trap-after-set", "/", UNREACHABLE),
    *(
        failed(
            "return-without-set",
            path,
            "the component returned without calling response-outparam.set",
            trace=False,
        )
        for path in ("/", "/drop")
    ),
    failed(
        "error-code",
        "/",
        "the component answered with error-code internal-error: reason",
        trace=False,
    ),
    *(
        failed("error-code", path, f"the component answered with error-code {name}", trace=False)
        for path, name in (
            ("/0", "DNS-timeout"),
            ("/28", "HTTP-response-body-size"),
            ("/37", "configuration-error"),
        )
    ),
    failed(
        "never-finishes", "/", "the component dropped the response body unfinished", trace=False
    ),
    failed(
        "body-too-long",
        "/",
        "the component wrote 15 bytes of a response body of 10 bytes",
        trace=False,
        output=(
            "stderr: write: failed HTTP-response-body-size(15)",
            "stderr: finish: HTTP-response-body-size(15)",
        ),
    ),
    failed(
        "body-too-short",
        "/",
        "the component finished a response body of 10 bytes after 5",
        trace=False,
        output=("stderr: write: ok", "stderr: finish: HTTP-response-body-size(5)"),
    ),
    *(
        Row("no-body", path, b"", status, TEXT + more, output=("stderr: write: ok, finish: ok",))
        for path, status, more in (
            ("/204", 204, []),
            ("/204/5", 204, []),
            ("/205", 205, [(b"content-length", b"0")]),
            ("/205/5", 205, [(b"content-length", b"0")]),
            ("/304", 304, []),
            ("/304/5", 304, [(b"content-length", b"5")]),
        )
    ),
    Row(
        "no-body",
        "/",
        b"",
        output=("stderr: write: ok, finish: ok",),
        request={"method": "HEAD"},
    ),
    Row("no-body", "/", b"a body\n", output=("stderr: write: ok, finish: ok",)),
    failed(
        "endless-loop",
        "/",
        "the component used up its processor time",
        status=504,
        trace=False,
        options={"cpu_timeout": 0.02},
    ),
    cut(
        "endless-loop",
        "/after",
        b"looping\n",
        "the component used up its processor time",
        trace=False,
        options={"cpu_timeout": 0.2},
    ),
    whole("memory-hog", "/", "bytes: 15990784\n", options={"max_memory": 16 << 20}),
    whole("deep-recursion", "/1000", "1000\n"),
    failed("deep-recursion", "/", "the component failed: wasm trap: call stack exhausted"),
    failed("exit", "/ok", "the component returned without calling response-outparam.set", trace=0),
    failed("exit", "/err", "the component exited: the component called exit with failure"),
    failed(
        "exit",
        "/ok/begun",
        "the component ended without finishing its response body",
        trace=False,
    ),
    failed("exit", "/err/begun", "the component exited: the component called exit with failure"),
    whole("exit", "/ok/done", "done\n"),
    whole(
        "exit",
        "/err/done",
        "done\n",
        fails="the component exited: the component called exit with failure",
    ),
    failed("poll-empty", "/", "the component failed: empty poll list"),
    whole("write-too-much", "/4096", b"x" * 4096),
    *(
        failed(
            "write-too-much",
            f"/{size}",
            f"the component failed: blocking-write-and-flush of {size} bytes: at most 4096 are "
            "allowed",
        )
        for size in (4097, 70000)
    ),
    whole("write-over-budget", "/", b"x" * 131072),
    failed("write-over-budget", "/over", "the component failed: write exceeded budget"),
    *(
        failed(
            "waits-for-room",
            path,
            "the component failed: waits for room in a body that nobody reads yet: "
            "response-outparam.set or outgoing-handler.handle comes first",
            request=request,
        )
        for path, request in (
            *(("/", {}), ("/poll", {})),
            ("/splice", {**POST, "body": bytes(140000)}),
        )
    ),
    whole("waits-for-room", "/check", "131072\n"),
]
