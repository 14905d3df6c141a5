"""A Flask application whose templates, data and files are in a directory that it is given: /site.

What Flask and its libraries import with a first request has to be imported while the component is
built, because there is no library of Python later: so one request is served then.
"""

import encodings.idna  # noqa: F401
import errno
import json
import mimetypes
import zlib  # noqa: F401
from pathlib import Path

from flask import Flask, render_template, render_template_string
from wit_world import exports
from wit_world.imports.types import IncomingRequest, ResponseOutparam

from bridge import answer

SITE = Path("/site")

app = Flask(__name__, template_folder=str(SITE / "templates"), static_folder=str(SITE / "static"))


@app.get("/")
def page() -> str:
    """A template, with values of a file."""
    values = json.loads((SITE / "data" / "values.json").read_text())
    return render_template("page.html", **values)


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
    with app.app_context():
        render_template_string("{% for one in many %}{{ one|e }}{% endfor %}", many=["<"])
    client = app.test_client()
    for path in ("/static/none", "/none"):
        assert client.get(path).status_code == 404


warm()


class IncomingHandler(exports.IncomingHandler):
    """The exported interface wasi:http/incoming-handler."""

    def handle(self, request: IncomingRequest, response_out: ResponseOutparam) -> None:
        """Answers one request."""
        answer(app, request, response_out)
