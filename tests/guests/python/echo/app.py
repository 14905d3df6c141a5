"""Streams the request body to the response body, with the same content-type.

Nothing blocks but poll: reads take what is there, writes stay within what check-write allows.
"""

from componentize_py_types import Err, Ok
from wit_world import exports
from wit_world.imports.poll import poll
from wit_world.imports.streams import InputStream, OutputStream, StreamError_Closed
from wit_world.imports.types import (
    Fields,
    IncomingRequest,
    OutgoingBody,
    OutgoingResponse,
    ResponseOutparam,
)


def read(stream: InputStream) -> bytes | None:
    """The next bytes; None at the end."""
    while True:
        try:
            data = stream.read(65536)
        except Err as error:
            if isinstance(error.value, StreamError_Closed):
                return None
            raise
        if data:
            return data
        with stream.subscribe() as readable:
            poll([readable])


def write(stream: OutputStream, data: bytes) -> None:
    """Writes everything within the budget, then flushes."""
    while data:
        budget = stream.check_write()
        if budget == 0:
            with stream.subscribe() as writable:
                poll([writable])
            continue
        stream.write(data[:budget])
        data = data[budget:]
    stream.flush()


class IncomingHandler(exports.IncomingHandler):
    """The exported interface wasi:http/incoming-handler."""

    def handle(self, request: IncomingRequest, response_out: ResponseOutparam) -> None:
        """Answers one request."""
        with request.headers() as headers:
            types = headers.get("content-type")
        response = OutgoingResponse(Fields.from_list([("content-type", each) for each in types]))
        body = response.body()
        ResponseOutparam.set(response_out, Ok(response))
        with (
            request.consume() as request_body,
            request_body.stream() as source,
            body.write() as output,
        ):
            while (data := read(source)) is not None:
                write(output, data)
        OutgoingBody.finish(body, None)
