// Makes components; run by guests.py:
//   node guest_component.mjs TOOLCHAIN embed CORE.wasm WIT_DIRECTORY WORLD OUT.wasm
//   node guest_component.mjs TOOLCHAIN parse IN.wat OUT.wasm
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';

const [toolchain, action, input, ...rest] = argv.slice(2);
const require = createRequire(resolve(toolchain, 'package.json'));
const tools = await import(
  pathToFileURL(require.resolve('@bytecodealliance/jco-transpile/wasm-tools'))
);

if (action === 'embed') {
  const [wit, world, output] = rest;
  const core = await tools.componentEmbed({
    binary: readFileSync(input),
    witPath: resolve(wit),
    world,
  });
  writeFileSync(output, await tools.componentNew(core, []));
} else {
  writeFileSync(rest[0], await tools.parse(readFileSync(input, 'utf8')));
}
