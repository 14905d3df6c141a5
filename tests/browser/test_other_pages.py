"""Pages of other servers in a browser: which may call functions, and which may not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.browser import Browser
from tests.harness.components import environment, guest
from tests.harness.server import ServerProcess

# Chromium takes its time to start on a machine that has much else to do.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """Another server: a page of it is of another origin."""
    arguments: list[str | Path] = ["serve", guest("hello"), "--listen", "127.0.0.1:0"]
    with ServerProcess(arguments, environment=environment()) as server:
        yield server.address


def asked(url: str, body: str, mode: str) -> str:
    """What a page runs to call a function, without a question before: it says no type."""
    return (
        f"fetch({url!r}, {{method: 'POST', mode: {mode!r}, body: new Blob([{body!r}])}})"
        ".then(answer => answer.type == 'opaque' ? 'opaque' : answer.text())"
        ".then(text => window.came = text, error => window.came = error.name)"
    )


def test_a_page_of_another_server_calls_nothing(browser: Browser, elsewhere: str) -> None:
    arguments: list[str | Path] = ["serve", guest("functions"), "--listen", "127.0.0.1:0"]
    with ServerProcess(arguments, environment=environment()) as server:
        page = browser.open(elsewhere)
        # Browsers let it ask, and see no answer.
        page.run(asked(f"{server.address}/trap", "{}", "no-cors"))
        page.wait_until("window.came == 'opaque'")
        page.run(asked(f"{server.address}/encrypt", '{"message": "a"}', "cors"))
        page.wait_until("window.came == 'TypeError'")
        own = browser.open(server.address)
        own.run(asked("/encrypt", '{"message": "a"}', "cors"))
        own.wait_until("""window.came == '{"result":"d"}'""")
        assert server.stop() == 0
        assert "trap" not in server.log


def test_one_that_is_allowed_calls_and_reads(browser: Browser, elsewhere: str) -> None:
    arguments: list[str | Path] = ["serve", guest("functions"), "--listen", "127.0.0.1:0"]
    arguments += ["--origins", elsewhere]
    with ServerProcess(arguments, environment=environment()) as server:
        page = browser.open(elsewhere)
        page.run(asked(f"{server.address}/encrypt", '{"message": "a"}', "cors"))
        page.wait_until("""window.came == '{"result":"d"}'""")
        # With a type the browser asks before.
        page.run(
            f"fetch('{server.address}/encrypt', {{method: 'POST', body: '{{\"message\": \"b\"}}',"
            " headers: {'content-type': 'application/json'}})"
            ".then(answer => answer.text()).then(text => window.came = text)"
        )
        page.wait_until("""window.came == '{"result":"e"}'""")
        assert server.stop() == 0
