import type { OutgoingSms } from './client.ts';
import type { SendOutcome } from './errors.ts';

/** What became of one message. */
export type MessageOutcome =
  | { kind: 'accepted'; messageId: number | null }
  | { kind: 'refused'; failureType: string; words: string }
  | { kind: 'not-accepted'; words: string; retryAfterMs: number | null }
  | { kind: 'unknown'; words: string };

type Send = (messages: readonly OutgoingSms[]) => Promise<SendOutcome>;

/**
 * Sends messages in as few requests as possible, and tells the outcome of each by its userref. GatewayAPI refuses a
 * whole request for one bad message, so a refused request is taken apart: the numbers that the error names go alone,
 * else each half by itself, until only the bad ones are left. After an answer that asks to wait, nothing more is sent.
 */
export async function sendBatch(
  messages: readonly OutgoingSms[],
  send: Send,
): Promise<Map<string, MessageOutcome>> {
  const outcomes = new Map<string, MessageOutcome>();
  const parts: (readonly OutgoingSms[])[] = [messages];
  let pause: SendOutcome | null = null;
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    const outcome: SendOutcome = pause ?? (await send(part));
    if (outcome.kind === 'refused' && outcome.scope === 'message' && part.length > 1) {
      parts.unshift(...takenApart(part, outcome.suspects));
      continue;
    }
    if (outcome.kind === 'not-accepted') pause = outcome;
    part.forEach((message, index) => {
      outcomes.set(message.userref, outcomeOfMessage(outcome, index));
    });
  }
  return outcomes;
}

function takenApart(part: readonly OutgoingSms[], suspects: readonly string[]): (readonly OutgoingSms[])[] {
  const named = part.filter(({ msisdn }) => suspects.includes(msisdn));
  const others = part.filter((message) => !named.includes(message));
  if (named.length > 0 && others.length > 0) return [others, ...named.map((message) => [message])];
  const middle = Math.ceil(part.length / 2);
  return [part.slice(0, middle), part.slice(middle)];
}

function outcomeOfMessage(outcome: SendOutcome, index: number): MessageOutcome {
  if (outcome.kind === 'accepted') {
    return { kind: 'accepted', messageId: outcome.ids[index] ?? null };
  }
  if (outcome.kind === 'refused') {
    return { kind: 'refused', failureType: outcome.failureType, words: outcome.words };
  }
  return outcome;
}
