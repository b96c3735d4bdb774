export type { Handle } from './batch-runner.ts';
export { JournalError } from './errors.ts';
export type { Entry, EntryId, Journal, NewEntry, Settlement } from './journal.ts';
export { DEFAULT_SCHEDULE_MS } from './retry-schedule.ts';
export { createSqliteJournal } from './sqlite/sqlite-journal.ts';
export { createWorker } from './worker.ts';
