import type { Json } from '../../odoo/index.ts';
import type { DocumentedField, DocumentedLines, PayloadDocument } from '../catalogue/documents.ts';
import { isJsonList, isJsonObject } from './json-text.ts';
import { documentedValue, isRelated, type Row } from './values.ts';

export type Member = [key: string, value: Json];

/** The values that lines are told by; sections and notes have another one. */
const PRODUCT_LINES: ReadonlySet<Json | undefined> = new Set<Json | undefined>([
  false,
  null,
  undefined,
  'product',
]);

/** The members of `data` for the fields of a document; what was not read, or cannot be known any more, is left out. */
export function documentedMembers(document: PayloadDocument, row: Row, isGone: boolean): Member[] {
  return document.fields.flatMap((field): Member[] => {
    const value = memberValue(field, row);
    const isUnknown = value === undefined && (field.of === undefined || isGone);
    return isUnknown ? [] : [[field.key, documentedValue(field.kind, value)]];
  });
}

/** The member with the lines of a document that are about products, in Odoo’s order; none where they were not read. */
export function lineMembers({ key, field, quantityField }: DocumentedLines, row: Row): Member[] {
  const lines = row[field];
  if (!isJsonList(lines)) return [];
  const shown = lines.filter((line) => isJsonObject(line) && PRODUCT_LINES.has(line['display_type']));
  return [[key, shown.map((line) => lineOf(isJsonObject(line) ? line : {}, quantityField))]];
}

function lineOf(line: Row, quantityField: string): Json {
  const product = line['product_id'];
  return {
    product_id: documentedValue('relation', product),
    product_name: documentedValue('text', isRelated(product) ? product['name'] : null),
    quantity: documentedValue('number', line[quantityField]),
    price_unit: documentedValue('number', line['price_unit']),
    price_subtotal: documentedValue('number', line['price_subtotal']),
  };
}

function memberValue({ of, field }: DocumentedField, row: Row): Json | undefined {
  if (of === undefined) return Object.hasOwn(row, field) ? row[field] : undefined;
  if (!Object.hasOwn(row, of)) return undefined;
  const related = row[of];
  if (!isRelated(related)) return typeof related === 'number' ? undefined : null;
  return Object.hasOwn(related, field) ? related[field] : undefined;
}
