/** As Odoo writes a moment: UTC, without saying so. */
const ODOO = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)?$/;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;

/** `2026-01-22T10:00:00Z` for Odoo's `2026-01-22 10:00:00`, with its fraction only if asked for; anything else as it is. */
export function isoMoment(text: string, { fraction = false } = {}): string {
  const [, day, time, digits = ''] = ODOO.exec(text) ?? [];
  return day === undefined ? text : `${day}T${time}${fraction ? digits : ''}Z`;
}

/** Odoo's way to write a moment given in ISO 8601 with its offset, with its fraction only if asked for; anything else as it is. */
export function odooMoment(text: string, { fraction = false } = {}): string {
  if (!ISO.test(text)) return text;
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  // A Date has milliseconds, PostgreSQL has more.
  const digits = fraction ? (/\.\d+/.exec(text)?.[0] ?? '') : '';
  return date.toISOString().slice(0, 19).replace('T', ' ') + digits;
}
