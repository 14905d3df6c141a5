"""The client's address in a header, as Unit knows it."""

from tests.harness.exchanges import FORGED, client_address
from tests.harness.unitd import Unit, application


def test_client_address(unit: Unit) -> None:
    told = {"CLIENT_ADDRESS_HEADER": "X-Forwarded-For"}
    with unit.start() as server:
        server.configure(
            {"told": application("request-info", told), "not": application("request-info")}
        )
        assert client_address(server["told"]) == ["header x-forwarded-for: 127.0.0.1"]
        assert client_address(server["told"], FORGED, FORGED) == [
            "header x-forwarded-for: 127.0.0.1"
        ]
        assert client_address(server["not"]) == []
        assert client_address(server["not"], FORGED) == ["header x-forwarded-for: 203.0.113.9"]


def test_client_of_a_unix_socket(unit: Unit) -> None:
    with unit.start() as server:
        path = f"unix:{server.folder}/listener.sock"
        told = {"CLIENT_ADDRESS_HEADER": "x-forwarded-for"}
        server.put(
            "/config",
            {
                "listeners": {path: {"pass": "applications/told"}},
                "applications": {"told": application("request-info", told)},
            },
        )
        assert client_address(path, FORGED) == ["header x-forwarded-for: unix:"]


def test_client_behind_a_proxy(unit: Unit) -> None:
    """Unit's `client_ip` decides whom to believe, and the component gets its answer."""
    with unit.start() as server:
        address = f"{server.host}:{server.port}"
        believed = {"header": "X-Forwarded-For", "source": ["127.0.0.1"]}
        told = {"CLIENT_ADDRESS_HEADER": "X-Forwarded-For"}
        server.put(
            "/config",
            {
                "listeners": {address: {"pass": "applications/told", "client_ip": believed}},
                "applications": {"told": application("request-info", told)},
            },
        )
        assert client_address(address, FORGED) == ["header x-forwarded-for: 203.0.113.9"]
        assert client_address(address, "198.51.100.7") == ["header x-forwarded-for: 198.51.100.7"]
        assert client_address(address, "no address") == ["header x-forwarded-for: 127.0.0.1"]


def test_a_name_that_cannot_be_used(unit: Unit) -> None:
    with unit.start() as server:
        document = application("hello", {"CLIENT_ADDRESS_HEADER": "transfer-encoding"})
        said = 'UNIT_WASM_CLIENT_ADDRESS_HEADER is "transfer-encoding", which is '
        server.refuses("/config", {"listeners": {}, "applications": {"a": document}}, said)
