import type { Json } from '../../../odoo/index.ts';
import { RecordsError } from '../records-error.ts';
import type { Scope } from '../scope.ts';
import { sampleGrant, sampleScope } from './sample-scope.ts';

const changing = { create: true, write: true };

/** The scope of an endpoint as an administrator may make it: orders, their lines without prices, four fields of partners. */
export const scope = sampleScope([
  sampleGrant('sale.order', {
    ...changing,
    methods: ['action_confirm', 'write', '_action_done', 'sale.action_x'],
  }),
  sampleGrant('sale.order.line', { ...changing, fieldsMode: 'except', fields: ['price_unit'] }),
  sampleGrant('res.partner', {
    ...{ ...changing, fieldsMode: 'only' },
    fields: ['name', 'country_id', 'parent_id', 'child_ids', 'active', 'owner', 'category_id', 'user_ids'],
  }),
  sampleGrant('res.country'),
  sampleGrant('product.product', { create: true }),
  sampleGrant('res.users', {
    ...changing,
    unlink: true,
    fieldsMode: 'only',
    fields: ['login'],
    methods: ['action_reset'],
  }),
  sampleGrant('ir.cron', { ...changing, methods: ['method_direct_trigger'] }),
  sampleGrant('ir.config_parameter', { fieldsMode: 'only', fields: ['key', 'value'] }),
  sampleGrant('x_viaduct_endpoint', { ...changing, fieldsMode: 'only', fields: ['x_name'] }),
  sampleGrant('crm.lead'),
]);

/** What somebody tries, and the code of its refusal. */
export type Attempt = [what: string, attempt: (scope: Scope) => void, code: string];

/** The code by which the scope itself refuses the attempt, or what came instead. */
export function refusalCode(attempt: (scope: Scope) => void): string {
  try {
    attempt(scope);
    return 'allowed';
  } catch (error) {
    return error instanceof RecordsError ? error.code : String(error);
  }
}

/** Records within records, so many levels deep. */
export function nestedDomain(depth: number): Json {
  return depth === 0 ? [] : [['parent_id', 'any', nestedDomain(depth - 1)]];
}
