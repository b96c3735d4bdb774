import type { Endpoint, ModelGrant } from '../../endpoints/endpoint.ts';
import type { FieldMeta, FieldsOfModels } from '../field-meta.ts';
import { createScope, type Scope } from '../scope.ts';

type Field = Partial<FieldMeta> & { type: string };

const many2one = (relation: string, more: Partial<FieldMeta> = {}): Field => ({
  ...{ type: 'many2one', relation },
  ...more,
});
const char: Field = { type: 'char' };
const common = {
  id: { type: 'integer', required: true, readonly: true },
  display_name: { type: 'char', store: false, readonly: true },
  create_date: { type: 'datetime', readonly: true },
  write_date: { type: 'datetime', readonly: true },
  create_uid: many2one('res.users', { readonly: true }),
};

/** A few models as Odoo has them, cut down to what tests need. */
export const SAMPLE_FIELDS: FieldsOfModels = fieldsOf({
  'sale.order': {
    ...{ ...common, name: { ...char, required: true }, state: { type: 'selection' }, note: { type: 'html' } },
    client_order_ref: char,
    ...{ partner_id: many2one('res.partner', { required: true }), user_id: many2one('res.users') },
    ...{ company_id: many2one('res.company'), amount_total: { type: 'monetary' } },
    ...{ date_order: { type: 'datetime', required: true }, validity_date: { type: 'date' } },
    order_line: { type: 'one2many', relation: 'sale.order.line' },
    tag_ids: { type: 'many2many', relation: 'crm.tag' },
    partner_email: { type: 'char', related: 'partner_id.email', store: false, readonly: false },
    access_token: char,
  },
  'sale.order.line': {
    ...{ ...common, name: { type: 'text' }, sequence: { type: 'integer' }, price_unit: { type: 'float' } },
    ...{ order_id: many2one('sale.order', { required: true }), product_id: many2one('product.product') },
    tax_ids: { type: 'many2many', relation: 'account.tax' },
    order_partner_id: many2one('res.partner', { related: 'order_id.partner_id', readonly: true }),
  },
  'product.product': {
    ...{ ...common, default_code: char, product_tmpl_id: many2one('product.template', { required: true }) },
    name: { type: 'char', related: 'product_tmpl_id.name', store: false, readonly: false },
    image_1920: { type: 'binary' },
    product_properties: { type: 'properties' },
  },
  'res.partner': {
    ...{
      ...common,
      name: char,
      email: char,
      vat: char,
      ref: char,
      signup_token: char,
      active: { type: 'boolean' },
    },
    ...{ parent_id: many2one('res.partner'), country_id: many2one('res.country') },
    ...{ child_ids: { type: 'one2many', relation: 'res.partner' }, credit_limit: { type: 'float' } },
    user_ids: { type: 'one2many', relation: 'res.users' },
    category_id: { type: 'many2many', relation: 'res.partner.category' },
    owner: { type: 'reference' },
    analytic: { type: 'json' },
  },
  'res.country': { ...common, name: char, code: char },
  'res.users': {
    ...common,
    login: char,
    password: char,
    groups_id: { type: 'many2many', relation: 'res.groups' },
  },
  'ir.cron': { ...common, name: char },
  'ir.config_parameter': { ...common, key: char, value: char },
  x_viaduct_endpoint: { ...common, x_name: char },
});

function fieldsOf(models: Record<string, Record<string, Field>>): FieldsOfModels {
  const plain = { relation: null, required: false, readonly: false, store: true, string: '', related: null };
  return new Map(
    Object.entries(models).map(([model, fields]) => [
      model,
      new Map(Object.entries(fields).map(([name, field]) => [name, { ...plain, ...field }])),
    ]),
  );
}

/** A grant; all fields and only reading unless said otherwise. */
export function sampleGrant(model: string, more: Partial<ModelGrant> = {}): ModelGrant {
  const rights = { read: true, create: false, write: false, unlink: false };
  return { model, ...rights, fieldsMode: 'all', fields: [], methods: [], ...more };
}

/** An endpoint with these grants. */
export function sampleEndpoint(grants: readonly ModelGrant[], more: Partial<Endpoint> = {}): Endpoint {
  return {
    ...{ id: 7, name: 'Shop', uuid: '5b0c5f3e-7f0e-4a51-9f8e-6f0d3f4f7a01', active: true, paused: false },
    ...{
      userId: 6,
      userLogin: 'shop',
      userActive: true,
      companyId: null,
      auth: 'key',
      verbs: ['POST'],
      networks: [],
    },
    ...{ ratePerMinute: 600, expiresAt: null, maxRecords: 1_000, grants: [...grants], keys: [] },
    ...more,
  };
}

/** The scope of an endpoint with these grants. */
export function sampleScope(grants: readonly ModelGrant[], more: Partial<Endpoint> = {}): Scope {
  return createScope({ endpoint: sampleEndpoint(grants, more), fields: SAMPLE_FIELDS });
}
