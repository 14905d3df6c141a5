"""What a real Unit says to the members that our validation is compared with."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.harness.unit_members import ACCEPTED, REFUSED, SOURCES, WRONG_SOURCES
from tests.harness.unitd import Unit, Unitd


@pytest.fixture
def server(unit: Unit) -> Iterator[Unitd]:
    with unit.start() as server:
        yield server


def takes(server: Unitd, document: Any) -> bool:
    reply = server.ask("PUT", "/config", document).json()
    assert reply.get("error", "Invalid configuration.") == "Invalid configuration.", reply
    return "success" in reply


def test_members(server: Unitd) -> None:
    wrong = [document for document, _ in ACCEPTED if not takes(server, document)]
    wrong += [document for document, _ in REFUSED if takes(server, document)]
    assert wrong == []


def test_sources(server: Unitd) -> None:
    def listener(source: Any) -> Any:
        told = {"source": source, "header": "a"}
        return {
            "listeners": {f"*:{server.port}": {"pass": "routes", "client_ip": told}},
            "routes": [],
        }

    wrong = [source for source in SOURCES if not takes(server, listener(source))]
    wrong += [source for source in WRONG_SOURCES if takes(server, listener(source))]
    assert wrong == []
