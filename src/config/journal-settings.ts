import * as z from 'zod';
import { integer, text } from './setting.ts';

const MIB = 1_048_576;

/** The embedded journal. */
export const journalSettings = z.object({
  path: text({
    name: 'VIADUCT_JOURNAL_PATH',
    help: 'The file of the journal, on a disk that survives a restart.',
    fallback: 'var/journal.db',
  }),
  maxBytes: integer({
    name: 'VIADUCT_JOURNAL_MAX_BYTES',
    help: 'The size from which the journal takes nothing more, and senders get 503.',
    fallback: String(4096 * MIB),
    min: MIB,
    max: 1_048_576 * MIB,
  }),
  databaseEntries: integer({
    name: 'VIADUCT_DATABASE_WAITING_ENTRIES',
    help: 'Where several databases are served: unfinished entries that one of them may have in the journal, at about a kilobyte each; its further SMS are refused with words.',
    fallback: '1000000',
    min: 1,
    max: 1_000_000_000,
  }),
  keepDoneDays: integer({
    name: 'VIADUCT_JOURNAL_KEEP_DONE_DAYS',
    help: 'How long done entries are remembered, so that a repetition is known. Providers repeat for 7 days.',
    fallback: '8',
    min: 8,
    max: 366,
  }),
  keepDeadDays: integer({
    name: 'VIADUCT_JOURNAL_KEEP_DEAD_DAYS',
    help: 'How long dead letters wait for a person.',
    fallback: '30',
    min: 1,
    max: 3660,
  }),
});

/** How the journal is worked on. */
export const workSettings = z.object({
  batchEntries: integer({
    name: 'VIADUCT_WORK_BATCH_ENTRIES',
    help: 'Entries of the journal that are worked on as one batch.',
    fallback: '500',
    min: 1,
    max: 10_000,
  }),
  leaseMs: integer({
    name: 'VIADUCT_WORK_LEASE_MS',
    help: 'How long a batch belongs to its worker before another may take it.',
    fallback: '60000',
    min: 1000,
    max: 3_600_000,
  }),
  attempts: integer({
    name: 'VIADUCT_WORK_ATTEMPTS',
    help: 'Attempts before an entry is buried as a dead letter.',
    fallback: '20',
    min: 1,
    max: 1000,
  }),
});
