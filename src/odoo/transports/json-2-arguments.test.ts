import { describe, expect, test } from 'vitest';
import type { Json } from '../odoo.ts';
import { namedArguments } from './json-2-arguments.ts';

const named = (method: string, args: readonly Json[], kwargs: { [name: string]: Json } = {}) =>
  namedArguments({
    ...{ model: 'res.partner', method, args, kwargs, what: `res.partner.${method}` },
    signal: new AbortController().signal,
  });

describe('arguments by position', () => {
  test.each<[string, Json[], object]>([
    ['read', [[7], ['name']], { ids: [7], fields: ['name'] }],
    ['read', [7], { ids: [7] }],
    ['search', [[['a', '=', 1]], 0, 5], { domain: [['a', '=', 1]], offset: 0, limit: 5 }],
    ['create', [[{ name: 'x' }]], { vals_list: [{ name: 'x' }] }],
    ['run', [[5]], { ids: [5] }],
    ['any_method', [[]], { ids: [] }],
    ['context_get', [], {}],
  ])('of %s get their names', (method, args, expected) => {
    expect(named(method, args)).toEqual(expected);
  });

  test('stand beside those by name', () => {
    const context = { lang: 'fr_FR' };
    expect(named('search', [[]], { context, order: 'id' })).toEqual({ domain: [], context, order: 'id' });
  });

  test.each<[string, Json[], { [name: string]: Json }]>([
    ['any_method', [[1], 'x'], {}],
    ['any_method', ['x'], {}],
    ['search', [[]], { domain: [] }],
    ['context_get', [1], {}],
  ])('of %s whose names are not known are refused unsent', (method, args, kwargs) => {
    expect(() => named(method, args, kwargs)).toThrow(
      expect.objectContaining({ kind: 'validation', outcome: 'not-done', retry: 'never' }),
    );
  });
});
