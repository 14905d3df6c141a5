// As json.js, in the style of the fetch event: parses the request body as JSON and answers with what
// it holds, or with 400 and the parser's words.
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

async function answer(request) {
  const [status, result] = answerTo(await request.text());
  const headers = { 'content-type': 'application/json' };
  return new Response(`${JSON.stringify(result)}\n`, { status, headers });
}

addEventListener('fetch', (event) => event.respondWith(answer(event.request)));
