/** `npm run mutants -- sms|records [--json] [--only G7,G12]`: 0 when every change made its test fail, 1 when one did not, 2 for a wrong call. */
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/clock.ts';
import { errorText } from '../../src/errors.ts';
import { changed, copyProject } from './copy.ts';
import type { Mutant } from './mutant.ts';
import { RECORD_MUTANTS } from './records.ts';
import { runTest } from './run-test.ts';
import { SMS_MUTANTS } from './sms.ts';

const SETS = new Map<string, readonly Mutant[]>([
  ['sms', SMS_MUTANTS],
  ['records', RECORD_MUTANTS],
]);
const USAGE = `Usage: npm run mutants -- NAME [--json] [--only ID,ID]; names: ${[...SETS.keys()].join(', ')}\n`;
const EXIT_WRONG_CALL = 2;

const { values, positionals } = readArguments();
const only = values.only?.split(',');
const mutants = SETS.get(positionals[0] ?? '')?.filter(({ id }) => only?.includes(id) ?? true);

if (mutants === undefined || mutants.length === 0) {
  process.stderr.write(USAGE);
  process.exitCode = EXIT_WRONG_CALL;
} else {
  await run(mutants);
}

function readArguments() {
  const options = { json: { type: 'boolean', default: false }, only: { type: 'string' } } as const;
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n${USAGE}`);
    return process.exit(EXIT_WRONG_CALL);
  }
}

/** Each test must pass as the code is, and fail once it is changed. */
async function run(chosen: readonly Mutant[]): Promise<void> {
  const startedMs = systemClock.nowMs();
  const copy = await copyProject();
  const survived: string[] = [];
  const broken: string[] = [];
  try {
    for (const [index, { id, test, change, does }] of chosen.entries()) {
      const before = await runTest(copy, test);
      const after = before === 'passed' ? await changed(copy, change, () => runTest(copy, test)) : before;
      if (before !== 'passed') broken.push(id);
      else if (after !== 'failed') survived.push(id);
      const end = before !== 'passed' ? `its test ${before}` : after === 'failed' ? 'killed' : 'SURVIVED';
      if (!values.json) process.stdout.write(`[${index + 1}/${chosen.length}] ${id} ${does}: ${end}\n`);
    }
  } finally {
    await copy.remove();
  }
  const result = {
    ...{ mutants: chosen.length, killed: chosen.length - survived.length - broken.length },
    ...{ survived, broken, seconds: Math.round((systemClock.nowMs() - startedMs) / 1000) },
    pass: survived.length + broken.length === 0,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = result.pass ? 0 : 1;
}
