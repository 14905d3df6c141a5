"""Answers with the request: its method, path, scheme, authority, headers and body.

The body is copied from one stream to the other while it arrives, so its size does not matter. The
section "[Request Data]" is there only when there is data, and nothing is added after the last byte
of the data.
"""

from collections.abc import Iterator

from componentize_py_types import Err, Ok
from wit_world import exports
from wit_world.imports.streams import InputStream, OutputStream, StreamError_Closed
from wit_world.imports.types import (
    Fields,
    IncomingRequest,
    Method_Other,
    OutgoingBody,
    OutgoingResponse,
    ResponseOutparam,
    Scheme_Other,
)


def case_name(case: object) -> str:
    """The name of a WIT case that holds no value: its class ends with it, e.g. Method_Get."""
    return type(case).__name__.rpartition("_")[2]


def request_info(request: IncomingRequest) -> bytes:
    """The first part of the answer, all but the request's body."""
    method, scheme = request.method(), request.scheme()
    path, authority = request.path_with_query(), request.authority()

    lines = [" * Welcome to the component model in Python! *", "", "[Request Info]"]
    if path is not None:
        lines.append(f"REQUEST_PATH = {path}")
    other_method = isinstance(method, Method_Other)
    lines.append(f"METHOD = {method.value if other_method else case_name(method).upper()}")
    if scheme is not None:
        other_scheme = isinstance(scheme, Scheme_Other)
        lines.append(f"SCHEME = {scheme.value if other_scheme else case_name(scheme).lower()}")
    if authority is not None:
        lines.append(f"AUTHORITY = {authority}")
    lines += ["", "[Request Headers]", ""]
    text = "\n".join(lines).encode()
    # A header's value may be any bytes: it stays bytes.
    with request.headers() as headers:
        for name, value in headers.entries():
            text += name.encode() + b" = " + value + b"\n"
    return text


def chunks(stream: InputStream) -> Iterator[bytes]:
    """What the stream holds, as it arrives."""
    while True:
        try:
            chunk = stream.blocking_read(65536)
        except Err as error:
            if isinstance(error.value, StreamError_Closed):
                return
            raise
        if chunk:
            yield chunk


def write_all(stream: OutputStream, data: bytes) -> None:
    """Writes everything: one blocking write takes at most 4096 bytes."""
    for start in range(0, len(data), 4096):
        stream.blocking_write_and_flush(data[start : start + 4096])


class IncomingHandler(exports.IncomingHandler):
    """The exported interface wasi:http/incoming-handler."""

    def handle(self, request: IncomingRequest, response_out: ResponseOutparam) -> None:
        """Answers one request."""
        response = OutgoingResponse(Fields.from_list([("content-type", b"text/plain")]))
        # The body belongs to the response: take it before the response is given away.
        body = response.body()
        ResponseOutparam.set(response_out, Ok(response))

        # A child is dropped before its parent, here by leaving its block: stream, then body.
        with body.write() as output:
            write_all(output, request_info(request))
            with request.consume() as request_body, request_body.stream() as source:
                title = b"\n[Request Data]\n"
                for chunk in chunks(source):
                    write_all(output, title + chunk)
                    title = b""
        OutgoingBody.finish(body, None)
