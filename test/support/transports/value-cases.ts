import { randomBytes, randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Json } from '../../../src/odoo/index.ts';
import type { TransportSuite } from '../describe-transport.ts';

const TEXTS: readonly [name: string, sent: string, stored: string][] = [
  ['no character at all', '', ''],
  ['white space around it', '  a\t ', '  a\t '],
  ['only white space', '   ', '   '],
  ['the three kinds of line ends', 'a\nb\r\nc\rd', 'a\nb\r\nc\rd'],
  ['markup', '<b>&amp;&</b> "\'> ]]> ]]> <![CDATA[x]]>\r\n', '<b>&amp;&</b> "\'> ]]> ]]> <![CDATA[x]]>\r\n'],
  ['control characters', 'a\u0000b\u0001c\u000bd\u001fe\u007ff\u0085g', 'abcde\u007ff\u0085g'],
  ['a lone surrogate', 'a\ud800b\udc00', 'a\ufffdb\ufffd'],
  ['characters that are none', 'a\ufffeb\uffff', 'ab'],
  ['astral and combined characters', '👍🏽 𝒳 e\u0301 \u200d\u202e', '👍🏽 𝒳 e\u0301 \u200d\u202e'],
  ['a megabyte', 'é<&'.repeat(300_000), 'é<&'.repeat(300_000)],
];

/** What goes into a real record, and comes back. */
export function valueCases({ client, world }: TransportSuite): void {
  const partner = (values: { readonly [field: string]: Json }) =>
    world.make('res.partner', { name: 'Values', ...values });
  const readBack = async (model: string, id: number, field: string) => {
    const rows = await client.call(model, 'read', [[id], [field]]);
    return z.tuple([z.record(z.string(), z.unknown())]).parse(rows)[0][field];
  };
  const kept = async (model: string, id: number, field: string, value: Json) => {
    await client.call(model, 'write', [[id], { [field]: value }]);
    return await readBack(model, id, field);
  };

  test.each(TEXTS)('text with %s is kept', async (_name, sent, stored) => {
    const id = await partner({ ref: 'x' });
    // An empty text is stored as none by char fields, whatever the way.
    expect(await kept('res.partner', id, 'street', sent)).toBe(stored);
  });

  test('false and null empty a field, and an empty field is false', async () => {
    const id = await partner({ ref: 'x', street: 'y' });
    expect(await kept('res.partner', id, 'ref', false)).toBe(false);
    expect(await kept('res.partner', id, 'street', null)).toBe(false);
    expect(await readBack('res.partner', id, 'parent_id')).toBe(false);
  });

  test.each([0.1, -0.1, 1e-7, 52.520008, 0, -12])('the float %d is kept', async (value) => {
    const id = await partner({});
    const stored = await kept('res.partner', id, 'partner_latitude', value);
    expect(stored).toBeCloseTo(value, 6);
  });

  test.each([0, -1, 2 ** 31 - 1, -(2 ** 31)])('the integer %d is kept', async (value) => {
    expect(await kept('res.partner', await partner({}), 'color', value)).toBe(value);
  });

  test.each([2 ** 31, 2 ** 40, -(2 ** 53 - 1)])('the large integer %d arrives as it is', async (value) => {
    const found = await client.call('res.partner', 'search_count', [[['partner_latitude', '=', value]]]);
    expect(found).toBe(0);
    // Beyond what the column holds: PostgreSQL says so, about the very number.
    const id = await partner({});
    await expect(client.call('res.partner', 'write', [[id], { color: value }])).rejects.toMatchObject({
      outcome: 'refused',
      message: expect.stringMatching(/out of range/),
    });
  });

  test.each([2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])(
    'the number %d is refused unsent',
    async (value) => {
      const before = client.callCount();
      await expect(client.call('res.partner', 'write', [[1], { color: value }])).rejects.toMatchObject({
        kind: 'validation',
        outcome: 'not-done',
      });
      expect(client.callCount()).toBe(before);
    },
  );

  test('a date is a date, and a moment is UTC whatever the zones of user, context and machine', async () => {
    const context = { tz: 'Pacific/Kiritimati' };
    const id = await world.make('ir.attachment', { name: 'dates' });
    // One rate a day and currency is all that Odoo allows.
    const date = `20${randomInt(30, 99)}-0${randomInt(1, 10)}-${randomInt(10, 29)}`;
    const rate = await world.make('res.currency.rate', { name: date, rate: 1.5, currency_id: 1 });
    expect(await readBack('res.currency.rate', rate, 'name')).toBe(date);
    const cron = await client.call('ir.cron', 'search_read', [[], ['nextcall']], {
      kwargs: { limit: 1, context },
    });
    expect(cron).toEqual([
      { id: expect.any(Number), nextcall: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) },
    ]);
    const found = await client.call(
      'ir.attachment',
      'search',
      [
        [
          ['id', '=', id],
          ['create_date', '<', '2999-12-31 23:59:59'],
        ],
      ],
      { kwargs: { context } },
    );
    expect(found).toEqual([id]);
    const wake = await world.make('mail.activity.type', { name: 'Moment' });
    expect(await readBack('mail.activity.type', wake, 'create_date')).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
    );
  });

  test('bytes are kept', async () => {
    const id = await world.make('ir.attachment', { name: 'bytes' });
    const datas = randomBytes(100_003).toString('base64');
    expect(await kept('ir.attachment', id, 'datas', datas)).toBe(datas);
  });

  test('a system parameter is kept', async () => {
    const key = `viaduct.test.${randomBytes(6).toString('hex')}`;
    const value = JSON.stringify({ text: 'é"<\n\u0000', number: 2 ** 52 });
    await client.call('ir.config_parameter', 'set_param', [key, value]);
    expect(await client.call('ir.config_parameter', 'get_param', [key])).toBe(value);
    await client.call('ir.config_parameter', 'set_param', [key, false]);
    expect(await client.call('ir.config_parameter', 'get_param', [key])).toBe(false);
  });

  test('one record is created as one, many as many', async () => {
    const one = await client.call('res.partner', 'create', [{ name: 'One' }]);
    const many = await client.call('res.partner', 'create', [[{ name: 'Two' }, { name: 'Three' }]]);
    expect(one).toEqual(expect.any(Number));
    expect(many).toEqual([expect.any(Number), expect.any(Number)]);
    await client.call('res.partner', 'unlink', [[one, ...z.array(z.number()).parse(many)]]);
  });

  test('a method that returns nothing gives null', async () => {
    const id = await partner({});
    expect(await client.call('res.partner', 'action_archive', [[id]])).toSatisfy(
      (answer) => answer === null || answer === true,
    );
    expect(await readBack('res.partner', id, 'active')).toBe(false);
  });

  test('ten thousand ids and a deep context pass', async () => {
    const ids = Array.from({ length: 10_000 }, (_, index) => index + 1);
    const deep = (levels: number): Json => (levels === 0 ? 'end' : { in: [deep(levels - 1)] });
    const found = await client.call('res.country', 'search', [[['id', 'in', ids]]], {
      kwargs: { context: { deep: deep(40), lang: 'en_US' }, order: 'id' },
    });
    expect(z.array(z.number()).parse(found).length).toBeGreaterThan(200);
    const endless = deep(60);
    await expect(
      client.call('res.country', 'search', [[]], { kwargs: { context: { endless } } }),
    ).rejects.toMatchObject({
      kind: 'validation',
      outcome: 'not-done',
    });
  });
}
