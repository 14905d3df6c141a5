"""Clients that are too slow for the embedded server."""

import time

from tests.harness.http import Connection, request
from tests.live.conftest import Place, configuration

CLOSED = b""


def test_time_of_a_head(place: Place) -> None:
    with (
        place.fake(place.write(configuration("echo:hi", header_read_timeout=1))) as process,
        Connection(process.address) as client,
    ):
        assert client.get().status == 200
        started = time.monotonic()
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\n")
        assert client.response().status == 408
        assert time.monotonic() - started >= 0.9
        assert client.rest() == CLOSED
        assert request(process.address).status == 200


HELD_BODY = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"


def test_time_of_a_body(place: Place) -> None:
    with place.fake(place.write(configuration("echo:hi", body_read_timeout=1))) as process:
        with Connection(process.address) as client:
            started = time.monotonic()
            client.send(HELD_BODY)
            response = client.response()
            assert (response.status, response.body) == (408, b"408 Request Timeout\n")
            assert time.monotonic() - started >= 0.9
            assert client.rest() == CLOSED
        assert request(process.address).status == 200
    assert place.notes() == ["made hi", "disconnected hi"]


def test_time_of_a_body_after_the_head_was_sent(place: Place) -> None:
    with place.fake(place.write(configuration("head:x", body_read_timeout=1))) as process:
        with Connection(process.address) as client:
            client.send(HELD_BODY)
            client.read_until(b"\r\n\r\n")
            assert client.rest() == CLOSED
        assert request(process.address).status == 200
    assert place.notes() == ["made x", "disconnected x"]


def test_time_of_what_is_left_of_a_body_after_the_response(place: Place) -> None:
    with place.fake(place.write(configuration("early:x", body_read_timeout=1))) as process:
        with Connection(process.address) as client:
            client.send(HELD_BODY)
            assert client.response().body == b"x"
            assert client.rest() == CLOSED
        assert request(process.address).status == 200


def test_idle_timeout(place: Place) -> None:
    with (
        place.fake(place.write(configuration("echo:hi", idle_timeout=1))) as process,
        Connection(process.address) as unused,
        Connection(process.address) as client,
    ):
        assert client.get().status == 200
        assert client.rest() == CLOSED
        assert unused.rest() == CLOSED


def test_idle_after_a_body_that_came_later_than_its_response(place: Place) -> None:
    with (
        place.fake(place.write(configuration("early:x", idle_timeout=1))) as process,
        Connection(process.address) as client,
    ):
        client.send(HELD_BODY)
        assert client.response().body == b"x"
        client.send(b"defghij")
        assert client.rest() == CLOSED
