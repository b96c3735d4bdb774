import type { TestProject } from 'vitest/node';
import { z } from 'zod';
import { type Progress, type StackAddress, startStack } from '../../docker/index.ts';
import { namedOdoo, type OdooPlace } from './odoo-place.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    odooPlace: OdooPlace;
  }
}

/** Tells the next project's setup of this run that the stack is already there. */
const RUNNING_STACK = 'VIADUCT_TEST_STACK';

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
  const running = runningStack();
  if (running !== undefined) {
    project.provide('odooPlace', { kind: 'stack', address: running });
    return nothingToEnd;
  }
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt);
  const stack = await startStack({ onProgress: printer(), signal: interrupted.signal });
  process.removeListener('SIGINT', interrupt);
  process.env[RUNNING_STACK] = JSON.stringify(stack.address);
  project.provide('odooPlace', { kind: 'stack', address: stack.address });
  return async () => {
    delete process.env[RUNNING_STACK];
    await stack.stop();
  };
}

function runningStack(): StackAddress | undefined {
  const text = process.env[RUNNING_STACK];
  return text === undefined ? undefined : RunningStack.parse(JSON.parse(text));
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
