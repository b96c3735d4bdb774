import { request } from 'undici';
import { z } from 'zod';
import { errorText } from '../../errors.ts';
import { readAnswer } from '../gatewayapi/read-answer.ts';

/** GatewayAPI's answer to `GET /rest/me`; the credit is a decimal text, and was a number. */
const Me = z.looseObject({
  credit: z.union([z.number(), z.string().regex(/^-?\d+(\.\d+)?$/)]).transform(Number),
  currency: z.string().max(16),
});

export type Credit =
  | { kind: 'known'; credit: number; currency: string }
  | { kind: 'refused'; words: string }
  | { kind: 'unreachable'; words: string };

const MAX_ANSWER_BYTES = 65_536;

/** Asks GatewayAPI what is left on an account; costs nothing. Never rejects. Only for an account without a problem. */
export async function askCredit(
  account: { baseUrl: string; token: string },
  signal: AbortSignal,
): Promise<Credit> {
  const host = URL.parse(account.baseUrl)?.host;
  const unreachable = (why: string): Credit => ({
    kind: 'unreachable',
    words: `GatewayAPI (${host}) cannot be reached: ${why}.`,
  });
  try {
    const answer = await request(new URL('/rest/me', account.baseUrl), {
      headers: { authorization: `Token ${account.token}` },
      signal,
    });
    const text = await readAnswer(answer.body, MAX_ANSWER_BYTES);
    signal.throwIfAborted();
    return creditOf(answer.statusCode, text, host);
  } catch (error) {
    return unreachable(signal.aborted ? 'it did not answer in time' : errorText(error));
  }
}

function creditOf(status: number, text: string, host: string | undefined): Credit {
  if (status === 401 || status === 403) {
    return { kind: 'refused', words: `GatewayAPI (${host}) refused the token with status ${status}.` };
  }
  if (status !== 200) {
    return { kind: 'unreachable', words: `GatewayAPI (${host}) answered with status ${status}.` };
  }
  const me = Me.safeParse(parsed(text));
  if (me.success) return { kind: 'known', credit: me.data.credit, currency: me.data.currency };
  return { kind: 'unreachable', words: `${host} answers, but not as GatewayAPI does.` };
}

/** A parser's own message quotes the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
