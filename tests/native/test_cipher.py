"""The cipher of examples/cipher in C, with its audit log in Python."""

from pathlib import Path

import pytest

from tests.harness.asking import Asker
from tests.harness.direct import CACHE, guest_path
from unit_wasm.options import Options
from unit_wasm.services.app import FunctionsApp

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "cipher"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "audit.log"
    monkeypatch.setenv("AUDIT_LOG", str(path))
    return path


@pytest.fixture
def options() -> Options:
    return Options(cache_dir=CACHE, host="audit:audit_log", host_path=EXAMPLE)


def served(options: Options, **environment: str) -> Asker:
    return Asker(FunctionsApp(guest_path("cipher-c"), options=options, environment=environment))


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (None, "Khoor, Zruog! \u00e9\U0001f30a"),
        ("5", "Mjqqt, Btwqi! \u00e9\U0001f30a"),
        ("0", "Hello, World! \u00e9\U0001f30a"),
        ("29", "Khoor, Zruog! \u00e9\U0001f30a"),
        ("-1", "Gdkkn, Vnqkc! \u00e9\U0001f30a"),
        ("260000000000000000000000000000000001", "Ifmmp, Xpsme! \u00e9\U0001f30a"),
    ],
)
def test_how_far_letters_are_moved(
    options: Options, log: Path, amount: str | None, expected: str
) -> None:
    message = "Hello, World! \u00e9\U0001f30a"
    with served(options, **({} if amount is None else {"SHIFT_AMOUNT": amount})) as asker:
        answer = asker.post("/encrypt", f'{{"message": "{message}"}}')
        assert answer.json() == {"result": expected}
        answer = asker.post("/decrypt", f'{{"message": "{expected}"}}')
        assert answer.json() == {"result": message}
    assert log.read_text(encoding="utf-8") == f"encrypt: {message}\ndecrypt: {expected}\n"


@pytest.mark.parametrize("amount", ["", "-", "x", "1x", "1.5"])
def test_an_amount_that_is_none(options: Options, log: Path, amount: str) -> None:
    with served(options, SHIFT_AMOUNT=amount) as asker:
        answer = asker.post("/encrypt", '{"message": "a"}')
        assert answer.json()["type"] == "urn:unit-wasm:problem:trap"


def test_a_message_of_megabytes(options: Options, log: Path) -> None:
    with served(options) as asker:
        answer = asker.post("/encrypt", '{"message": "%s"}' % ("xyz" * 1_000_000))
        assert answer.json() == {"result": "abc" * 1_000_000}
    assert log.stat().st_size == len("encrypt: ") + 3_000_000 + 1
