import { unreachable } from '../errors.ts';
import type { PartState } from '../http/index.ts';
import type { EntryId, Journal } from '../journal/index.ts';
import { chooseDeadLetters, listDeadLetters } from './dead-letters.ts';
import type { OperatorRequest } from './schema.ts';

export type OperatorParts = {
  journal: Pick<Journal, 'list' | 'replay' | 'buryAll' | 'stats' | 'recall'>;
  /** Absent where no Viaduct runs. */
  readiness?: () => readonly PartState[];
};

/** So many at a time, so that the appends of the traffic get their turn. */
const REPLAY_STEP = 200;
const BURIED_WORDS = 'Buried by an operator: its database was no longer served.';

/** Does what an operator asks; rejects with a JournalError or `dead-letter-unknown`. */
export async function operate(
  { journal, readiness }: OperatorParts,
  request: OperatorRequest,
): Promise<unknown> {
  switch (request.ask) {
    case 'dead':
      return await listDeadLetters(journal, request);
    case 'count':
      return (await chooseDeadLetters(journal, request.choice)).counted;
    case 'replay':
      return await replay(journal, (await chooseDeadLetters(journal, request.choice)).ids);
    case 'bury':
      return await journal.buryAll({ database: request.database, reason: BURIED_WORDS });
    case 'stats':
      return await journal.stats();
    case 'note':
      return await journal.recall(request.database, request.name);
    case 'parts':
      return readiness?.() ?? null;
    default:
      return unreachable(request);
  }
}

async function replay(journal: Pick<Journal, 'replay'>, ids: readonly EntryId[]): Promise<number> {
  let replayed = 0;
  for (let from = 0; from < ids.length; from += REPLAY_STEP) {
    replayed += await journal.replay(ids.slice(from, from + REPLAY_STEP));
  }
  return replayed;
}
