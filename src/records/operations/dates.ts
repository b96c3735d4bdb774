/** As Odoo writes a moment: UTC, without saying so. */
const ODOO = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)?$/;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;

/** `2026-01-22T10:00:00Z` for Odoo's `2026-01-22 10:00:00`; anything else as it is. */
export function isoMoment(text: string): string {
  const [, day, time] = ODOO.exec(text) ?? [];
  return day === undefined ? text : `${day}T${time}Z`;
}

/** Odoo's way to write a moment given in ISO 8601 with its offset; anything else as it is. */
export function odooMoment(text: string): string {
  if (!ISO.test(text)) return text;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : date.toISOString().slice(0, 19).replace('T', ' ');
}
