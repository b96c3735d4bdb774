import { systemClock } from '../../src/clock.ts';

export type UntilOptions = { timeoutMs?: number; everyMs?: number };

/** Reads again until `accepts` holds and gives what was read; fails with the last value when it never does. */
export async function until<Value>(
  read: () => Value | Promise<Value>,
  accepts: (value: Value) => boolean,
  { timeoutMs = 30_000, everyMs = 100 }: UntilOptions = {},
): Promise<Value> {
  const deadlineMs = systemClock.nowMs() + timeoutMs;
  for (;;) {
    const value = await read();
    if (accepts(value)) return value;
    if (systemClock.nowMs() > deadlineMs) {
      throw new Error(`Not so within ${timeoutMs / 1000} s; last seen: ${JSON.stringify(value)}`);
    }
    await systemClock.sleep(everyMs);
  }
}
