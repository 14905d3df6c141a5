"""The client's address in a header, on the embedded server."""

import json
from pathlib import Path

from tests.harness.components import application, environment
from tests.harness.exchanges import FORGED, client_address
from tests.harness.server import ServerProcess
from tests.live.conftest import Place


def test_client_address(place: Place) -> None:
    told = application("request-info", {"CLIENT_ADDRESS_HEADER": "X-Forwarded-For"})
    path = f"unix:{place.folder}/listener.sock"
    document = {
        "listeners": {
            "127.0.0.1:0": {"pass": "applications/told"},
            path: {"pass": "applications/told"},
            "127.0.0.2:0": {"pass": "applications/not"},
        },
        "applications": {"told": told, "not": application("request-info")},
    }
    file = Path(place.write(json.dumps(document)))
    with ServerProcess(["serve", file], environment=environment(), ready=3) as server:
        told_at, unix, not_told = server.addresses
        assert client_address(told_at) == ["header x-forwarded-for: 127.0.0.1"]
        assert client_address(told_at, FORGED, FORGED) == ["header x-forwarded-for: 127.0.0.1"]
        assert client_address(unix, FORGED) == ["header x-forwarded-for: unix:"]
        assert client_address(not_told) == []
        assert client_address(not_told, FORGED) == ["header x-forwarded-for: 203.0.113.9"]


def test_a_name_that_cannot_be_used(place: Place) -> None:
    document = {
        "listeners": {},
        "applications": {"a": application("hello", {"CLIENT_ADDRESS_HEADER": "Host"})},
    }
    file = Path(place.write(json.dumps(document)))
    with ServerProcess(["serve", file], ready=0) as server:
        assert server.wait() == 1
        assert (
            "/applications/a/environment/UNIT_WASM_CLIENT_ADDRESS_HEADER: "
            'UNIT_WASM_CLIENT_ADDRESS_HEADER is "Host", which is not the name of a header that '
            "may be replaced (write x-forwarded-for)" in server.log
        )
