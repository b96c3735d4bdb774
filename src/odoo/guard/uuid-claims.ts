import type { Journal } from '../../journal/index.ts';

/** Who of several databases may carry an id: a copy that is configured beside the original has the same one. */
export type UuidClaims = {
  /** Null when this place has the id, now or since before; otherwise the place that has it. */
  claim(uuid: string, place: string): Promise<string | null>;
};

const NOTE = 'guard.place';

/**
 * The first of the configured places that is open under an id keeps it, over restarts too. A place that is no longer
 * configured has lost it: that is how a database moves.
 */
export function createUuidClaims({
  journal,
  places,
}: {
  journal: Pick<Journal, 'remember' | 'recall'>;
  places: readonly string[];
}): UuidClaims {
  /** One after the other, so that of two at the same time one comes first. */
  let last: Promise<unknown> = Promise.resolve();

  async function decide(uuid: string, place: string): Promise<string | null> {
    const holder = await journal.recall(uuid, NOTE);
    if (holder === place) return null;
    if (holder !== null && places.includes(holder)) return holder;
    await journal.remember(uuid, NOTE, place);
    return null;
  }

  return {
    claim(uuid, place) {
      const decision = last.then(() => decide(uuid, place));
      last = decision.catch(() => {});
      return decision;
    },
  };
}
