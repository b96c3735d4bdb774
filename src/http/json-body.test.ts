import { expect, test } from 'vitest';
import { parseJson } from './json-body.ts';

const tooMany = expect.objectContaining({ code: 'too-many-values' });

test.each([
  ['a few values', '{"a":[1,2,{"b":null}]}'],
  ['separators within texts', `{"a":"${',:[{'.repeat(20)}"}`],
  ['quotes within texts', `["${'\\",'.repeat(20)}"]`],
  ['one long text', `"${'x'.repeat(100)}"`],
])('%s are read', (_, text) => {
  expect(parseJson(Buffer.from(text), 8)).toEqual(JSON.parse(text));
});

test.each([
  ['empty arrays', `[${'[],'.repeat(20)}0]`],
  ['nested arrays', '['.repeat(20) + ']'.repeat(20)],
  ['names', `{${'"a":1,'.repeat(20)}"b":1}`],
  ['empty arrays after a text that ends in a backslash', `["\\\\",${'[],'.repeat(20)}0]`],
])('too many %s are refused before they are read', (_, text) => {
  expect(() => parseJson(Buffer.from(text), 8)).toThrow(tooMany);
});

test('what is no JSON is a fault of its syntax', () => {
  expect(() => parseJson(Buffer.from('{"a":'), 8)).toThrow(SyntaxError);
});

test('what is not in UTF-8 is refused, not read with signs in place of its own', () => {
  expect(() => parseJson(Buffer.from('{"name":"Caf\xe9"}', 'latin1'), 8)).toThrow(SyntaxError);
});
