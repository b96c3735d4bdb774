import { z } from 'zod';
import { idOf, pressButton } from './external-id.ts';
import type { TestOdoo } from './odoo.ts';
import { until } from './until.ts';

const text = z.union([z.string(), z.literal(false)]);
const Account = z.object({
  x_connection_status: text,
  x_balance: z.number(),
  x_currency: text,
  x_last_attempt: text,
  x_last_success: text,
  x_test_asked_at: text,
  x_watch_asked_at: text,
  x_recheck: z.boolean(),
  x_credit_low: z.boolean(),
  x_notification_action_id: z.union([z.tuple([z.number(), z.string()]), z.literal(false)]),
});
export type CreditAccount = z.infer<typeof Account>;

const Message = z.object({ subject: text, body: z.string() });
const Todo = z.object({
  id: z.number(),
  summary: text,
  note: text,
  user_id: z.tuple([z.number(), z.string()]),
});
const Ids = z.array(z.number()).min(1);

/** The credit of a GatewayAPI account as administrators see it and ask for it. */
export function odooCredit(odoo: Pick<TestOdoo, 'execute'>, accountId: number) {
  const read = async (): Promise<CreditAccount> => {
    const fields = Object.keys(Account.shape);
    const rows = await odoo.execute('x_gatewayapi_account', 'read', [[accountId], fields]);
    return z.tuple([Account]).parse(rows)[0];
  };
  const onAccount = (model: string) => [
    ['res_id', '=', accountId],
    [model === 'mail.message' ? 'model' : 'res_model', '=', 'x_gatewayapi_account'],
  ];

  return {
    read,
    write: (values: object) => odoo.execute('x_gatewayapi_account', 'write', [[accountId], values]),
    /** Presses Test Connection, and gives the account as it is when that is answered. */
    async testConnection(): Promise<CreditAccount> {
      await pressButton(odoo, 'viaduct_sms.action_test_connection', {
        ...{ model: 'x_gatewayapi_account', id: accountId },
      });
      return until(read, ({ x_test_asked_at }) => x_test_asked_at === false);
    },
    /** Runs the scheduled action, as it runs by itself every ten minutes. */
    async runSchedule(): Promise<void> {
      await odoo.execute('ir.cron', 'method_direct_trigger', [
        [await idOf(odoo, 'viaduct_sms.ir_cron_check_tokens')],
      ]);
    },
    /** The alerts and recoveries in the chatter, oldest first. */
    async notices(): Promise<z.infer<typeof Message>[]> {
      const domain = [...onAccount('mail.message'), ['subject', '=like', 'GatewayAPI %']];
      const rows = await odoo.execute('mail.message', 'search_read', [domain, Object.keys(Message.shape)], {
        order: 'id',
      });
      return z.array(Message).parse(rows);
    },
    /** Everything that the chatter says. */
    async chatter(): Promise<string> {
      const rows = await odoo.execute('mail.message', 'search_read', [
        onAccount('mail.message'),
        Object.keys(Message.shape),
      ]);
      return z
        .array(Message)
        .parse(rows)
        .map(({ body }) => body)
        .join('\n');
    },
    /** To-Dos on the account that wait for somebody. */
    async todos(): Promise<z.infer<typeof Todo>[]> {
      const fields = ['summary', 'note', 'user_id'];
      const rows = await odoo.execute('mail.activity', 'search_read', [onAccount('mail.activity'), fields]);
      return z.array(Todo).parse(rows);
    },
    /** Makes a server action on this model, and gives its id. */
    async action(model: string, code: string): Promise<number> {
      const [modelId] = Ids.parse(await odoo.execute('ir.model', 'search', [[['model', '=', model]]]));
      const values = { name: `Own action on ${model}`, model_id: modelId, state: 'code', code };
      return Ids.parse(await odoo.execute('ir.actions.server', 'create', [[values]]))[0] ?? 0;
    },
  };
}
