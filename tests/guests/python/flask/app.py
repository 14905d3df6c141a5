"""A Flask application behind a bridge to WSGI.

What Flask and its libraries import with a first request has to be imported while the component is
built, because there is no library of Python later: so some requests are served then.
"""

from wit_world import exports
from wit_world.imports.types import IncomingRequest, ResponseOutparam

from application import app, warm
from bridge import answer

warm()


class IncomingHandler(exports.IncomingHandler):
    """The exported interface wasi:http/incoming-handler."""

    def handle(self, request: IncomingRequest, response_out: ResponseOutparam) -> None:
        """Answers one request."""
        answer(app, request, response_out)
