import type { SendingApiName } from '../accounts/sending-options.ts';

/** The two APIs of an account are on hosts of their own; a server of one's own (a proxy, the simulator) has both on one. */
const PROVIDER_HOST = /^(messaging\.)?(gatewayapi\.(?:com|eu))$/;

/** The base URL of one of the APIs, from the one that the account names: either of the two may be written there. */
export function apiAddress(baseUrl: string, api: SendingApiName): string {
  const url = URL.parse(baseUrl);
  const domain = PROVIDER_HOST.exec(url?.hostname ?? '')?.[2];
  if (url === null || domain === undefined) return baseUrl;
  url.hostname = api === 'messaging' ? `messaging.${domain}` : domain;
  return url.origin;
}
