import { expect, test } from 'vitest';
import type { Endpoint } from '../endpoints/endpoint.ts';
import type { FieldMeta } from './field-meta.ts';
import { createScope } from './scope.ts';
import { sampleEndpoint, sampleGrant } from './testing/sample-scope.ts';

const MODEL = 'x.model';

function judge(type: string, value: string | number | boolean | null): string {
  const meta: FieldMeta = {
    type,
    relation: null,
    required: false,
    readonly: false,
    store: true,
    string: 'X',
  };
  const endpoint: Endpoint = sampleEndpoint([sampleGrant(MODEL, { write: true })]);
  const scope = createScope({ endpoint, fields: new Map([[MODEL, new Map([['x', meta]])]]) });
  try {
    scope.values(MODEL, { x: value }, 'write');
    return 'taken';
  } catch (error) {
    return String(error);
  }
}

test.each([
  ['boolean', [true, false, null, 0, 1]],
  ['integer', [5, -5, '5', null, false]],
  ['float', [1.5, '1.5', -1, null]],
  ['monetary', [1.5, '10']],
  ['date', ['2026-01-22', '2026-01-22 10:00:00', false, '']],
  ['datetime', ['2026-01-22 10:00:00', '2026-01-22 10:00', '2026-01-22', null]],
  ['char', ['x', 12, '', null]],
] as const)('a field of type %s takes what Odoo takes as it is meant', (type, values) => {
  for (const value of values) expect([value, judge(type, value)]).toEqual([value, 'taken']);
});

test.each([
  ['boolean', ['false', 'no', 'true', 2], 'expected true or false'],
  ['integer', ['red', '1.5', 1.5, true, '99999999999'], 'expected a whole number'],
  ['float', ['red', '1,5', true], 'expected a number'],
  ['date', ['tomorrow', '22.1.2026', 20260122], 'expected a day, as 2026-01-22'],
  ['datetime', ['tomorrow', '2026-01-22T10:00:00', 5], 'expected a moment with its zone'],
] as const)('a field of type %s refuses what Odoo would take for something else', (type, values, words) => {
  for (const value of values)
    expect([value, judge(type, value)]).toEqual([value, expect.stringContaining(words)]);
});
