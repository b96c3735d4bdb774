import { z } from 'zod';
import type { TestOdoo } from './odoo.ts';
import { until } from './until.ts';

const text = z.union([z.string(), z.literal(false)]);
const named = z.union([z.tuple([z.number(), z.string()]), z.literal(false)]);

const LogRow = z.object({
  id: z.number(),
  ...{ x_name: text, x_uuid: text, x_direction: text, x_number: text, x_sender: text, x_body: text },
  ...{ x_account_id: named, x_company_id: named, x_partner_id: named, x_country_id: named },
  ...{ x_segments: z.number(), x_price: z.number(), x_currency: text, x_rank: z.number() },
  ...{ x_state: text, x_status: text, x_gatewayapi_id: text, x_code: text, x_words: text },
  ...{ x_asked_at: text, x_accepted_at: text, x_ended_at: text },
  ...{ x_campaign: text, x_mailing: text, x_removed: z.boolean() },
});
export type LogRow = z.infer<typeof LogRow>;

const StepRow = z.object({ x_rank: z.number(), x_at: text, x_status: text, x_code: text, x_words: text });

/** The SMS log in Odoo, as its administrator reads it. */
export function smsLog({ execute }: Pick<TestOdoo, 'execute'>) {
  const rows = async (domain: readonly unknown[]): Promise<LogRow[]> =>
    z.array(LogRow).parse(
      await execute('x_gatewayapi_sms', 'search_read', [domain, Object.keys(LogRow.shape)], {
        order: 'id',
      }),
    );
  return {
    rows,
    /** The one row of a contact, once its SMS is in one of these states. */
    rowOf: async (partnerId: number, ...states: string[]): Promise<LogRow | undefined> =>
      (
        await until(
          () => rows([['x_partner_id', '=', partnerId]]),
          (found) => found.length > 0 && found.every(({ x_state }) => x_state && states.includes(x_state)),
        )
      )[0],
    /** Every state of a row, furthest last; those of one step (BUFFERED, ENROUTE), which come in any order, by name. */
    steps: async (rowId: number) => {
      const domain = [['x_sms_id', '=', rowId]];
      const rows = await execute('x_gatewayapi_sms_state', 'search_read', [
        domain,
        Object.keys(StepRow.shape),
      ]);
      const found = z.array(StepRow).parse(rows);
      return found.toSorted(
        (one, other) =>
          one.x_rank - other.x_rank || String(one.x_status).localeCompare(String(other.x_status)),
      );
    },
  };
}
