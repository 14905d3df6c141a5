"""A Flask application whose templates, data and files are in a directory that it is given: /site.

One template is its own, so that any server can run it without a directory.
"""

import encodings.idna  # noqa: F401
import errno
import json
import mimetypes
import zlib  # noqa: F401
from pathlib import Path

from flask import Flask, render_template
from jinja2 import ChoiceLoader, DictLoader

SITE = Path("/site")
MEMBERS = """<!doctype html>
<title>{{ title }}</title>
<table>
{%- for member in members %}
<tr class="{{ loop.cycle('odd', 'even') }}"><td>{{ loop.index }}<td>{{ member.name }}
<td>{{ member.mail|lower }}<td>{% if member.active %}yes{% else %}no{% endif %}
{%- endfor %}
</table>
"""

app = Flask(__name__, template_folder=str(SITE / "templates"), static_folder=str(SITE / "static"))
app.jinja_loader = ChoiceLoader([DictLoader({"members.html": MEMBERS}), app.jinja_loader])


@app.get("/")
def page() -> str:
    """A template, with values of a file."""
    values = json.loads((SITE / "data" / "values.json").read_text())
    return render_template("page.html", **values)


@app.get("/members/<int:count>")
def members(count: int) -> str:
    """A template of our own."""
    rows = [
        {"name": f"<{number}> & sons", "mail": f"No{number}@Example.ORG", "active": number % 3}
        for number in range(count)
    ]
    return render_template("members.html", title="Members", members=rows)


@app.get("/write/<name>")
def write(name: str) -> str:
    """Tries to make a file, and says what came of it."""
    try:
        (SITE / "data" / name).write_text("written")
    except OSError as error:
        return f"{errno.errorcode[error.errno]}\n"
    return "written\n"


def warm() -> None:
    """Imports what a request needs."""
    mimetypes.init()
    client = app.test_client()
    for path, status in (("/members/2", 200), ("/static/none", 404), ("/none", 404)):
        assert client.get(path).status_code == status
