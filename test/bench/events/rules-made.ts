import { odooData } from '../../support/odoo-data.ts';
import { until } from '../../support/until.ts';
import type { Base } from '../place.ts';

/** Resolves when Viaduct has had Odoo make the rules for these models. */
export async function rulesMade({ admin }: Base, models: readonly string[]): Promise<void> {
  await until(
    () => odooData(admin.call).search('x_viaduct_watch', [['x_automation_id', '!=', false]]),
    (found) => found.length === models.length,
  );
}
