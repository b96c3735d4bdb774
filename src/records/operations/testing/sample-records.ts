import type { Endpoint } from '../../endpoints/endpoint.ts';
import { sampleGrant, sampleScope } from '../../scope/testing/sample-scope.ts';
import type { Transaction } from '../../transaction.ts';
import { createRecords, type Records, type RecordsOptions } from '../operations.ts';
import type { Acting } from '../reading.ts';

const all = { create: true, write: true, unlink: true };

/** What an endpoint with orders, lines, partners, countries and products can do, over a stand-in for Odoo. */
export function sampleRecords(
  { acting, ...more }: { acting: Acting } & Partial<RecordsOptions>,
  endpoint: Partial<Endpoint> = {},
): { records: Records; transactions: Transaction[] } {
  const transactions: Transaction[] = [];
  const scope = sampleScope(
    [
      sampleGrant('sale.order', {
        ...all,
        methods: ['action_confirm', 'message_post', 'sale.action_x', 'action:12'],
      }),
      sampleGrant('sale.order.line', { ...all, fieldsMode: 'except', fields: ['price_unit'] }),
      sampleGrant('res.partner', { ...all, fieldsMode: 'except', fields: ['vat'] }),
      sampleGrant('res.country'),
      sampleGrant('product.product'),
    ],
    endpoint,
  );
  const records = createRecords({
    ...{ scope, acting, shape: 'v1', series: async () => 19, findAction: async () => 31 },
    transact: async (transaction) => {
      transactions.push(transaction);
      return { kind: 'done', replayed: false, results: transaction.operations.map(() => ({ ids: [5] })) };
    },
    ...more,
  });
  return { records, transactions };
}
