/** How a value is written: dates as `2025-01-22`, moments as `2025-01-22T10:00:00Z`, relations as the id; empty is null. */
export type ValueKind = 'integer' | 'number' | 'text' | 'boolean' | 'date' | 'datetime' | 'relation';

/** One member of `data`: a field of the record, or (`of`) a field of what a relation of it points to. */
export type DocumentedField = {
  key: string;
  kind: ValueKind;
  /** The relation whose `field` it is. */
  of?: string;
  field: string;
  /** Not on every version of Odoo: left out where the database has it not. */
  optional?: true;
};

/** The lines of a document; sections and notes are left out. */
export type DocumentedLines = { key: string; field: string; quantityField: string };

/** The payload of a model, in the order of its members. */
export type PayloadDocument = {
  model: string;
  fields: readonly DocumentedField[];
  lines: DocumentedLines | null;
};

const own = (kind: ValueKind, ...names: readonly string[]): DocumentedField[] =>
  names.map((field) => ({ key: field, kind, field }));
const named = (key: string, of: string, field = 'name'): DocumentedField => ({
  key,
  kind: 'text',
  of,
  field,
});
const partner = [...own('relation', 'partner_id'), named('partner_name', 'partner_id')];
const amounts = own('number', 'amount_total', 'amount_untaxed', 'amount_tax');

/** The models with documented payloads. Every field that is not `optional` is there in Odoo 17, 18 and 19. */
export const DOCUMENTS: readonly PayloadDocument[] = [
  {
    model: 'sale.order',
    fields: [
      ...own('integer', 'id'),
      ...own('text', 'name', 'state'),
      ...partner,
      ...amounts,
      ...own('datetime', 'date_order'),
      ...own('relation', 'user_id'),
    ],
    lines: { key: 'order_lines', field: 'order_line', quantityField: 'product_uom_qty' },
  },
  {
    model: 'account.move',
    fields: [
      ...own('integer', 'id'),
      ...own('text', 'name', 'move_type', 'state'),
      ...partner,
      ...amounts,
      ...own('date', 'invoice_date', 'invoice_date_due'),
    ],
    lines: { key: 'invoice_line_ids', field: 'invoice_line_ids', quantityField: 'quantity' },
  },
  {
    model: 'res.partner',
    fields: [
      ...own('integer', 'id'),
      ...own('text', 'name'),
      ...own('boolean', 'active', 'is_company'),
      ...own('text', 'company_type', 'type', 'function', 'email', 'phone'),
      { key: 'mobile', kind: 'text', field: 'mobile', optional: true },
      ...own('text', 'website', 'street', 'street2', 'zip', 'city'),
      ...own('relation', 'state_id', 'country_id'),
      named('country_code', 'country_id', 'code'),
      ...own('text', 'vat', 'ref', 'lang'),
      ...own('relation', 'parent_id'),
      named('parent_name', 'parent_id'),
      ...own('relation', 'user_id'),
    ],
    lines: null,
  },
  {
    model: 'crm.lead',
    fields: [
      ...own('integer', 'id'),
      ...own('text', 'name', 'type'),
      ...own('boolean', 'active'),
      ...own('relation', 'stage_id'),
      named('stage_name', 'stage_id'),
      ...own('number', 'probability', 'expected_revenue'),
      ...own('relation', 'partner_id'),
      ...own('text', 'partner_name', 'contact_name', 'email_from', 'phone', 'priority'),
      ...own('date', 'date_deadline'),
      ...own('relation', 'user_id', 'team_id'),
    ],
    lines: null,
  },
];

/** The documented payload of a model, or null for one that has none. */
export function documentOf(model: string): PayloadDocument | null {
  return DOCUMENTS.find((document) => document.model === model) ?? null;
}

/** Computed at each reading: a rule has nothing to keep of it. */
const NOT_STORED: ReadonlySet<string> = new Set(['id', 'company_type']);

/** The stored fields of a model’s own that its documented payload shows, lines not counted. */
export function documentedFields(model: string): string[] {
  const fields = documentOf(model)?.fields ?? [];
  return fields.flatMap(({ of, field }) => (of !== undefined || NOT_STORED.has(field) ? [] : [field]));
}

/** The fields that make an update: the documented ones, and which lines there are. */
export function updatingFields(model: string): string[] {
  const lines = documentOf(model)?.lines;
  return [...documentedFields(model), ...(lines == null ? [] : [lines.field])];
}
