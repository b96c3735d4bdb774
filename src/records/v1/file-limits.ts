/** The longest file up or down: as base64 it has to fit into one call of Odoo. */
export const MOST_FILE_BYTES = 20 * 1024 * 1024;

/** What curl says of any body when it is not told otherwise. */
const SAYS_NOTHING = 'application/x-www-form-urlencoded';

/** A media type without its parameters, or null for what is none or says nothing of a file. */
export function mediaType(text: string): string | null {
  const [type = ''] = text.split(';');
  if (type.trim().toLowerCase() === SAYS_NOTHING) return null;
  return /^[\w.+-]{1,60}\/[\w.+-]{1,80}$/.test(type.trim()) ? type.trim().toLowerCase() : null;
}
