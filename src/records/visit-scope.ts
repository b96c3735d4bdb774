import type { Visit } from './endpoints/door.ts';
import type { FieldsOfModels } from './scope/field-meta.ts';
import { createScope, type Scope } from './scope/scope.ts';

/** What a visitor may do, and the fields that Odoo says his models have. */
export type VisitScope = { scope: Scope; fields: FieldsOfModels };

/** Makes the scope of a visit. */
export async function scopeOf({
  database,
  endpoint,
}: Pick<Visit, 'database' | 'endpoint'>): Promise<VisitScope> {
  const fields = await database.fields(endpoint.grants.map(({ model }) => model));
  return { scope: createScope({ endpoint, fields }), fields };
}
