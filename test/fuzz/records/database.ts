import { hash } from 'node:crypto';
import type { Json } from '../../../src/odoo/index.ts';
import { createEndpointFinder } from '../../../src/records/endpoints/find-endpoint.ts';
import type { RecordsDatabase } from '../../../src/records/index.ts';
import {
  SAMPLE_FIELDS,
  sampleEndpoint,
  sampleGrant,
} from '../../../src/records/scope/testing/sample-scope.ts';
import { CANARY, OTHER, OURS } from '../secrets.ts';

/** Withheld from every endpoint of a run: no call that names it may get to Odoo. */
export const WITHHELD = 'vat';

const ALL = { create: true, write: true, unlink: true };
const GRANTS = [
  sampleGrant('res.partner', { ...ALL, fieldsMode: 'except', fields: [WITHHELD], methods: ['message_post'] }),
  sampleGrant('sale.order', { ...ALL, methods: ['action_confirm', 'sale.action_x'] }),
  sampleGrant('sale.order.line', ALL),
  sampleGrant('res.country'),
];

/** The databases as the doors to records know them, before an Odoo that takes everything. What should not have come ends the process. */
export function fuzzRecordDatabases(): RecordsDatabase[] {
  return [OURS, OTHER].map(({ id, recordKey, recordUuid }, index) => {
    const keys = [{ id: 1, hash: hash('sha256', recordKey), hint: '', expiresAt: null }];
    const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
    const endpoint = sampleEndpoint(GRANTS, {
      id: index + 1,
      uuid: recordUuid,
      verbs,
      keys,
      ratePerMinute: 0,
    });
    const finder = createEndpointFinder([endpoint]);
    return {
      ...{ id, name: `records-${index}`, series: 19, heldWords: () => null, finder: () => finder },
      fields: async (models) =>
        new Map([...SAMPLE_FIELDS].filter(([model]) => models.includes(model)).map(factsOf)),
      acting: () => ({
        async call(model, method, args, options) {
          refuseWithheld([model, method, [...args], options?.kwargs ?? {}]);
          return answerOf(method);
        },
      }),
      async transact(_, { operations }) {
        refuseWithheld(JSON.parse(JSON.stringify(operations)));
        return {
          kind: 'done',
          replayed: false,
          results: operations.map(() => ({ ids: [5], records: [{ id: 5 }] })),
        };
      },
      ...{ findAction: async () => 31, spend: () => null, keep: () => {} },
    };
  });
}

/** Thrown past all handlers: a crash is a fault that no answer hides. */
function refuseWithheld(call: Json): void {
  if (!JSON.stringify(call).includes(`"${WITHHELD}"`)) return;
  setImmediate(() => {
    throw new Error(`What is withheld got to Odoo: ${JSON.stringify(call).slice(0, 500)}`);
  });
}

function answerOf(method: string): Json {
  const row = {
    id: 5,
    name: CANARY,
    write_date: '2026-01-22 10:00:00',
    file_size: 3,
    type: 'binary',
    mimetype: false,
  };
  switch (method) {
    case 'web_search_read':
      return { length: 1, records: [{ id: 5, name: 'Azur', country_id: 75, order_line: [1] }] };
    case 'web_read':
      return [{ id: 5, name: 'Azur', country_id: 75, order_line: [1] }];
    case 'search_count':
      return 1;
    case 'create':
      return [5];
    case 'fields_get':
    case 'default_get':
      return {};
    case 'formatted_read_group':
      return [{ country_id: [75, 'France'], __count: 1 }];
    case 'search_read':
      return [{ ...row, create_date: false, res_model: 'res.partner', res_field: false }];
    case 'read':
      return [{ id: 5, datas: 'QUJD' }];
    case 'search':
      return [5];
    default:
      return true;
  }
}

type Entry = [string, NonNullable<ReturnType<typeof SAMPLE_FIELDS.get>>];
type Facts = Awaited<ReturnType<RecordsDatabase['fields']>>;
type ModelFacts = NonNullable<ReturnType<Facts['get']>>;

function factsOf([model, fields]: Entry): [string, ModelFacts] {
  const facts = [...fields].map(
    ([name, { related = null, selection: _, ...meta }]) =>
      [name, { ...meta, related, selection: null }] as const,
  );
  return [model, new Map(facts)];
}
