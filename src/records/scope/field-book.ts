import type { Clock } from '../../clock.ts';
import type { FieldBook, FieldsOfModels, ModelFields } from './field-meta.ts';

const MAX_AGE_MS = 60_000;

type Entry = { fields: ModelFields | null; readAtMs: number };

export type FieldBookOptions = {
  /** What Odoo says of the fields of these models; one that it has not is left out. */
  read: (models: readonly string[]) => Promise<FieldsOfModels>;
  clock: Clock;
};

/** Keeps what Odoo says of fields for a minute; who asks for what is being read waits for that reading. */
export function createFieldBook({ read, clock }: FieldBookOptions): FieldBook {
  const known = new Map<string, Promise<Entry>>();

  async function readEntries(models: readonly string[]): Promise<Map<string, Entry>> {
    const found = await read(models);
    const readAtMs = clock.nowMs();
    return new Map(models.map((model) => [model, { fields: found.get(model) ?? null, readAtMs }]));
  }

  function readAgain(models: readonly string[]): void {
    const reading = readEntries(models);
    for (const model of models) {
      const entry = reading.then((entries) => entries.get(model) ?? { fields: null, readAtMs: 0 });
      known.set(model, entry);
      entry.catch(() => {
        if (known.get(model) === entry) known.delete(model);
      });
    }
  }

  /** Asked for at once: a reading that fails is forgotten. */
  const entriesOf = (models: readonly string[]) =>
    Promise.all(models.map((model) => known.get(model) ?? { fields: null, readAtMs: clock.nowMs() }));
  const isOld = ({ readAtMs }: Entry) => Math.abs(clock.nowMs() - readAtMs) > MAX_AGE_MS;

  return {
    async of(models) {
      const wanted = [...new Set(models)];
      const unknown = wanted.filter((model) => !known.has(model));
      if (unknown.length > 0) readAgain(unknown);
      let entries = await entriesOf(wanted);
      const old = wanted.filter((_, index) => entries.slice(index, index + 1).some(isOld));
      if (old.length > 0) {
        readAgain(old);
        entries = await entriesOf(wanted);
      }
      const pairs = entries.map(({ fields }, index) => [wanted[index] ?? '', fields] as const);
      return new Map(pairs.flatMap(([model, fields]) => (fields === null ? [] : [[model, fields] as const])));
    },
    renew() {
      if (known.size > 0) readAgain([...known.keys()]);
    },
  };
}
