"""``client_ip`` and ``forwarded`` in a real Unit: what the embedded server is compared with."""

from tests.harness.forwarded import ROWS, client
from tests.harness.unitd import Unit, application


def test_forwarded(unit: Unit) -> None:
    told = application("request-info", {"CLIENT_ADDRESS_HEADER": "x-told"})
    with unit.start() as server:
        # On all addresses: see docs/unit.md, "Known behaviours of Unit".
        listener = f"*:{server.port}"
        document = {"applications": {"told": told}, "listeners": {}}
        server.put("/config", document)
        found = []
        for row in ROWS:
            server.put(
                "/config/listeners", {listener: {"pass": "applications/told", **row.members}}
            )
            found += client(f"127.0.0.1:{server.port}", row)
    assert found == [(row.address, row.scheme) for row in ROWS]
