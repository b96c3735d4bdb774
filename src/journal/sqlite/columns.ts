import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { EntryId, LeaseToken } from '../journal.ts';

/** One row as node:sqlite hands it over. */
export type Row = { [column: string]: SQLOutputValue };

/**
 * A text as it is bound. UTF-8 cannot carry lone surrogates, so a text that holds one is stored as a blob
 * of UTF-16 and comes back unchanged; SQLite keeps either in the same column and compares them exactly.
 */
export function stored(text: string): SQLInputValue {
  return text.isWellFormed() ? text : Buffer.from(text, 'utf16le');
}

/** The text of a column, or null; undoes {@link stored}. */
export function optionalText(value: SQLOutputValue | undefined): string | null {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf16le') : null;
}

/** The text of a column that is never null. */
export function text(value: SQLOutputValue | undefined): string {
  return optionalText(value) ?? '';
}

/** The number of a column that is never null. */
export function integer(value: SQLOutputValue | undefined): number {
  return Number(value);
}

/** The id of an entry, out of a column. */
export function entryId(value: SQLOutputValue | undefined): EntryId {
  return Number(value) as EntryId;
}

/** The token of a lease, out of a column. */
export function leaseToken(value: SQLOutputValue | undefined): LeaseToken {
  return Number(value) as LeaseToken;
}
