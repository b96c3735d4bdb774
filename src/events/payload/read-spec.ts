import { payloadError } from './errors.ts';

/**
 * What Odoo’s `web_read` is asked for. A relation with `fields` comes as an object with its id (a list of them where it points
 * to many), whatever the sub-fields; on a field that is no relation `fields` is ignored. So every leaf asks for `fields: {}`, and
 * nobody has to know which fields are relations. Viaduct’s procedure leaves out what is `optional` where Odoo has it not; of
 * others Odoo says that there is no such field.
 */
export type ReadSpec = { readonly [field: string]: { readonly fields: ReadSpec; readonly optional?: true } };

/** Relations that one path may follow. */
export const LONGEST_PATH = 6;
const MOST_FIELDS = 500;
const FIELD_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** True for what can be the name of a field of Odoo. */
export function isFieldName(name: string): boolean {
  return FIELD_NAME.test(name) && !name.startsWith('_');
}

/** The specification that reads all of these paths. `id` is always read. Throws `payload-invalid` beyond 500 fields. */
export function specOf(paths: readonly (readonly string[])[]): ReadSpec {
  if (paths.length > MOST_FIELDS) {
    throw payloadError(`The payload names ${paths.length} fields; at most ${MOST_FIELDS} are read.`);
  }
  const byFirst = Map.groupBy(
    paths.filter(([first]) => first !== undefined && first !== 'id'),
    ([first = '']) => first,
  );
  return Object.fromEntries(
    [...byFirst].map(([field, all]) => [field, { fields: specOf(all.map(([, ...rest]) => rest)) }]),
  );
}
