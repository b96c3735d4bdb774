import type { Json } from '../../odoo/index.ts';
import { payloadError } from './errors.ts';

export type JsonObject = { readonly [key: string]: Json };

const MOST_CHARACTERS = 65_536;
const DEEPEST = 32;

/** The value of a JSON text that an administrator wrote. Throws `payload-invalid`, with line and column where Node tells them. */
export function parseJsonText(what: string, text: string): Json {
  if (text.length > MOST_CHARACTERS) {
    throw payloadError(`${what} has ${text.length} characters; at most ${MOST_CHARACTERS} are taken.`);
  }
  const value = parsed(what, text);
  refuseDeep(what, value, 1);
  return value;
}

/** As `parseJsonText`, of an object; empty text is an empty object. */
export function parseJsonObject(what: string, text: string): JsonObject {
  if (text.trim() === '') return {};
  const value = parseJsonText(what, text);
  if (isJsonObject(value)) return value;
  throw payloadError(`${what} is no JSON object. Write {"name": "value"}.`);
}

/** True for an object with members; false for lists, texts, numbers and null. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a list. */
export function isJsonList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function parsed(what: string, text: string): Json {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch (error) {
    const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const where = position === undefined ? 'at its end' : place(text, Number(position));
    throw payloadError(
      `${what} is no JSON: something is wrong ${where}. Names and texts stand in double quotes, placeholders too: "{{ name }}".`,
    );
  }
}

function place(text: string, position: number): string {
  const before = text.slice(0, position).split('\n');
  return `in line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

function refuseDeep(what: string, value: Json, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > DEEPEST) throw payloadError(`${what} is nested deeper than ${DEEPEST} levels.`);
  for (const item of Object.values(value)) refuseDeep(what, item, depth + 1);
}
