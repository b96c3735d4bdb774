import type { Json } from '../../odoo/index.ts';
import type { JsonObject } from '../scope/json.ts';
import type { Scope } from '../scope/scope.ts';
import { type AggregateRequest, aggregateRecords } from './aggregate.ts';
import {
  type CallRequest,
  callMethod,
  defaultValues,
  describeFields,
  type FindAction,
  runAction,
} from './calling.ts';
import { type Change, type Changed, type ChangeOptions, changeRecords, changeTogether } from './changing.ts';
import { isoMoment } from './dates.ts';
import { incomingDomain } from './incoming.ts';
import { outgoing, type Shape } from './outgoing.ts';
import { type Acting, createReader } from './reading.ts';
import { type SearchRequest, type SearchResult, searchRecords, usualFields } from './search.ts';
import { carryOut, type Transact } from './transacting.ts';

export type RecordsOptions = {
  scope: Scope;
  acting: Acting;
  transact: Transact;
  findAction: FindAction;
  /** Odoo's series, as 19. */
  series: () => Promise<number>;
  shape: Shape;
};

/**
 * What can be done with records through one endpoint. Everything is judged by its scope first; the RPC calls that follow are one,
 * unless a function says otherwise. Rejects with a RecordsError (nothing reached Odoo) or an OdooError (what Odoo said).
 */
export type Records = {
  search(request: SearchRequest): Promise<SearchResult>;
  /** In the order asked; what is gone or not to be seen is left out. */
  read(request: { model: string; ids: Json; fields?: Json; context?: Json }): Promise<JsonObject[]>;
  /** The moment of its last change in ISO 8601, with all digits that Odoo keeps; null where it is gone. */
  writtenAt(request: { model: string; id: number }): Promise<string | null>;
  count(request: { model: string; domain?: Json; context?: Json }): Promise<number>;
  aggregate(request: AggregateRequest): Promise<JsonObject[]>;
  change(change: Change, options?: ChangeOptions): Promise<Changed>;
  batch(
    changes: readonly Change[],
    options?: ChangeOptions,
  ): Promise<{ results: Changed[]; replayed: boolean }>;
  call(request: CallRequest): Promise<Json>;
  /** One call more where the action is named by an external id. */
  runAction(request: { model: string; action: string; ids?: Json; context?: Json }): Promise<Json>;
  fieldsOf(request: { model: string; context?: Json }): Promise<{ [field: string]: JsonObject }>;
  defaults(request: { model: string; fields?: Json; context?: Json }): Promise<JsonObject>;
};

export function createRecords(options: RecordsOptions): Records {
  const { scope, acting, shape } = options;
  const reader = createReader({ acting, scope });
  return {
    search: (request) => searchRecords({ scope, reader, shape }, request),
    async read({ model, ids, fields, context }) {
      const spec = scope.spec(model, fields ?? usualFields(scope, model));
      const chosen = scope.selector(model, { ids });
      const wanted = 'ids' in chosen ? chosen.ids : [];
      const all = { ...scope.context(context), active_test: false };
      const records = await reader.read(model, spec, wanted, all);
      return records.map(outgoing({ scope, shape }, model, spec));
    },
    async writtenAt({ model, id }) {
      const spec = scope.spec(model, ['write_date']) satisfies Json;
      const operations = [{ op: 'read' as const, model, ids: [id], spec, stamps: true }];
      const { results } = await carryOut(options.transact, {
        ...{ operations, context: {}, dryRun: false, idempotency: null },
      });
      const stamp = results[0]?.stamps?.[id];
      return stamp === undefined ? null : isoMoment(stamp, { fraction: true });
    },
    count: async ({ model, domain = [], context }) =>
      await reader.count(
        model,
        incomingDomain(scope, model, scope.domain(model, domain)),
        scope.context(context),
      ),
    aggregate: (request) => aggregateRecords(options, request),
    change: (change, how) => changeRecords(options, change, how),
    batch: (changes, how) => changeTogether(options, changes, how),
    call: (request) => callMethod(options, request),
    runAction: (request) => runAction(options, request),
    fieldsOf: (request) => describeFields(options, request),
    defaults: (request) => defaultValues(options, request),
  };
}
