"""The page of functions that are served, in a browser: ``make test-page``.

It is used as somebody does who has a keyboard alone: with Tab, Enter and the space bar.
"""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.browser import Browser, Page
from tests.harness.components import assert_clean, environment, guest
from tests.harness.echo_component import PADDING, echo_component
from tests.harness.server import ROOT, ServerProcess
from tests.pure.test_wit_json import BYTES, COLOR, PERSON, RIGHTS, SHAPE
from unit_wasm.wit.model import PRIMITIVES, List, Option, Tuple, Type

P = PRIMITIVES
TYPES: tuple[Type, ...] = (
    PERSON,
    List(P["string"]),
    SHAPE,
    Option(Option(P["u8"])),
    RIGHTS,
    COLOR,
    Tuple((P["u64"], P["char"])),
    BYTES,
    P["bool"],
)
SCREENSHOT = ROOT / "docs" / "services-page.png"

# Chromium takes its time to start on a machine that has much else to do.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("page") / "functions"
    folder.mkdir()
    shutil.copy(guest("functions"), folder / "cipher.wasm")
    (folder / "types.wasm").write_bytes(echo_component(TYPES))
    (folder / "broken.wat").write_text("(component")
    arguments: list[str | Path] = ["serve", folder, "--listen", "127.0.0.1:0"]
    with ServerProcess(arguments, environment=environment()) as server:
        yield server.address
        assert server.stop() == 0
        assert_clean(server.log)


@pytest.fixture
def page(browser: Browser, address: str) -> Page:
    return browser.open(f"{address}/")


class Form:
    """The part of the page that is about one function."""

    def __init__(self, page: Page, path: str) -> None:
        self.page = page
        self._section = f"document.getElementById('function-{path}').parentElement"

    def run(self, expression: str) -> Any:
        return self.page.run(f"(section => {expression})({self._section})")

    def begin(self) -> None:
        """Put the focus before the form, where Tab goes on from."""
        self.run(
            "{ const heading = section.querySelector('h2'); heading.tabIndex = -1;"
            " heading.scrollIntoView(); heading.focus(); }"
        )

    def focus_on(self, name: str) -> None:
        """Press Tab until the control of that name has the focus."""
        for _ in range(80):
            self.page.press("Tab")
            if self.page.run(FOCUSED) == name:
                return
        raise AssertionError(f"no Tab leads to {name}")

    def call(self) -> str:
        """Press the button, and wait for the answer."""
        self.focus_on("Call")
        self.page.press("Enter")
        return self.answer()

    def answer(self) -> str:
        # It is a paragraph with the status and the time, and the answer.
        self.page.wait_until(f"{self._section}.querySelector('output p') !== null")
        shown: str = self.run("section.querySelector('output').innerText")
        return shown

    @property
    def body(self) -> Any:
        """What the command shows as the body of the call."""
        command = self.run("section.querySelector('form + pre').textContent")
        return json.loads(re.fullmatch(r"curl --json '(.*)' '.*'", command)[1])  # type: ignore[index]


FOCUSED = """(() => {
  const e = document.activeElement;
  return e.getAttribute('aria-label') || (e.labels && e.labels.length ?
    e.labels[0].firstChild.textContent : e.textContent).trim();
})()"""


def test_a_record_by_keyboard(page: Page) -> None:
    form = Form(page, "/cipher/shapes/mirror")
    form.begin()
    form.focus_on("x")
    page.write("3")
    form.focus_on("y")
    page.write("-4")
    assert form.body == {"of": {"x": 3, "y": -4}}
    answer = form.call()
    assert re.match(r"200 in \d+\.\d ms", answer)
    assert json.loads(answer.partition("\n")[2]) == {"result": {"x": -4, "y": 3}}


def test_an_error_is_at_its_field(page: Page) -> None:
    form = Form(page, "/cipher/shapes/mirror")
    form.begin()
    form.focus_on("x")
    page.write("3")
    form.focus_on("y")
    page.write("4.5")
    assert form.call().startswith("422 in")
    page.wait_until("document.activeElement.getAttribute('aria-invalid') === 'true'")
    assert page.run(FOCUSED) == "y"
    told = "document.getElementById(document.activeElement.getAttribute('aria-describedby'))"
    assert page.run(f"{told}.textContent").startswith("4.5 is not a whole number from ")
    assert form.run("section.querySelectorAll('[aria-invalid=true]').length") == 1
    # What was wrong is put right where the focus is.
    page.run("document.activeElement.select()")
    page.write("4")
    page.press("Enter")
    form.page.wait_until("document.querySelectorAll('[aria-invalid=true]').length === 0")
    assert json.loads(form.answer().partition("\n")[2]) == {"result": {"x": 4, "y": 3}}


