// Streams the request body to the response body, with the same content-type. Nothing blocks but
// poll: reads take what is there, writes stay within what check-write allows.
import { Fields, OutgoingBody, OutgoingResponse, ResponseOutparam } from 'wasi:http/types@0.2.12';
import { poll } from 'wasi:io/poll@0.2.12';

function wait(stream) {
  const pollable = stream.subscribe();
  poll([pollable]);
  pollable[Symbol.dispose]();
}

// The next bytes; undefined at the end, which arrives as an exception.
function read(stream) {
  for (;;) {
    try {
      const data = stream.read(65536n);
      if (data.length > 0) return data;
    } catch (error) {
      if ((error.payload ?? error).tag === 'closed') return undefined;
      throw error;
    }
    wait(stream);
  }
}

function write(stream, data) {
  while (data.length > 0) {
    const budget = stream.checkWrite();
    if (budget === 0n) {
      wait(stream);
      continue;
    }
    const piece = data.subarray(0, Number(budget < 65536n ? budget : 65536n));
    stream.write(piece);
    data = data.subarray(piece.length);
  }
  stream.flush();
}

export const incomingHandler = {
  handle(request, responseOut) {
    const requestHeaders = request.headers();
    const types = requestHeaders.get('content-type');
    requestHeaders[Symbol.dispose]();
    const response = new OutgoingResponse(Fields.fromList(types.map((type) => ['content-type', type])));
    const body = response.body();
    ResponseOutparam.set(responseOut, { tag: 'ok', val: response });

    const requestBody = request.consume();
    const input = requestBody.stream();
    const output = body.write();
    for (let data = read(input); data !== undefined; data = read(input)) write(output, data);
    input[Symbol.dispose]();
    requestBody[Symbol.dispose]();
    output[Symbol.dispose]();
    OutgoingBody.finish(body, undefined);
  },
};
