import { randomUUID } from 'node:crypto';
import type { Journal } from '../../journal/index.ts';

/** Notes that belong to no database. */
const NO_DATABASE = '';
const NOTE = 'guard.instance';

/** The id that a journal has, or null while it never had one. */
export function recallInstance(recall: Journal['recall']): Promise<string | null> {
  return recall(NO_DATABASE, NOTE);
}

/** The lasting random id of a journal, made at the first call: a database is confirmed for one journal. */
export async function journalInstance(
  journal: Pick<Journal, 'remember' | 'recall'>,
  random: () => string = randomUUID,
): Promise<string> {
  const known = await journal.recall(NO_DATABASE, NOTE);
  if (known !== null) return known;
  await journal.remember(NO_DATABASE, NOTE, random());
  return (await journal.recall(NO_DATABASE, NOTE)) ?? (await journalInstance(journal, random));
}
