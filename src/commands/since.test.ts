import { expect, test } from 'vitest';
import { parseSince } from './since.ts';

const NOW_MS = Date.parse('2026-03-04T12:00:00Z');

test.each([
  ['90m', '2026-03-04T10:30:00Z'],
  ['12h', '2026-03-04T00:00:00Z'],
  ['3d', '2026-03-01T12:00:00Z'],
  ['2026-03-01T12:00Z', '2026-03-01T12:00:00Z'],
])('%s is %s', (text, moment) => {
  expect(parseSince(text, NOW_MS)).toBe(Date.parse(moment));
});

test.each(['yesterday', '3w', ''])('"%s" is refused', (text) => {
  expect(() => parseSince(text, NOW_MS)).toThrow(/is no time/);
});
