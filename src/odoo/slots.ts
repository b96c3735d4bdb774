import { OdooError } from './errors.ts';
import { abortError } from './transports/index.ts';

export type Slots = {
  /** Waits for its turn, first come first served; resolves to the function that gives the slot back. */
  take: (what: string, signal: AbortSignal) => Promise<() => void>;
};

/** Lets `count` calls run and `waiting` more wait; beyond that, rejects with code `odoo-limit`, retry `later`. */
export function createSlots({ count, waiting }: { count: number; waiting: number }): Slots {
  const queue = new Set<() => void>();
  let free = count;
  const giveBack = () => {
    const [next] = queue;
    if (next === undefined) free += 1;
    else next();
  };
  return {
    take: (what, signal) => {
      if (signal.aborted) return Promise.reject(abortError(what, signal, 'not-done'));
      if (free > 0) {
        free -= 1;
        return Promise.resolve(once(giveBack));
      }
      if (queue.size >= waiting) return Promise.reject(tooManyWaiting(what, waiting));
      return new Promise((resolve, reject) => {
        const onAbort = () => {
          queue.delete(onTurn);
          reject(abortError(what, signal, 'not-done'));
        };
        const onTurn = () => {
          queue.delete(onTurn);
          signal.removeEventListener('abort', onAbort);
          resolve(once(giveBack));
        };
        queue.add(onTurn);
        signal.addEventListener('abort', onAbort, { once: true });
      });
    },
  };
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}

function tooManyWaiting(what: string, waiting: number): OdooError {
  return new OdooError({
    kind: 'limit',
    outcome: 'not-done',
    retry: 'later',
    message: `${waiting} calls already wait for Odoo; ${what} was not added.`,
  });
}
