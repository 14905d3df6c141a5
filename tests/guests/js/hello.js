// The smallest whole answer, in the style of the WASI bindings.
import { Fields, OutgoingBody, OutgoingResponse, ResponseOutparam } from 'wasi:http/types@0.2.12';

const text = new TextEncoder();

export const incomingHandler = {
  handle(request, responseOut) {
    const headers = Fields.fromList([['content-type', text.encode('text/plain')]]);
    const response = new OutgoingResponse(headers);
    const body = response.body();
    ResponseOutparam.set(responseOut, { tag: 'ok', val: response });

    const stream = body.write();
    stream.blockingWriteAndFlush(text.encode('Hello, WASI!\n'));
    stream[Symbol.dispose]();
    OutgoingBody.finish(body, undefined);
  },
};
