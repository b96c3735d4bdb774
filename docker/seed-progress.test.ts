import { expect, test } from 'vitest';
import { seedProgress } from './seed-progress.ts';

const loading = (name: string, place: string): string =>
  `2026-11-22 01:32:22,967 45 INFO tpl odoo.modules.loading: Loading module ${name} (${place})`;

test('takes the last module that Odoo says it loads', () => {
  const log = [loading('base', '1/1'), loading('contacts', '20/76'), loading('crm', '38/76')].join('\n');
  expect(seedProgress(log)).toMatchObject({ text: 'installing crm', fraction: expect.closeTo(0.4) });
});

test('does not take the base module, which is counted alone, for the end', () => {
  expect(seedProgress(loading('base', '1/1')).fraction).toBeLessThan(0.1);
});

test('knows that the modules are in when the company is settled', () => {
  const log = `${loading('sale_pdf_quote_builder', '76/76')}\n2026-11-22 01:32:45 45 INFO tpl odoo.registry: Modules loaded.`;
  expect(seedProgress(log)).toMatchObject({ text: 'settling the company', fraction: 0.75 });
});
