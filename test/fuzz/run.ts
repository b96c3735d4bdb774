/** `npm run fuzz -- [--json] [--requests 100000] [--seed 1]`: 0 when all promises were kept, 1 when not, 2 for a wrong call. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { systemClock } from '../../src/clock.ts';
import { errorText } from '../../src/errors.ts';
import { runFuzz } from './scenario.ts';

const EXIT_WRONG_CALL = 2;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    requests: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
});
const numbers = z
  .object({ requests: z.coerce.number().int().min(1).max(10_000_000), seed: z.coerce.number().int() })
  .safeParse(values);

if (numbers.success) {
  await run(numbers.data).catch((error: unknown) => {
    process.stderr.write(`The run was not finished: ${errorText(error)}\n`);
    process.exitCode = 1;
  });
  // All has been stopped by now; what is left of thousands of broken connections need not be waited for.
  process.stdout.write('', () => process.exit());
} else {
  process.stderr.write('Usage: npm run fuzz -- [--json] [--requests N] [--seed N]\n');
  process.exitCode = EXIT_WRONG_CALL;
}

async function run({ requests, seed }: { requests: number; seed: number }): Promise<void> {
  const startedMs = systemClock.nowMs();
  const seconds = () => (systemClock.nowMs() - startedMs) / 1000;
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => interrupted.abort(new Error(`ended by ${name}`)));
  }
  const say = (words: string) => {
    if (!values.json) process.stdout.write(`[${seconds().toFixed(1).padStart(6)} s] ${words}\n`);
  };
  const result = await runFuzz({ requests, seed, crowds: true, say, signal: interrupted.signal });
  const whole = { fuzz: 'http', seed, seconds: Math.round(seconds()), ...result };
  process.stdout.write(`${JSON.stringify(whole, null, values.json ? 0 : 2)}\n`);
  process.exitCode = result.pass ? 0 : 1;
}