def test_there_is_a_way_to_each_function(page: Page) -> None:
    paths = page.run("Object.keys(description.paths).join(' ')").split()
    assert "/cipher/encrypt" in paths
    links = "[...document.querySelectorAll('nav a')]"
    assert page.run(f"{links}.map(link => link.textContent).join(' ')").split() == [
        path[1:] for path in paths
    ]
    # Each leads to a heading that is there.
    found = "document.getElementById(decodeURIComponent(link.hash.slice(1))).textContent"
    assert page.run(f"{links}.every(link => {found} === link.textContent)")
    assert page.run("document.querySelector('header').innerText").startswith(
        "functions\n\nThe functions of WebAssembly components."
    )


def test_a_text_of_several_lines(page: Page) -> None:
    """Enter is a line there; with Ctrl it calls."""
    form = Form(page, "/cipher/encrypt")
    form.begin()
    form.focus_on("message")
    page.write("a")
    page.press("Enter")
    page.write("b")
    assert form.body == {"message": "a\nb"}
    page.run(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', ctrlKey: true, bubbles: true}))"
    )
    assert json.loads(form.answer().partition("\n")[2]) == {"result": "d\ne"}


def test_the_answer_of_the_last_call_counts(page: Page) -> None:
    """One that was asked for before, and comes after it, is not shown."""
    page.run(
        "{ const real = window.fetch; let first = true; window.fetch = async (...given) => {"
        " const late = first; first = false; const answer = await real(...given);"
        " if (!late) return answer; await new Promise(go => { window.letGo = go; });"
        " return {ok: true, status: 200, text: async () => {"
        " setTimeout(() => { window.wasRead = true; }); return await answer.text(); }}; }; }"
    )
    form = Form(page, "/cipher/encrypt")
    form.begin()
    form.focus_on("message")
    page.write("a")
    form.focus_on("Call")
    page.press("Enter")
    page.wait_until("window.letGo !== undefined")
    page.run("document.activeElement.form.querySelector('textarea').value = 'b'")
    page.press("Enter")
    assert '"result": "e"' in form.answer()
    page.run("window.letGo()")
    page.wait_until("window.wasRead")
    assert '"result": "e"' in form.answer()


def test_a_function_is_shown_with_its_types(page: Page) -> None:
    form = Form(page, "/cipher/shapes/mirror")
    assert form.run("section.querySelector('code').textContent") == (
        "mirror: func(of: point) -> point"
    )
    wit = "record point {\n  x: s32,\n  y: s32,\n}"
    assert form.run("section.querySelector('[aria-label=\"Its types\"]').textContent") == wit
    assert Form(page, "/cipher/encrypt").run("section.querySelectorAll('pre').length") == 1


def fill_person(form: Form) -> Any:
    form.focus_on("first-name")
    form.page.write("Ada")
    form.focus_on("given")
    form.page.press(" ")
    form.focus_on("age")
    form.page.write("36")
    return {"first-name": "Ada", "age": 36, "type": "red"}


def fill_list(form: Form) -> Any:
    for index, word in enumerate(("one", "two", "three"), 1):
        form.begin()
        form.focus_on("Add to value")
        form.page.press("Enter")
        form.begin()
        form.focus_on(f"value {index}")
        form.page.write(word)
    form.begin()
    form.focus_on("Remove value 2")
    form.page.press("Enter")
    return ["one", "three"]


def fill_variant(form: Form) -> Any:
    form.focus_on("case")
    form.run(
        "{ const s = section.querySelector('form fieldset select'); s.value = 'circle';"
        " s.dispatchEvent(new Event('change', {bubbles: true})); }"
    )
    form.focus_on("circle")
    form.page.write("1.5")
    return {"circle": 1.5}


def fill_option(form: Form) -> Any:
    form.focus_on("given")
    form.page.press(" ")
    form.begin()
    return {"some": None}


def fill_flags(form: Form) -> Any:
    for name in ("read", "run"):
        form.focus_on(name)
        form.page.press(" ")
    return ["read", "run"]


def fill_enum(form: Form) -> Any:
    form.run("{ section.querySelector('form select').value = 'dark-blue'; }")
    return "dark-blue"


