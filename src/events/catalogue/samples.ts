import type { Json } from '../../odoo/index.ts';

type Values = { readonly [field: string]: Json };

/** A record as it is read, and what stood in some of its fields before: what examples are made of. */
export type Sample = { at: string; readAt: string; row: Values & { readonly id: number }; old: Values };

const school = { id: 45, name: 'École Primaire' };
const trip = { id: 1, name: 'Voyage Scolaire' };

/** One record of each documented model; orders and invoices are those of the document that the payloads come from. */
export const SAMPLES: { readonly [model: string]: Sample } = {
  'sale.order': {
    at: '2025-01-22T10:30:00Z',
    readAt: '2025-01-22T10:30:01Z',
    row: {
      ...{ id: 123, name: 'SO001', state: 'sale', partner_id: school },
      ...{ amount_total: 5000, amount_untaxed: 4166.67, amount_tax: 833.33 },
      ...{ date_order: '2025-01-22 10:00:00', user_id: { id: 12 } },
      order_line: [
        { id: 1, display_type: 'line_section', product_id: false, product_uom_qty: 0 },
        {
          ...{ id: 2, display_type: false, product_id: trip },
          ...{ product_uom_qty: 30, price_unit: 150, price_subtotal: 4500 },
        },
      ],
    },
    old: { state: 'draft', amount_total: 4500 },
  },
  'account.move': {
    at: '2025-01-22T11:00:00Z',
    readAt: '2025-01-22T11:00:01Z',
    row: {
      ...{ id: 456, name: 'FAC-2025-0001', move_type: 'out_invoice', state: 'posted', partner_id: school },
      ...{ amount_total: 6000, amount_untaxed: 5000, amount_tax: 1000 },
      ...{ invoice_date: '2025-01-22', invoice_date_due: '2025-02-22' },
      invoice_line_ids: [
        {
          ...{ id: 3, display_type: 'product', product_id: trip },
          ...{ quantity: 30, price_unit: 200, price_subtotal: 6000 },
        },
        { id: 4, display_type: 'line_note', product_id: false, quantity: 0 },
      ],
    },
    old: { state: 'draft', amount_total: 5400 },
  },
  'res.partner': {
    at: '2025-01-22T09:15:00Z',
    readAt: '2025-01-22T09:15:01Z',
    row: {
      ...{ id: 45, name: 'École Primaire', active: true, is_company: true, company_type: 'company' },
      ...{
        type: 'contact',
        function: false,
        website: 'https://ecole.example',
        email: 'direction@ecole.example',
        phone: '+33 1 99 00 12 34',
      },
      ...{ street: '12 rue des Écoles', street2: false, zip: '75005', city: 'Paris' },
      ...{
        state_id: false,
        country_id: { id: 75, code: 'FR' },
        vat: 'FR23334175221',
        ref: false,
        lang: 'fr_FR',
      },
      ...{ parent_id: false, user_id: { id: 12 } },
    },
    old: { email: 'accueil@ecole.example' },
  },
  'crm.lead': {
    at: '2025-01-22T14:45:00Z',
    readAt: '2025-01-22T14:45:01Z',
    row: {
      ...{ id: 78, name: 'Voyage de fin d’année', type: 'opportunity', active: true },
      ...{ stage_id: { id: 4, name: 'Won' }, probability: 100, expected_revenue: 12500 },
      ...{ partner_id: { id: 45 }, partner_name: 'École Primaire', contact_name: 'Claire Martin' },
      ...{ email_from: 'claire@ecole.example', phone: '+33 1 99 00 12 34', priority: '1' },
      ...{ date_deadline: '2025-03-31', user_id: { id: 12 }, team_id: { id: 1 } },
    },
    old: { stage_id: 3, probability: 60 },
  },
};

/** For types of any model: a project task. */
export const OTHER_SAMPLE: Sample & { model: string } = {
  model: 'project.task',
  at: '2025-01-22T16:00:00Z',
  readAt: '2025-01-22T16:00:01Z',
  row: { id: 9, display_name: 'Book the coach', name: 'Book the coach', stage_id: { id: 2 } },
  old: { name: 'Book a coach', stage_id: 1 },
};
