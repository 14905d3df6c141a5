"""A Flask application behind a bridge to WSGI.

What Flask and its libraries import with a first request has to be imported while the component is
built, because there is no library of Python later: so some requests are served then.
"""

import gc

from wit_world import exports
from wit_world.imports.types import IncomingRequest, ResponseOutparam

from application import app, warm
from bridge import answer

for _ in range(20):
    warm()
# What is there now is never garbage: the collector need not write to all of it in each instance.
gc.collect()
gc.freeze()


class IncomingHandler(exports.IncomingHandler):
    """The exported interface wasi:http/incoming-handler."""

    def handle(self, request: IncomingRequest, response_out: ResponseOutparam) -> None:
        """Answers one request."""
        answer(app, request, response_out)
