import { describe, expect, test } from 'vitest';
import { countSegments } from './segments.ts';

describe('countSegments', () => {
  test.each([
    ['Hello', 'UTF8', 5, 1],
    ['a'.repeat(160), 'UTF8', 160, 1],
    ['a'.repeat(161), 'UTF8', 161, 2],
    ['a'.repeat(306), 'UTF8', 306, 2],
    ['a'.repeat(307), 'UTF8', 307, 3],
    ['€'.repeat(80), 'UTF8', 160, 1],
    ['€'.repeat(81), 'UTF8', 162, 2],
    ['Ærøskøbing på Ærø', 'UTF8', 17, 1],
    ['ça va', 'UCS2', 5, 1],
    ['“quoted”', 'UCS2', 8, 1],
    ['Привет', 'UCS2', 6, 1],
    ['你'.repeat(70), 'UCS2', 70, 1],
    ['你'.repeat(71), 'UCS2', 71, 2],
    ['👍'.repeat(35), 'UCS2', 70, 1],
    ['👍'.repeat(36), 'UCS2', 72, 2],
  ])('counts %s', (text, encoding, units, segments) => {
    expect(countSegments(text)).toEqual({ encoding, units, segments });
  });
});
