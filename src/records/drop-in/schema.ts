import type { Json } from '../../odoo/index.ts';
import type { FieldMeta } from '../scope/field-meta.ts';
import type { JsonObject } from '../scope/json.ts';
import { isObject } from '../scope/json.ts';
import type { Scope } from '../scope/scope.ts';
import { DropInRefusal } from './refusal.ts';

/** The fields that an endpoint has of a model, and what Odoo would fill in by itself. */
export type Described = {
  scope: Scope;
  model: string;
  fields: ReadonlyMap<string, FieldMeta>;
  defaults: JsonObject;
};

/** `GET …/schema`: everything about the fields of a model, for creating or for writing. */
export function schemaAnswer({ scope, model, fields, defaults }: Described, method: string): JsonObject {
  if (method !== 'create' && method !== 'write')
    throw new DropInRefusal('invalid_method', { message: 'The method is create or write.' });
  const grant = scope.endpoint.grants.find((one) => one.model === model);
  const told = [...fields].map(([name, meta]): [string, Json] => [name, fieldAnswer(meta)]);
  const required = [...fields].filter(([, meta]) => isAsked(meta)).map(([name]) => name);
  return {
    ...{ ok: true, model, method, required_fields: method === 'create' ? required : [] },
    ...{ fields: Object.fromEntries(told), defaults: method === 'create' ? defaults : {} },
    access: {
      ...{ can_create: grant?.create ?? false, can_write: grant?.write ?? false },
      ...{ can_unlink: grant?.unlink ?? false, can_read: grant?.read ?? false },
    },
  };
}

function fieldAnswer({ string, type, required, readonly, selection, relation }: FieldMeta): Json {
  return {
    ...{ string, type, required, readonly },
    ...(selection == null ? {} : { selection: selection.map(([value, label]) => [value, label]) }),
    ...(relation === null ? {} : { relation }),
  };
}

/** `GET …/required`: what is still missing after the defaults and the given values. */
export function missingFields(
  { fields, defaults }: Omit<Described, 'scope' | 'model'>,
  values: JsonObject,
): { field: string; label: string }[] {
  const filled: JsonObject = { ...defaults, ...values };
  return [...fields]
    .filter(([name, meta]) => isAsked(meta) && isMissing(meta.type, filled[name]))
    .map(([field, { string }]) => ({ field, label: string }));
}

/** What a person must give: not what Odoo computes or copies from elsewhere. */
function isAsked({ required, readonly, store, related }: FieldMeta): boolean {
  return required && !readonly && store && related == null;
}

const NUMBERS: ReadonlySet<string> = new Set(['integer', 'float', 'monetary', 'boolean']);

/** Zero and false are values of numbers and of check boxes; elsewhere they are nothing. */
function isMissing(type: string, value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (NUMBERS.has(type)) return false;
  if (Array.isArray(value)) return value.length === 0;
  return value === false || value === '' || (isObject(value) && Object.keys(value).length === 0);
}
