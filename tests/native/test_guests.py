"""Every test guest through the worker alone: exact status, headers, body and log.

Each row runs twice, rewritten and as it was built; both must give the same.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.harness.direct import Client, guest_path
from tests.harness.wrong_types import WRONG_TYPES, component_path
from tests.native.guest_table import FAILURES, MESSAGES, ORDER, Row
from tests.native.guest_table_host import HOST, MIXED, NOT_SERVABLE
from tests.native.guest_table_json import JSON
from unit_wasm.component.inspect import inspect
from unit_wasm.errors import ComponentError
from unit_wasm.native.rows import host_functions
from unit_wasm.options import Options
from unit_wasm.prepare.compile import compile_component

ROWS: Sequence[Row] = [*MESSAGES, *JSON, *ORDER, *FAILURES, *HOST, *MIXED]

# Tests below or in other files; a row could not say what they do.
ELSEWHERE = {
    "clocks",
    # test_handles.py
    "handles",
    # test_outgoing*.py
    *("outgoing-get", "outgoing-post", "outgoing-length", "outgoing-echo", "outgoing-many"),
    *("outgoing-drop", "outgoing-invalid", "outgoing-ends", "outgoing-views"),
    *("outgoing-parts", "outgoing-passes"),
    # test_guest_log.py
    *("prints", "evil-names", "hostile"),
    # test_config_logging.py
    *("config", "logging"),
    # test_hosted.py
    "hosted",
    # test_keyvalue.py
    "keyvalue",
    # test_host_time.py, test_host_memory.py
    "costly",
    # test_metrics.py and test_limits.py, test_composed.py
    *("cannot-start", "passthrough"),
    # tests/live/test_composed_python.py
    "adds-py",
    # test_flask.py
    "flask-py",
    # test_files*.py
    *("files", "static-files"),
    # tests/unitd
    *("events", "header-name"),
    # test_load_tools.py
    *("adder-c", "adder-py"),
    # tests/live/test_built_examples.py
    *("composed-adder", "composed-calculator", "composed-command", "key-value"),
    # test_calls*.py, test_commands.py, tests/live/test_services.py
    *("calls", "calls-fetch", "calls-from-realloc", "calls-wait", "command-cat", "functions"),
    "command-directory",
    # tests/live/test_cipher.py, tests/live/test_directories.py
    *("cipher-c", "cipher-py", "words-js"),
    # test_load_keyvalue.py
    "counts",
    # test_fairness.py
    *("naps", "traps"),
    # test_sockets*.py
    "sockets",
    # test_images.py
    "stains",
}


def test_every_guest_has_a_test() -> None:
    tested = {row.guest for row in ROWS} - set(WRONG_TYPES) | set(NOT_SERVABLE) | ELSEWHERE
    tool = Path(__file__).resolve().parents[2] / "tools" / "guests.py"
    listed = subprocess.run(
        [sys.executable, str(tool), "--list"], check=True, capture_output=True, text=True
    )
    assert tested == set(listed.stdout.split())


def test_every_function_is_called_by_a_guest() -> None:
    """Of what the host provides and does not refuse; guests in other languages import much more
    than they call."""
    called = {
        (interface.name, function)
        for name in sorted({row.guest for row in ROWS} - set(WRONG_TYPES) | ELSEWHERE)
        if not name.endswith(("-py", "-js"))
        for interface in inspect(guest_path(name).read_bytes(), served=False).imports
        for function in interface.functions
    }
    provided = {
        (function.interface, function.name)
        for function in host_functions()
        if not function.refused and not function.interface.startswith("wasi:sockets/")
    }
    assert provided - called == set()


def parameters() -> Iterator[object]:
    for row in ROWS:
        method = row.request.get("method", "")
        yield pytest.param(row, id=f"{row.guest}{row.path}{method and '-' + method}")


@pytest.mark.parametrize("rewrite", [True, False], ids=["rewritten", "as built"])
@pytest.mark.parametrize("row", list(parameters()))
def test_what_the_guest_answers(row: Row, rewrite: bool, tmp_path: Path) -> None:
    path = component_path(row.guest, tmp_path)
    with Client(path, rewrite=rewrite, environment=row.environment, **row.options) as client:
        answer = client.run(row.path, **row.request)
    assert (answer.status, answer.headers, answer.how) == (row.status, row.headers, row.how)
    assert answer.body == row.body
    assert answer.log == row.log(guarded=rewrite)


@pytest.mark.parametrize("name", NOT_SERVABLE)
def test_what_is_said_of_one_that_cannot_be_served(name: str) -> None:
    with pytest.raises(ComponentError) as caught:
        compile_component(guest_path(name), Options())
    assert str(caught.value) == NOT_SERVABLE[name]


@pytest.mark.parametrize("rewrite", [True, False])
def test_clocks(rewrite: bool) -> None:
    with Client("clocks", rewrite=rewrite) as client:
        answer = client.run()
    assert re.sub(r"now: 1\d{9}\n", "now: N\n", answer.text) == "now: N\n" + "".join(
        f"{name}: ok\n"
        for name in (
            *("wall nanoseconds", "wall resolution", "monotonic resolution"),
            *("past is ready", "duration", "instant", "monotonic"),
        )
    )
    assert answer.log == []
