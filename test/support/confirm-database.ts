import { z } from 'zod';
import { pressButton } from './external-id.ts';
import type { TestOdoo } from './odoo.ts';

const Row = z.tuple([z.number()]);

/** Presses "Confirm this database" in its form. */
export async function confirmDatabase(odoo: TestOdoo): Promise<void> {
  const model = 'x_viaduct_database';
  const [id] = Row.parse(await odoo.execute(model, 'search', [[]]));
  await pressButton(odoo, 'viaduct_base.action_confirm_database', { model, id });
}
