import { hash } from 'node:crypto';
import type { NewEntry } from '../../journal/index.ts';
import { RECEIVED_QUEUE } from '../queues.ts';
import type { Received } from './received.ts';

/**
 * The journal's entry for what was pushed. The document's events have no id, so that equal bodies of one source count as one for
 * as long as the journal remembers them: a repetition after a lost answer is the same body, another change has another
 * timestamp. Odoo's own webhook action never repeats, and its bodies have no time: each of them counts.
 */
export function receivedEntry(database: string, received: Received): NewEntry {
  const { source, model, recordId, body, refusal, isNative } = received;
  const digest = hash('sha256', `${source.id}\n${refusal?.status ?? ''}\n${body}`);
  return {
    ...{ database, queue: RECEIVED_QUEUE, key: `${source.id}:${model},${recordId}` },
    ...(isNative && refusal === null ? {} : { dedupe: digest }),
    payload: JSON.stringify(received),
  };
}
