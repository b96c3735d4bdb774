import { describe, expect, test } from 'vitest';
import { OdooError } from './errors.ts';
import type { CallOptions, Json } from './odoo.ts';
import { createProcedures } from './procedures.ts';

const missing = new OdooError({ kind: 'missing', outcome: 'refused', message: 'Record does not exist.' });

/** An Odoo that knows server actions by id; `ids` may be changed to provision anew. */
function startOdoo(
  ids: { [name: string]: number },
  run: (id: number, context: Json) => Json,
  goAsText = false,
) {
  const calls: string[] = [];
  const call = async (
    model: string,
    method: string,
    args: readonly Json[],
    { kwargs = {} }: CallOptions = {},
  ) => {
    calls.push(`${model}.${method}`);
    if (model === 'ir.model.data') {
      return Object.entries(ids).map(([name, id]) => ({
        id: id + 1000,
        module: name === 'procedure_as_text' ? 'viaduct_base' : 'viaduct_sms',
        name,
        res_id: id,
      }));
    }
    const id = Number([args[0]].flat()[0]);
    if (!Object.values(ids).includes(id)) throw missing;
    return run(id, kwargs['context'] ?? null);
  };
  return { calls, ids, procedure: createProcedures({ call, database: 'db', goAsText: () => goAsText }) };
}

describe('a procedure', () => {
  test('gets its payload in the context and gives what its code called the result', async () => {
    const odoo = startOdoo({ procedure_mark: 5 }, (id, context) => ({ result: { id, context } }));
    const options = { kwargs: { context: { lang: 'fr_FR' } } };
    await expect(odoo.procedure('viaduct_sms.mark', ['a'], options)).resolves.toEqual({
      id: 5,
      context: { lang: 'fr_FR', viaduct: ['a'] },
    });
  });

  test('costs one call once its id is known', async () => {
    const odoo = startOdoo({ procedure_mark: 5 }, () => ({ result: false }));
    for (const _ of [1, 2, 3]) await expect(odoo.procedure('viaduct_sms.mark', null)).resolves.toBe(false);
    expect(odoo.calls).toEqual(['ir.model.data.search_read', ...Array(3).fill('ir.actions.server.run')]);
  });

  test('goes as text where the transport cannot write every value, cleaned as elsewhere', async () => {
    const ids = { procedure_mark: 5, procedure_as_text: 9 };
    const asked: unknown[] = [];
    const run = (id: number, context: Json) => {
      asked.push([id, context]);
      return { result: '{"result": {"nothing": null, "large": 1099511627776}}' };
    };
    const odoo = startOdoo(ids, run, true);
    await expect(odoo.procedure('viaduct_sms.mark', { text: 'a\u0000', at: 2 ** 40 })).resolves.toEqual({
      nothing: null,
      large: 2 ** 40,
    });
    const payload = '{"text":"a","at":1099511627776}';
    expect(asked).toEqual([[9, { viaduct: { procedure: 'viaduct_sms.procedure_mark', payload } }]]);
    await expect(odoo.procedure('viaduct_sms.mark', Number.NaN)).rejects.toMatchObject({
      kind: 'validation',
    });
    await expect(odoo.procedure('viaduct_sms.other', {})).rejects.toMatchObject({
      code: 'odoo-procedure-missing',
    });
  });

  test('is found again after it was provisioned anew', async () => {
    const odoo = startOdoo({ procedure_mark: 5 }, (id) => ({ result: id }));
    await odoo.procedure('viaduct_sms.mark', null);
    odoo.ids['procedure_mark'] = 6;
    await expect(odoo.procedure('viaduct_sms.mark', null)).resolves.toBe(6);
  });

  test('is found when it was provisioned after the first look', async () => {
    const odoo = startOdoo({}, () => ({ result: 1 }));
    await expect(odoo.procedure('viaduct_sms.mark', null)).rejects.toThrow();
    odoo.ids['procedure_mark'] = 6;
    await expect(odoo.procedure('viaduct_sms.mark', null)).resolves.toBe(1);
  });

  test('that is not there says what to do', async () => {
    const odoo = startOdoo({ procedure_mark: 5 }, () => ({ result: 1 }));
    const expected = {
      code: 'odoo-procedure-missing',
      retry: 'after-config',
      message: expect.stringContaining('viaduct provision'),
    };
    await expect(odoo.procedure('viaduct_sms.other', null)).rejects.toMatchObject(expected);
    await odoo.procedure('viaduct_sms.mark', null);
    delete odoo.ids['procedure_mark'];
    await expect(odoo.procedure('viaduct_sms.mark', null)).rejects.toMatchObject(expected);
  });

  test('whose code missed a record is run once, and says so', async () => {
    const odoo = startOdoo({ procedure_mark: 5 }, () => {
      throw missing;
    });
    await expect(odoo.procedure('viaduct_sms.mark', null)).rejects.toBe(missing);
    expect(odoo.calls.filter((call) => call === 'ir.actions.server.run')).toHaveLength(1);
  });

  test('that gives no result is a mistake of its code', async () => {
    const odoo = startOdoo({ procedure_mark: 5 }, () => false);
    await expect(odoo.procedure('viaduct_sms.mark', null)).rejects.toMatchObject({
      kind: 'protocol',
      retry: 'never',
    });
  });

  test('that a login may not look up names the missing group', async () => {
    const call = async () => {
      throw new OdooError({ kind: 'access', outcome: 'refused', message: 'You are not allowed.' });
    };
    const procedure = createProcedures({ call, database: 'db' });
    await expect(procedure('viaduct_sms.mark', null)).rejects.toThrow(/Viaduct Service.*You are not allowed/);
  });
});
