/** The longest file up or down: as base64 it has to fit into one call of Odoo. */
export const MOST_FILE_BYTES = 20 * 1024 * 1024;

/** A media type without its parameters, or null for what is none. */
export function mediaType(text: string): string | null {
  const [type = ''] = text.split(';');
  return /^[\w.+-]{1,60}\/[\w.+-]{1,80}$/.test(type.trim()) ? type.trim().toLowerCase() : null;
}
