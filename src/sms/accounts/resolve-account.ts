import { resolveSecretReference, type SecretPlaces } from '../../config/index.ts';
import { ViaductError } from '../../errors.ts';
import { apiAddress } from '../gatewayapi/api-address.ts';
import type { AccountRow } from '../records.ts';
import type { SmsAccount } from './accounts.ts';
import { checkSendingOptions, type SendingApiName } from './sending-options.ts';

export type ResolveOptions = SecretPlaces & {
  /** Hosts, with port where it is not the usual one, that tokens may be sent to. */
  hosts: readonly string[];
};

/**
 * An account ready for use, from the row that administrators edit. What is wrong with it becomes its `problem`: an Odoo
 * administrator must not be able to send Viaduct's own secrets, or any file of its machine, to a server of his choice.
 */
export async function resolveAccount(row: AccountRow, options: ResolveOptions): Promise<SmsAccount> {
  const faults: string[] = [];
  async function orNull<Value>(value: () => Value | Promise<Value>): Promise<Value | null> {
    try {
      return await value();
    } catch (error) {
      if (!(error instanceof AccountFault || isAbsent(error))) throw error;
      faults.push(error.message);
      return null;
    }
  }
  const { options: sending, faults: wrongOptions } = checkSendingOptions(row.sending);
  await orNull(() => checkBaseUrl(row.baseUrl, sending.api, options.hosts));
  const sender = await orNull(() => checkedSender(row.sender, sending.api));
  const token = await orNull(() => resolveToken(row.token, options));
  // Reports of what was sent before are verified although nothing more can be sent.
  const webhookSecret = await orNull(() => resolveSecretReference(row.webhookSecret ?? '', options));
  return {
    ...row,
    sender: sender ?? '',
    token: token ?? '',
    webhookSecret: webhookSecret || null,
    baseUrl: apiAddress(row.baseUrl, 'rest'),
    sending,
    problem: [...faults, ...wrongOptions][0] ?? null,
  };
}

class AccountFault extends Error {}

const isAbsent = (error: unknown): error is ViaductError =>
  error instanceof ViaductError && error.code === 'secret-not-there';

async function resolveToken(text: string, options: ResolveOptions): Promise<string> {
  const token = await resolveSecretReference(text, options);
  if (token === '')
    throw new AccountFault('The API token is missing. Copy it from the GatewayAPI dashboard.');
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new AccountFault('The API token holds characters that no token has. Copy it again, without spaces.');
}

function checkBaseUrl(baseUrl: string, api: SendingApiName, hosts: readonly string[]): void {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new AccountFault('GatewayAPI Base URL must start with http:// or https://');
  }
  if (!hosts.includes(url.host)) {
    throw new AccountFault(
      `The base URL names the host ${url.host}; allowed are ${hosts.join(', ')} (setting VIADUCT_GATEWAYAPI_HOSTS).`,
    );
  }
  const { host } = new URL(apiAddress(baseUrl, api));
  if (!hosts.includes(host)) {
    throw new AccountFault(
      `GatewayAPI’s ${api} API is on the host ${host}; allowed are ${hosts.join(', ')} (setting VIADUCT_GATEWAYAPI_HOSTS).`,
    );
  }
  const isLoopback = url.hostname === '127.0.0.1' || url.hostname === 'localhost';
  if (url.protocol === 'http:' && !isLoopback) {
    throw new AccountFault('GatewayAPI Base URL must start with https://: the token would travel readable.');
  }
}

/**
 * GatewayAPI takes at most 11 letters and digits, or at most 15 digits (REST documentation, field `sender`); the messaging
 * API wants three at least (its OpenAPI document).
 */
function checkedSender(sender: string, api: SendingApiName): string {
  const isNumber = /^\+?\d{1,15}$/.test(sender);
  if (!isNumber && !/^[\p{L}\p{N} ._-]{1,11}$/u.test(sender)) {
    throw new AccountFault('The sender must be at most 11 letters and digits, or at most 15 digits.');
  }
  if (api === 'messaging' && sender.length < 3) {
    throw new AccountFault('The messaging API takes no sender of less than three letters or digits.');
  }
  return isNumber ? sender.replace('+', '') : sender;
}
