import xmlrpc from 'xmlrpc';
import type { Json } from '../odoo.ts';

const GREATEST_INT = 2 ** 31 - 1;

/** Always escaped text: the library's own CDATA turns CR LF into LF, and breaks at a second `]]>`. */
class TextValue extends xmlrpc.CustomType {
  override tagName = 'string';
}

/** An integer that needs more than the 32 bits of `<int>`; Python reads it (xmlrpc/client.py, Unmarshaller). */
class LongValue extends xmlrpc.CustomType {
  override tagName = 'i8';
}

/** A copy of clean values as the library must get them, so that it neither changes nor misreads the caller's own. */
export function xmlValue(value: Json): unknown {
  if (typeof value === 'string') return value === '' ? value : new TextValue(value);
  if (typeof value === 'number') return isLong(value) ? new LongValue(String(value)) : value;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(xmlValue);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, xmlValue(inner)]));
}

function isLong(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) > GREATEST_INT;
}
