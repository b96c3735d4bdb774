import type { Clock } from '../../clock.ts';
import { createKeptCopy } from '../../odoo/index.ts';
import type { RecordsProcedures } from '../records.ts';
import type { Endpoint } from './endpoint.ts';
import { createEndpointFinder, type EndpointFinder } from './find-endpoint.ts';

export type EndpointBookOptions = {
  records: Pick<RecordsProcedures, 'readEndpoints'>;
  publicUrl: string;
  maxAgeMs: number;
  isOpen: () => boolean;
  onRead: (endpoints: readonly Endpoint[]) => void;
  clock: Clock;
  log: Record<'warn', (fields: object, message: string) => void>;
};

type Copy = { finder: EndpointFinder; actionIds: ReadonlyMap<string, number> };

/** Keeps the endpoints of Odoo in memory. */
export function createEndpointBook({ records, clock, log, ...options }: EndpointBookOptions) {
  const copy = createKeptCopy<Copy>({
    read: async () => {
      const { endpoints } = await records.readEndpoints(options.publicUrl);
      options.onRead(endpoints);
      const actionIds = actionIdsOf(endpoints);
      return { actionIds, finder: createEndpointFinder(endpoints) };
    },
    ...{ maxAgeMs: options.maxAgeMs, clock },
  });
  return {
    /** As last read; a promise when they were never read. */
    finder(): EndpointFinder | Promise<EndpointFinder> {
      const current = copy.current();
      return current instanceof Promise ? current.then(({ finder }) => finder) : current.finder;
    },
    /** The id of a server action that an endpoint names, by its external id; null where none names it. */
    actionId: async (externalId: string): Promise<number | null> =>
      (await copy.current()).actionIds.get(externalId) ?? null,
    readAgain(): void {
      if (!options.isOpen()) return;
      copy.refresh().catch((error: unknown) => log.warn({ error }, 'API endpoints could not be read'));
    },
  };
}

function actionIdsOf(endpoints: readonly Endpoint[]): ReadonlyMap<string, number> {
  const actions = endpoints.flatMap(({ grants }) => grants.flatMap((grant) => grant.actions ?? []));
  return new Map(actions.map(({ name, id }) => [name, id]));
}
