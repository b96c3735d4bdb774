import { writeSync } from 'node:fs';
import { createSqliteJournal } from '../../index.ts';

/**
 * A process that appends and works as fast as it can until it is killed. It reports every entry on standard output
 * once the journal has acknowledged it: the tests then look for each of them.
 */
const [path, maxBytes = '1000000000', payloadBytes = '300'] = process.argv.slice(2);
if (path === undefined) throw new Error('Usage: append-until-killed.ts <path> [maxBytes] [payloadBytes]');
const queue = { database: 'db-1', queue: 'sms.report' };
const journal = await createSqliteJournal({ path, maxBytes: Number(maxBytes) });
const pause = new Int32Array(new SharedArrayBuffer(4));
const payload = 'x'.repeat(Number(payloadBytes));

/** Written before anything else happens; a reader that is slow for a moment makes the pipe refuse, not block. */
function report(line: string): void {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

async function append(lane: number): Promise<void> {
  for (let count = 0; ; count += 1) {
    const dedupe = `${process.pid}-${lane}-${count}`;
    const [appended] = await journal.append([{ ...queue, key: `key ${lane}`, dedupe, payload }]);
    report(`appended ${appended?.id} ${dedupe}\n`);
  }
}

async function work(): Promise<void> {
  for (;;) {
    const { token, entries } = await journal.claim({ ...queue, limit: 20, leaseMs: 60_000 });
    await journal.settle(
      token,
      entries.map(({ id }) => ({ id, step: 'complete' })),
    );
    for (const { id } of entries) report(`done ${id} -\n`);
  }
}

try {
  await Promise.race([work(), ...Array.from({ length: 16 }, (_, lane) => append(lane))]);
} catch (error) {
  report(`refused ${error instanceof Error && 'code' in error ? error.code : 'unknown'} -\n`);
  process.exit(0);
}
