"""Requests on their way into the module, through our double of libunit.

Names with a D and a number are defects of the module that Unit comes with.
"""

from collections.abc import Iterator

import pytest

from tests.harness.double import Module, running
from tests.harness.double_values import Answer, NewRequest

BAD_REQUEST = (400, b"400 Bad Request\n")


def status_and_body(answer: Answer) -> tuple[int, bytes]:
    assert answer.whole
    return answer.status, answer.body


@pytest.fixture(scope="class")
def info() -> Iterator[Module]:
    with running("request-info") as made:
        yield made


@pytest.fixture(scope="class")
def echo() -> Iterator[Module]:
    with running("echo") as made:
        yield made


class TestMapping:
    """What the guest sees of the request line and the headers."""

    def test_every_part(self, info: Module) -> None:
        answer = info.ask(
            b"/a/b%2Fc?d=e&f#g",
            method=b"PATCH",
            server_name=b"example.com",
            headers=[
                (b"X-Name", b"one"),
                (b"Host", b"example.com:81"),
                (b"x-name", b"two, three"),
                (b"X-Empty", b""),
                (b"Content-Type", b"text/plain"),
            ],
        )
        assert answer.whole
        assert answer.body.decode().splitlines() == [
            "method: patch",
            "scheme: HTTP",
            "authority: some example.com:81",
            "path-with-query: some /a/b%2Fc?d=e&f#g",
            "header x-name: one",
            "header x-name: two, three",
            "header x-empty: ",
            "header content-type: text/plain",
        ]

    def test_address_of_the_client(self, info: Module) -> None:
        """It is told only where the option asks for it."""
        sent = [(b"X-Forwarded-For", b"203.0.113.9")]
        answer = info.ask(remote=b"192.0.2.7", headers=sent)
        assert b"header x-forwarded-for: 203.0.113.9\n" in answer.body
        assert b"192.0.2.7" not in answer.body

    def test_scheme_d18(self, info: Module) -> None:
        assert b"scheme: HTTP\n" in info.ask(tls=False).body
        assert b"scheme: HTTPS\n" in info.ask(tls=True).body

    @pytest.mark.parametrize("host", [b"example.com:8443", b"Example.COM", b"[::1]:80", b"a:"])
    def test_the_authority_is_host_as_it_was_sent_d19(self, info: Module, host: bytes) -> None:
        """Port and case included; libunit has the name alone."""
        for blanks in (b"%b", b" %b\t"):
            answer = info.ask(server_name=b"example.com", headers=[(b"Host", blanks % host)])
            assert b"authority: some %b\n" % host in answer.body
            assert b"header host" not in answer.body

    def test_an_empty_host_leaves_the_name_that_unit_has(self, info: Module) -> None:
        answer = info.ask(server_name=b"example.com", headers=[(b"Host", b"")])
        assert b"authority: some example.com\n" in answer.body
        assert b"header host" not in answer.body

    @pytest.mark.parametrize("host", [b"a:b", b":80", b"[::1]a", b"a b", b"a@b", b"a:80:80"])
    def test_host_that_is_none(self, info: Module, host: bytes) -> None:
        answer = info.ask(server_name=b"example.com", headers=[(b"Host", host)])
        assert status_and_body(answer) == BAD_REQUEST

    def test_bytes_of_a_header_value_d1(self, info: Module) -> None:
        answer = info.ask(headers=[(b"X-N", b"caf\xe9 \x80\xff\t!")])
        assert b"header x-n: caf\\xe9 \\x80\\xff\\x09!\n" in answer.body

    @pytest.mark.parametrize("target", [b"/\xff", b"/a\x80b", b"/?\xc3", b"/\xed\xa0\x80"])
    def test_target_that_is_not_utf8_d1(self, info: Module, target: bytes) -> None:
        assert status_and_body(info.ask(target)) == BAD_REQUEST

    @pytest.mark.parametrize("method", [b"G\xffT", b"", b"G T", b"GE(", b"\x00"])
    def test_method_that_is_no_token_d1(self, info: Module, method: bytes) -> None:
        assert status_and_body(info.ask(method=method)) == BAD_REQUEST

    def test_method_of_any_name(self, info: Module) -> None:
        assert info.ask(method=b"x" * 255).body.startswith(b"method: other " + b"x" * 255)

    @pytest.mark.parametrize("target", [b'/?q="', b"/<a>", b"/?q=<>", b"/`{|}^\\", b"/caf\xc3\xa9"])
    def test_target_with_unusual_characters_d2(self, info: Module, target: bytes) -> None:
        assert info.ask(target).status == 200

    @pytest.mark.parametrize("target", [b"", b"/ ", b"/\x00", b"/\x1f", b"/\x7f", b"/\r\nx: y"])
    def test_target_with_control_characters_d2(self, info: Module, target: bytes) -> None:
        assert status_and_body(info.ask(target)) == BAD_REQUEST

    @pytest.mark.parametrize("host", [b'a b"<>', b"a/b", b"a@b", b"\xff", b"a\x00"])
    def test_host_that_is_no_authority_d3(self, info: Module, host: bytes) -> None:
        assert status_and_body(info.ask(server_name=host)) == BAD_REQUEST

    @pytest.mark.parametrize("value", [b"\x7f", b"a\x00b", b"a\rb", b"a\nb", b"\x1f"])
    def test_header_value_with_control_characters_d4(self, info: Module, value: bytes) -> None:
        assert status_and_body(info.ask(headers=[(b"X", value)])) == BAD_REQUEST

    @pytest.mark.parametrize("name", [b"", b"a b", b"a\xff", b"a:"])
    def test_header_name_that_is_no_token(self, info: Module, name: bytes) -> None:
        assert status_and_body(info.ask(headers=[(name, b"v")])) == BAD_REQUEST

    def test_header_name_of_255_bytes(self, info: Module) -> None:
        name = b"n" * 255
        assert b"header " + name + b": v\n" in info.ask(headers=[(name, b"v")]).body

    def test_headers_of_the_connection_are_not_the_guests(self, info: Module) -> None:
        names = [
            b"Connection",
            b"Keep-Alive",
            b"Transfer-Encoding",
            b"Upgrade",
            b"Proxy-Connection",
        ]
        answer = info.ask(headers=[(name, b"close") for name in names])
        assert b"header" not in answer.body

    def test_too_many_bytes_of_headers(self, info: Module) -> None:
        answer = info.ask(headers=[(b"x", b"v" * 70000)])
        assert status_and_body(answer) == (431, b"431 Request Header Fields Too Large\n")

    def test_head_is_answered_without_a_body(self, info: Module) -> None:
        for target in (b"/", b"/\xff"):
            answer = info.ask(target, method=b"HEAD")
            assert answer.whole
            assert answer.body == b""

    def test_a_refused_request_lets_its_file_go(self, info: Module) -> None:
        answer = info.ask(b"/\xff", method=b"POST", body=b"x" * 20000)
        assert status_and_body(answer) == BAD_REQUEST
        assert not answer.content_open


