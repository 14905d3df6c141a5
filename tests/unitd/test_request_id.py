"""The id of a request in a real Unit: over processes, in both logs, for component and client."""

import json
import re
from pathlib import Path

from tests.harness.http import request
from tests.harness.ids import ID
from tests.harness.processes import wait_until
from tests.harness.unitd import Unit, application

NAME = "x-request-id"


def test_it_is_unique_over_processes_and_restarts(unit: Unit) -> None:
    with unit.start() as server:
        made = application("hello", {"REQUEST_ID_RESPONSE": NAME}, processes=3)
        server.configure({"hello": made})
        found = [str(request(server["hello"]).field(NAME)) for _ in range(30)]
        assert server.ask("GET", "/control/applications/hello/restart").status == 200
        found += [str(request(server["hello"]).field(NAME)) for _ in range(10)]
    assert all(re.fullmatch(ID, one) for one in found)
    assert len(set(found)) == 40
    # Those before the restart and those after it begin with something else.
    assert len({one.partition("-")[0] for one in found}) >= 2


def test_it_is_the_same_in_both_logs(unit: Unit) -> None:
    with unit.start() as server:
        options = {"REQUEST_ID_RESPONSE": NAME, "REQUEST_ID_HEADER": NAME}
        server.configure(
            {
                "info": application("request-info", options),
                "failing": application("return-without-set", options),
            }
        )
        path = Path(server.folder) / "access.log"
        form = f"$request_uri $response_header_{NAME.replace('-', '_')}"
        server.put("/config/access_log", {"path": str(path), "format": form})
        info, failed = request(server["info"]), request(server["failing"])
        assert f"header {NAME}: {info.field(NAME)}\n" in info.body.decode()
        wait_until(lambda: path.exists() and path.read_text().count("\n") == 2, "for both lines")
        assert path.read_text() == f"/ {info.field(NAME)}\n/ {failed.field(NAME)}\n"
        text = f"failing: request {failed.field(NAME)}: GET /: "
        wait_until(lambda: text in server.raw_log, "for the line")


def test_the_log_as_json(unit: Unit) -> None:
    with unit.start() as server:
        server.configure(
            {
                "prints": application("prints", {"LOG_FORMAT": "json"}),
                "evil": application("evil-names", {"LOG_FORMAT": "json"}),
            }
        )
        assert request(server["prints"], "GET", "/lines/2/5000").body == b"printed\n"
        assert request(server["evil"]).status == 500
        server.wait_for_text('"backtrace":[')
        wait_until(lambda: server.log.count("x") >= 10_000, "for the lines")
        lines = [line for line in server.log.splitlines() if '"application":' in line]
    # What Unit puts before them has no bracket of this kind.
    found = [json.loads(line[line.index("{") :]) for line in lines]
    printed = [one for one in found if one["application"] == "prints"]
    assert "".join(one["message"] for one in printed) == "x" * 10_000
    assert len({one["request"] for one in printed}) == 1
    assert sum("continues" not in one for one in printed) == 2
    evil = [one for one in found if one["application"] == "evil"]
    assert evil[0]["message"].startswith("the component failed: wasm trap: ")
    assert [frame.split(":")[0].strip() for one in evil for frame in one.get("backtrace", [])] == [
        "0",
        "1",
    ]
