/** Fails when an import breaks a rule or when imports run in a circle. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { findCycle, importsOf } from './import-graph.ts';
import { IMPORT_RULES } from './import-rules.ts';
import { say } from './say.ts';
import { sourceFiles } from './source-files.ts';

const PackageFile = z.object({ dependencies: z.record(z.string(), z.string()) });
const { dependencies } = PackageFile.parse(JSON.parse(readFileSync('package.json', 'utf8')));
const packages = new Set(Object.keys(dependencies));
const imports = sourceFiles().flatMap(importsOf);

const broken = imports.flatMap((edge) =>
  IMPORT_RULES.filter((rule) => rule.breaks(edge, packages)).map(
    (rule) => `${edge.from} imports ${edge.to}: ${rule.name}`,
  ),
);
const cycle = findCycle(imports);
if (cycle !== null) broken.push(`imports run in a circle: ${cycle.join(' → ')}`);

for (const line of broken) say(line);
say(`${imports.length} imports, ${broken.length} against the rules`);
if (broken.length > 0) process.exitCode = 1;
