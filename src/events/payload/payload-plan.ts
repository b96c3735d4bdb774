import { documentOf, type PayloadDocument } from '../catalogue/documents.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import { type ListedField, listedPaths, parseFieldList } from './field-list.ts';
import { type JsonObject, parseJsonObject } from './json-text.ts';
import { type ReadSpec, specOf } from './read-spec.ts';
import { parseTemplate, templatePaths } from './template.ts';

export type PayloadSettings = Pick<
  Subscription,
  'model' | 'payload' | 'fieldList' | 'template' | 'static' | 'changeFields'
>;

/** How the payloads of a subscription are made, its texts read. */
export type PayloadPlan = { static: JsonObject; extraFields: readonly string[] } & (
  | { kind: 'full'; document: PayloadDocument | null }
  | { kind: 'thin' }
  | { kind: 'fields'; fields: readonly ListedField[] }
  | { kind: 'template'; template: JsonObject }
);

/** Reads what an administrator wrote. Throws `payload-invalid` with words for him. */
export function payloadPlan(settings: PayloadSettings): PayloadPlan {
  const common = {
    static: parseJsonObject('The static object', settings.static),
    extraFields: settings.changeFields,
  };
  switch (settings.payload) {
    case 'thin':
      return { ...common, kind: 'thin' };
    case 'fields':
      return { ...common, kind: 'fields', fields: parseFieldList(settings.fieldList) };
    case 'template':
      return { ...common, kind: 'template', template: parseTemplate(settings.template) };
    default:
      return { ...common, kind: 'full', document: documentOf(settings.model) };
  }
}

/** What `web_read` is asked for, for all events of a subscription. Throws `payload-invalid`. */
export function specFor(settings: PayloadSettings): ReadSpec {
  const plan = payloadPlan(settings);
  const spec = specOf(pathsOf(plan));
  const fields = plan.kind === 'full' ? (plan.document?.fields ?? []) : [];
  const optional = new Set(fields.filter((field) => field.optional === true).map(({ field }) => field));
  return Object.fromEntries(
    Object.entries(spec).map(([field, inner]) => [
      field,
      optional.has(field) ? { ...inner, optional: true } : inner,
    ]),
  );
}

function pathsOf(plan: PayloadPlan): string[][] {
  const extra = plan.extraFields.map((field) => [field]);
  switch (plan.kind) {
    case 'thin':
      return [];
    case 'fields':
      return [...listedPaths(plan.fields), ...extra];
    case 'template':
      return [...templatePaths(plan.template), ...extra];
    default:
      return [...documentPaths(plan.document), ...extra];
  }
}

function documentPaths(document: PayloadDocument | null): string[][] {
  if (document === null) return [['display_name']];
  const header = document.fields.map(({ of, field }) => (of === undefined ? [field] : [of, field]));
  const { lines } = document;
  if (lines === null) return header;
  const line = [
    ['product_id', 'name'],
    ...[[lines.quantityField], ['price_unit'], ['price_subtotal'], ['display_type']],
  ];
  return [...header, ...line.map((path) => [lines.field, ...path])];
}
