import type { SmsAccount } from '../accounts/accounts.ts';
import type { SendOutcome } from './errors.ts';

/** One SMS as GatewayAPI gets it; `userref` comes back in its delivery report. */
export type OutgoingSms = { userref: string; msisdn: string; content: string };

/** What a request needs of an account. */
export type GatewayApiAccount = Pick<SmsAccount, 'baseUrl' | 'token' | 'sender' | 'sending'>;

/** An answer of GatewayAPI, or what came of it before the connection broke. */
export type ProviderAnswer = { status: number; body: string; retryAfterMs: number | null };

/** One of GatewayAPI's two APIs: how a request to it is written, and what its answer means. */
export type SendingApi = {
  url(account: GatewayApiAccount): URL;
  write(account: GatewayApiAccount, messages: readonly OutgoingSms[]): string;
  read(answer: ProviderAnswer, messages: readonly OutgoingSms[]): SendOutcome;
};
