import type { RetryVerdict } from '../errors.ts';
import { ViaductError } from '../errors.ts';

/** What can go wrong with the journal, and when the same call may be tried again. */
const RETRY_VERDICTS = {
  'journal-full': 'later',
  'journal-busy': 'later',
  'journal-io': 'later',
  'journal-closed': 'later',
  'journal-locked': 'after-config',
  'journal-version': 'after-config',
  'journal-corrupt': 'after-config',
} as const satisfies { [code: string]: RetryVerdict };

export type JournalErrorCode = keyof typeof RETRY_VERDICTS;

/** Every rejection of a journal: nothing of the rejected call was written. */
export class JournalError extends ViaductError {
  declare readonly code: JournalErrorCode;

  constructor(code: JournalErrorCode, message: string, cause?: unknown) {
    super({ code, message, retry: RETRY_VERDICTS[code], cause });
  }
}
