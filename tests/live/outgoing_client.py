"""What the tests of the client share: it runs for real, with the worker's side played by them."""

import logging
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import trustme

from tests.harness.orders import Orders, Sent
from unit_wasm.options.origins import Address
from unit_wasm.outgoing.application import Terms
from unit_wasm.outgoing.client import attach
from unit_wasm.outgoing.dial import tls_context
from unit_wasm.outgoing.policy import Policy

LOCAL = ("*", "127.0.0.0/8", "::1")
"""Entries with which the client may reach the peers of a test."""


def base(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def answered(sent: Sent) -> tuple[int, bytes]:
    """Return status and body of a request that did not fail."""
    assert sent.failure is None
    return sent.status, bytes(sent.body)


def server_context(issuer: trustme.CA, *hosts: str, expired: bool = False) -> ssl.SSLContext:
    """Return what a peer needs to speak TLS as one of these hosts."""
    end = datetime.now(UTC) - timedelta(days=1) if expired else None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    issuer.issue_cert(*hosts, not_after=end).configure_cert(context)
    return context


class Names:
    """Resolves names from a table; a list of lists is used up, one for each question."""

    def __init__(self, table: Mapping[str, list[list[str]]]) -> None:
        self._table = {name: list(answers) for name, answers in table.items()}
        self.asked: list[str] = []

    async def __call__(self, name: str) -> list[Address]:
        self.asked.append(name)
        answers = self._table[name]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return [ip_address(text) for text in answer]


def names(**table: str) -> Names:
    """Return a resolver: ``names(a_test="10.0.0.1 ::1")``; a slash separates later answers."""
    return Names(
        {
            name.replace("_", "."): [answer.split() for answer in answers.split("/")]
            for name, answers in table.items()
        }
    )


@contextmanager
def client(
    entries: tuple[str, ...] = LOCAL,
    *,
    resolve: Names | None = None,
    tls: ssl.SSLContext | None = None,
    window: int = 1 << 30,
    max_header_bytes: int = 65536,
    max_connections: int = 100,
    alone: bool = True,
    log: logging.Logger | None = None,
    log_json: bool = False,
) -> Iterator[Orders]:
    """Run the client; its thread has ended when this has, unless another one is there."""
    orders = Orders(window)
    terms = Terms(
        name="test",
        policy=Policy(entries),
        tls=tls or tls_context(None),
        max_header_bytes=max_header_bytes,
        max_connections=max_connections,
        resolve=resolve,
        log=log or logging.getLogger("unit_wasm.outgoing"),
        log_json=log_json,
    )
    attachment = attach(orders, terms)
    try:
        yield orders
    finally:
        attachment.detach()
        orders.close()
    assert not alone or not [
        item for item in threading.enumerate() if item.name == "unit-wasm-outgoing"
    ]
