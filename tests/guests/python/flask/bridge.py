"""wasi:http for an application of WSGI: each request is one call of it, and answered at once."""

import io
import sys
from urllib.parse import unquote_to_bytes

from componentize_py_types import Err, Ok
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


def environ_of(request: IncomingRequest) -> dict:
    """What WSGI says of a request."""
    with request.consume() as body, body.stream() as stream:
        data = read_all(stream)
    path, _, query = (request.path_with_query() or "/").partition("?")
    host, _, port = (request.authority() or "localhost").partition(":")
    environ = {
        "REQUEST_METHOD": type(request.method()).__name__.rpartition("_")[2].upper(),
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": host,
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(data)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(data),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": True,
    }
    with request.headers() as headers:
        for name, value in headers.entries():
            key = name.upper().replace("-", "_")
            if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
                key = f"HTTP_{key}"
            environ[key] = value.decode("latin-1")
    return environ


def answer(app, request: IncomingRequest, response_out: ResponseOutparam) -> None:
    """Calls the application, and sends what it returns."""
    said = {}

    def start_response(status, headers, exc_info=None):
        said.update(status=int(status.split()[0]), headers=headers)

    parts = app(environ_of(request), start_response)
    try:
        data = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    fields = [(name.lower(), value.encode("latin-1")) for name, value in said["headers"]]
    response = OutgoingResponse(Fields.from_list(fields))
    response.set_status_code(said["status"])
    body = response.body()
    ResponseOutparam.set(response_out, Ok(response))
    with body.write() as stream:
        for start in range(0, len(data), 4096):
            stream.blocking_write_and_flush(data[start : start + 4096])
    OutgoingBody.finish(body, None)
