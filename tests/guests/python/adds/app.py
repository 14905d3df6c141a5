"""Asks another component for the sum of two numbers: `/A/B`; the request body follows it."""

from componentize_py_types import Err, Ok
from wit_world import exports
from wit_world.imports import add
from wit_world.imports.streams import InputStream, StreamError_Closed
from wit_world.imports.types import (
    Fields,
    IncomingRequest,
    OutgoingBody,
    OutgoingResponse,
    ResponseOutparam,
)


def read_all(stream: InputStream) -> bytes:
    """Everything up to the end of the stream."""
    data = b""
    while True:
        try:
            data += stream.blocking_read(65536)
        except Err as error:
            if isinstance(error.value, StreamError_Closed):
                return data
            raise


class IncomingHandler(exports.IncomingHandler):
    """The exported interface wasi:http/incoming-handler."""

    def handle(self, request: IncomingRequest, response_out: ResponseOutparam) -> None:
        """Answers one request."""
        _, left, right = (request.path_with_query() or "").split("/")
        with request.consume() as request_body, request_body.stream() as source:
            text = b"%d\n" % add.add(int(left), int(right)) + read_all(source)
        response = OutgoingResponse(Fields.from_list([("content-type", b"text/plain")]))
        body = response.body()
        ResponseOutparam.set(response_out, Ok(response))
        with body.write() as stream:
            for start in range(0, len(text), 4096):
                stream.blocking_write_and_flush(text[start : start + 4096])
        OutgoingBody.finish(body, None)
