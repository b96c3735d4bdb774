import type { Json } from '../../odoo/index.ts';
import { isList } from './json.ts';

/** True, false, or `some` when it depends on the record. */
type Meaning = boolean | 'some';

const NEGATIVE_TEXT: ReadonlySet<Json> = new Set(['not like', 'not ilike']);
const POSITIVE_TEXT: ReadonlySet<Json> = new Set(['like', 'ilike']);

/**
 * Whether a judged domain says nothing: it holds for every record, as `[]`, `[[1, "=", 1]]`, `[["id", ">", 0]]` or
 * `[["name", "ilike", ""]]` do. What cannot be told is taken to say something; the endpoint's limit of records bounds it.
 */
export function meansAll(domain: readonly Json[]): boolean {
  return meaningOf(domain) === true;
}

/**
 * The first field of a judged domain that is compared with an empty text or null: what a template, or JSON, makes of a value that is
 * missing, and then every record without that field is meant.
 */
export function emptyTextIn(domain: readonly Json[]): string | null {
  for (const term of domain) {
    if (!isList(term)) continue;
    const [path, operator, value] = term;
    const isNested = operator === 'any' || operator === 'not any';
    if (isNested && isList(value)) {
      const inner = emptyTextIn(value);
      if (inner !== null) return inner;
    } else if (isEmptyText(value) || (isList(value) && value.some(isEmptyText))) return String(path);
  }
  return null;
}

const isEmptyText = (value: Json | undefined) =>
  value === null || (typeof value === 'string' && value.trim() === '');

function meaningOf(domain: readonly Json[]): Meaning {
  const stack: Meaning[] = [];
  const pop = (): Meaning => stack.pop() ?? true;
  for (const term of domain.toReversed()) {
    if (term === '&') stack.push(and(pop(), pop()));
    else if (term === '|') stack.push(not(and(not(pop()), not(pop()))));
    else if (term === '!') stack.push(not(pop()));
    else stack.push(isList(term) ? meaningOfLeaf(term) : 'some');
  }
  return stack.reduce<Meaning>(and, true);
}

function and(one: Meaning, other: Meaning): Meaning {
  if (one === false || other === false) return false;
  return one === true && other === true ? true : 'some';
}

function not(meaning: Meaning): Meaning {
  return meaning === 'some' ? 'some' : !meaning;
}

function meaningOfLeaf([path, operator, value]: readonly Json[]): Meaning {
  if (path === 1) return true;
  if (path === 0) return false;
  if (operator === '=?' && !value) return true;
  if (operator === 'not in' && isList(value) && value.length === 0) return true;
  if (operator === 'in' && isList(value) && value.length === 0) return false;
  if (operator === 'in' && isList(value) && value.includes(true) && value.includes(false)) return true;
  if (POSITIVE_TEXT.has(operator ?? null) && isJokers(value)) return true;
  if (NEGATIVE_TEXT.has(operator ?? null) && isJokers(value)) return false;
  if (operator === 'not any' && isList(value) && meaningOf(value) === false) return true;
  return path === 'id' ? meaningOfId(operator, value) : 'some';
}

/** Text that every other text is like. */
function isJokers(value: Json | undefined): boolean {
  return typeof value === 'string' && /^[%\s]*$/.test(value);
}

/** Ids begin at 1. */
function meaningOfId(operator: Json | undefined, value: Json | undefined): Meaning {
  const values = isList(value) ? value : [value];
  const isNoId = values.every((each) => !each || (typeof each === 'number' && each < 1));
  switch (operator) {
    case '!=':
    case '<>':
    case 'not in':
      return isNoId ? true : 'some';
    case '=':
    case '==':
    case 'in':
      return isNoId ? false : 'some';
    case '>':
      return isNoId ? true : 'some';
    case '>=':
      return isNoId || value === 1 ? true : 'some';
    default:
      return 'some';
  }
}
