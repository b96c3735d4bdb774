import { z } from 'zod';
import type { TestOdoo } from './odoo.ts';

const Row = z.tuple([z.number()]);
const Reference = z.tuple([z.string(), z.number()]);

/** Presses "Confirm this database" in its form. */
export async function confirmDatabase(odoo: TestOdoo): Promise<void> {
  const [model, button] = ['x_viaduct_database', ['viaduct_base', 'action_confirm_database']];
  const [row] = Row.parse(await odoo.execute(model, 'search', [[]]));
  const [, action] = Reference.parse(await odoo.execute('ir.model.data', 'check_object_reference', button));
  const context = { active_model: model, active_id: row, active_ids: [row] };
  await odoo.execute('ir.actions.server', 'run', [[action]], { context });
}
