/** Marks a number that is kept as it stood in the text: Python tells 5000 from 5000.0, JavaScript does not. */
const SOURCE = Symbol('source');

/** Python's `json.dumps(json.loads(text), sort_keys=True)`. Throws SyntaxError when the text is no JSON. */
export function pythonJson(text: string): string {
  return written(JSON.parse(text, keepNumber));
}

function keepNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' ? { [SOURCE]: context?.source ?? String(value) } : value;
}

function written(value: unknown): string {
  if (typeof value === 'string') return pythonText(value);
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (SOURCE in value) return pythonNumber(String(value[SOURCE]));
  const members = Object.entries(value).sort(([one], [other]) => byCodePoint(one, other));
  return `{${members.map(([key, member]) => `${pythonText(key)}: ${written(member)}`).join(', ')}}`;
}

/** Python orders by code points, JavaScript by UTF-16 units: they differ between surrogates and U+E000 to U+FFFF. */
function byCodePoint(one: string, other: string): number {
  const [left, right] = [[...one], [...other]];
  for (const [index, character] of left.entries()) {
    const difference = (character.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? -1);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** JSON.stringify leaves DEL and all beyond ASCII as they are, `ensure_ascii` does not. */
function pythonText(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, escaped);
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Integers stay as they are, however long; a fraction or an exponent makes a float. */
function pythonNumber(source: string): string {
  if (/^-?\d+$/.test(source)) return source === '-0' ? '0' : source;
  return pythonFloat(Number(source));
}

/** The exponents from which Python writes a float with one. */
const SMALLEST_PLAIN_EXPONENT = -4;
const SMALLEST_LARGE_EXPONENT = 16;

/** `repr` of a float: the same shortest digits as in JavaScript, laid out in another way. */
function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) return value < 0 ? '-Infinity' : 'Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < SMALLEST_PLAIN_EXPONENT || exponent >= SMALLEST_LARGE_EXPONENT) {
    const sign = exponent < 0 ? '-' : '+';
    return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  // Within these exponents JavaScript never writes one, but for what is below 1e-6, which Python does.
  const plain = String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
}
