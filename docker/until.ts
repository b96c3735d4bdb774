import { systemClock } from '../src/clock.ts';
import { ViaductError } from '../src/errors.ts';

export type UntilOptions = {
  /** What is waited for, as the end of "… did not come up within 30 s". */
  what: string;
  timeoutMs: number;
  everyMs?: number;
  signal?: AbortSignal | undefined;
  /** Said after the first sentence of the error: where to look. */
  advice?: () => Promise<string>;
};

/** Asks again until the answer is true. Rejects with `not-ready` after `timeoutMs`, or with the signal's reason. */
export async function until(isReady: () => Promise<boolean>, options: UntilOptions): Promise<void> {
  const deadline = systemClock.nowMs() + options.timeoutMs;
  while (!(await isReady())) {
    options.signal?.throwIfAborted();
    if (systemClock.nowMs() > deadline) {
      const advice = (await options.advice?.()) ?? '';
      throw new ViaductError({
        code: 'not-ready',
        message: `${options.what} within ${options.timeoutMs / 1000} s. ${advice}`.trimEnd(),
        retry: 'later',
      });
    }
    await systemClock.sleep(options.everyMs ?? 100, options.signal);
  }
}
