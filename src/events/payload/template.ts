import type { Json } from '../../odoo/index.ts';
import { payloadError } from './errors.ts';
import { isJsonList, isJsonObject, type JsonObject, parseJsonText } from './json-text.ts';
import { isIndex } from './listed-data.ts';
import { isFieldName, LONGEST_PATH } from './read-spec.ts';

/** Gives the value of a path, or undefined where there is none. */
export type Lookup = (path: readonly string[]) => Json | undefined;

/** `{{ path }}` and `${path}`; braces within one make it none. */
const PLACEHOLDER = /\{\{([^{}]*)\}\}|\$\{([^{}]*)\}/g;
const MOST_PLACEHOLDERS = 500;

/** What may stand beside the fields of the record: facts of the event. */
export const EVENT_VARIABLES = [
  ...(['_event', '_timestamp', '_read_at', '_model', '_id', '_user_id', '_old'] as const),
] as const;
const VARIABLES: ReadonlySet<string> = new Set(EVENT_VARIABLES);

/** The template that an administrator wrote as a JSON object, its placeholders checked. Throws `payload-invalid` with the position. */
export function parseTemplate(text: string): JsonObject {
  const template = parseJsonText('The template', text);
  if (!isJsonObject(template))
    throw payloadError('The template is no JSON object. Write {"name": "{{ name }}"}.');
  const all = [...placeholdersOf(template, '')];
  if (all.length > MOST_PLACEHOLDERS) {
    throw payloadError(
      `The template has ${all.length} placeholders; at most ${MOST_PLACEHOLDERS} are filled.`,
    );
  }
  for (const { words, at } of all) refuseOdd(words, at);
  return template;
}

/** The paths of a template that lead into the record, without places in lists. */
export function templatePaths(template: Json): string[][] {
  return [...placeholdersOf(template, '')]
    .map(({ words }) => segments(words))
    .filter(([first = '']) => !VARIABLES.has(first))
    .map((path) => path.filter((segment) => !isIndex(segment)));
}

/**
 * The template with its placeholders filled. A text that is nothing but one placeholder becomes the value, of whatever type; in
 * a longer text what is empty is empty. `onMissing` is told the paths that lead nowhere.
 */
export function fillTemplate(template: Json, lookup: Lookup, onMissing: (path: string) => void): Json {
  if (typeof template === 'string') return fillText(template, lookup, onMissing);
  if (isJsonList(template)) return template.map((item) => fillTemplate(item, lookup, onMissing));
  if (!isJsonObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [key, fillTemplate(value, lookup, onMissing)]),
  );
}

function fillText(text: string, lookup: Lookup, onMissing: (path: string) => void): Json {
  const filledValue = (words: string) => {
    const value = lookup(segments(words));
    if (value === undefined) onMissing(words.trim());
    return value ?? null;
  };
  const [first, second] = [...text.matchAll(PLACEHOLDER)];
  if (first === undefined) return text;
  if (second === undefined && first[0] === text.trim()) return filledValue(wordsOf(first));
  return text.replaceAll(PLACEHOLDER, (_, ...groups: (string | undefined)[]) =>
    textOf(filledValue(groups[0] ?? groups[1] ?? '')),
  );
}

function textOf(value: Json): string {
  if (value === null || value === false) return '';
  if (isJsonList(value)) return value.map(textOf).join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function wordsOf(match: RegExpExecArray): string {
  return match[1] ?? match[2] ?? '';
}

function segments(words: string): string[] {
  return words.trim().split('.');
}

function* placeholdersOf(template: Json, at: string): Generator<{ words: string; at: string }> {
  if (typeof template === 'string') {
    for (const match of template.matchAll(PLACEHOLDER)) yield { words: wordsOf(match), at };
  } else if (isJsonList(template)) {
    for (const [index, item] of template.entries()) yield* placeholdersOf(item, `${at}[${index}]`);
  } else if (isJsonObject(template)) {
    for (const [key, item] of Object.entries(template)) {
      yield* placeholdersOf(item, at === '' ? key : `${at}.${key}`);
    }
  }
}

function refuseOdd(words: string, at: string): void {
  const path = segments(words);
  const where = `The template, at ${at === '' ? 'its root' : at.slice(0, 120)}: {{ ${words.trim().slice(0, 60)} }}`;
  const [first = '', ...rest] = path;
  if (first.startsWith('_')) {
    if (VARIABLES.has(first) && rest.every((name) => isFieldName(name) || isIndex(name))) return;
    throw payloadError(`${where} is unknown. Beside fields there are ${EVENT_VARIABLES.join(', ')}.`);
  }
  if (!isFieldName(first) || !rest.every((name) => isFieldName(name) || isIndex(name))) {
    throw payloadError(`${where} is no path to a field, as name or partner_id.name.`);
  }
  if (path.length > LONGEST_PATH) {
    throw payloadError(`${where} follows more than ${LONGEST_PATH} fields one after the other.`);
  }
}
