import type { Config } from '../../config/index.ts';
import type { OdooClient } from '../../odoo/index.ts';
import { type CreditedRow, createSmsRecords } from '../records.ts';
import type { SmsAccount } from './accounts.ts';
import { resolveAccount } from './resolve-account.ts';

type Resolving = {
  config: Pick<Config, 'secrets' | 'sms'>;
  environment: Readonly<Record<string, string | undefined>>;
};

/** The accounts of a database as the channel would use them, read with the rights of the service. */
export async function readSmsAccounts({
  odoo,
  ...resolving
}: Resolving & { odoo: OdooClient }): Promise<SmsAccount[]> {
  const { accounts: rows } = await createSmsRecords(odoo).readAccounts();
  return resolveAccounts(rows, resolving);
}

/** The accounts of these rows, in their order, secrets resolved. */
export async function resolveAccounts(
  rows: readonly CreditedRow[],
  { config, environment }: Resolving,
): Promise<SmsAccount[]> {
  const hosts = config.sms.hosts.split(',').map((host) => host.trim());
  const resolving = { hosts, secretsFolder: config.secrets.folder, environment };
  return Promise.all(rows.map(({ credit: _credit, ...row }) => resolveAccount(row, resolving)));
}
