import { request } from 'undici';
import { z } from 'zod';
import type { Config } from '../config/index.ts';
import { errorText } from '../errors.ts';
import type { OdooClient } from '../odoo/index.ts';
import type { SmsAccount } from './accounts.ts';
import { createSmsRecords } from './records.ts';
import { resolveAccount } from './resolve-account.ts';

/** GatewayAPI's answer to `GET /rest/me`; the credit is a number, or a text as older accounts get it. */
const Me = z.looseObject({ credit: z.coerce.number(), currency: z.string() });

export type Credit =
  | { kind: 'known'; credit: number; currency: string }
  | { kind: 'refused'; words: string }
  | { kind: 'unreachable'; words: string };

/** The accounts of a database as the channel would use them, read with the rights of the service. */
export async function readSmsAccounts({
  odoo,
  config,
  environment,
}: {
  odoo: OdooClient;
  config: Pick<Config, 'sms'>;
  environment: Readonly<Record<string, string | undefined>>;
}): Promise<SmsAccount[]> {
  const hosts = config.sms.hosts.split(',').map((host) => host.trim());
  const resolving = { hosts, secretsFolder: config.sms.secretsFolder, environment };
  const { accounts: rows } = await createSmsRecords(odoo).readAccounts();
  return await Promise.all(rows.map((row) => resolveAccount(row, resolving)));
}

/** Asks GatewayAPI what is left on an account; costs nothing. Never rejects. Only for an account without a problem. */
export async function askCredit(account: SmsAccount, signal: AbortSignal): Promise<Credit> {
  const host = URL.parse(account.baseUrl)?.host;
  try {
    const answer = await request(new URL('/rest/me', account.baseUrl), {
      headers: { authorization: `Token ${account.token}` },
      signal,
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) {
      return {
        kind: 'refused',
        words: `GatewayAPI (${host}) refused the token with status ${answer.statusCode}.`,
      };
    }
    const me = Me.safeParse(JSON.parse(text));
    if (me.success) return { kind: 'known', credit: me.data.credit, currency: me.data.currency };
    return { kind: 'unreachable', words: `${host} answers, but not as GatewayAPI does.` };
  } catch (error) {
    // A parser's message quotes the text.
    const why = error instanceof SyntaxError ? 'it answers with something else than JSON' : errorText(error);
    return { kind: 'unreachable', words: `GatewayAPI (${host}) cannot be reached: ${why}.` };
  }
}