def fill_tuple(form: Form) -> Any:
    form.focus_on("1")
    form.page.write("18446744073709551615")
    form.focus_on("2")
    form.page.write("\N{WATER WAVE}")
    return [18446744073709551615, "\N{WATER WAVE}"]


def fill_bytes(form: Form) -> Any:
    form.focus_on("value")
    form.page.write("AAEC")
    return "AAEC"


def fill_bool(form: Form) -> Any:
    form.focus_on("value")
    form.page.press(" ")
    return True


FILLS = (
    fill_person,
    fill_list,
    fill_variant,
    fill_option,
    fill_flags,
    fill_enum,
    fill_tuple,
    fill_bytes,
    fill_bool,
)


@pytest.mark.parametrize("number", range(len(FILLS)), ids=lambda n: FILLS[n].__name__)
def test_a_form_for_each_type(page: Page, number: int) -> None:
    form = Form(page, f"/types/echo-{number}")
    form.begin()
    expected = FILLS[number](form)
    # The padding of the guest that gives back what it gets.
    form.run(
        "{ const inputs = [...section.querySelectorAll('form input[type=text]')].slice(-16);"
        " for (const input of inputs) { input.value = '0';"
        " input.dispatchEvent(new Event('input', {bubbles: true})); } }"
    )
    page.wait_until(f"{form._section}.querySelector('form + pre').textContent.includes('0, 0')")
    assert form.body == {"value": expected, "padding": list(PADDING)}
    answer = form.call()
    assert answer.startswith("200 in")
    result = json.loads(answer.partition("\n")[2])["result"]
    if number == FILLS.index(fill_tuple):
        expected = ["18446744073709551615", "\N{WATER WAVE}"]
    assert result == expected


def test_a_failure_is_shown(page: Page) -> None:
    form = Form(page, "/cipher/trap")
    form.begin()
    answer = form.call()
    assert answer.startswith("500 in")
    assert "urn:unit-wasm:problem:trap" in answer


def test_what_cannot_be_used_is_told(page: Page) -> None:
    header = page.run("document.querySelector('header').innerText")
    assert "broken.wat: the component text" in header


def test_every_control_has_a_name(page: Page) -> None:
    named = page.named()
    assert len(named) > 50
    assert [role for role, name in named if not name.strip()] == []
    live = "[...document.querySelectorAll('output')].map((one) => one.getAttribute('aria-live'))"
    assert set(page.run(live)) == {"polite"}
    assert page.run("document.documentElement.lang") == "en"


def test_nothing_comes_from_elsewhere(page: Page, address: str) -> None:
    form = Form(page, "/cipher/nothing")
    form.begin()
    form.call()
    asked = [event["request"]["url"] for event in page.events("Network.requestWillBeSent")]
    assert {url.partition("?")[0] for url in asked if not url.startswith("data:")} == {
        f"{address}/",
        f"{address}/cipher/nothing",
    }
    # A policy that is broken is an entry there.
    assert page.events("Log.entryAdded") == []
    assert page.events("Runtime.exceptionThrown") == []


CONTRAST = """(() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (c) => {
    const [r, g, b] = c.slice(0, 3).map((v) => {
      v /= 255;
      return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  // What is behind all is the canvas: the colour that `Canvas` has.
  const probe = document.createElement('div');
  probe.style.background = 'Canvas';
  document.body.append(probe);
  const back = light(rgb(getComputedStyle(probe).backgroundColor));
  probe.remove();
  const worst = (selector) => [...document.querySelectorAll(selector)].map((e) => {
    const front = light(rgb(getComputedStyle(e).color));
    return (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
  });
  return [back, Math.min(...worst('h1, h2, p, label, legend, .error, code'))];
})()"""


def test_light_and_dark_are_read_well(page: Page) -> None:
    backs = []
    for scheme in ("light", "dark"):
        page.emulate(scheme)
        back, contrast = page.run(CONTRAST)
        backs.append(back)
        assert contrast >= 4.5, (scheme, contrast)
    assert backs[0] > 0.8 > 0.2 > backs[1]


def test_a_narrow_window_needs_no_scrolling_sideways(browser: Browser, address: str) -> None:
    page = browser.open(f"{address}/", width=360)
    assert page.run("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_picture_of_the_documents_is_there() -> None:
    assert SCREENSHOT.stat().st_size < 150_000
