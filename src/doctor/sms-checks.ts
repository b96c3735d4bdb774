import type { Config } from '../config/index.ts';
import { askCredit, readSmsAccounts, type SmsAccount } from '../sms/index.ts';
import { type Database, hasAddon } from './database.ts';
import { type Finding, fault, ok, warning } from './finding.ts';
import type { Check } from './run-checks.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const LITTLE_CREDIT = 10;
/** Where an administrator finds the account. */
export const OPEN_ACCOUNT =
  'Open it in Odoo: Settings > Technical > IAP Accounts > the SMS account > GatewayAPI.';

/** Each GatewayAPI account of the database: what Odoo says of it, and what GatewayAPI does. */
export function smsAccountCheck(
  database: Database,
  { config, environment }: { config: Config; environment: Environment },
): Check {
  return {
    name: 'gatewayapi',
    cure: OPEN_ACCOUNT,
    run: async (signal) => {
      if (!(await hasAddon(database, 'viaduct_sms'))) return [];
      const accounts = await readSmsAccounts({ odoo: database.odoo, config, environment });
      if (accounts.length > 0) {
        const found = await Promise.all(accounts.map((account) => accountFindings(account, signal)));
        return found.flat();
      }
      return [warning('gatewayapi', 'There is no GatewayAPI account: SMS cannot be sent.', OPEN_ACCOUNT)];
    },
  };
}

async function accountFindings(account: SmsAccount, signal: AbortSignal): Promise<Finding[]> {
  const name = `gatewayapi ${account.id}`;
  if (account.problem !== null)
    return [fault(name, account.problem, OPEN_ACCOUNT), secretFinding(name, account)];
  return [await creditFinding(name, account, signal), secretFinding(name, account)];
}

async function creditFinding(name: string, account: SmsAccount, signal: AbortSignal): Promise<Finding> {
  const asked = await askCredit(account, signal);
  if (asked.kind === 'unreachable') {
    return fault(name, asked.words, `Let this machine reach ${account.baseUrl}.`);
  }
  if (asked.kind === 'refused') {
    return fault(
      name,
      asked.words,
      `Create a token in the GatewayAPI dashboard and put it into the account. ${OPEN_ACCOUNT}`,
    );
  }
  const words = `GatewayAPI takes the token; sender ${account.sender}; credit ${asked.credit} ${asked.currency}.`;
  const cure = 'Buy credit in the GatewayAPI dashboard.';
  if (asked.credit <= 0) return fault(name, words, cure);
  return asked.credit < LITTLE_CREDIT ? warning(name, words, cure) : ok(name, words);
}

function secretFinding(name: string, account: SmsAccount): Finding {
  const check = `${name} reports`;
  if (account.webhookSecret !== null) return ok(check, 'Delivery reports are verified by their signature.');
  const cure = `Set the same webhook secret in the GatewayAPI dashboard and in the account. ${OPEN_ACCOUNT}`;
  return account.requireSignature
    ? fault(check, 'There is no webhook secret, so every delivery report is refused.', cure)
    : warning(check, 'There is no webhook secret: anybody may report a delivery.', cure);
}
