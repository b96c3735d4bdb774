import { ViaductError } from '../errors.ts';
import type { EntryId, Journal } from '../journal/index.ts';
import type { Choice, Counted, DeadLetter } from './schema.ts';

const PAGE_ENTRIES = 1_000;
const MOST_WORDS = 300;
const MOST_IDS_TOLD = 10;

type Listed = Awaited<ReturnType<Journal['list']>>[number];

/** The first `limit` dead letters, oldest first, without what they say. */
export async function listDeadLetters(
  journal: Pick<Journal, 'list'>,
  { queue, limit }: { queue?: string | undefined; limit: number },
): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for await (const entry of deadEntries(journal, queue)) {
    if (letters.length >= limit) break;
    const { id, database, key, attempts, error } = entry;
    const buriedAt = new Date(entry.settledAtMs ?? 0).toISOString();
    const why = (error ?? '').slice(0, MOST_WORDS);
    letters.push({ id, database, queue: entry.queue, key, attempts, buriedAt, why });
  }
  return letters;
}

/** The dead letters of a choice; throws `dead-letter-unknown` when one of the ids given is none. */
export async function chooseDeadLetters(
  journal: Pick<Journal, 'list'>,
  choice: Choice,
): Promise<{ ids: EntryId[]; counted: Counted }> {
  const wanted = 'ids' in choice ? new Set(choice.ids) : null;
  const isChosen = (entry: Listed) =>
    'ids' in choice
      ? wanted?.delete(entry.id) === true
      : (entry.settledAtMs ?? 0) >= (choice.sinceMs ?? Number.NEGATIVE_INFINITY);
  const ids: EntryId[] = [];
  const counts = new Map<string, Counted[number]>();
  for await (const entry of deadEntries(journal, 'ids' in choice ? undefined : choice.queue)) {
    if (!isChosen(entry)) continue;
    ids.push(entry.id);
    const { database, queue } = entry;
    const name = JSON.stringify([database, queue]);
    counts.set(name, { database, queue, count: (counts.get(name)?.count ?? 0) + 1 });
  }
  if (wanted !== null && wanted.size > 0) throw unknownLetters([...wanted]);
  return { ids, counted: [...counts.values()] };
}

async function* deadEntries(journal: Pick<Journal, 'list'>, queue: string | undefined) {
  const filter = queue === undefined ? {} : { queue };
  let after: EntryId | undefined;
  for (;;) {
    const from = after === undefined ? {} : { after };
    const page = await journal.list({ ...filter, ...from, state: 'dead', limit: PAGE_ENTRIES });
    yield* page;
    after = page.at(-1)?.id;
    if (after === undefined || page.length < PAGE_ENTRIES) return;
  }
}

function unknownLetters(ids: readonly EntryId[]): ViaductError {
  const told = ids.slice(0, MOST_IDS_TOLD).join(', ');
  const more = ids.length > MOST_IDS_TOLD ? ` and ${ids.length - MOST_IDS_TOLD} more` : '';
  const [verb, noun] = ids.length === 1 ? ['is', 'no dead letter'] : ['are', 'no dead letters'];
  return new ViaductError({
    code: 'dead-letter-unknown',
    message: `${told}${more} ${verb} ${noun}: replayed before, past retention, or never one. Nothing was replayed. "viaduct dead" lists them.`,
    retry: 'never',
  });
}
