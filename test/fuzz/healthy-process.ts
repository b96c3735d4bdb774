import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { HealthyOrder, HealthyResult } from './healthy.ts';

/** Starts the good requests beside the hostile ones; `stop` tells how they fared. */
export function startHealthy(order: HealthyOrder): { stop: () => Promise<HealthyResult> } {
  const child = fork(new URL('healthy.ts', import.meta.url).pathname, { serialization: 'advanced' });
  child.send(order);
  return {
    async stop() {
      const result = once(child, 'message');
      child.send('stop');
      const [told] = await result;
      return told;
    },
  };
}
