import { z } from 'zod';
import type { TestOdoo } from './odoo.ts';

type Odoo = Pick<TestOdoo, 'execute'>;

const Reference = z.tuple([z.string(), z.number()]);

/** The id of the record with this external id, as `viaduct_sms.action_send_at`. Rejects where there is none. */
export async function idOf(odoo: Odoo, externalId: string): Promise<number> {
  const found = await odoo.execute('ir.model.data', 'check_object_reference', externalId.split('.'));
  return Reference.parse(found)[1];
}

/** Presses a button that runs a server action (external id), in the form of a record. */
export async function pressButton(
  odoo: Odoo,
  button: string,
  { model, id }: { model: string; id: number },
): Promise<unknown> {
  const context = { active_model: model, active_id: id, active_ids: [id] };
  return odoo.execute('ir.actions.server', 'run', [[await idOf(odoo, button)]], { context });
}