class TestBodies:
    """Request bodies, which come back from the guest."""

    @pytest.mark.parametrize("in_file", [False, True])
    @pytest.mark.parametrize("size", [0, 1, 16384, 16385, 1_000_000])
    def test_sizes(self, echo: Module, size: int, in_file: bool) -> None:
        body = bytes(range(251)) * (size // 251 + 1)
        answer = echo.ask(method=b"POST", body=body[:size], in_file=in_file)
        assert answer.whole
        assert answer.status == 200
        assert answer.body == body[:size]

    @pytest.mark.parametrize("piece", [1, 7, 16384])
    def test_body_in_pieces(self, echo: Module, piece: int) -> None:
        body = bytes(range(256)) * (1 if piece == 1 else 100)
        answer = echo.ask(method=b"POST", body=body, piece=piece, in_file=False)
        assert answer.whole
        assert answer.body == body

    @pytest.mark.parametrize("in_file", [False, True])
    @pytest.mark.parametrize("real", [0, 1, 16384])
    def test_fewer_bytes_than_promised_d15(self, echo: Module, real: int, in_file: bool) -> None:
        """The guest gets an error, which it traps on, and never waits for the rest."""
        body = b"x" * real
        number = echo.request(method=b"POST", body=body, promised=real + 1, in_file=in_file)
        answer = echo.done(number)
        # On a busy machine the head may have left before.
        if answer.result == 0:
            assert status_and_body(answer) == (500, b"500 Internal Server Error\n")
        assert f"request {number}: POST /: the component failed: " in echo.log
        assert f"read {number} 0" in echo.trace
        assert echo.ask().status == 200

    @pytest.mark.parametrize("in_file", [False, True])
    def test_the_end_of_a_large_body_is_missing_d15(self, echo: Module, in_file: bool) -> None:
        """The head is with the client by then: the response is cut."""
        body = b"x" * 300_000
        answer = echo.ask(method=b"POST", body=body, promised=400_000, in_file=in_file)
        assert answer.status == 200
        assert answer.result == 1
        assert len(answer.body) <= len(body)
        assert echo.ask().status == 200

    def test_a_huge_promise_claims_no_memory_d15(self, echo: Module) -> None:
        answer = echo.ask_at_once(method=b"POST", body=b"x", promised=1 << 62, in_file=True)
        assert answer.status == 500

    @pytest.mark.parametrize("in_file", [False, True])
    def test_more_bytes_than_promised(self, echo: Module, in_file: bool) -> None:
        answer = echo.ask(method=b"POST", body=b"abcdef", promised=3, in_file=in_file)
        assert answer.whole
        assert answer.body == b"abc"

    @pytest.mark.parametrize("in_file", [False, True])
    def test_reading_fails_d15(self, echo: Module, in_file: bool) -> None:
        """libunit's -1 is never taken for a size."""
        body = b"x" * 600_000
        for nth in range(1, 6):
            echo.fail("READ", nth)
            answer = echo.ask(method=b"POST", body=body, in_file=in_file)
            assert not echo.fails("READ")
            # Once the client has the head, the response is cut.
            assert (answer.status, answer.result) == (
                (200, 1) if answer.parts[0] == 0 else (500, 0)
            )
            assert answer.result == 1 or nth < 4
            assert echo.ask(method=b"POST", body=body, in_file=in_file).body == body

    def test_a_body_is_read_as_the_guest_reads_d16(self, echo: Module) -> None:
        """Never the whole of it at once: the module keeps one window."""
        number = echo.request(method=b"POST", body=b"x" * 1_000_000)
        echo.done(number)
        reads = [int(line.split()[2]) for line in echo.trace if line.startswith(f"read {number}")]
        assert sum(reads) == 1_000_000
        assert max(reads) == 131072


def test_a_body_that_nobody_reads() -> None:
    with running("hello") as module:
        number = module.request(method=b"POST", body=b"x" * 100_000)
        answer = module.done(number)
        assert status_and_body(answer) == (200, b"Hello, WASI!\n")
        assert not answer.content_open
        assert not [line for line in module.trace if line.startswith("read")]


def test_the_answer_comes_before_the_body_is_read() -> None:
    """The bytes go with the request: what the guest reads afterwards ends with an error."""
    with running("answers-early") as module:
        assert module.ask(method=b"POST", body=b"x" * 100_000).body == b"early\n"


def test_messages_without_notification() -> None:
    """A port is read until it is empty, however seldom it is readable."""
    with running("hello", ready=False) as module:
        module.coalesce()
        numbers = [module.request() for _ in range(50)]
        module.message("READY")
        numbers += [module.request() for _ in range(50)]
        assert all(module.done(number).whole for number in numbers)


def test_requests_that_come_together() -> None:
    with running("hello") as module:
        numbers = module.together([NewRequest(), NewRequest(b"/\xff"), NewRequest()])
        assert [module.done(number).status for number in numbers] == [200, 400, 200]
