"""A Flask application that finds its templates, data and files in a directory given read-only."""

import json
import random
from pathlib import Path

import pytest

from tests.harness.direct import Client

PAGE = """<title>{{ title }}</title>
{% for line in lines %}<p>{{ line }}</p>
{% endfor %}"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    site = tmp_path / "site"
    for part in ("templates", "data", "static"):
        (site / part).mkdir(parents=True)
    (site / "templates" / "page.html").write_text(PAGE)
    (site / "data" / "values.json").write_text(json.dumps({"title": "a & b", "lines": ["1", "é"]}))
    (tmp_path / "secret").write_text("secret")
    return site


def given(site: Path, right: str = "ro") -> Client:
    return Client("flask-py", dirs=(f"{site}::/site:{right}",))


def test_templates_and_data(site: Path) -> None:
    with given(site) as client:
        answer = client.run("/")
        assert (answer.status, answer.log) == (200, [])
        assert answer.text == "<title>a &amp; b</title>\n<p>1</p>\n<p>é</p>\n"
        # Each request has an instance of its own, which reads them anew.
        (site / "templates" / "page.html").write_text("{{ title|length }}")
        assert client.run("/").text == "5"


def test_static_files(site: Path) -> None:
    data = random.Random(1).randbytes(300_000)
    (site / "static" / "data.bin").write_bytes(data)
    with given(site) as client:
        call = client.start("/static/data.bin")
        client.finish(call)
        assert (call.status, bytes(call.body)) == (200, data)
        headers = dict(call.headers or ())
        assert headers[b"content-type"] == b"application/octet-stream"
        assert headers[b"content-length"] == b"300000"
        for path in ("/static/none", "/static/../../secret", "/static/%2e%2e/%2e%2e/secret"):
            assert client.run(path).status == 404


@pytest.mark.parametrize(("right", "text"), [("ro", "EROFS\n"), ("rw", "written\n")])
def test_writing(site: Path, right: str, text: str) -> None:
    with given(site, right) as client:
        assert client.run("/write/new").text == text
    assert (site / "data" / "new").exists() == (right == "rw")


def test_without_the_directory() -> None:
    with Client("flask-py") as client:
        assert client.run("/members/1").text == (
            "<!doctype html>\n<title>Members</title>\n<table>\n"
            '<tr class="odd"><td>1<td>&lt;0&gt; &amp; sons\n<td>no0@example.org<td>no\n</table>'
        )
        assert client.run("/write/new").text in ("ENOENT\n", "EBADF\n", "ENOTCAPABLE\n")
        assert client.run("/").status == 500
