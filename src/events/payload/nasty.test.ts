import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../odoo/index.ts';
import { compose } from './compose.ts';
import { fillTemplate } from './template.ts';
import { inDollars, sampleEvent, samplePayloadSettings } from './testing/samples.ts';

const names = fc.constantFrom(
  'name',
  'partner_id',
  'order_line',
  'id',
  'toString',
  'constructor',
  'hasOwnProperty',
);
const values: fc.Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.parse(JSON.stringify(value)));
const rows = fc.dictionary(fc.oneof(names, fc.constant('__proto__'), fc.string()), values);
const settings = fc.constantFrom(
  samplePayloadSettings(),
  samplePayloadSettings({ changeFields: ['toString', 'name'] }),
  samplePayloadSettings({ payload: 'thin' }),
  samplePayloadSettings({
    payload: 'fields',
    fieldList: '["name", {"partner_id": ["name"]}, "order_line.name"]',
  }),
  samplePayloadSettings({
    payload: 'template',
    template: `{"a": "{{ constructor }} ${inDollars('order_line.0.name')}", "records": ["{{ name }}"]}`,
  }),
);

test('whatever Odoo answers becomes a JSON object, with nothing that was not read', () => {
  fc.assert(
    fc.property(settings, rows, rows, rows, fc.boolean(), (subscription, row, old, now, deleted) => {
      const { payload } = compose({
        subscription,
        type: 'sale.order.updated',
        event: sampleEvent({ old, new: now, deleted }),
        ...{ row, readAt: null },
      });
      expect(JSON.parse(JSON.stringify(payload))).toEqual(payload);
      expect(Object.getPrototypeOf(payload)).toBe(Object.prototype);
      const text = JSON.stringify(payload);
      expect(text).not.toContain('[native code]');
    }),
  );
});

test('a text without placeholders stays as it is, whatever braces it has', () => {
  const texts = fc
    .array(fc.constantFrom('{', '}', '$', '{{', '}}', '${', 'a', ' '))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(texts, (text) => {
      const filled = fillTemplate(
        text,
        () => 'X',
        () => {},
      );
      if (!/\{\{[^{}]*\}\}|\$\{[^{}]*\}/.test(text)) expect(filled).toBe(text);
      else expect(String(filled)).toContain('X');
    }),
  );
});

test('names of what every object has lead nowhere', () => {
  const missing: string[] = [];
  const lookup = () => undefined;
  fillTemplate({ a: '{{ toString }}' }, lookup, (path) => missing.push(path));
  expect(missing).toEqual(['toString']);
  const { payload } = compose({
    subscription: samplePayloadSettings({
      payload: 'template',
      template: '{"a": "{{ toString }}", "b": "{{ name.length }}"}',
    }),
    ...{ type: 'sale.order.updated', event: sampleEvent(), row: { id: 1, name: 'abc' }, readAt: null },
  });
  expect(payload).toEqual({ a: null, b: null });
});

test('a long text of opening braces takes no time to speak of', () => {
  const startedMs = performance.now();
  fillTemplate(
    '{{ '.repeat(20_000) + '${'.repeat(20_000),
    () => 'X',
    () => {},
  );
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});
