import { HttpError, parseJson } from '../../http/index.ts';
import type { Json } from '../../odoo/index.ts';

const MOST_VALUES = 50_000;

/** The JSON in a query parameter. Throws `invalid-query` (400). */
export function queryJson(name: string, text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  try {
    return asJson(parseJson(Buffer.from(text), MOST_VALUES));
  } catch (error) {
    if (error instanceof HttpError) throw error;
    const detail = `The query parameter "${name}" is no JSON. Encode it, as ${name}=%5B%5D for [].`;
    throw new HttpError({ status: 400, code: 'invalid-query', detail });
  }
}

/** Fields by names behind commas, or as JSON. */
export function queryFields(text: string | undefined): Json | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  if (text.trimStart().startsWith('[')) return queryJson('fields', text);
  return text.split(',').map((name) => name.trim());
}

const AnyJson = (value: unknown): value is Json => value !== undefined;

function asJson(value: unknown): Json {
  return AnyJson(value) ? value : null;
}

/** The context of a call, which may stand in its body or in its address. */
export function queryContext(
  text: string | undefined,
  inBody: ReturnType<typeof queryJson>,
): ReturnType<typeof queryJson> {
  return inBody ?? queryJson('context', text);
}
