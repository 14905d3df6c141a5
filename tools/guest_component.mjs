// Makes components; run by guest_components.py:
//   node guest_component.mjs TOOLCHAIN
// Each line of the input is a job in JSON, and is answered by a line: {} or {"error": TEXT}.
//   {"action": "embed", "core": FILE, "wit": DIRECTORY or FILE, "world": NAME, "output": FILE}
//   {"action": "parse", "text": FILE, "output": FILE}
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { argv, stdin } from 'node:process';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const require = createRequire(resolve(argv[2], 'package.json'));
const tools = await import(
  pathToFileURL(require.resolve('@bytecodealliance/jco-transpile/wasm-tools'))
);

async function make(job) {
  if (job.action === 'parse') {
    return tools.parse(readFileSync(job.text, 'utf8'));
  }
  const core = await tools.componentEmbed({
    binary: readFileSync(job.core),
    witPath: job.wit,
    world: job.world,
  });
  return tools.componentNew(core, []);
}

for await (const line of createInterface({ input: stdin })) {
  const job = JSON.parse(line);
  let answer = {};
  try {
    writeFileSync(job.output, await make(job));
  } catch (error) {
    answer = { error: String(error?.stack ?? error) };
  }
  console.log(JSON.stringify(answer));
}
