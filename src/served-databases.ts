import type { Channels } from './channels.ts';
import type { EventsDatabase } from './events/index.ts';
import { HttpError, type PartState } from './http/index.ts';
import type { RecordsDatabase } from './records/index.ts';
import type { ServedDatabase } from './served-database.ts';
import type { SmsDatabase } from './sms/index.ts';

/** The databases behind this Viaduct, for who comes from outside and does not say which one he means. */
export type ServedDatabases = {
  /** The database with this `database.uuid`, or null; rejects with 503 while one that it may be is not known. */
  byUuid(uuid: string): Promise<SmsDatabase | null>;
  /** Where a report may belong: the named database, or else one after the other. Ends with 503 if one is not known yet. */
  forReport(name: string | undefined): Iterable<SmsDatabase>;
  /** Where an event may belong that another system pushes; ends with 503 if a database is not known yet. */
  forEvents(): Iterable<EventsDatabase>;
  /** Where an endpoint of the record API may belong; ends with 503 if a database is not known yet. */
  forRecords(): Iterable<RecordsDatabase>;
  /** How the settings name the database with this `database.uuid`. */
  nameOf(uuid: string): string;
  parts(): PartState[];
  /** The ids of all of them, or null while one is not known. */
  ids(): string[] | null;
};

/** Odoo waits 15 s for an answer, and shows the user a failure when it is 503. */
const PATIENCE_MS = 5_000;

/** Finds the database that is meant; what one of them is in trouble with does not hold up the others. */
export function createServedDatabases(all: readonly ServedDatabase[]): ServedDatabases {
  const withUuid = (uuid: string) =>
    all.map((served) => served.channels()).find((channels) => channels?.database === uuid) ?? null;

  /** One channel of each database that may be meant, and at the end 503 if one of them is not known yet. */
  function* each<Channel>(name: string | undefined, pick: (channels: Channels) => Channel | null) {
    const named = all.filter((served) => served.name === name);
    const asked = named.length > 0 ? named : all;
    for (const served of asked) {
      const channels = served.channels();
      const channel = channels === null ? null : pick(channels);
      if (channel !== null) yield channel;
    }
    for (const served of asked) known503(served);
  }

  return {
    async byUuid(uuid) {
      const known = withUuid(uuid);
      if (known !== null) return known.sms;
      await Promise.all(all.map((served) => served.firstServed(PATIENCE_MS)));
      const found = withUuid(uuid);
      if (found !== null) return found.sms;
      const [first, ...others] = all.map((served) => known503(served).sms);
      // A copy of the database has the same or another id: while traffic is held, whoever asks is told why.
      if (first != null && others.length === 0 && first.heldWords() !== null) return first;
      for (const served of all) if (served.verdict().open) served.doubt();
      return null;
    },
    forReport: (name) => each(name, ({ sms }) => sms),
    forEvents: () => each(undefined, ({ events }) => events),
    forRecords: () => each(undefined, ({ records }) => records),
    nameOf: (uuid) => all.find((served) => served.channels()?.database === uuid)?.name ?? 'other',
    ids() {
      const known = all.flatMap((served) => served.channels()?.database ?? []);
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
function known503(served: ServedDatabase): Channels {
  const channels = served.channels();
  if (channels !== null) return channels;
  throw new HttpError({
    status: 503,
    code: 'database-not-served',
    detail: served.verdict().open
      ? 'Odoo is being reached. Send again soon.'
      : 'The database is not served now.',
    headers: { 'retry-after': '5' },
  });
}
