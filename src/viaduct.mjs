#!/usr/bin/env node
// Plain JavaScript, so that an old Node can say what is wrong instead of failing on the first type.
const NEEDED = 24;
const EXIT_CONFIG = 78;

if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  process.stderr.write(
    `Viaduct needs Node ${NEEDED} or newer and this is ${process.versions.node}. On Linux with an x64 ` +
      `processor "npm ci" brings one, for what npm starts ("npm start"); elsewhere install Node ${NEEDED}.\n`,
  );
  process.exit(EXIT_CONFIG);
}
await import('./main.ts');
