import { z } from 'zod';
import type { OdooConnection } from '../../../src/odoo/index.ts';
import { odooData } from '../../support/odoo-data.ts';
import { median } from '../figures.ts';
import type { Base } from '../place.ts';

/** Those that differ most from one time to the next more often; many records take seconds, beside which little is lost in noise. */
const ROUNDS: Readonly<Record<string, number>> = {
  ...{ orderCreate: 21, invoiceCreateAndPost: 41, oneRecordWrite: 41, manyRecordWrite: 11 },
};
const MANY = 500;

/** What is saved, by a name; each returns when Odoo has answered. */
type Saves = Readonly<Record<string, (round: number) => Promise<unknown>>>;

/** Bare, with rules whose action does nothing, with ours (rung by PostgreSQL or by Odoo's bus), and with the addons but no subscription. */
export type Bases = Readonly<Record<(typeof BASES)[number], Base>>;
const BASES = ['bare', 'empty', 'ours', 'oursByBus', 'unsubscribed'] as const;

/**
 * Times in ms, by what is saved and in which database: the median of the bare one, and of the others the median of what each
 * round took longer than the bare save of the same round, because the machine is not equally fast at all times.
 */
export type SaveTimes = Record<string, Record<keyof Bases, number>>;

/** Saves the same in all of these databases, in turns. `settled` waits until what a save has left to do is done. */
export async function saveTimes(
  bases: Bases,
  settled: () => Promise<void>,
  say: (words: string) => void,
): Promise<SaveTimes> {
  const longest = Math.max(...Object.values(ROUNDS));
  const saves = new Map(
    await Promise.all(BASES.map(async (name) => [name, await prepare(bases[name].admin)] as const)),
  );
  const times = new Map<string, Map<keyof Bases, number[]>>();
  for (let round = 0; round < longest; round += 1) {
    say(`saving, round ${round + 1} of ${longest}`);
    for (const what of Object.keys(saves.get('bare') ?? {})) {
      if (round >= (ROUNDS[what] ?? longest)) continue;
      for (const name of inTurns(BASES, round)) {
        const startedMs = performance.now();
        await saves.get(name)?.[what]?.(round);
        const tookMs = performance.now() - startedMs;
        const of = times.get(what) ?? new Map<keyof Bases, number[]>();
        times.set(what, of.set(name, [...(of.get(name) ?? []), tookMs]));
        // After each of them, so that all begin equally rested.
        await settled();
      }
    }
  }
  return Object.fromEntries(
    [...times].map(([what, of]) => {
      const bare = of.get('bare') ?? [];
      const added = (name: keyof Bases) =>
        median((of.get(name) ?? []).map((tookMs, round) => tookMs - (bare[round] ?? 0)));
      const byOurs = { ours: added('ours'), oursByBus: added('oursByBus') };
      const others = { empty: added('empty'), unsubscribed: added('unsubscribed') };
      return [what, { bare: median(bare), ...byOurs, ...others }];
    }),
  );
}

async function prepare(admin: OdooConnection): Promise<Saves> {
  const { create } = odooData(admin.call);
  await admin.call('account.chart.template', 'try_loading', ['generic_coa', 1]).catch(() => undefined);
  const partnerId = await create('res.partner', { name: 'Customer' });
  const productId = await create('product.product', {
    name: 'Service',
    type: 'service',
    list_price: 100,
  });
  const rows = Array.from({ length: MANY }, (_, index) => ({ name: `Contact ${index}` }));
  const many = z.array(z.number()).parse(await admin.call('res.partner', 'create', [rows]));
  const line = [0, 0, { product_id: productId, price_unit: 100 }];
  return {
    orderCreate: () => create('sale.order', { partner_id: partnerId, order_line: [line] }),
    // The second save meets what Viaduct has to do about the first.
    invoiceCreateAndPost: async () => {
      const values = { move_type: 'out_invoice', partner_id: partnerId, invoice_date: '2026-01-22' };
      const id = await create('account.move', { ...values, invoice_line_ids: [line] });
      await admin.call('account.move', 'action_post', [[id]]);
    },
    oneRecordWrite: (round) => admin.call('res.partner', 'write', [[partnerId], { city: `City ${round}` }]),
    manyRecordWrite: (round) => admin.call('res.partner', 'write', [many, { city: `City ${round}` }]),
  };
}

/** All of them, each round in an order in which every one follows every other equally often; their number is a prime. */
function inTurns<Name>(names: readonly Name[], round: number): Name[] {
  const { length } = names;
  const step = 1 + (round % (length - 1));
  return names.flatMap((_, turn) => names.slice((round + turn * step) % length).slice(0, 1));
}

const Rule = z.object({
  model_name: z.string(),
  trigger: z.string(),
  trigger_field_ids: z.array(z.number()),
});

/** Gives a database the rules that another one got from Viaduct, on the same fields, with an action that does nothing. */
export async function emptyRulesOf(ours: Base, { admin }: Base): Promise<void> {
  const target = odooData(admin.call);
  const ids = await odooData(ours.admin.call).search('x_viaduct_watch', []);
  const Watch = z.array(z.object({ x_automation_id: z.tuple([z.number(), z.string()]) }));
  const watches = Watch.parse(await ours.admin.call('x_viaduct_watch', 'read', [ids, ['x_automation_id']]));
  for (const {
    x_automation_id: [ruleId],
  } of watches) {
    const fields = ['model_name', 'trigger', 'trigger_field_ids'];
    const [rule] = z.array(Rule).parse(await ours.admin.call('base.automation', 'read', [[ruleId], fields]));
    if (rule === undefined) continue;
    const names = z
      .array(z.object({ name: z.string() }))
      .parse(await ours.admin.call('ir.model.fields', 'read', [rule.trigger_field_ids, ['name']]));
    const domain = [
      ['model', '=', rule.model_name],
      ['name', 'in', names.map(({ name }) => name)],
    ];
    const triggers = await target.search('ir.model.fields', domain);
    const [modelId] = await target.search('ir.model', [['model', '=', rule.model_name]]);
    const values = { name: `Empty ${rule.model_name}`, model_id: modelId ?? 0, trigger: rule.trigger };
    const id = await target.create('base.automation', {
      ...values,
      trigger_field_ids: [[6, 0, triggers]],
    });
    const action = {
      name: 'Empty',
      model_id: modelId ?? 0,
      usage: 'base_automation',
      base_automation_id: id,
    };
    await target.create('ir.actions.server', { ...action, state: 'code', code: 'pass' });
  }
}
