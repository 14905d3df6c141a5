"""What the guest ``functions`` answers as a service, asked in the same way of every server."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Protocol

from tests.harness.http import Connection, Response, request

JSON: Final = {"content-type": "application/json"}


class _Log(Protocol):
    """Of the server: where failures are told."""

    @property
    def raw_log(self) -> str: ...

    def wait_for_text(self, text: str) -> Any: ...


class Service:
    """The guest, at an address of a server.

    Parameters:
        address: of the server.
        log: of the server.
    """

    def __init__(self, address: str, log: _Log) -> None:
        self.address = address
        self._log = log

    def call(self, path: str, body: str, **fields: str) -> Response:
        """Call a function, as JSON where ``fields`` say nothing else."""
        given = {name.replace("_", "-"): value for name, value in fields.items()}
        return request(self.address, "POST", path, body.encode(), {**JSON, **given})

    def result(self, path: str, **arguments: Any) -> Any:
        """Return the result of a call that is answered with one."""
        answer = self.call(path, json.dumps(arguments))
        assert answer.status == 200, answer.body
        assert answer.field("content-type") == "application/json"
        return json.loads(answer.body)["result"]

    def problem(self, path: str, body: str, **fields: str) -> dict[str, Any]:
        """Return what a call is answered with that goes wrong."""
        answer = self.call(path, body, **fields)
        assert answer.field("content-type") == "application/problem+json", answer.body
        found: dict[str, Any] = json.loads(answer.body)
        assert found["status"] == answer.status
        return found

    # ---- What is checked ----

    def check_the_cipher(self) -> None:
        """The two calls of its page, byte for byte."""
        answer = self.call("/encrypt", '{"message": "hello world"}')
        assert (answer.status, answer.body) == (200, b'{"result":"khoor zruog"}')
        answer = self.call("/decrypt", '{"message": "khoor zruog"}')
        assert (answer.status, answer.body) == (200, b'{"result":"hello world"}')

    def check_results(self) -> None:
        """Of each kind, and a large one."""
        assert self.result("/half", number=4) == 2
        odd = self.problem("/half", '{"number": 5}')
        assert (odd["status"], odd["error"]) == (400, "an odd number")
        assert self.call("/nothing", "").body == b'{"result":null}'
        assert self.result("/shapes/mirror", of={"x": 1, "y": -2}) == {"x": -2, "y": 1}
        assert self.result("/repeat", data="AAEC", times=300_000) == "AAEC" * 300_000

    def check_problems(self) -> None:
        """Of callers, of the function, of its time; it is answered as before after them."""
        wrong = self.problem("/encrypt", '{"message": 5}')
        assert (wrong["status"], wrong["pointer"]) == (422, "/message")
        form = "application/x-www-form-urlencoded"
        assert self.problem("/encrypt", "message=5", content_type=form)["status"] == 415
        assert self.problem("/encrypt", "message=5")["status"] == 400
        # By the server or by us, whichever bound is lower.
        assert self.call("/nothing", "x" * (9 << 20)).status == 413
        trap = self.problem("/trap", "{}")
        assert (trap["status"], trap["type"]) == (500, "urn:unit-wasm:problem:trap")
        self._log.wait_for_text("POST /trap: the component failed: wasm trap: wasm `unreachable`")
        assert f"request {trap['request']}: POST /trap" in self._log.raw_log
        assert self.problem("/loop", "{}")["status"] == 504
        assert self.result("/half", number=4) == 2

    def check_descriptions(self) -> None:
        """Lists for programs, a page for people, and its head."""
        described = request(self.address, "GET", "/openapi.json")
        assert json.loads(described.body)["openapi"] == "3.1.0"
        listed = json.loads(request(self.address).body)
        assert (listed["title"], listed["functions"][1]["path"]) == ("functions.wasm", "/encrypt")
        page = request(self.address, fields={"accept": "text/html"})
        assert page.body.startswith(b"<!DOCTYPE html>")
        head = request(self.address, "HEAD", "/", fields={"accept": "text/html"})
        assert (head.status, head.field("content-length")) == (200, str(len(page.body)))

    def asked_by(self, host: str, origin: str, method: str = "POST", *fields: str) -> Response:
        """Return what the page of an origin gets that asks for a result at this host."""
        body = b'{"message": "a"}' if method == "POST" else b""
        lines = [f"{method} /encrypt HTTP/1.1", f"Host: {host}", f"Origin: {origin}", *fields]
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        with Connection(self.address) as connection:
            connection.send("\r\n".join([*lines, "", ""]).encode() + body)
            return connection.response(method)

    def check_pages(self) -> None:
        """Those of this server may call, and those that are allowed: see ``ORIGINS``."""
        own = self.asked_by("localhost:80", "http://localhost:80")
        assert (own.status, own.body, own.field("vary")) == (200, b'{"result":"d"}', "origin")
        assert own.field("access-control-allow-origin") is None
        assert self.asked_by("a.example", "https://a.example").status == 200
        same = "Sec-Fetch-Site: same-origin"
        assert self.asked_by("127.0.0.1", "https://a.example", "POST", same).status == 200

        foreign = self.asked_by("localhost", "https://b.example")
        assert json.loads(foreign.body) == {
            "type": "urn:unit-wasm:problem:foreign-page",
            "title": "Pages of other servers may not call functions here",
            "status": 403,
            "detail": "it is of https://b.example; UNIT_WASM_ORIGINS allows pages of other servers",
        }
        assert foreign.status == 403
        assert foreign.field("access-control-allow-origin") is None
        # Its name leads here now.
        assert self.asked_by("b.example:80", "http://b.example:80").status == 403
        assert self.asked_by("localhost", "null").status == 403
        assert self.asked_by("localhost", "https://b.example", "GET").status == 405
        asked_before = self.asked_by("localhost", "https://b.example", "OPTIONS")
        assert asked_before.status == 204
        assert asked_before.field("access-control-allow-origin") is None

        for allowed in ORIGINS.split():
            answer = self.asked_by("localhost", allowed)
            assert (answer.status, answer.body) == (200, b'{"result":"d"}')
            assert answer.field("access-control-allow-origin") == allowed
            assert answer.field("access-control-expose-headers") == "*"
            asked_before = self.asked_by("localhost", allowed, "OPTIONS")
            assert asked_before.status == 204
            assert asked_before.field("access-control-allow-origin") == allowed
            assert asked_before.field("access-control-allow-methods") == "GET, POST, DELETE"
            assert asked_before.field("access-control-allow-headers") == "*"
            assert asked_before.field("vary") == "origin"

    def check_fields_of_one_name(self) -> None:
        """All of them count, be the first or the last one right."""
        host, origin = "localhost", "http://localhost"
        for line, status in (
            ("Content-Type: text/plain", 415),
            ("Content-Type:", 415),
            ("Origin: https://b.example", 403),
            ("Accept: text/html", 200),
        ):
            assert self.asked_by(host, origin, "POST", line).status == status
        twice = self.asked_by("localhost", "https://b.example", "POST", f"Origin: {origin}")
        assert twice.status == 403

    def check_many_at_once(self, clients: int) -> None:
        """A hundred, of which some trap and some are wrong: each gets its own answer."""

        def one(number: int) -> tuple[int, bytes]:
            if number % 10 == 3:
                return self.call("/trap", "{}").status, b""
            if number % 10 == 7:
                return self.call("/encrypt", '{"massage": "a"}').status, b""
            answer = self.call("/encrypt", json.dumps({"message": "abc" * number}))
            return answer.status, answer.body

        with ThreadPoolExecutor(clients) as pool:
            answers = list(pool.map(one, range(100)))
        expected = {3: (500, b""), 7: (422, b"")}
        assert answers == [
            expected.get(number % 10, (200, b'{"result":"%b"}' % (b"def" * number)))
            for number in range(100)
        ]


ORIGINS: Final = "https://app.example http://localhost:5173"
"""What a server allows of which ``check_pages`` asks."""

CHECKS: Final[dict[str, Callable[[Service], None]]] = {
    "cipher": Service.check_the_cipher,
    "results": Service.check_results,
    "problems": Service.check_problems,
    "descriptions": Service.check_descriptions,
    "pages": Service.check_pages,
    "fields of one name": Service.check_fields_of_one_name,
    "many at once": lambda service: service.check_many_at_once(32),
}
"""All that is checked of a server that has the guest."""
