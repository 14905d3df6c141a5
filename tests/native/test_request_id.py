"""One request, one id: in the log, for the guest, in the answer, and the same for whoever asks."""

import re
from typing import Any

import pytest

from tests.harness.direct import Answer, Client
from tests.harness.ids import ID

NAME = "x-request-id"
GOOD = [
    b"a",
    b"550e8400-e29b-41d4-a716-446655440000",
    b"Root=1-67891233:abcdef/0123+_.~@",
    b"a" * 128,
]
BAD = [
    b"",
    b"a b",
    b"a,b",
    b"a\tb",
    b'"a"',
    b"a;b",
    b"a\\b",
    b"a%0a",
    b"\xc3\xa9",
    b"<a>",
    b"a" * 129,
]


def raw(client: Client) -> list[str]:
    """Return the list that gets the lines of the log with whole ids."""
    lines: list[str] = []
    client.on_line = lambda level, line: lines.append(line)
    return lines


def ids(lines: list[str]) -> list[str]:
    return [match[1] for line in lines if (match := re.match(r"app: request (\S+): ", line))]


def told(answer: Answer) -> list[str]:
    """Return the ids that guest request-info was given."""
    begin = f"header {NAME}: "
    return [line[len(begin) :] for line in answer.text.splitlines() if line.startswith(begin)]


def test_ids_are_unique() -> None:
    """Over requests, and over workers: processes and restarts have one each."""
    found = []
    for _ in range(3):
        with Client("return-without-set") as client:
            lines = raw(client)
            for _ in range(3):
                client.run()
            found += ids(lines)
    assert len(found) == len(set(found)) == 9
    assert all(re.fullmatch(ID, one) for one in found)
    assert [one.rpartition("-")[2] for one in found] == ["1", "2", "3"] * 3
    assert len({one.partition("-")[0] for one in found}) == 3


def test_all_lines_of_a_request_have_it() -> None:
    with Client("prints", max_log_bytes=1024) as client:
        lines = raw(client)
        client.run("/trap/100/1")
        assert len(lines) == 8 + 2
        assert len(set(ids(lines))) == 1
        assert len(ids(lines)) == len(lines)


def test_the_guest_is_not_told_unasked() -> None:
    with Client("request-info") as client:
        answer = client.run(headers=[(b"x-request-id", b"mine")])
        assert told(answer) == ["mine"]
        assert answer.headers == [(b"content-type", b"text/plain")]


def test_the_guest_is_told() -> None:
    with Client("request-info", request_id_header="X-Request-Id") as client:
        for number in (1, 2):
            answer = client.run(headers=[(b"x-request-id", b"forged"), (b"x-b", b"c")])
            assert answer.text.splitlines()[-1].startswith(f"header {NAME}: ")
            assert told(answer) == [client.worker.request_id().decode()]
            assert re.fullmatch(rf"[0-9a-f]{{16}}-{number}", told(answer)[0])


@pytest.mark.parametrize("given", GOOD)
def test_an_id_that_is_given(given: bytes) -> None:
    options: dict[str, Any] = {
        "request_id_header": NAME,
        "request_id_from": NAME,
        "request_id_response": NAME,
    }
    with Client("request-info", **options) as client:
        for _ in range(2):
            answer = client.run(headers=[(b"X-Request-ID", given)])
            assert told(answer) == [given.decode()]
            assert (NAME.encode(), given) in (answer.headers or ())
    with Client("return-without-set", **options) as client:
        lines = raw(client)
        answer = client.run(headers=[(b"x-request-id", given)])
        assert ids(lines) == [given.decode()]
        assert (NAME.encode(), given) in (answer.headers or ())
        assert client.worker.request_id() == given
        # That of one request is not the next one's.
        client.run()
        assert re.fullmatch(ID, ids(lines)[1])


@pytest.mark.parametrize("given", BAD)
def test_an_id_that_is_no_good(given: bytes) -> None:
    with Client("request-info", request_id_header=NAME, request_id_from=NAME) as client:
        answer = client.run(headers=[(b"x-request-id", given)])
        assert re.fullmatch(ID, told(answer)[0])


def test_two_ids_are_none() -> None:
    with Client("request-info", request_id_header=NAME, request_id_from=NAME) as client:
        for given in ((b"a", b"a"), (b"a", b"b"), (b"a", b""), (b"", b"a"), (b"a", b"b", b"c")):
            answer = client.run(headers=[(b"x-request-id", one) for one in given])
            assert re.fullmatch(ID, told(answer)[0])
            assert len(told(answer)) == 1


def test_who_gives_it_and_who_is_told_may_have_two_names() -> None:
    with Client("request-info", request_id_header=NAME, request_id_from="x-trace") as client:
        answer = client.run(headers=[(b"x-request-id", b"forged"), (b"x-trace", b"good")])
        assert told(answer) == ["good"]
        # It is the client's, and stays.
        assert "header x-trace: good" in answer.text.splitlines()


# ---- The answer ----


def given_back(answer: Answer) -> list[bytes]:
    return [value for name, value in answer.headers or () if name == NAME.encode()]


@pytest.mark.parametrize(
    ("guest", "path", "status"),
    [
        ("hello", "/", 200),
        ("events", "/3/1", 200),
        ("big-response", "/300000", 200),
        ("trap-before-set", "/", 500),
        ("return-without-set", "/", 500),
        ("hello", "/a b", 400),
    ],
)
def test_the_answer_has_it(guest: str, path: str, status: int) -> None:
    with Client(guest, request_id_response=NAME) as client:
        answer = client.run(path)
        assert answer.status == status
        assert given_back(answer) == [client.worker.request_id()]


def test_503_has_it() -> None:
    with Client("sleep", max_exchanges=1, max_queue=0, request_id_response=NAME) as client:
        first = client.start("/sleep/3600000")
        lines = raw(client)
        answer = client.start("/")
        client.until(lambda: answer.done)
        assert answer.status == 503
        assert [value for name, value in answer.headers or () if name == NAME.encode()] == [
            client.worker.request_id()
        ]
        assert ids(lines) == [client.worker.request_id().decode()]
        client.gone(first)


def test_the_guests_own_is_replaced() -> None:
    with Client("header-name", request_id_response="set-cookie") as client:
        answer = client.run("/1")
        cookies = [value for name, value in answer.headers or () if name == b"set-cookie"]
        assert cookies == [client.worker.request_id()]


def test_an_answer_at_the_limit_of_the_guests_fields_has_it() -> None:
    with Client("headers-many", request_id_response=NAME, max_header_bytes=4096) as client:
        answer = client.run("/10/350")
        assert answer.status == 200
        assert given_back(answer) == [client.worker.request_id()]
