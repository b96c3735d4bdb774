import { HttpError, type PartState } from './http/index.ts';
import type { ServedDatabase } from './served-database.ts';
import type { SmsDatabase } from './sms/index.ts';

/** The databases behind this Viaduct, for who comes from outside and does not say which one he means. */
export type ServedDatabases = {
  /** The database with this `database.uuid`, or null; rejects with 503 while one that it may be is not known. */
  byUuid(uuid: string): Promise<SmsDatabase | null>;
  /** Where a report may belong: the named database, or else one after the other. Ends with 503 if one is not known yet. */
  forReport(name: string | undefined): Iterable<SmsDatabase>;
  parts(): PartState[];
  /** The ids of all of them, or null while one is not known. */
  ids(): string[] | null;
};

/** Odoo waits 15 s for an answer, and shows the user a failure when it is 503. */
const PATIENCE_MS = 5_000;

/** Finds the database that is meant; what one of them is in trouble with does not hold up the others. */
export function createServedDatabases(all: readonly ServedDatabase[]): ServedDatabases {
  const withUuid = (uuid: string) =>
    all.map((served) => served.sms()).find((database) => database?.id === uuid) ?? null;

  return {
    async byUuid(uuid) {
      const known = withUuid(uuid);
      if (known !== null) return known;
      await Promise.all(all.map((served) => served.firstServed(PATIENCE_MS)));
      const found = withUuid(uuid);
      if (found !== null) return found;
      const [first, ...others] = all.map(known503);
      // A copy of the database has the same or another id: while traffic is held, whoever asks is told why.
      if (first !== undefined && others.length === 0 && first.heldWords() !== null) return first;
      for (const served of all) if (served.verdict().open) served.doubt();
      return null;
    },
    *forReport(name) {
      const named = all.filter((served) => served.name === name);
      const asked = named.length > 0 ? named : all;
      yield* asked.map((served) => served.sms()).filter((database) => database !== null);
      for (const served of asked) known503(served);
    },
    ids() {
      const known = all.flatMap((served) => served.sms()?.id ?? []);
      return known.length === all.length ? known : null;
    },
    parts() {
      const isUp = (served: ServedDatabase) => served.parts().every(({ up, matters }) => up || !matters);
      // One that is down must not take the others out of service.
      const someIsUp = all.length > 1 && all.some(isUp);
      return all.flatMap((served) =>
        served.parts().map((part) => ({
          ...part,
          name: all.length === 1 ? part.name : `${part.name} ${served.name}`,
          matters: part.matters && !someIsUp,
        })),
      );
    },
  };
}

/** The database while it is known; senders come again when it is not. */
function known503(served: ServedDatabase): SmsDatabase {
  const database = served.sms();
  if (database !== null) return database;
  throw new HttpError({
    status: 503,
    code: 'database-not-served',
    detail: served.verdict().open
      ? 'Odoo is being reached. Send again soon.'
      : 'The database is not served now.',
    headers: { 'retry-after': '5' },
  });
}
