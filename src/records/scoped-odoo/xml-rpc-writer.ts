import type { Json } from '../../odoo/index.ts';
import { isList } from '../scope/json.ts';
import type { OdooFault } from './odoo-fault.ts';

const GREATEST_INT = 2 ** 31 - 1;
const HEAD = "<?xml version='1.0'?>\n<methodResponse>\n";
const TAIL = '</methodResponse>\n';
// biome-ignore lint/suspicious/noControlCharactersInRegex: what XML cannot carry, and Odoo leaves out as well
const NOT_XML = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };

/**
 * The answer to a call as XML-RPC. Written by hand: the library first makes objects of it that take many times the memory of
 * the text. What is nothing is `<nil/>`, where Odoo itself gives a fault after the work is done.
 */
export function writeXmlRpcAnswer(value: Json): string {
  const parts = [HEAD, '<params>\n<param>\n'];
  writeValue(value, parts);
  parts.push('</param>\n</params>\n', TAIL);
  return parts.join('');
}

/** A fault with a number, as of `/xmlrpc/2/` (rpc/controllers/xmlrpc.py, xmlrpc_handle_exception_int). */
export function writeNumberFault(fault: OdooFault): string {
  return writeFault(fault.number, fault.number === 1 ? tracebackOf(fault) : fault.message);
}

const WARNINGS = new Set(['AccessError', 'MissingError', 'UserError', 'ValidationError', 'LockError']);

/** A fault whose code is a text, as of `/xmlrpc/` (xmlrpc_handle_exception_string). */
export function writeTextFault(fault: OdooFault): string {
  const { className, message } = fault;
  if (className === 'AccessDenied') return writeFault(className, message);
  if (!WARNINGS.has(className)) return writeFault(message, tracebackOf(fault));
  const name = className === 'AccessError' || className === 'MissingError' ? className : 'UserError';
  return writeFault(`warning -- ${name}\n\n${message}`, '');
}

function writeFault(faultCode: number | string, faultString: string): string {
  const parts = [HEAD, '<fault>\n'];
  writeValue({ faultCode, faultString }, parts);
  parts.push('</fault>\n', TAIL);
  return parts.join('');
}

/** As clients look for the class: on the last line. */
function tracebackOf({ fullName, message }: OdooFault): string {
  return `Traceback (most recent call last):\n${fullName}: ${message}\n`;
}

function writeValue(value: Json, parts: string[]): void {
  if (value === null) parts.push('<value><nil/></value>');
  else if (typeof value === 'string') parts.push('<value><string>', escaped(value), '</string></value>');
  else if (typeof value === 'number') parts.push('<value>', numberElement(value), '</value>');
  else if (typeof value === 'boolean')
    parts.push('<value><boolean>', value ? '1' : '0', '</boolean></value>');
  else if (isList(value)) {
    parts.push('<value><array><data>');
    for (const item of value) writeValue(item, parts);
    parts.push('</data></array></value>');
  } else {
    parts.push('<value><struct>');
    for (const [name, member] of Object.entries(value)) {
      parts.push('<member><name>', escaped(name), '</name>');
      writeValue(member, parts);
      parts.push('</member>');
    }
    parts.push('</struct></value>');
  }
}

function numberElement(value: number): string {
  if (!Number.isInteger(value)) return `<double>${value}</double>`;
  return Math.abs(value) > GREATEST_INT ? `<i8>${value}</i8>` : `<int>${value}</int>`;
}

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(NOT_XML, '')
    .replace(/[&<>\r]/g, (character) => ESCAPES[character] ?? character);
}
