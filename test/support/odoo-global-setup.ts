import type { TestProject } from 'vitest/node';
import { z } from 'zod';
import { type OwnedStack, type Progress, type StackAddress, startStack } from '../../docker/index.ts';
import { namedOdoo, ODOO_WORKERS, type OdooPlace } from './odoo-place.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    odooPlace: OdooPlace;
  }
}

/** Tells the next project's setup of this run that the stacks are already there. */
const RUNNING_STACKS = 'VIADUCT_TEST_STACKS';

const RunningStack = z.object({
  url: z.string(),
  odooId: z.string(),
  odooPort: z.number(),
  postgresId: z.string(),
  postgresPort: z.number(),
});

/** Finds or starts the Odoo of this test run, and gives what ends it. A fault here fails the run; nothing is skipped. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const nothingToEnd = async (): Promise<void> => undefined;
  const named = namedOdoo(process.env);
  if (named !== undefined) {
    project.provide('odooPlace', { kind: 'named', ...named });
    return nothingToEnd;
  }
  const running = runningStacks();
  if (running !== undefined) {
    project.provide('odooPlace', { kind: 'stack', addresses: running });
    return nothingToEnd;
  }
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt);
  const stacks: OwnedStack[] = [];
  const stop = async (): Promise<void> => {
    delete process.env[RUNNING_STACKS];
    for (const stack of stacks.splice(0).reverse()) await stack.stop();
  };
  try {
    for (let worker = 0; worker < ODOO_WORKERS; worker += 1)
      stacks.push(await startStack({ onProgress: printer(), signal: interrupted.signal }));
  } catch (error) {
    await stop();
    throw error;
  }
  process.removeListener('SIGINT', interrupt);
  const addresses = stacks.map(({ address }) => address);
  process.env[RUNNING_STACKS] = JSON.stringify(addresses);
  project.provide('odooPlace', { kind: 'stack', addresses });
  return stop;
}

function runningStacks(): readonly StackAddress[] | undefined {
  const text = process.env[RUNNING_STACKS];
  return text === undefined ? undefined : z.array(RunningStack).parse(JSON.parse(text));
}

/** One line for every tenth of a step: enough to see that something goes on, also in the log of a CI run. */
function printer(): (progress: Progress) => void {
  let last = '';
  return ({ step, fraction, text }) => {
    const tenth = `${step} ${Math.floor(fraction * 10)}`;
    if (tenth === last) return;
    last = tenth;
    process.stderr.write(`${step}: ${Math.floor(fraction * 100)} %, ${text}\n`);
  };
}
