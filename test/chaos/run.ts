/** `npm run chaos -- sms|events [--json] [--kills 50] [--seed 1]`: 0 when all promises were kept, 1 when not, 2 for a wrong call. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { systemClock } from '../../src/clock.ts';
import { errorText } from '../../src/errors.ts';
import { eventsScenario } from './events/scenario.ts';
import type { Scenario } from './scenario.ts';
import { smsScenario } from './sms/scenario.ts';

const SCENARIOS = new Map<string, Scenario>([
  ['sms', smsScenario],
  ['events', eventsScenario],
]);
const EXIT_WRONG_CALL = 2;

const USAGE = `Usage: npm run chaos -- NAME [--json] [--kills 1…200] [--seed N]; names: ${[...SCENARIOS.keys()].join(', ')}\n`;

const { values, positionals } = readArguments();
const numbers = z
  .object({ kills: z.coerce.number().int().min(1).max(200), seed: z.coerce.number().int() })
  .safeParse(values);
const scenario = SCENARIOS.get(positionals[0] ?? '');

if (values.help) process.stdout.write(USAGE);
else if (scenario === undefined || !numbers.success) {
  process.stderr.write(USAGE);
  process.exitCode = EXIT_WRONG_CALL;
} else {
  await run(scenario, numbers.data).catch((error: unknown) => {
    process.stderr.write(`The run was not finished: ${errorText(error)}\n`);
    process.exitCode = 1;
  });
  // Everything has been stopped by now. Left to end by itself, Node 24 was seen to spin in its own clean-up of handles
  // for ever (node::Environment::CleanupHandles), after the many connections that were broken here.
  process.stdout.write('', () => process.exit());
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        json: { type: 'boolean', default: false },
        kills: { type: 'string', default: '50' },
        seed: { type: 'string', default: '1' },
      },
    });
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n${USAGE}`);
    return process.exit(EXIT_WRONG_CALL);
  }
}

async function run(chosen: Scenario, { kills, seed }: { kills: number; seed: number }): Promise<void> {
  const startedMs = systemClock.nowMs();
  const seconds = () => (systemClock.nowMs() - startedMs) / 1000;
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => interrupted.abort(new Error(`ended by ${name}`)));
  }
  const say = (words: string) => {
    if (!values.json) process.stdout.write(`[${seconds().toFixed(1).padStart(6)} s] ${words}\n`);
  };
  const result = await chosen({ kills, seed, say, signal: interrupted.signal });
  const whole = { ...result, seconds: Math.round(seconds()) };
  process.stdout.write(`${JSON.stringify(whole, null, values.json ? 0 : 2)}\n`);
  process.exitCode = result.pass ? 0 : 1;
}
