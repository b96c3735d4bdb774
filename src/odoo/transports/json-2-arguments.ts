import { OdooError } from '../errors.ts';
import type { Json } from '../odoo.ts';
import type { TransportCall } from './transport.ts';

/**
 * What the arguments are called that Viaduct gives by position, in their order (odoo/orm/models.py of Odoo 19); `ids`
 * stands for the records that a method runs on. JSON-2 takes names only.
 */
const NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ['check_object_reference', ['module', 'xml_id', 'raise_on_access_error']],
  ['context_get', []],
  ['copy', ['ids', 'default']],
  ['create', ['vals_list']],
  ['default_get', ['fields']],
  ['fields_get', ['allfields', 'attributes']],
  ['get_param', ['key', 'default']],
  ['load', ['fields', 'data']],
  ['name_search', ['name', 'domain', 'operator', 'limit']],
  ['read', ['ids', 'fields', 'load']],
  ['search', ['domain', 'offset', 'limit', 'order']],
  ['search_count', ['domain', 'limit']],
  ['search_read', ['domain', 'fields', 'offset', 'limit', 'order']],
  ['set_param', ['key', 'value']],
  ['unlink', ['ids']],
  ['write', ['ids', 'vals']],
]);

/** Every other method may be called on records, and beyond that by name. */
const RECORDS_ONLY = ['ids'];

/** The body of a JSON-2 request; throws kind `validation`, outcome `not-done`, where an argument's name is not known. */
export function namedArguments({ method, args, kwargs, what }: TransportCall): { [name: string]: Json } {
  const names = NAMES.get(method) ?? RECORDS_ONLY;
  const body: Record<string, Json> = { ...kwargs };
  for (const [index, value] of args.entries()) {
    const name = names[index];
    if (name === undefined || name in kwargs) throw notByPosition(what, index);
    body[name] = name === 'ids' ? recordIds(what, value) : value;
  }
  return body;
}

/** The older ways take a number for a list of one (odoo/orm/models.py, browse). */
function recordIds(what: string, value: Json): readonly Json[] {
  const ids = Array.isArray(value) ? value : [value];
  if (ids.every((id) => Number.isInteger(id))) return ids;
  throw notByPosition(what, 0);
}

function notByPosition(what: string, index: number): OdooError {
  return new OdooError({
    kind: 'validation',
    outcome: 'not-done',
    retry: 'never',
    message: `Argument ${index + 1} of ${what} cannot be sent over JSON-2, which takes named arguments: give it by name, or add the method to json-2-arguments.ts.`,
  });
}
