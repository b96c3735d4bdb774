import { z } from 'zod';
import type { OdooClient } from '../../odoo/index.ts';

const Found = z.array(z.object({ res_id: z.number().int() }));

/** Finds server actions by their external ids, as the service: who calls an endpoint may not look there. */
export function createActionFinder({
  call,
}: Pick<OdooClient, 'call'>): (externalId: string) => Promise<number | null> {
  return async (externalId) => {
    const [module = '', ...rest] = externalId.split('.');
    const domain = [
      ['model', '=', 'ir.actions.server'],
      ['module', '=', module],
      ['name', '=', rest.join('.')],
    ];
    const rows = await call('ir.model.data', 'search_read', [domain, ['res_id']], { idempotent: true });
    return Found.parse(rows)[0]?.res_id ?? null;
  };
}
