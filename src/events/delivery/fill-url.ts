import { unusable } from './unusable.ts';

const VARIABLE = /\{\{\s*([^{}]*?)\s*\}\}/g;
const PROTOCOLS = ['http:', 'https:'];

/**
 * The address of a delivery: `{{ path }}` is replaced by what the payload has there, encoded for a URL. A record gives its
 * id, several give theirs separated by commas, an empty one nothing. Throws `subscription-unusable`.
 *
 * A value decides neither the host (the payload and the API key would go where any user of Odoo likes) nor, as `..`, which
 * other path of it.
 */
export function fillUrl(template: string, body: string): URL {
  const [, origin = '', rest = ''] = /^([^/?#]*\/\/[^/?#\\]*)?(.*)$/s.exec(template.trim()) ?? [];
  if (origin.includes('{{')) throw unusable('A variable of the URL may only stand behind the host.');
  if (!rest.includes('{{')) return checkedUrl(template.trim());
  const payload: unknown = body === '' ? {} : JSON.parse(body);
  const filled = checkedUrl(origin + rest.replace(VARIABLE, (_all, path: string) => variable(payload, path)));
  const expected = checkedUrl(origin + rest.replace(VARIABLE, 'x'));
  if (segments(filled) === segments(expected)) return filled;
  throw unusable('The value of a variable of the URL is . or .., which leads to another path.');
}

function checkedUrl(text: string): URL {
  if (!URL.canParse(text)) throw unusable('The URL is none. Write it as https://host/path.');
  const url = new URL(text);
  if (!PROTOCOLS.includes(url.protocol)) throw unusable('The URL must start with http:// or https://.');
  if (url.username !== '' || url.password !== '') {
    throw unusable('The URL holds a login. Write it as a header Authorization instead.');
  }
  return url;
}

const segments = ({ pathname }: URL) => pathname.split('/').length;

/** Paths start from the record of an event, or from the root of the payload. */
function variable(payload: unknown, path: string): string {
  const find = (from: unknown) => path.split('.').reduce<unknown>(memberOf, from);
  return encodeURIComponent(textOf(find(memberOf(payload, 'data')) ?? find(payload)).toWellFormed());
}

function memberOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => memberOf(item, name));
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(textOf).join(',');
  return typeof value === 'object' ? textOf(memberOf(value, 'id')) : String(value);
}
