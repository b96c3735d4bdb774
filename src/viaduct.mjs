#!/usr/bin/env node
// Plain JavaScript, so that an old Node can say what is wrong instead of failing on the first type.
import * as node from 'node:module';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const EXIT_CONFIG = 78;

if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  process.stderr.write(
    `Viaduct needs Node ${NEEDED} or newer and this is ${process.versions.node}. On Linux with an x64 ` +
      `processor "npm ci" brings one, for what npm starts ("npm start"); elsewhere install Node ${NEEDED}.\n`,
  );
  process.exit(EXIT_CONFIG);
}
// Types are stripped once, not at each start: a third of the memory of a start, and half of its time. Not in the system's
// folder for temporary files, where others could put code. A folder that cannot be written is simply not used.
const cache = fileURLToPath(new URL('../node_modules/.cache/viaduct', import.meta.url));
node.enableCompileCache(cache);
// The journal's thread takes it from here.
process.env.NODE_COMPILE_CACHE = cache;
await import('./main.ts');
