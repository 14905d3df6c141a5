"""Parses the request body as JSON; answers with what it holds, or with 400 and the parser's words.

The answer is {"kind": ..., "value": ...}: the value comes back as the guest understood it.
"""

import json

from componentize_py_types import Err, Ok
from wit_world import exports
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
        with request.consume() as request_body, request_body.stream() as source:
            data = read_all(source)
        try:
            value = json.loads(data)
            status, result = 200, {"kind": type(value).__name__, "value": value}
        except ValueError as error:
            status, result = 400, {"error": str(error)}

        response = OutgoingResponse(Fields.from_list([("content-type", b"application/json")]))
        response.set_status_code(status)
        body = response.body()
        ResponseOutparam.set(response_out, Ok(response))
        text = json.dumps(result, ensure_ascii=False).encode() + b"\n"
        with body.write() as stream:
            for start in range(0, len(text), 4096):
                stream.blocking_write_and_flush(text[start : start + 4096])
        OutgoingBody.finish(body, None)
