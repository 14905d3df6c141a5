"""A component that exports functions, served: with curl's requests, and many at once."""

from collections.abc import Iterator

import pytest

from tests.harness.components import environment, guest
from tests.harness.http import request
from tests.harness.server import ServerProcess
from tests.harness.services import CHECKS, ORIGINS, Service


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    arguments = ["serve", str(guest("functions")), "--listen", "127.0.0.1:0", "--timeout", "2s"]
    arguments += ["--origins", ORIGINS]
    with ServerProcess(arguments, environment=environment()) as process:
        yield Service(process.address, process)
        assert process.stop() == 0


@pytest.mark.parametrize("what", CHECKS)
def test_it_answers_as_everywhere(what: str, service: Service) -> None:
    CHECKS[what](service)


def test_a_hundred_connections(service: Service) -> None:
    service.check_many_at_once(100)


def test_a_call_that_says_no_type(service: Service) -> None:
    """It is read as JSON."""
    assert request(service.address, "POST", "/encrypt", b"message=5").status == 400
