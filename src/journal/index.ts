export type { Handle } from './batch-runner.ts';
export type { Entry, EntryId, Journal, ListedEntry, NewEntry, QueueStats, Settlement } from './journal.ts';
export { putOff } from './put-off.ts';
export { createSqliteJournal } from './sqlite/sqlite-journal.ts';
export { createWorker } from './worker.ts';
