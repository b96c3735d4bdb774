const MAX_CHARACTERS = 10_000;
const MAX_TEXT = 500;
const MAX_DEPTH = 12;
const REDACTED = '[redacted]';

/** Names of fields, headers and arguments whose values are never written down. */
const SECRET_NAME =
  /passw|secret|token|credential|authorization|cookie|signature|api_?key|(?:^|[_-])key(?:$|[_-])/i;

/**
 * A call's input or output as the log may show it: JSON, cut to 10,000 characters, without the values of what is named as a secret,
 * wherever it stands (in a domain too), and with long texts (files, images) cut to their beginning. Never throws.
 */
export function redacted(value: unknown): string {
  if (value === undefined || value === null) return '';
  const budget = { left: MAX_CHARACTERS };
  const text = JSON.stringify(shown(value, budget, 0)) ?? '';
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS - 1)}…` : text;
}

/** A copy as large as the budget; what is beyond it is not looked at. */
function shown(value: unknown, budget: { left: number }, depth: number): unknown {
  if (budget.left <= 0 || depth > MAX_DEPTH) return '…';
  if (typeof value === 'string') {
    const text =
      value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}… (${value.length} characters)` : value;
    budget.left -= text.length + 2;
    return text;
  }
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') return '…';
  if (typeof value !== 'object' || value === null) {
    budget.left -= 6;
    return value;
  }
  if (Array.isArray(value)) return shownList(value, budget, depth);
  if (ArrayBuffer.isView(value)) return `… (${value.byteLength} bytes)`;
  const copy: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) {
    if (budget.left <= 0) break;
    budget.left -= name.length + 4;
    const isSecret = SECRET_NAME.test(name) && !isContainer(part);
    Object.defineProperty(copy, name, {
      ...{ enumerable: true, value: isSecret ? REDACTED : shown(part, budget, depth + 1) },
    });
  }
  return copy;
}

function shownList(list: readonly unknown[], budget: { left: number }, depth: number): unknown[] {
  const [first, , third] = list;
  // A leaf of a domain.
  if (list.length === 3 && typeof first === 'string' && SECRET_NAME.test(first) && !isContainer(third))
    return [first, list[1], REDACTED];
  const copy: unknown[] = [];
  for (const part of list) {
    if (budget.left <= 0) {
      copy.push(`… (${list.length} in all)`);
      break;
    }
    budget.left -= 1;
    copy.push(shown(part, budget, depth + 1));
  }
  return copy;
}

/** Lists of names (`key: ["ref"]`) and nested objects are shown; their own secrets are not. */
function isContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
