// Parses the request body as JSON; answers with what it holds, or with 400 and the parser's words.
// The answer is {"kind":...,"value":...}: the value comes back as the guest understood it.
import { Fields, OutgoingBody, OutgoingResponse, ResponseOutparam } from 'wasi:http/types@0.2.12';

const text = new TextEncoder();

// Everything up to the end of the stream, which arrives as an exception.
function readAll(stream) {
  const decoder = new TextDecoder();
  let read = '';
  for (;;) {
    try {
      read += decoder.decode(stream.blockingRead(65536n), { stream: true });
    } catch (error) {
      if ((error.payload ?? error).tag === 'closed') return read + decoder.decode();
      throw error;
    }
  }
}

function kindOf(value) {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function answerTo(read) {
  try {
    const value = JSON.parse(read);
    return [200, { kind: kindOf(value), value }];
  } catch (error) {
    return [400, { error: error.message }];
  }
}

export const incomingHandler = {
  handle(request, responseOut) {
    const requestBody = request.consume();
    const input = requestBody.stream();
    const [status, result] = answerTo(readAll(input));
    input[Symbol.dispose]();
    requestBody[Symbol.dispose]();

    const headers = Fields.fromList([['content-type', text.encode('application/json')]]);
    const response = new OutgoingResponse(headers);
    response.setStatusCode(status);
    const body = response.body();
    ResponseOutparam.set(responseOut, { tag: 'ok', val: response });

    const bytes = text.encode(`${JSON.stringify(result)}\n`);
    const output = body.write();
    for (let start = 0; start < bytes.length; start += 4096) {
      output.blockingWriteAndFlush(bytes.subarray(start, start + 4096));
    }
    output[Symbol.dispose]();
    OutgoingBody.finish(body, undefined);
  },
};
