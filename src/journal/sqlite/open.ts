import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { JournalError } from '../errors.ts';
import { migrate } from './schema.ts';

const PAGE_BYTES = 4096;

/** A sixteenth of the bound is kept for settling, so that a journal too full for new entries can still empty itself. */
const RESERVED_SHARE = 16;

/** An open journal file and the pages new entries may fill. */
export type OpenDatabase = { db: DatabaseSync; appendPages: number };

/**
 * Opens or creates the file, durable (WAL, an fsync per commit) and for this process alone.
 * Throws `journal-locked`, `journal-version`, `journal-corrupt`, `journal-full` or `journal-io`.
 */
export function openDatabase({ path, maxBytes }: { path: string; maxBytes: number }): OpenDatabase {
  const maxPages = Math.max(64, Math.floor(maxBytes / PAGE_BYTES));
  let db: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // It holds texts and telephone numbers; SQLite gives its log the rights of the file.
    closeSync(openSync(path, 'a', 0o600));
    db = new DatabaseSync(path, { timeout: 0 });
    // Before anything is read, so that the index of the WAL lives in memory: as a file it could not be made on a full
    // disk, and the journal would not open.
    db.exec('pragma locking_mode = exclusive');
    // Both hold for the life of the file, and setting them writes: on a full disk that would be refused.
    if (db.prepare('pragma page_count').get()?.['page_count'] === 0) {
      db.exec(`pragma page_size = ${PAGE_BYTES}; pragma auto_vacuum = incremental`);
    }
    // A checkpoint per 1,000 pages keeps the WAL near 4 MB; after a burst it is cut back to 16.
    db.exec(`
      pragma journal_mode = wal;
      pragma synchronous = full;
      pragma wal_autocheckpoint = 1000;
      pragma journal_size_limit = 16777216;
      pragma cache_size = -4000;
      pragma temp_store = memory;
      pragma foreign_keys = off;
      pragma max_page_count = ${maxPages};
      begin immediate;
      commit;
    `);
    migrate(db);
    return { db, appendPages: maxPages - Math.max(8, Math.floor(maxPages / RESERVED_SHARE)) };
  } catch (error) {
    if (db?.isOpen) db.close();
    throw journalError(error);
  }
}

/** Names what SQLite reports: the result codes are those of https://sqlite.org/rescode.html. */
export function journalError(error: unknown): JournalError {
  if (error instanceof JournalError) return error;
  if (isForbidden(error)) return readOnly(error);
  const code = resultCode(error);
  if (code === SQLITE_IOERR_WRITE) {
    return new JournalError(
      'journal-full',
      'The journal cannot be written: its disk has become read-only, or a quota or a limit on files is reached. ' +
        'Look into the log of the machine; nothing of this call was written.',
      error,
    );
  }
  switch (code & 0xff) {
    case SQLITE_FULL:
      return new JournalError(
        'journal-full',
        'The journal cannot grow: its disk is full, a quota is reached, or VIADUCT_JOURNAL_MAX_BYTES is. ' +
          'Free space or raise the bound; nothing of this call was written.',
        error,
      );
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return new JournalError(
        'journal-locked',
        'Another process holds the journal file. One Viaduct owns one file: stop the other, or give this one another path.',
        error,
      );
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return new JournalError(
        'journal-corrupt',
        'The journal file is damaged or no journal. Restore it from a copy, or move it away to start with an empty one.',
        error,
      );
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return readOnly(error);
    default:
      return new JournalError(
        'journal-io',
        `The journal could not be written or read (SQLite ${code}).`,
        error,
      );
  }
}

const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;
/** What a quota, a limit on file sizes or a disk that became read-only gives instead of `SQLITE_FULL`. */
const SQLITE_IOERR_WRITE = 778;

function readOnly(error: unknown): JournalError {
  return new JournalError(
    'journal-io',
    'The journal may not be written: its disk is mounted read-only, or its folder belongs to another user. ' +
      'Look into the log of the machine, make it writable, and start Viaduct again.',
    error,
  );
}

/** What making the folder reports. */
function isForbidden(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'EROFS' || code === 'EACCES' || code === 'EPERM';
}

function resultCode(error: unknown): number {
  if (!(error instanceof Error) || !('errcode' in error)) return 0;
  return typeof error.errcode === 'number' ? error.errcode : 0;
}
