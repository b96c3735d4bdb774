import { z } from 'zod';
import type { Json } from '../../odoo/index.ts';
import type { JsonObject } from '../scope/json.ts';
import { isObject } from '../scope/json.ts';
import type { Scope } from '../scope/scope.ts';
import { DropInRefusal } from './refusal.ts';

/** What Odoo's `fields_get` says of a field, as the endpoint's user; `related` is known of the model. */
export const DescribedField = z.object({
  string: z.string(),
  type: z.string(),
  required: z.boolean().default(false),
  readonly: z.boolean().default(false),
  store: z.boolean().default(true),
  relation: z.string().optional(),
  selection: z.array(z.tuple([z.custom<Json>(), z.string()])).optional(),
  /** What it is computed from. */
  depends: z.array(z.string()).default([]),
});
export type DescribedField = z.infer<typeof DescribedField> & { related: string | null };
export const DESCRIBED_ATTRIBUTES: readonly string[] = Object.keys(DescribedField.shape);

/** The fields that an endpoint has of a model, and what Odoo would fill in by itself. */
export type Described = {
  scope: Scope;
  model: string;
  fields: ReadonlyMap<string, DescribedField>;
  defaults: JsonObject;
};

/** The method that a schema is asked for; create unless said otherwise. */
export function schemaMethodOf(text: string | undefined): 'create' | 'write' {
  const method = text?.toLowerCase() ?? 'create';
  if (method === 'create' || method === 'write') return method;
  throw new DropInRefusal('invalid_method', { message: 'The method is create or write.' });
}

/** `GET …/schema`: everything about the fields of a model, for creating or for writing. */
export function schemaAnswer(
  { scope, model, fields, defaults }: Described,
  method: 'create' | 'write',
): JsonObject {
  const grant = scope.endpoint.grants.find((one) => one.model === model);
  const told = [...fields].map(([name, meta]): [string, Json] => [name, fieldAnswer(meta)]);
  const required = askedFields(fields).map(([name]) => name);
  return {
    ...{ ok: true, model, method, required_fields: method === 'create' ? required : [] },
    ...{ fields: Object.fromEntries(told), defaults: method === 'create' ? defaults : {} },
    access: {
      ...{ can_create: grant?.create ?? false, can_write: grant?.write ?? false },
      ...{ can_unlink: grant?.unlink ?? false, can_read: grant?.read ?? false },
    },
  };
}

function fieldAnswer({ string, type, required, readonly, selection, relation }: DescribedField): Json {
  return {
    ...{ string, type, required, readonly },
    ...(selection === undefined ? {} : { selection }),
    ...(relation === undefined ? {} : { relation }),
  };
}

/** `GET …/required`: what is still missing after the defaults and the given values. */
export function missingFields(
  { fields, defaults }: Omit<Described, 'scope' | 'model'>,
  values: JsonObject,
): { field: string; label: string }[] {
  const filled: JsonObject = { ...defaults, ...values };
  return askedFields(fields)
    .filter(([name, { type }]) => isMissing(type, filled[name]))
    .map(([field, { string }]) => ({ field, label: string }));
}

/** What must be given: not what Odoo computes, or makes along with the record. */
function askedFields(fields: ReadonlyMap<string, DescribedField>): [string, DescribedField][] {
  const asked = [...fields].filter(([, field]) => isAsked(field));
  // A product comes with its template, whose fields are its own.
  const madeAlong = new Set(asked.map(([, { related }]) => related?.split('.')[0]));
  return asked.filter(([name]) => !madeAlong.has(name));
}

function isAsked({ required, readonly, store, related, depends }: DescribedField): boolean {
  if (!required || readonly) return false;
  return related === null ? store && depends.length === 0 : true;
}

const NUMBERS: ReadonlySet<string> = new Set(['integer', 'float', 'monetary', 'boolean']);

/** Zero and false are values of numbers and of check boxes; elsewhere they are nothing. */
function isMissing(type: string, value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (NUMBERS.has(type)) return false;
  if (Array.isArray(value)) return value.length === 0;
  return value === false || value === '' || (isObject(value) && Object.keys(value).length === 0);
}
