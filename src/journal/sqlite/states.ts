import type { EntryState } from '../journal.ts';

/**
 * The states as they are stored. The first unfinished entry of a key is its head: `due`, `waiting` or `leased`.
 * The ones after it are `behind` (or `leased`, together with it). So a claim reads heads only, however many wait.
 */
export const BEHIND = 0;
export const DONE = 4;
export const DEAD = 5;

/** By the stored number: behind, due, waiting, leased, done, dead. The SQL names them by number, for its indexes. */
const PUBLIC_STATES: readonly EntryState[] = ['ready', 'ready', 'ready', 'leased', 'done', 'dead'];

/** The state of the contract for a stored one. */
export function publicState(stored: number): EntryState {
  return PUBLIC_STATES[stored] ?? 'dead';
}
