import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteJournal } from '../../src/journal/index.ts';
import { describeJournal } from '../support/describe-journal.ts';
import type { JournalHarness } from '../support/journal/journal-harness.ts';

async function makeSqliteHarness(): Promise<JournalHarness> {
  const folder = await mkdtemp(join(tmpdir(), 'viaduct-journal-'));
  let nowMs = 1_800_000_000_000;
  const open = () =>
    createSqliteJournal({
      path: join(folder, 'journal.db'),
      maxBytes: 256 * 1024 * 1024,
      clock: { nowMs: () => nowMs, sleep: () => Promise.reject(new Error('The journal does not sleep.')) },
    });
  let journal = await open();
  return {
    get journal() {
      return journal;
    },
    nowMs: () => nowMs,
    advance: (ms) => {
      nowMs += ms;
    },
    reopen: async () => {
      await journal.close();
      journal = await open();
      return journal;
    },
    commitCount: () => journal.commitCount(),
    dispose: async () => {
      await journal.close();
      await rm(folder, { recursive: true });
    },
  };
}

describeJournal('the embedded journal', makeSqliteHarness);
