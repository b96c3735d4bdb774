import type { Clock } from '../clock.ts';

export type WakeUp = {
  /** Ends the wait under way, or the next one at once. */
  wake: () => void;
  /** Forgets a ringing that has been answered: to be called before looking for work. */
  reset: () => void;
  /** Waits at most `ms`; true when woken. */
  wait: (ms: number) => Promise<boolean>;
};

/** A bell that is not lost when nobody is waiting for it yet. */
export function createWakeUp(clock: Clock): WakeUp {
  let rung = false;
  let ringing: AbortController | undefined;

  return {
    wake: () => {
      rung = true;
      ringing?.abort();
    },
    reset: () => {
      rung = false;
    },
    wait: async (ms) => {
      if (!rung && ms > 0) {
        ringing = new AbortController();
        await clock.sleep(ms, ringing.signal).catch(() => undefined);
        ringing = undefined;
      }
      const woken = rung;
      rung = false;
      return woken;
    },
  };
}
