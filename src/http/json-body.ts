import { isUtf8 } from 'node:buffer';
import { HttpError } from './problem.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const [COMMA, COLON, BRACKET, BRACE] = [0x2c, 0x3a, 0x5b, 0x7b];

/**
 * The value of a JSON text that may hold at most so many values. Throws `too-many-values` (413), and SyntaxError for what is
 * no JSON, or not in UTF-8, of which replacement characters would be kept. A few megabytes of `[],[],` become hundreds of
 * megabytes of arrays, and seconds in which nobody is answered, so the values are counted before anything is made of them.
 */
export function parseJson(bytes: Buffer, maxValues: number): unknown {
  // A value takes a byte at least.
  if (bytes.length > maxValues && hasMoreValues(bytes, maxValues)) {
    const detail = `The body holds more than ${maxValues} values. Send less at a time.`;
    throw new HttpError({ status: 413, code: 'too-many-values', detail });
  }
  if (!isUtf8(bytes)) throw new SyntaxError('The text is not in UTF-8.');
  return JSON.parse(bytes.toString('utf8'));
}

function hasMoreValues(bytes: Buffer, most: number): boolean {
  let count = 0;
  let isText = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte === QUOTE) isText = !isText;
    else if (byte === BACKSLASH && isText) index += 1;
    else if (!isText && (byte === COMMA || byte === COLON || byte === BRACKET || byte === BRACE)) count += 1;
    if (count > most) return true;
  }
  return false;
}
