import type { Dice } from './dice.ts';
import { CANARY } from './secrets.ts';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const DEEP = 100_000;
/** As deep as fits into a delivery report. */
const LESS_DEEP = 4_000;

/** Values that a field does not expect, as JSON text. */
const NASTY_TEXTS: readonly string[] = [
  ...['null', 'true', 'false', '0', '-1', '-0', '1e400', '-1e400', '1e-400', '9007199254740993', '0.1'],
  ...[
    '""',
    '" "',
    '"\\u0000"',
    '"\\ud800"',
    '"\\udfff\\ud800"',
    '"__proto__"',
    '"constructor"',
    '"toString"',
  ],
  ...['[]', '[[]]', '[null]', '{}', '{"toString":1,"valueOf":1}', '{"toString":null}', '{"length":1e9}'],
  ...['{"__proto__":{"ok":true}}', '{"constructor":{"prototype":{"ok":true}}}', '{"then":1}', '{"toJSON":1}'],
  ...['"\' or 1=1 --"', '"{{7*7}}"', '"../../etc/passwd"', '"\\u202e\\ufeff\\u2028"', `"${CANARY}"`],
  ...[
    `"${'9'.repeat(300)}"`,
    `"${'x'.repeat(5_000)}"`,
    `"${'\u{1f4a9}'.repeat(200)}"`,
    `"${'%s%n'.repeat(50)}"`,
  ],
  ...[
    `"+${'1'.repeat(249)}"`,
    '"+45 (0) 99-00-00-00;ext=1;ext=2"',
    `"${'('.repeat(200)}"`,
    '"\\r\\nx-injected: 1"',
  ],
  ...[nested(LESS_DEEP), `{"a":${nested(LESS_DEEP)}}`, `[${'0,'.repeat(3_000)}0]`],
];

/** JSON text with one thing wrong in it: a value, a name, a repetition, or its very form. */
export function nastyJson(dice: Dice, value: Json): string {
  const text = JSON.stringify(value);
  const step = dice.pick([
    replaceValue,
    replaceValue,
    replaceValue,
    repeatKey,
    strangeKey,
    dropKey,
    misshape,
  ]);
  return step(dice, text);
}

/** Arrays within arrays, `depth` of them. */
export function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

/** The text in bytes: mostly UTF-8, sometimes another encoding, a mark before it, or bytes that are no text. */
export function encode(dice: Dice, text: string): Buffer {
  const utf8 = Buffer.from(text);
  if (!dice.chance(0.15)) return utf8;
  const at = dice.int(utf8.length + 1);
  return dice.pick([
    () => Buffer.from(text, 'utf16le'),
    () => Buffer.from(text, 'utf16le').swap16(),
    () => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]),
    () => Buffer.from(`\ufeff${text}`),
    () =>
      Buffer.concat([
        utf8.subarray(0, at),
        Buffer.from([0xc0, 0x80, 0xed, 0xa0, 0x80, 0xff]),
        utf8.subarray(at),
      ]),
    () => Buffer.concat([utf8.subarray(0, at), Buffer.alloc(1 + dice.int(8)), utf8.subarray(at)]),
    () => utf8.subarray(0, at),
    () => Buffer.concat([utf8, dice.bytes(1 + dice.int(16))]),
    () => dice.bytes(dice.int(300)),
  ])();
}

function replaceValue(dice: Dice, text: string): string {
  const nasty = dice.chance(0.01) ? nested(DEEP) : dice.pick(NASTY_TEXTS);
  return replaceOne(dice, text, /:("(?:[^"\\]|\\.)*"|-?[\d.]+|null|true|false)/g, () => `:${nasty}`);
}

function repeatKey(dice: Dice, text: string): string {
  return replaceOne(dice, text, /"\w+":/g, (key) => `${key}${dice.pick(NASTY_TEXTS)},${key}`);
}

function strangeKey(dice: Dice, text: string): string {
  const key = dice.pick(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '', CANARY]);
  return replaceOne(dice, text, /\{/g, () => `{"${key}":${dice.pick(NASTY_TEXTS)},`);
}

function dropKey(dice: Dice, text: string): string {
  return replaceOne(dice, text, /"\w+":/g, () => `"${CANARY}":`);
}

function misshape(dice: Dice, text: string): string {
  const at = dice.int(text.length);
  return dice.pick([
    () => '',
    () => text.slice(0, at),
    () => `${text}${text}`,
    () => `[${text}]`,
    () => `/* ${CANARY} */${text}`,
    () => text.replaceAll('"', "'"),
    () => `${' '.repeat(8_000)}${text}`,
    () =>
      dice.pick(['NaN', 'undefined', '"', '[1,]', '{"a":1,}', '\u0000', `"${CANARY}"`, '1', 'null', '[]']),
  ])();
}

function replaceOne(dice: Dice, text: string, pattern: RegExp, replace: (found: string) => string): string {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return text;
  const { 0: words, index } = dice.pick(found);
  return text.slice(0, index) + replace(words) + text.slice(index + words.length);
}
