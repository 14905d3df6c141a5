// The smallest whole answer, in the style of the fetch event.
addEventListener('fetch', (event) => {
  event.respondWith(
    new Response('Hello, WASI!\n', { headers: { 'content-type': 'text/plain' } }),
  );
});
